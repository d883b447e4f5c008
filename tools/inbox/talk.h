/* One SMTP conversation as a state machine without sockets (RFC 5321, 1870, 2034, 2920, 6152):
 * bytes go in, replies come out, taken mails go to the store. */
#ifndef INBOX_TALK_H
#define INBOX_TALK_H

#include "base.h"
#include "buf.h"
#include "dump.h"
#include "rules.h"
#include "store.h"
#include "tally.h"

enum { TALK_MAIL_MAX_B = 2 << 20, TALK_RCPT_MAX = 1000, TALK_LINE_MAX_B = 1024 };

/* What all conversations share; borrowed. */
struct talk_world {
    struct store *store;
    struct rules *rules;
    struct tally *tally;
    struct dump *dump; /* NULL when nothing is recorded */
};

struct talk;

/* A new conversation; the greeting waits in talk_out. talk_free accepts NULL and nulls. */
NONNULL struct talk *talk_new(const struct talk_world *world);
void talk_free(struct talk **t);

/* Takes bytes from the client; returns how many. Fewer than given only while it pauses, or when
 * it is over. */
NONNULL size_t talk_feed(struct talk *t, const char *data, size_t len_b);

/* Replies to send; the caller drops what it sent. */
NONNULL struct buf *talk_out(struct talk *t);

/* How long the next reply is held back by a rule, 0 when not; then talk_resume lets it go. */
NONNULL int talk_pause_ms(const struct talk *t);
NONNULL void talk_resume(struct talk *t);

/* Whether the connection is to be closed once the replies are sent. */
NONNULL bool talk_over(const struct talk *t);

#endif
