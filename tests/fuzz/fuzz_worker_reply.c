/* Fuzzes the reader of SMTP replies: any bytes, in any pieces, give replies within their limits,
 * and each of them has an outcome. */
#include <stdlib.h>
#include <string.h>

#include "smtp/reply.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_b);

static void check_reply(const struct answer *reply) {
    size_t text_b = strlen(reply->text);
    char detail[12];
    if (text_b > ANSWER_TEXT_B || !text_utf8_valid(reply->text, text_b))
        abort();
    for (size_t i = 0; i < text_b; i++)
        if ((unsigned char)reply->text[i] < ' ')
            abort();
    for (int phase = 0; phase < PHASE_LAST; phase++) {
        struct outcome outcome = reply_outcome(reply, (enum reply_phase)phase);
        if (outcome_scope_name(outcome.scope) == NULL || outcome_end_name(outcome.end) == NULL)
            abort();
    }
    answer_detail(reply, detail);
}

/* The first byte says how large the pieces are. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_b) {
    if (size_b < 2)
        return 0;
    size_t piece_b = 1 + data[0] % 64, at = 1, used_b;
    struct reply_reader reader = {0};
    struct answer reply;
    while (at < size_b) {
        size_t n = size_b - at < piece_b ? size_b - at : piece_b;
        enum reply_step step = reply_read(&reader, (const char *)data + at, n, &used_b, &reply);
        if (used_b > n || (used_b == 0 && step != REPLY_BAD))
            abort();
        at += used_b;
        if (step != REPLY_MORE)
            check_reply(&reply);
        if (step == REPLY_BAD)
            return 0;
    }
    return 0;
}
