/* SMTP replies: bytes to a reply, and a reply to an outcome in one table. */
#ifndef WORKER_REPLY_H
#define WORKER_REPLY_H

#include "base.h"
#include "channel/answer.h"

/* What was asked when the answer came (or did not). EHLO stands for all after the greeting and
 * before MAIL: EHLO, STARTTLS, AUTH. */
enum reply_phase {
    PHASE_CONNECT,
    PHASE_EHLO,
    PHASE_MAIL,
    PHASE_RCPT,
    PHASE_DATA, /* the command; 354 is its acceptance */
    PHASE_DOT,  /* the text and its final dot */
    PHASE_LAST
};

enum {
    REPLY_LINE_B = 2048,      /* RFC 5321 4.5.3.1.5 grants 512; some say more */
    REPLY_TOTAL_B = 16 * 1024 /* of all lines of one reply */
};

/* The reader of one connection's replies; {0} is a fresh one. After REPLY_BAD it stays bad: close
 * the connection. */
struct reply_reader {
    char line[REPLY_LINE_B];
    size_t line_b, total_b;
    bool bad;
    struct answer so_far;
};

enum reply_step { REPLY_MORE, REPLY_WHOLE, REPLY_BAD };

/* Takes bytes that came from the relay up to the end of one reply; *used_b says how many were
 * taken (pipelined replies: call again with the rest). WHOLE: *out is that reply. BAD: not SMTP,
 * codes that differ within one reply, or over the limits; *out is an ANSWER_GARBAGE reply with the
 * offending text. Lines may end in CRLF or LF. */
NONNULL enum reply_step reply_read(struct reply_reader *r, const char *data, size_t len_b,
                                   size_t *used_b, struct answer *out);

/* What a reply in a phase means. With code ANSWER_NONE (no reply) or ANSWER_GARBAGE: unknown after
 * the dot, else not sent. Accepted before the dot means only that the next step may follow. In a
 * pipelined group ask for the first refusal: what follows a refused MAIL (503) says nothing. */
NONNULL struct outcome reply_outcome(const struct answer *reply, enum reply_phase phase);

#endif
