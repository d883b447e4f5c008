/* Chunks in hand: members taken, put back, ended; chunks closed. */
#ifndef WORKER_BATCH_H
#define WORKER_BATCH_H

#include "db/db.h"
#include "hand/chunk.h"
#include "hand/hand.h"
#include "sending/delivery.h"

/* Takes a claimed row: into the chunk in hand, or a new one. */
NONNULL struct chunk *batch_take(struct hand *h, const struct delivery_claimed *row);
/* The next member of a lane and class that may be sent to; it becomes STARTED. NULL: none. */
NONNULL struct chunk *batch_next(struct hand *h, struct lane *l, int class, struct member **out);
/* Starts more members who get the same text as members[0], up to `most` with it; how many there are
 * then. */
NONNULL size_t batch_gather(struct chunk *c, size_t most, struct member *members[]);
/* Once a round: counts in every lane the members that may be sent to now. */
NONNULL void batch_count(struct hand *h);
/* Members of a lane in hand that nobody has begun, whether they may be sent to now or not (their
 * broadcast may not be loaded yet); waiting for their domains: not counted. */
NONNULL size_t batch_in_hand(const struct hand *h, const struct lane *l);
/* Who had to wait for a domain may be looked at again. */
NONNULL void batch_unstick(struct hand *h);
/* Members whose domain has a lane of its own now go there, through the database. */
NONNULL void batch_set_aside(struct hand *h);
/* The member was not tried: it is to be sent to as before. */
NONNULL void batch_put_back(struct chunk *c, struct member *m);
NONNULL void batch_end(struct chunk *c, struct member *m, enum member_state state);
/* A chunk of which nothing more can come of here (`stopping`: nor will), to be closed; NULL: none.
 */
NONNULL struct chunk *batch_finished(struct hand *h, bool stopping);
/* `a` is used for the parameters. */
NONNULL bool batch_close_send(struct db *db, struct arena *a, struct chunk *c, struct fault *f);
/* Forgets a chunk; in the journal too. */
NONNULL void batch_drop(struct hand *h, struct chunk *c);
/* Forgets all, but in the journal. */
NONNULL void batch_drop_all(struct hand *h);
/* Notes the outcomes of members that are not sent to at all (left since the fan-out). */
NONNULL void batch_cancel_left(struct hand *h, struct chunk *c);

#endif
