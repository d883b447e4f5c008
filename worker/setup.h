/* The settings that only a look at this host can judge: the relay's password file and authorities,
 * the key that signs, the journals' folder. The master looks before it starts anything. */
#ifndef WORKER_SETUP_H
#define WORKER_SETUP_H

#include "arena.h"
#include "base.h"
#include "fault.h"

/* The first line of conf.relay_password_file, in the arena ("" when none is set). False: INVALID,
 * its field the setting: it cannot be read, is empty, or everybody on this host may read it. */
MUST_USE NONNULL bool setup_password(struct arena *a, char **out, struct fault *f);

/* Whether senders can start at all. False: as above; or conf.journal_dir is no folder to write to.
 */
MUST_USE NONNULL bool setup_check(struct fault *f);

#endif
