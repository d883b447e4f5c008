/* Outcomes on their way: to the journal at once, to the database in bulk. */
#ifndef WORKER_RECORD_H
#define WORKER_RECORD_H

#include "channel/answer.h"
#include "db/db.h"
#include "hand/broadcast.h"
#include "hand/chunk.h"
#include "hand/hand.h"
#include "sending/delivery.h"

/* Notes an outcome for the database. `relay` lives as long as the sender; "" with an answer of
 * ours.
 */
NONNULL void record_note(struct hand *h, struct chunk *c, struct member *m,
                         enum delivery_result result, bool final, const struct answer *answer,
                         const char *relay);
/* The same for what ends without a relay, in our own words. */
NONNULL void record_end(struct hand *h, struct chunk *c, struct member *m,
                        enum delivery_result result, const char *why);
/* The broadcast whose notes should go now; NULL: none. */
NONNULL struct broadcast *record_due(struct hand *h);
/* `a` is used for the parameters. */
NONNULL bool record_send(struct db *db, struct arena *a, struct broadcast *b, struct fault *f);
NONNULL void record_done(struct hand *h, struct broadcast *b);
/* Whether the outcomes of one more mail to so many may come up: those of flush_outcomes mails may
 * be waited for, and of one more a connection. A host that is lost takes no more with it. */
NONNULL bool record_room(const struct hand *h, size_t recipients);

#endif
