/* What a dead sender left: outcomes the database may lack, mails that may have left, leases. */
#ifndef WORKER_REPLAY_H
#define WORKER_REPLAY_H

#include "base.h"
#include "db/db.h"
#include "fault.h"
#include "journal/journal.h"
#include "sending/delivery.h"

/* Brings to the database what a dead sender's journal says, gives back what it held, empties the
 * journal; `relay` goes on record with the outcomes. False: later again. */
MUST_USE NONNULL bool replay_journal(struct db *db, const struct delivery_who *who,
                                     struct journal *journal, const char *relay, struct fault *f);

#endif
