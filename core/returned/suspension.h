/* Addresses that are sent nothing, since their mails kept coming back or their readers complained:
 * as the console sees them. What leads there is the database's (doubt.law.sql). */
#ifndef CORE_SUSPENSION_H
#define CORE_SUSPENSION_H

#include "arena.h"
#include "db/db.h"

struct suspension {
    int64_t contact;
    const char *address;        /* masked */
    const char *reason;         /* permanent temporary complaint other */
    const char *since;          /* Japan time, as shown */
    const char *status, *reply; /* of the last report; "" without one */
};

/* A number and what it counts. */
struct suspension_count {
    const char *what;
    int64_t n;
};

/* An alert of which too many came back at once. */
struct suspension_storm {
    int64_t alert;
    const char *title, *at;
    int64_t failed, total;
    const char *verdict; /* count, forgive; "" undecided */
};

/* At most `most` rows (200 at most) with contacts below `before` (0: all), newest first. DENIED to
 * all but administrators and auditors, here and in the next two. */
MUST_USE NONNULL bool suspension_list(struct db *db, struct arena *a, const char *token,
                                      int64_t before, int most, struct suspension **out,
                                      size_t *count, struct fault *f);

MUST_USE NONNULL bool suspension_counts(struct db *db, struct arena *a, const char *token,
                                        struct suspension_count **out, size_t *count,
                                        struct fault *f);

MUST_USE NONNULL bool suspension_storms(struct db *db, struct arena *a, const char *token,
                                        struct suspension_storm **out, size_t *count,
                                        struct fault *f);

/* An address gets alerts again; CONFLICT when it does already. The administrator's alone. */
MUST_USE NONNULL bool suspension_lift(struct db *db, struct arena *a, const char *token,
                                      int64_t contact, const char *network, struct fault *f);

/* Says whether an alert's failures count ("count") or were a server's ("forgive"); CONFLICT when it
 * was said already. The administrator's alone. */
MUST_USE NONNULL bool suspension_decide(struct db *db, struct arena *a, const char *token,
                                        int64_t alert, const char *verdict, const char *network,
                                        struct fault *f);

#endif
