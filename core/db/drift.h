/* How far the time of day on this host is from the database's (001 ch. 2 §7(1)②: the clocks of
 * servers are right and the same). The database's clock decides everything that is kept; a host's
 * own dates its lines of the log, and where the two are far apart one of them is wrong: nobody
 * could say afterwards when an alert was approved. */
#ifndef CORE_DRIFT_H
#define CORE_DRIFT_H

#include "db/db.h"

enum {
    DRIFT_TOLD_MS = 1000,  /* from here on people are told */
    DRIFT_MOST_MS = 60000, /* from here on no server starts and nothing is approved */
};

/* *ms: ours less the database's; half of the way there and back is taken off. */
MUST_USE NONNULL bool drift_measure(struct db *db, int64_t *ms, struct fault *f);

/* False: CONFLICT: the two are more than a minute apart. What is between is a line in the log.
 * The connection has the set "drift". */
MUST_USE NONNULL bool drift_bearable(struct db *db, struct fault *f);

#endif
