/* libmicrohttpd on one side, struct req and struct reply on the other; all limits live here. */
#ifndef SERVER_HTTP_H
#define SERVER_HTTP_H

#include <jansson.h>

#include "arena.h"
#include "base.h"
#include "buf.h"
#include "db/db.h"
#include "fault.h"
#include "vocabulary.h"

enum face { FACE_STAFF, FACE_PUBLIC, FACE_LAST };

/* Who is signed in; all "" or 0 when nobody is (the public face never has anybody). */
struct signed_in {
    const char
        *token; /* the session token as the cookie holds it; passed to the database's functions */
    const char *csrf; /* what forms must carry in the field `csrf` */
    int64_t person, post, department;
    enum role role; /* of the post; one bit, or none */
    const char *name, *department_name;
    const char *acting_for, *acting_until; /* of a delegate: whose approvals, till when; else "" */
    const char *stage; /* "open", or what is to be done first (route.h); "" nobody */
    bool has_end;      /* there is a password, and so an end to it */
    int64_t days_left; /* of the password: 0 on its last day */
};

/* One value of a form, JSON body or query. In a JSON body a number is its decimal digits, true is
 * "1", an array repeats the field, and false or null leave it out (as an unticked box does). */
struct field {
    const char *name, *value; /* UTF-8 without NUL; CRLF from browsers kept as sent */
    size_t value_b;
    const char *filename; /* of an upload, else NULL */
};

/* A whole request: everything in it lives in its arena. */
struct req {
    struct arena *arena;
    struct db *db;
    enum face face;
    const char *method, *path;
    const char *const *args;    /* values of the route's {…} parts, in order */
    const struct field *fields; /* body first, then query */
    size_t field_count, body_count;
    const char *network; /* the client's address, after conf.trusted_proxy */
    const char *agent;   /* User-Agent, cut to 200 bytes; "" when none */
    const char *lang;    /* "ja" or "en" */
    bool lang_chosen;    /* by this browser; else a person's own comes before the default */
    bool wants_json;     /* Accept: application/json */
    const char *device;  /* of a browser that signed in before (core/door/sign_in.h), else "" */
    const char *id;      /* of the request, in log and error pages */
    struct signed_in who;
    bool typed_here;  /* a form of our own page: what was typed is given back with a fault */
    const char *page; /* that an act was done on, where a fault leads back there; else NULL */
    const unsigned char *proof; /* of reply.ask, in its `then` only; PASSWORD_PROOF_B bytes */
};

struct reply;

/* The one thing a handler may wait for: the proof of a password, which takes half a second and is
 * made by a helper process (kdf.h). It sets reply.ask and returns true; when the proof is there,
 * `then` runs as the handler, with req.proof; it may ask once more. All of it lives in the
 * request's arena. */
struct ask {
    const char *password, *cost;
    const unsigned char *salt;
    size_t salt_b;
    bool (*then)(struct req *r, struct reply *out, struct fault *f);
    const void *carry; /* for `then`, as out->ask->carry */
    bool goes_on;      /* set by a `then` that asks once more: its request waits already */
};

/* A file that is made while it is sent, so that it need not stand in memory: `more` adds the next
 * part to `out`, nothing at its end. False cuts the connection: what came is not the whole. It is
 * called with r->db alive, and lives in the request's arena; what it takes of an arena must be its
 * own. */
struct stream {
    bool (*more)(struct req *r, void *state, struct buf *out, struct fault *f);
    void *state;
};

/* What a handler answers with. A page: `page` and `tree`. A redirect: `location` (status 303).
 * A file: `bytes`, `bytes_b` (or `stream`), `type`, `filename`. */
struct reply {
    int status;       /* 0 = 200 */
    const char *page; /* web/pages/<page>.mustache */
    json_t *tree;     /* owned by the reply; the same tree is the JSON answer */
    const char *location;
    const char *cookies[2]; /* whole Set-Cookie values (session.h), or NULL */
    const void *bytes;
    size_t bytes_b;
    const struct stream *stream;
    const char *type, *filename;
    const struct ask *ask; /* set: this is no answer yet */
};

/* First value of a field, NULL when absent; its k-th value (from 0), NULL past the last. */
NONNULL const char *req_field(const struct req *r, const char *name);
NONNULL const char *req_field_nth(const struct req *r, const char *name, size_t k);
/* The whole field, for uploads; NULL when absent. */
NONNULL const struct field *req_upload(const struct req *r, const char *name);
/* A field or path argument as a number in range; false sets INVALID with the field's name
 * (MISSING for a path argument). */
MUST_USE NONNULL bool req_int(const struct req *r, const char *name, int64_t min, int64_t max,
                              int64_t *out, struct fault *f);
MUST_USE NONNULL bool req_arg_int(const struct req *r, size_t index, int64_t *out, struct fault *f);

/* Whether the post of who is signed in has one of these roles: MAY_… of an act, or ROLE_… */
MUST_USE NONNULL bool req_may(const struct req *r, unsigned roles);

/* Sentence in the request's language (gettext). */
NONNULL const char *req_say(const struct req *r, const char *msgid);

/* A handler: true with *out filled, or false with *f (the fault becomes an error page or JSON). A
 * form that was refused is shown again by the handler itself: status 422, the form's page, the tree
 * with what was typed and `errors` (see present.h). */
typedef bool handler(struct req *r, struct reply *out, struct fault *f);

#endif
