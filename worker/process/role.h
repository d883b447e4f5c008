/* The roles of a worker process; each runs till proc_stop and returns the exit status. */
#ifndef WORKER_ROLE_H
#define WORKER_ROLE_H

#include "arena.h"
#include "base.h"
#include "fault.h"
#include "journal/journal.h"

int role_fanout(int64_t slot);
int role_send(int64_t slot);
int role_sweep(int64_t slot);
int role_intake(int64_t slot);

/* Processes of the role `send` on this host: conf.senders, or one a core. */
int64_t role_senders(void);

/* This host's name in leases and signs of life; lives in the arena. Dies without one. */
NONNULL char *role_host(struct arena *a);

/* The journal of a sender's slot, with its lock; NULL: *f as journal_open. */
MUST_USE NONNULL struct journal *role_journal(int64_t slot, struct fault *f);

#endif
