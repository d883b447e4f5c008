/* Places where a test makes a program fail. They are compiled with FAIL=1 alone (Makefile); in any
 * other build nothing of them is left, and a test looks into the programs for them.
 *
 * A point is armed by a file of its name in the folder that the environment's FAILPOINTS names. The
 * file says what happens there: `kill` (SIGKILL), `stop` (SIGSTOP), or the number of an error. The
 * first to come takes the file away; with ` stay` behind the word it remains. */
#ifndef BASE_FAILPOINT_H
#define BASE_FAILPOINT_H

#include "base.h"

#ifdef FAILPOINTS

/* True: fail here, errno is set. */
NONNULL bool failpoint_hit(const char *name);

/* Here the process may end or stop. */
#define FAILPOINT(name) (void)failpoint_hit(name)
/* Whether the step is to fail with what errno says. */
#define FAILPOINT_ERROR(name) failpoint_hit(name)

#else

#define FAILPOINT(name)       (void)0
#define FAILPOINT_ERROR(name) false

#endif
#endif
