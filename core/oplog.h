/* The operation log as the server uses it. Rows of acts are written by the acts' own functions in
 * the schema, in the acts' own transactions. */
#ifndef CORE_OPLOG_H
#define CORE_OPLOG_H

#include "arena.h"
#include "db.h"

struct oplog_row {
    int64_t seq;
    const char *at;           /* Japan time, as shown */
    const char *login, *name; /* as signed in or typed then; the person's name now, "" unknown */
    const char *role, *department, *department_en, *act, *object, *reason, *network;
    const char *object_name; /* of a person, as it is now; else "" */
    bool done;               /* else refused */
};

/* Writes the row of a refused act, in a transaction of its own. */
MUST_USE NONNULL bool oplog_refused(struct db *db, const char *token, const char *act,
                                    const char *object, const char *reason, const char *network,
                                    struct fault *f);

/* At most `most` rows (200 at most) with numbers below `before` (0: all), newest first; DENIED when
 * the session may not read the log. */
MUST_USE NONNULL bool oplog_page(struct db *db, struct arena *a, const char *token, int64_t before,
                                 int most, struct oplog_row **out, size_t *count, struct fault *f);

#endif
