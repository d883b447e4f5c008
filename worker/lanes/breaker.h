/* A breaker: after a trouble nothing is tried for a while, then one thing (the probe); the pause
 * grows while troubles go on, and what goes well ends it. Relays have one, and lanes. Times are
 * clock_ms; the caller gives them. */
#ifndef WORKER_BREAKER_H
#define WORKER_BREAKER_H

#include "base.h"

enum { BREAKER_FIRST_MS = 1000, BREAKER_MOST_MS = 60000, BREAKER_REASON_B = 600 };

struct breaker {
    bool tripped;     /* something failed and nothing has gone well since */
    int64_t until_ms; /* of one that tripped: the pause's end */
    int64_t delay_ms; /* the last pause */
    char reason[BREAKER_REASON_B];
};

/* Whether anything may be tried: it is well, or its pause is over. */
NONNULL bool breaker_ready(const struct breaker *b, int64_t now_ms);

/* A trouble: a pause begins, twice as long as the one before, up to BREAKER_MOST_MS, part of it by
 * chance (many senders do not come back at the same instant). During a pause nothing changes: what
 * else falls then fell with the first. True: a pause has begun. */
NONNULL bool breaker_trip(struct breaker *b, int64_t now_ms, const char *reason);

/* Something went well. True: it had tripped. */
NONNULL bool breaker_mend(struct breaker *b);

#endif
