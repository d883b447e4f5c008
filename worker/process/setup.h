/* The settings that only a look at this host can judge: the journals' folder, and what the channels
 * need. The master looks before it starts anything. */
#ifndef WORKER_SETUP_H
#define WORKER_SETUP_H

#include "base.h"
#include "fault.h"

/* Whether senders can start at all. False: INVALID, its field the setting. */
MUST_USE NONNULL bool setup_check(struct fault *f);

#endif
