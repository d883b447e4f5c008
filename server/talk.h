/* A request under way, from its first line to its answer: what the files of the HTTP side share.
 * Handlers see none of it but `req` and `reply`. */
#ifndef SERVER_TALK_H
#define SERVER_TALK_H

#include <microhttpd.h>

#include "conn.h"
#include "form.h"
#include "guard.h"
#include "http.h"
#include "route.h"

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

/* Makes the fault, or the refusal, the answer. Always false, so that a step can end with it. */
NONNULL bool talk_fault(struct talk *t, const struct fault *f);
NONNULL bool talk_refuse(struct talk *t, enum refusal why);

/* dispatch.c: whether the request's body is to be read: it may come in by route, session and role,
 * or it may not but its answer is to give back what was typed. False: the answer is ready. */
MUST_USE NONNULL bool dispatch_admit(struct talk *t);

/* dispatch.c: the body is here; fills the reply, or leaves reply.ask for a helper. */
NONNULL void dispatch_act(struct talk *t);

/* dispatch.c: the helper has answered (f NULL), or could not. */
__attribute__((nonnull(1))) void dispatch_go_on(struct talk *t, const unsigned char *proof,
                                                const struct fault *f);

/* reply.c: hands the filled reply to libmicrohttpd. */
MUST_USE NONNULL enum MHD_Result reply_queue(struct talk *t);

#endif
