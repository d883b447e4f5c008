/* One connection to PostgreSQL: prepare all this program uses, run, read rows, transact, wait.
 * SQL lives in core/ beside the C; tools/sqlgen.awk makes `enum sql` and the texts of it.
 * Parameters are text, never pasted. A statement that fails in the server becomes a fault:
 *   KR001 DENIED, KR002 CONFLICT, KR003 INVALID, KR004 MISSING, KR005 LIMIT, KR006 UNSIGNED,
 *   KR007 STALE (raised by our functions: message = the sentence, column = the field,
 *   detail = detail),
 *   lost connection, deadline, lock or serialisation failure: RETRY; all else: BROKEN. */
#ifndef CORE_DB_H
#define CORE_DB_H

#include <libpq-fe.h>

#include "arena.h"
#include "base.h"
#include "fault.h"
#include "queries.h"

struct db;

/* A result; rows and columns from 0. Freed by db_rows_done (CLEANUP). */
struct db_rows {
    PGresult *res;
    int count;
};

/* Connects as `role` to conf.database and prepares the statements of the given sets (the file
 * names of core/ without ending: "people", "alert"). False: *f is RETRY (no server; try again) or
 * BROKEN (a statement is wrong: names it). db_close frees, accepts NULL, nulls. */
MUST_USE bool db_open(const char *role, const char *const *sets, size_t count, struct db **out,
                      struct fault *f);
void db_close(struct db **db);

/* As db_open, but waits for the server as long as it takes (saying so in the log), till
 * proc_stop. */
MUST_USE bool db_open_wait(const char *role, const char *const *sets, size_t count, struct db **out,
                           struct fault *f);

/* Reconnects when the connection was lost; cheap when it was not. */
MUST_USE NONNULL bool db_alive(struct db *db, struct fault *f);

/* Runs one prepared statement with its deadline (conf.statement_timeout_ms, on our own clock too:
 * a frozen server costs no more). params: text or NULL; their number must be the statement's.
 * rows may be NULL when they are not wanted; they are empty after a fault. */
MUST_USE bool db_run(struct db *db, enum sql which, const char *const *params, size_t count,
                     struct db_rows *rows, struct fault *f);

/* db_run with the parameters written out: DB_RUN(db, SQL_X, &rows, f, a, b). */
#define DB_RUN(db, which, rows, f, ...)                                                            \
    db_run((db), (which), (const char *const[]){__VA_ARGS__},                                      \
           sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *), (rows), (f))
/* Without parameters. */
#define DB_RUN0(db, which, rows, f) db_run((db), (which), NULL, 0, (rows), (f))

NONNULL void db_rows_done(struct db_rows *rows);

/* Field as text ("" for NULL), as number (aborts when it is none: our own SQL), as truth. */
NONNULL RETURNS_NONNULL const char *db_text(const struct db_rows *rows, int row, int col);
NONNULL int64_t db_int(const struct db_rows *rows, int row, int col);
NONNULL bool db_bool(const struct db_rows *rows, int row, int col);
NONNULL bool db_null(const struct db_rows *rows, int row, int col);
/* By column name; aborts when there is no such column. */
NONNULL int db_col(const struct db_rows *rows, const char *name);

/* A text[] or number[] of one dimension, in the arena; *count items (texts: and NULL behind them),
 * none for NULL. Aborts where it is none or an item is NULL: our own SQL. */
NONNULL RETURNS_NONNULL char **db_texts(struct arena *a, const struct db_rows *rows, int row,
                                        int col, size_t *count);
NONNULL RETURNS_NONNULL int64_t *db_ints(struct arena *a, const struct db_rows *rows, int row,
                                         int col, size_t *count);

/* ---- typed rows: a table of columns beside the struct, their kinds taken from the members ----
 * static const struct db_column POST[] = {DB_COLUMN(struct post, id), DB_COLUMN(struct post,
 * name)}; The statement names its columns as the members are (AS), in any order. A column that is
 * missing or left over aborts, with an empty result too: our own SQL. Texts are copied into the
 * arena, "" for NULL; NULL is false; no array is empty, a char ** ends with NULL; a number must be
 * there. */
struct db_column {
    const char *name;
    enum db_kind { DB_TEXT, DB_INT64, DB_INT, DB_BOOL, DB_TEXTS, DB_INTS } kind;
    size_t at_b, row_b; /* where the member lies; the struct's size */
    struct db_column_more {
        bool optional;
        int64_t none;             /* stands for an optional number's NULL */
        size_t count_at_b;        /* where the count of an int64_t * lies */
        const struct word *words; /* the text is a code of these, the member their enum */
        bool lent; /* the text stays where it is, as long as the rows; NULL is NULL */
    } more;
};
#define DB_KIND(type, member)                                                                      \
    _Generic(((type *)0)->member, const char *: DB_TEXT, int64_t: DB_INT64, size_t: DB_INT64, int: DB_INT,           \
             unsigned: DB_INT /* an enum */, bool: DB_BOOL, char **: DB_TEXTS, int64_t *: DB_INTS)
