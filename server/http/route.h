/* Routes: face, method, path, who may, handler; and how a path finds its own. The one table of them
 * is server/route_table.c. */
#ifndef SERVER_ROUTE_H
#define SERVER_ROUTE_H

#include <stdio.h>

#include "http/http.h"

/* What a session may have to do before anything else (session_stage of the schema). */
enum stage_bit {
    STAGE_PASSWORD = 1, /* the password is one-time or too old */
    STAGE_FACTOR = 2,   /* the second factor is to be proved */
    STAGE_HOURS = 4,    /* a reason for a sign-in outside the hours is to be given */
    STAGE_ENROL = 8,    /* a second factor is to be set up */
    STAGE_ANY = 15
};

struct route_stage {
    const char *name; /* as the database says it */
    const char *page; /* where it is done; takes `next` */
    const char *told;
    unsigned bit;
};

struct route {
    enum face face;
    const char *method; /* "GET" (serves HEAD too) or "POST" */
    const char *path;   /* "/alerts/{id}/approve": {…} matches one non-empty segment */
    unsigned roles;     /* of enum role: MAY_… of the act, where nothing else is said */
    unsigned stages;    /* enum stage_bit: where it is reached before the session is open, too */
    bool csrf_exempt;   /* RFC 8058 one-click only; such a handler ignores cookies */
    bool no_db;         /* needs no database: r->db may be NULL, and no cookie is read or set */
    bool upload;        /* conf.upload_limit_b on top of conf.body_limit_b */
    bool look;          /* shows personal data of others: each look writes a row of the act */
    enum act act;       /* of the log row, also when the role check refuses it */
    handler *handler;
};

struct route_table {
    const struct route *rows;
    size_t count;
};

/* The row of a stage by its name; NULL for "open" and any other word. */
MUST_USE NONNULL const struct route_stage *route_stage(const char *name);

/* Prints the table for auditors and tests, one row a line with a tab between: face, method, path,
 * who may ("anybody", "signed-in", or roles with commas), act, "form-token" or "no-form-token", and
 * the stages in which a session reaches it that is not open. */
NONNULL void route_print(const struct route_table *table, FILE *out);

/* What a path leads to. */
struct route_found {
    const struct route *route;
    const char *const *args; /* the {…} values, in order */
    const char *allow;       /* the legal methods, when only the method differs; else NULL */
};

/* Finds the row; MISSING, or INVALID with status 405 semantics when only the method differs. */
MUST_USE NONNULL bool route_find(struct arena *a, const struct route_table *table, enum face face,
                                 const char *method, const char *path, struct route_found *out,
                                 struct fault *f);

#endif
