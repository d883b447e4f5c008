/* What the parts of `kairan migrate` share. migrate.c runs, migrate_plan.c knows the numbered
 * migrations; law_read.c reads the law, law_build.c has the server read it, law_compare.c compares,
 * law_apply.c brings the database to it. */
#ifndef CLI_MIGRATE_H
#define CLI_MIGRATE_H

#include <libpq-fe.h>

#include "arena.h"
#include "base.h"
#include "db/law.h"
#include "fault.h"

/* ---- statements (migrate_run.c) ---- */

/* For CLEANUP. */
NONNULL void result_done(PGresult **res);

/* Fills *f from a result that is an error: RETRY when somebody holds what it wants, else BROKEN.
 * `place`
 * ("0003_log.sql line 7") stands before the server's words. Returns false. */
NONNULL bool result_fault(const PGresult *res, const char *place, struct fault *f);

/* Runs commands without parameters. */
MUST_USE NONNULL bool run(PGconn *conn, const char *sql, struct fault *f);

/* Runs one statement of the given text parameters; *res is its rows. */
MUST_USE bool ask(PGconn *conn, const char *sql, const char *const *params, size_t count,
                  PGresult **res, struct fault *f);

/* The line of `sql`, from 1, at which its character `position` (a number from 1) stands; 1 for
 * none. */
size_t line_of(const char *sql, const char *position);

/* A command whose turn may have to wait for another's. */
struct task {
    const char *sql;
    const char *place; /* "alert/alert.law.sql" */
    size_t line;       /* of the place, where sql begins; as_written: its lines are the place's */
    const char *name;
    bool as_written, done;
};

/* Runs all, in whatever order they go: one that fails is tried again as long as others get done. */
MUST_USE NONNULL bool run_tasks(PGconn *conn, struct arena *a, struct task *tasks, size_t count,
                                struct fault *f);

/* ---- numbered migrations (migrate_plan.c) ---- */

struct migration {
    int64_t number;
    const char *name; /* file name */
    char *sql;
    const char *sha256;
};

struct plan {
    struct migration *all;
    size_t count;
};

/* Reads DIR/NNNN_what.sql; INVALID for a gap, a double, none. */
MUST_USE NONNULL bool plan_read(struct arena *a, const char *dir, struct plan *plan,
                                struct fault *f);

/* Whether what is recorded is a beginning of the plan; *done = how many. CONFLICT: the database is
 * older than the first release, or newer than this one, or of another one. */
MUST_USE NONNULL bool plan_compare(PGconn *conn, const struct plan *plan, size_t *done,
                                   struct fault *f);

/* Applies and records those from `done` on, in the caller's transaction. */
MUST_USE NONNULL bool plan_apply(PGconn *conn, const struct plan *plan, size_t done,
                                 struct fault *f);

/* ---- the law's files (law_read.c) ---- */

enum law_kind {
    LAW_FUNCTION,
    LAW_VIEW,
    LAW_FUNCTION_GRANT,
    LAW_TRIGGER,
    LAW_TABLE_GRANT, /* on whatever is no function */
    LAW_KIND_LAST
};

/* One statement of the files. */
struct statement {
    enum law_kind kind;
    const char *file; /* "alert/alert.law.sql" */
    size_t line;
    const char *name; /* "alert_approve", "alert_check ON alert"; of a grant its first word */
    const char *sql;
    bool numbered; /* stands in a migration, which keeps what it made */
};

struct law {
    struct statement *all;
    size_t count;
    const char *sha256; /* of the files of the law, without the migrations */
};

/* Reads DIR/ROOM/SUBJECT.law.sql, and what the plan's migrations say of functions and grants.
 * INVALID names file and line. */
MUST_USE NONNULL bool law_read(struct arena *a, const char *dir, const struct plan *plan,
                               struct law *law, struct fault *f);

/* ---- catalogues (law_build.c, law_compare.c) ---- */

/* What the files say, in the server's words: they are loaded into a schema that is rolled back. In
 * the caller's transaction, which it leaves as it was. A fault names file, function and line. */
MUST_USE NONNULL bool law_build(PGconn *conn, struct arena *a, const struct law *law,
                                struct law_items *wanted, struct fault *f);

/* What schema kairan says. */
MUST_USE NONNULL bool law_live(PGconn *conn, struct arena *a, struct law_items *live,
                               struct fault *f);

enum difference_kind { DIFF_MISSING, DIFF_BEYOND, DIFF_OTHER };

struct difference {
    enum difference_kind kind;
    const struct law_item *item; /* as wanted; of what is beyond as it is */
};

struct differences {
    struct difference *all;
    size_t count;
};

NONNULL struct differences law_compare(struct arena *a, const struct law_items *wanted,
                                       const struct law_items *live);

/* The statement that an item comes from, of functions of one name the one with its body; NULL for
 * none. */
NONNULL const struct statement *law_statement(struct arena *a, const struct law *law,
                                              const struct law_item *item);

/* "function f(integer): not as in alert/alert.law.sql line 3", for people. */
NONNULL RETURNS_NONNULL const char *law_say(struct arena *a, const struct law *law,
                                            const struct difference *d);

/* ---- applying (law_apply.c) ---- */

/* Brings schema kairan to what is wanted, in the caller's transaction; every body is checked. A
 * fault names file, function, line. *changed: how many differences there were. *live: as it is
 * then. */
MUST_USE NONNULL bool law_apply(PGconn *conn, struct arena *a, const struct law *law,
                                const struct law_items *wanted, struct law_items *live,
                                size_t *changed, struct fault *f);

#endif
