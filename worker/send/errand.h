/* Asking the database, one statement at a time: the first due errand of the table is sent, its
 * answer fetched when it has come. The loop never waits for an answer. */
#ifndef WORKER_ERRAND_H
#define WORKER_ERRAND_H

#include "send/sender.h"

/* Opens what the loop needs. */
NONNULL void errand_open(struct sender *s);
NONNULL void errand_close(struct sender *s);
/* Fetches an answer that has come, starts what is due. */
NONNULL void errand_step(struct sender *s);
/* Whether one is under way; and: the broadcast that it is about, or NULL. */
NONNULL bool errand_is_out(const struct sender *s);
NONNULL const struct broadcast *errand_about(const struct sender *s);

#endif
