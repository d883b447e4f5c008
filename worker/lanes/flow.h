/* How much a lane may have under way: a number of connections that grows while all goes well and
 * shrinks on temporary refusals and on answers that have become slow (AIMD), and a pace where the
 * operator sets one. Times are clock_ms; the caller gives them. */
#ifndef WORKER_FLOW_H
#define WORKER_FLOW_H

#include "base.h"

enum {
    FLOW_WINDOW_MS = 1000, /* answers are judged together */
    FLOW_CALM_MS = 3000,   /* between two cuts */
    FLOW_SLOW_MS = 1000,   /* answers that come faster are not slow, whatever they were before */
    FLOW_SLOW_TIMES = 8    /* slow: so many times as long as in good days */
};

struct flow {
    double limit;
    size_t most;
    bool starting;      /* nothing has gone wrong yet: it grows with every answer */
    bool full;          /* in this window the limit was reached */
    size_t good, bad;   /* answers of this window */
    double answers_s;   /* good answers a second, smoothed */
    int64_t window_ms;  /* when it began */
    int64_t cut_ms;     /* the last cut */
    double latency_ms;  /* from text to reply, smoothed; 0: none yet */
    double baseline_ms; /* what it is in good days */
};

/* `first` connections to begin with, `most` at most. */
NONNULL void flow_init(struct flow *f, size_t first, size_t most, int64_t now_ms);

/* Connections it may use; at least 1. */
NONNULL size_t flow_limit(const struct flow *f);

/* A mail was taken, latency_ms after its text had left; or: refused for now. */
NONNULL void flow_good(struct flow *f, int64_t latency_ms);
NONNULL void flow_bad(struct flow *f);

/* Nobody has answered for a while, at whatever lane: to wait for answers before more begins would
 * only add up the waits. */
NONNULL void flow_widen(struct flow *f);

/* Once a round, with the connections in use: judges a window that is over. A share of more than a
 * twentieth refused for now halves the limit; slow answers take a quarter; a good window in which
 * the limit was reached adds one. */
NONNULL void flow_tick(struct flow *f, int64_t now_ms, size_t in_use);

/* A bucket of tokens: rate a second, a tenth of a second's worth and one saved at most. */
struct bucket {
    double rate; /* 0: no limit */
    double tokens;
    int64_t at_ms;
};

NONNULL void bucket_set(struct bucket *b, double rate, int64_t now_ms);
/* Whether there is a token now; and: takes some, on credit where there are too few. */
NONNULL bool bucket_has(struct bucket *b, int64_t now_ms);
NONNULL void bucket_take(struct bucket *b, size_t count);

#endif
