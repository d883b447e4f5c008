/* Chunks in hand, and their members: who is still to be sent to, and what came of the others. */
#ifndef WORKER_CHUNK_H
#define WORKER_CHUNK_H

#include "arena.h"
#include "channel/answer.h"
#include "lanes/domain.h"
#include "lanes/lanes.h"

struct broadcast;

enum member_state {
    MEMBER_TODO,
    MEMBER_STARTED,   /* a connection has it */
    MEMBER_ENDED,     /* a final outcome */
    MEMBER_TEMPORARY, /* comes again after a delay */
    MEMBER_UNKNOWN,   /* comes again at once, flagged */
    MEMBER_ASIDE,     /* comes again in another lane */
    MEMBER_ACCUSED    /* refused for the text's sake: whose fault it is will be seen */
};

struct member {
    int64_t contact;
    const char *address; /* NULL: not to be sent to any more */
    const char *lang;
    enum member_state state;
    bool counted;                 /* its domain counts the mail by it */
    struct domain *domain;        /* in the lane `other`; else NULL */
    const struct answer *refusal; /* ACCUSED: what the relay said, ... */
    const char *relay;            /* ... and which one */
    bool alone; /* shares no mail: one to several was refused, and nobody knows for whose sake */
};

struct chunk {
    struct chunk *next;
    struct arena *arena;
    struct broadcast *broadcast;
    struct lane *lane;
    int64_t id, token, handover;
    int attempt;
    bool again;
    void *kept;   /* the channel's, of what its members share */
    bool lost;    /* the lease is not ours any more: nothing of it is started */
    bool closing; /* its close is under way */
    bool stuck;   /* all whose turn it is must wait for their domains */
    struct member *members;
    size_t count, room;
    size_t todo;    /* members in MEMBER_TODO */
    size_t waiting; /* of them, those passed over for their domains when one was looked for last */
    size_t from;    /* none of them is before this one */
    size_t started; /* in MEMBER_STARTED */
    size_t accused; /* in MEMBER_ACCUSED */
    size_t unnoted; /* outcomes the database has not confirmed */
};

#endif
