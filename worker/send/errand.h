/* An errand: one kind of statement the sender has for the database. */
#ifndef WORKER_ERRAND_H
#define WORKER_ERRAND_H

#include "send/sender.h"

struct errand {
    const char *name;
    bool (*due)(struct sender *s);                   /* may note what it is about */
    bool (*send)(struct sender *s, struct fault *f); /* parameters may live in s->arena */
    void (*done)(struct sender *s, const struct db_rows *rows);
};

/* In order of urgency. */
extern const struct errand *const ERRANDS[];
extern const size_t ERRAND_COUNT;

/* errand_lanes.c, errand_work.c; the others are in errand_table.c, with the table. */
extern const struct errand ERRAND_LANES, ERRAND_SPLIT, ERRAND_REPORT;
extern const struct errand ERRAND_NOTE, ERRAND_CLOSE, ERRAND_CLAIM, ERRAND_URGENT;

#endif