#define DB_COLUMN_FULL(type, member, column, ...)                                                  \
    {                                                                                              \
        column, DB_KIND(type, member), offsetof(type, member), sizeof(type), {                     \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
#define DB_COLUMN(type, member) DB_COLUMN_FULL(type, member, #member, .optional = false)
/* A member that a column of another name fills. */
#define DB_COLUMN_AS(type, member, column) DB_COLUMN_FULL(type, member, #column, .optional = false)
/* A number, and its value for NULL. */
#define DB_COLUMN_OR(type, member, value)                                                          \
    DB_COLUMN_FULL(type, member, #member, .optional = true, .none = (value))
/* An int64_t *, and the member that takes its count. */
#define DB_COLUMN_COUNTED(type, member, count)                                                     \
    DB_COLUMN_FULL(type, member, #member, .count_at_b = offsetof(type, count))
/* An enum, and its codes (words/word.h). */
#define DB_COLUMN_WORD(type, member, codes) DB_COLUMN_FULL(type, member, #member, .words = (codes))
/* A text that is not copied, for many rows that are looked at once; NULL stays NULL. */
#define DB_COLUMN_LENT(type, member) DB_COLUMN_FULL(type, member, #member, .lent = true)

/* A table of columns, and the struct that they fill. */
struct db_shape {
    const struct db_column *columns;
    size_t count, row_b;
};
#define DB_SHAPE(columns, row_b) (&(const struct db_shape){(columns), COUNT(columns), (row_b)})

/* All rows as an array of structs in the arena, with a zeroed one behind them. */
NONNULL RETURNS_NONNULL void *db_structs(struct arena *a, const struct db_rows *rows,
                                         const struct db_shape *shape);
#define DB_STRUCTS(a, rows, columns, type)                                                         \
    ((type *)db_structs((a), (rows), DB_SHAPE((columns), sizeof(type))))

/* A statement's rows as structs; NULL and *rows_count 0 after a fault. With the parameters written
 * out: DB_LIST(db, SQL_X, arena, COLUMNS, &array, &count, f, a, b), true unless *f is set. */
MUST_USE void *db_list(struct db *db, enum sql which, const char *const *params, size_t count,
                       struct arena *a, const struct db_shape *shape, size_t *rows_count,
                       struct fault *f);
#define DB_LIST(db, which, a, columns, out, rows_count, f, ...)                                    \
    ((*(out) = db_list((db), (which), (const char *const[]){__VA_ARGS__},                          \
                       sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *), (a),     \
                       DB_SHAPE((columns), sizeof **(out)), (rows_count), (f))) != NULL)
#define DB_LIST0(db, which, a, columns, out, rows_count, f)                                        \
    ((*(out) = db_list((db), (which), NULL, 0, (a), DB_SHAPE((columns), sizeof **(out)),           \
                       (rows_count), (f))) != NULL)

/* The row of a statement that always gives one: DB_ONE(db, SQL_X, arena, COLUMNS, &one, f, a). */
MUST_USE bool db_one(struct db *db, enum sql which, const char *const *params, size_t count,
                     struct arena *a, const struct db_shape *shape, void *out, struct fault *f);
#define DB_ONE(db, which, a, columns, out, f, ...)                                                 \
    db_one((db), (which), (const char *const[]){__VA_ARGS__},                                      \
           sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *), (a),                 \
           DB_SHAPE((columns), sizeof *(out)), (out), (f))
#define DB_ONE0(db, which, a, columns, out, f)                                                     \
    db_one((db), (which), NULL, 0, (a), DB_SHAPE((columns), sizeof *(out)), (out), (f))

/* A transaction that rolls back at scope end unless committed:
 * CLEANUP(db_tx_end) struct db_tx tx = {0}; if (!db_begin(db, &tx, f)) …; return db_commit(&tx, f);
 */
struct db_tx {
    struct db *db;
};
MUST_USE NONNULL bool db_begin(struct db *db, struct db_tx *tx, struct fault *f);
MUST_USE NONNULL bool db_commit(struct db_tx *tx, struct fault *f);
NONNULL void db_tx_end(struct db_tx *tx);

/* COPY … FROM STDIN for the statement `which` (not prepared), fed line by line; a field may be
 * NULL. A COPY that is not ended is undone by the end of its transaction, at the price of the
 * connection. */
MUST_USE NONNULL bool db_copy_begin(struct db *db, enum sql which, struct fault *f);
MUST_USE NONNULL bool db_copy_row(struct db *db, const char *const *fields, size_t count,
                                  struct fault *f);
MUST_USE NONNULL bool db_copy_end(struct db *db, struct fault *f);

/* Listens to a channel, after a reconnect too; asking again does no harm. */
MUST_USE NONNULL bool db_listen(struct db *db, const char *channel, struct fault *f);
/* Waits for a NOTIFY (or wait_ms, or a signal); true when one came. Takes all that are there.
 * Without a connection it only waits. */
NONNULL bool db_wait(struct db *db, int wait_ms);

/* For an event loop: send one prepared statement without waiting, hand the socket to epoll, and
 * ask for the result when it is readable. One statement may be under way at a time.
 * db_result: 1 result in *rows, 0 not yet, -1 *f set. After a RETRY the connection may be another:
 * db_alive, then ask for the socket again. */
MUST_USE bool db_send(struct db *db, enum sql which, const char *const *params, size_t count,
                      struct fault *f);
NONNULL int db_result(struct db *db, struct db_rows *rows, struct fault *f);
NONNULL int db_socket(const struct db *db);
/* The next waiting notification's channel (lives in a static buffer), NULL when none. */
NONNULL const char *db_notified(struct db *db, char *payload, size_t size_b);

/* Text arrays for parameters: "{a,b}" with quoting. */
NONNULL RETURNS_NONNULL char *db_array(struct arena *a, const char *const *items, size_t count);
RETURNS_NONNULL char *db_int_array(struct arena *a, const int64_t *items, size_t count)
    __attribute__((nonnull(1)));

/* The raw connection, for cli/migrate only. */
NONNULL PGconn *db_raw(struct db *db);

#endif
