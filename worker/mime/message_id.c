/* A Message-ID from its numbers. */
#include "mime/message_id.h"

#include <stdio.h>

void message_id(char out[MESSAGE_ID_B], char kind, int64_t number, int64_t version, int64_t part,
                const char *domain) {
    snprintf(out, MESSAGE_ID_B, "%c%lld.%lld.%lld@%s", kind, (long long)number, (long long)version,
             (long long)part, domain);
}

void message_id_express(char out[MESSAGE_ID_B], int64_t alert, int64_t version, int64_t handover,
                        const char *lang, const char *domain) {
    snprintf(out, MESSAGE_ID_B, "x%lld.%lld.%lld.%s@%s", (long long)alert, (long long)version,
             (long long)handover, lang, domain);
}
