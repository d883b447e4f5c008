/* From a request to an answer: the table of paths and what each does. No sockets here. */
#ifndef INBOX_ROUTE_H
#define INBOX_ROUTE_H

#include "arena.h"
#include "buf.h"
#include "web.h"

enum { ROUTE_WAIT_MAX_MS = 60000, ROUTE_LIMIT_MAX = 5000 };

struct request {
    struct arena *arena;
    const char *method, *path;
    const char *body;
    size_t body_b;
    bool is_json;    /* of the body */
    bool wants_json; /* Accept: application/json */
    bool waited;     /* it has waited as long as it asked for */
    const char *(*query)(void *context, const char *name); /* NULL where absent */
    void *query_context;
};

struct answer {
    int status;
    const char *type;     /* Content-Type */
    const char *location; /* of a 303; NULL otherwise */
    const char *filename; /* to be saved under; NULL otherwise */
    struct buf body;
    int wait_ms; /* over 0: no answer yet, ask again when mail comes or after this time */
};

/* Fills the answer; whatever the request is, there is one. */
NONNULL void route_answer(const struct web_world *w, const struct request *r, struct answer *out);

#endif
