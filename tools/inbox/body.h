/* The text of one mail as it comes after DATA: dots unstuffed, faults noted, the end found. */
#ifndef INBOX_BODY_H
#define INBOX_BODY_H

#include "base.h"
#include "buf.h"

enum body_state { BODY_LINE_START, BODY_IN_LINE, BODY_CR, BODY_DOT, BODY_DOT_CR };

struct body {
    enum body_state state;
    struct buf text; /* what came, dots unstuffed; text.over once it was too much */
    size_t line_b;   /* of the line under way */
    unsigned faults; /* enum mail_fault */
};

/* An empty one for a text of at most cap_b bytes; body_done frees, body_clear begins anew. */
struct body body_init(size_t cap_b);
NONNULL void body_done(struct body *b);
NONNULL void body_clear(struct body *b);

/* Takes bytes up to the end of the mail, which is CRLF . CRLF and nothing else (RFC 5321 section
 * 4.1.1.4); returns how many were taken and sets *end when they held it. */
NONNULL size_t body_feed(struct body *b, const char *data, size_t len_b, bool *end);

#endif
