/* Errands from inside, shared by errand.c (one after the other), errand_table.c (the table),
 * errand_work.c and errand_lanes.c. */
#ifndef WORKER_ERRAND_IMPL_H
#define WORKER_ERRAND_IMPL_H

#include "hand/broadcast.h"
#include "hand/chunk.h"
#include "send/errand.h"

/* One kind of statement the sender has for the database. */
struct errand {
    const char *name;
    bool (*due)(struct sender *s);                   /* may note what it is about */
    bool (*send)(struct sender *s, struct fault *f); /* parameters may live in errands->arena */
    void (*done)(struct sender *s, const struct db_rows *rows);
};

enum errand_due {
    DUE_STATES = 1 << 0,
    DUE_URGENT = 1 << 1, /* there may be urgent chunks, however full our hands are */
    DUE_LANES = 1 << 2   /* the lanes have changed */
};

struct errands {
    const struct errand *errand; /* the one under way */
    struct chunk *closing;
    struct broadcast *about; /* of the errand under way */
    struct domain *splitting;
    struct arena *arena; /* of its parameters */
    int db_fd;
    bool db_readable;
    unsigned due;    /* enum errand_due */
    int64_t sent_ms; /* when the errand under way left */
    int64_t beat_ms, work_ms, retry_ms, lanes_ms, report_ms, states_ms, suspect_ms;
    struct delivery_held *strange; /* leases we hold and do not know: to be given back */
    size_t strange_count, strange_room;
};

/* In order of urgency. */
extern const struct errand *const ERRANDS[];
extern const size_t ERRAND_COUNT;

/* errand_lanes.c, errand_work.c; the others are in errand_table.c, with the table. */
extern const struct errand ERRAND_LANES, ERRAND_SPLIT, ERRAND_REPORT;
extern const struct errand ERRAND_NOTE, ERRAND_CLOSE, ERRAND_CLAIM, ERRAND_URGENT;

#endif
