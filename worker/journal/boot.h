/* Whether the machine has been started anew: what was written without being synced may be gone
 * then. */
#ifndef WORKER_BOOT_H
#define WORKER_BOOT_H

#include "base.h"

/* Whether the file at `path` bears the mark of this start of the machine. */
MUST_USE NONNULL bool boot_is_marked(const char *path);
/* Leaves that mark. False: it cannot be written, errno says why. */
MUST_USE NONNULL bool boot_mark(const char *path);

#endif
