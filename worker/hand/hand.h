/* What a sender has in hand, and what that needs of the rest of it. */
#ifndef WORKER_HAND_H
#define WORKER_HAND_H

#include "base.h"

struct broadcast;
struct chunk;
struct journal;
struct lanes;

struct hand {
    struct lanes *lanes;
    struct journal *journal;
    struct chunk *chunks;         /* batch.c */
    struct broadcast *broadcasts; /* broadcast.c */
    int64_t routine_until_ms; /* Unix time till when routine alerts may leave, by the database */
    int64_t look_ms;          /* when all who must wait for their domains were looked at */
    /* record.c */
    size_t links;           /* mails that may be under way, of one relay */
    size_t leaving;         /* recipients whose mail's text has left, and no answer has come */
    size_t unnoted;         /* outcomes the database has not confirmed, of all broadcasts */
    int64_t oldest_note_ms; /* when the oldest of them came; 0: none waits */
};

#endif
