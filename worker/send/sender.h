/* The sender process: what it holds, and whether mails may begin. Its round is in role_send.c.
 *
 * The order of truth: an intent is in the journal before the final dot leaves, an outcome after the
 * reply, and a chunk stays in the journal till the database has all of it. */
#ifndef WORKER_SENDER_H
#define WORKER_SENDER_H

#include "channel/channel.h"
#include "db/db.h"
#include "hand/hand.h"
#include "hand/letters.h"
#include "journal/journal.h"
#include "lanes/lanes.h"
#include "loop.h"
#include "sending/delivery.h"

struct errands;

struct sender {
    struct delivery_who who;
    struct loop *loop;
    struct db *db;
    struct journal *journal;
    struct channel **channels;
    size_t channel_count;
    struct lanes lanes;
    struct hand hand;
    struct letters post;
    struct errands *errands;
    int64_t heard_ms; /* when the last errand that was answered had left */
    /* Compare what we hold with what the database says; nothing starts till then. */
    bool held_due;
    bool journal_bad, fenced, stopping;
};

/* Whether a mail may begin at all now: the database hears us, the journal takes records, our lease
 * is young. */
NONNULL bool sender_may_start(const struct sender *s);

/* No relay can check a token, so the sender itself stops when its lease grows old: two thirds, on
 * the monotonic clock. It goes on once the database says what it still holds. */
NONNULL void sender_fence(struct sender *s);

#endif
