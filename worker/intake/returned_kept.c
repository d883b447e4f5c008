/* What is kept of a recipient that a report names: cut, and without anything harmful. */
#include <stdio.h>
#include <string.h>

#include "intake/returned_impl.h"
#include "text.h"

/* The text on one line, cut at a character, without control characters and malformed bytes. */
static const char *harmless(struct arena *a, const char *text, size_t most_b) {
    char *out = arena_alloc(a, most_b + 1), *to = out;
    for (const char *end = text + strlen(text); text < end;) {
        int32_t cp = text_utf8_next(&text, end);
        text += cp < 0;
        char bytes[4] = {'?'};
        size_t n =
            cp < 0 ? 1 : text_utf8_put(cp < ' ' || (cp >= 0x7f && cp < 0xa0) ? ' ' : cp, bytes);
        if ((size_t)(to - out) + n > most_b)
            break;
        memcpy(to, bytes, n);
        to += n;
    }
    *to = '\0';
    return text_trim(a, out);
}

void returned_add(struct arena *a, struct returned *out, enum returned_kind kind,
                  const char *status, const char *address, const char *words) {
    if (out->count == RETURNED_MOST)
        return;
    struct returned_recipient *r = &out->list[out->count++];
    *r = (struct returned_recipient){.kind = kind,
                                     .address = harmless(a, address, RETURNED_ADDRESS_B),
                                     .reply = harmless(a, words, RETURNED_REPLY_B)};
    snprintf(r->status, sizeof r->status, "%s", status);
}
