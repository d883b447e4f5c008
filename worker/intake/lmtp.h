/* The server's side of one LMTP conversation (RFC 2033): bytes in, bytes out, no socket. Mail is
 * taken from the town's own mail server only, yet believed nothing: every line, the mail, the
 * number of recipients and of mistakes have their limits, and a dot ends a mail only between CRLFs.
 *
 * Every recipient is accepted, whether anybody waits for its mail or not: who tries addresses
 * learns nothing, and no mail ever goes out in answer to one that came in. A mail for nobody is not
 * even kept. */
#ifndef WORKER_LMTP_H
#define WORKER_LMTP_H

#include "base.h"
#include "buf.h"

enum {
    LMTP_LINE_B = 2048, /* of a command; RFC 5321 4.5.3.1.4 asks for 512 and what extensions add */
    LMTP_RCPTS = 50,
    LMTP_MISTAKES = 20,
    LMTP_ADDRESS_B = 320
};

/* What the conversation is held by; borrowed for its life. */
struct lmtp_rules {
    const char *name; /* ours, in the greeting */
    size_t size_b;    /* a larger mail is refused */
    size_t keep_b;    /* what is kept of a mail */
    /* Whether anybody waits for mails to this address (without <>). */
    bool (*wanted)(void *ctx, const char *address);
    void *ctx;
};

enum lmtp_step {
    LMTP_MORE, /* all bytes are used */
    LMTP_MAIL, /* a mail is there: lmtp_mail, then lmtp_answer, then go on with the rest */
    LMTP_OVER  /* write what is in lmtp_out, then close */
};

struct lmtp_mail {
    bool null_sender;      /* MAIL FROM:<> */
    const char *const *to; /* the addresses that are wanted */
    size_t count;
    const char
        *data; /* unstuffed; the first keep_b bytes, any byte may be among them; NUL behind */
    size_t data_b;
};

struct lmtp;

/* A new conversation, its greeting in lmtp_out. lmtp_free accepts NULL and nulls. */
NONNULL RETURNS_NONNULL struct lmtp *lmtp_new(const struct lmtp_rules *rules);
void lmtp_free(struct lmtp **s);

/* Takes bytes; *used_b of them were used. After LMTP_MAIL nothing may be given before lmtp_answer.
 */
NONNULL enum lmtp_step lmtp_read(struct lmtp *s, const char *data, size_t data_b, size_t *used_b);

/* What is to be written; take it off with buf_drop. */
NONNULL struct buf *lmtp_out(struct lmtp *s);

/* The mail of LMTP_MAIL, till lmtp_answer. */
NONNULL const struct lmtp_mail *lmtp_mail(const struct lmtp *s);

/* Answers for every recipient (RFC 2033 4.2): taken, or later again. */
NONNULL void lmtp_answer(struct lmtp *s, bool taken);

/* Whether a transaction is under way. */
NONNULL bool lmtp_busy(const struct lmtp *s);

/* Says good-bye (421) for these words, to be written before closing. */
NONNULL void lmtp_leave(struct lmtp *s, const char *words);

#endif
