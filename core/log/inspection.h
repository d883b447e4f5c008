/* Inspections of the operation log (004 §8-3, §8-4): opened for some days with ready-made findings,
 * noted on, closed with a result; then they are history. For administrators and auditors. */
#ifndef CORE_INSPECTION_H
#define CORE_INSPECTION_H

#include "arena.h"
#include "db/db.h"
#include "log/oplog.h"

/* kind: regular occasional; result: clean watch misuse, "" while it is open. Days are "2026-11-01".
 */
struct inspection {
    int64_t id, findings;
    const char *kind, *since, *until, *reason, *inspector, *opened, *result, *note, *closed,
        *closed_by;
};

/* kind: failed odd unused reads quick delegate export clock. */
struct inspection_finding {
    int64_t position, n;
    const char *kind, *subject, *last, *note;
};

/* What is kept: notes by the findings' positions, the note on the whole; a result closes it. */
struct inspection_notes {
    const int64_t *positions;
    const char *const *notes;
    size_t count;
    const char *result, *note;
};

/* Begins one; *id is its number. INVALID: days or reason. */
MUST_USE NONNULL bool inspection_open(struct db *db, const struct oplog_actor *who,
                                      const struct inspection *what, int64_t *id, struct fault *f);

/* CONFLICT: it is closed already; INVALID: what a result needs lacks. */
MUST_USE NONNULL bool inspection_save(struct db *db, struct arena *a, const struct oplog_actor *who,
                                      int64_t id, const struct inspection_notes *notes,
                                      struct fault *f);

/* The newest first; with an id (not 0) that one alone, MISSING when there is none. */
MUST_USE NONNULL bool inspection_list(struct db *db, struct arena *a, const char *token, int64_t id,
                                      struct inspection **out, size_t *count, struct fault *f);

MUST_USE NONNULL bool inspection_findings(struct db *db, struct arena *a, const char *token,
                                          int64_t id, struct inspection_finding **out,
                                          size_t *count, struct fault *f);

/* How many days the regular one is overdue; 0: it is not. */
MUST_USE NONNULL bool inspection_overdue(struct db *db, const char *token, int64_t *days,
                                         struct fault *f);

#endif
