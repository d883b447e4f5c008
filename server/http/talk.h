/* A request under way, from its first line to its answer: what the files of the HTTP side share.
 * Handlers see none of it but `req` and `reply`. */
#ifndef SERVER_TALK_H
#define SERVER_TALK_H

#include <microhttpd.h>

#include "http/conn.h"
#include "http/form.h"
#include "http/guard.h"
#include "http/http.h"
#include "http/route.h"

enum talk_state {
    TALK_NEW,     /* headers not judged yet */
    TALK_BODY,    /* admitted; its body comes in */
    TALK_WAITING, /* for a helper; suspended */
    TALK_READY    /* reply is filled */
};

enum { TALK_COOKIES = 4 };

struct talk {
    struct req req;
    struct reply reply;
    enum talk_state state;
    struct conn *conn;
    struct MHD_Connection *mhd;
    const struct route *route; /* NULL for static files and before it is found */
    const struct file *file;   /* a static file, answered without handler */
    struct heads heads;
    const char *uri; /* the raw target */
    struct form query;
    char *body;
    size_t body_b, length_b;
    struct fault refused;              /* to be told when the body is here */
    const char *allow;                 /* of a 405 */
    const char *cookies[TALK_COOKIES]; /* Set-Cookie values */
    size_t cookie_count;
    int64_t since_ms;
};

/* The path for logs: residents' links hold secrets, so their face shows the route's form. */
NONNULL const char *talk_path(const struct talk *t);

/* Adds a Set-Cookie value to the answer. */
NONNULL void talk_cookie(struct talk *t, const char *value);

/* reply.c: hands the filled reply to libmicrohttpd. */
MUST_USE NONNULL enum MHD_Result reply_queue(struct talk *t);

#endif
