/* An errand: one kind of statement the sender has for the database. */
#ifndef WORKER_ERRAND_H
#define WORKER_ERRAND_H

#include "sender.h"

struct errand {
    const char *name;
    bool (*due)(struct sender *s);                   /* may note what it is about */
    bool (*send)(struct sender *s, struct fault *f); /* parameters may live in s->arena */
    void (*done)(struct sender *s, const struct db_rows *rows);
};

/* In order of urgency. */
extern const struct errand ERRANDS[];
extern const size_t ERRAND_COUNT;

#endif
