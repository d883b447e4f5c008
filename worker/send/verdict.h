/* What came of a mail: whom an answer concerns (the channel says so), what it means for the relay
 * and the lane, and each recipient's outcome. */
#ifndef WORKER_VERDICT_H
#define WORKER_VERDICT_H

#include "send/job.h"
#include "send/sender.h"

/* What came of a mail on a slot; `ends` as the channel's hook has them. `current`: it was the one
 * in flight, not the one behind it. */
NONNULL void verdict_pass(struct sender *s, struct slot *slot, struct job *job, bool current,
                          const struct channel_end *ends, size_t count);
/* A connection ended. */
NONNULL void verdict_closed(struct sender *s, struct slot *slot, bool was_open, bool idle,
                            const char *text);

#endif
