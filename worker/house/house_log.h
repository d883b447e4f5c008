/* The keeper's duties for the operation log, for the role `sweep`; each is short. */
#ifndef WORKER_HOUSE_LOG_H
#define WORKER_HOUSE_LOG_H

#include "base.h"
#include "db/db.h"
#include "fault.h"

/* Writes how often strangers failed in an hour that is over. */
MUST_USE NONNULL bool house_log_strangers(struct db *db, struct fault *f);

/* Writes the head down (core/log/anchor.h), and mails it once a day where the settings say so.
 * Without a key it only warns. */
MUST_USE NONNULL bool house_log_anchor(struct db *db, struct fault *f);

/* The next rows of a check, which begins by itself once a day; *more becomes true when there are
 * more. A log that is not whole is told in our own. */
MUST_USE NONNULL bool house_log_check(struct db *db, bool *more, struct fault *f);

/* Drops a year whose removal is confirmed; when somebody reads there, the next time will do. */
MUST_USE NONNULL bool house_log_purge(struct db *db, struct fault *f);

#endif
