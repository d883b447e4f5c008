/* Whether a program and a database belong together. The file VERSION has the pair: this release and
 * the oldest one whose programs its database still serves; the Makefile makes version.h of it
 * (RELEASE, RELEASE_OLDEST). */
#ifndef CORE_RELEASE_H
#define CORE_RELEASE_H

#include "base.h"
#include "fault.h"

/* Less than, equal to, greater than 0: by number, "0.9.0" before "0.10.0". What is no release comes
 * first. */
NONNULL int release_order(const char *x, const char *y);

/* Whether a program of release `own` may work with a database of release `recorded` that serves
 * programs back to `oldest`. BROKEN says which of the two is too old. */
MUST_USE NONNULL bool release_fits(const char *own, const char *oldest, const char *recorded,
                                   struct fault *f);

#endif
