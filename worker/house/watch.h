/* Whether other hosts' silence means anything: whoever judges it must itself have been watching all
 * the time, by a clock that went evenly. After a new election, a lost database, a long sleep or a
 * clock that was set, everybody gets his full time again. */
#ifndef WORKER_WATCH_H
#define WORKER_WATCH_H

#include "base.h"

enum { WATCH_MS = 60000 }; /* as chunk_free_silent's */

struct watch {
    bool on;
    int64_t since_ms;     /* clock_ms: it has gone on undisturbed since */
    int64_t at_ms, db_ms; /* the last look: clock_ms, the database's clock */
};

/* The watch is broken off; it begins anew with the next look. */
NONNULL void watch_stop(struct watch *w);

/* One look at the database's clock. */
NONNULL void watch_look(struct watch *w, int64_t now_ms, int64_t db_ms);

/* Whether it has lasted for WATCH_MS. */
MUST_USE NONNULL bool watch_long(const struct watch *w, int64_t now_ms);

#endif
