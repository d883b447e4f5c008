/* Answers made clean, and what outcomes are called. */
#include "channel/answer.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

void answer_add(struct answer *a, const char *text, size_t len_b) {
    size_t at = strlen(a->text);
    for (const char *end = text + len_b; text < end;) {
        char utf8[4];
        int32_t cp = text_utf8_next(&text, end);
        if (cp < 0) {
            cp = 0xFFFD;
            text++;
        }
        size_t n = text_utf8_put(cp < 0x20 || (cp >= 0x7F && cp < 0xA0) ? ' ' : cp, utf8);
        if (at + n > ANSWER_TEXT_B)
            break;
        memcpy(a->text + at, utf8, n);
        at += n;
    }
    a->text[at] = '\0';
}

void answer_say(struct answer *out, const char *text) {
    *out = (struct answer){.code = ANSWER_NONE};
    answer_add(out, text, strlen(text));
}

const char *answer_detail(const struct answer *a, char out[ANSWER_DETAIL_B]) {
    const int *d = a->detail;
    out[0] = '\0';
    if (d[0])
        snprintf(out, ANSWER_DETAIL_B, "%u.%u.%u", (unsigned)d[0] % 10, (unsigned)d[1] % 1000,
                 (unsigned)d[2] % 1000);
    return out;
}

bool outcome_is_final(struct outcome o, bool again) {
    return o.end == END_ACCEPTED || o.end == END_PERMANENT || (o.end == END_UNKNOWN && again);
}

static const char *const SCOPES[] = {
    [SCOPE_RECIPIENT] = "recipient",
    [SCOPE_ALERT] = "alert",
    [SCOPE_LANE] = "lane",
    [SCOPE_RELAY] = "relay",
};
static_assert(COUNT(SCOPES) == SCOPE_LAST, "a name for each scope");

static const char *const ENDS[] = {
    [END_ACCEPTED] = "accepted",
    [END_TEMPORARY] = "temporary",
    [END_PERMANENT] = "permanent",
    [END_UNKNOWN] = "unknown",
};
static_assert(COUNT(ENDS) == END_LAST, "a name for each end");

const char *outcome_scope_name(enum outcome_scope scope) {
    return SCOPES[scope];
}

const char *outcome_end_name(enum outcome_end end) {
    return ENDS[end];
}
