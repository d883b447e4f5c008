/* How large an alert's next slice of fan-out is: small at first, so that sending begins; then full;
 * and halved where slices fail, till the one that cannot be expanded stands alone. */
#ifndef WORKER_PACE_H
#define WORKER_PACE_H

#include "base.h"

enum { PACE_FIRST = 1000, PACE_FULL = 20000, PACES = 16 };

struct pace {
    int64_t alert;
    int span;    /* subscribers of the next slice */
    int went;    /* slices that went well since one failed */
    bool hunted; /* one failed, and why is not known yet */
};

/* Of the alerts expanded lately; an older one that comes back begins anew. */
struct paces {
    struct pace of[PACES];
    size_t next;
};

/* The alert's pace; a new one's is PACE_FIRST. Valid till the next call. */
NONNULL struct pace *pace_of(struct paces *all, int64_t alert);

/* A slice went well. */
NONNULL void pace_went(struct pace *p);

/* A slice failed; `ours`: not for the database's sake, so that trying again alone does not help.
 * True: it was of one subscriber, and it is time to pass over. */
MUST_USE NONNULL bool pace_failed(struct pace *p, bool ours);

#endif
