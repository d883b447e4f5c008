/* Statements of `kairan migrate`, and what is said when the server refuses one. */
#include <string.h>

#include "migrate.h"
#include "text.h"

enum { POSITION_MOST = 1 << 30 };

void result_done(PGresult **res) {
    PQclear(*res);
}

/* Somebody holds what we want, or the wait for it was too long: to be tried again. */
static bool is_busy(const char *state) {
    return strcmp(state, "55P03") == 0 || strcmp(state, "40P01") == 0 ||
           strcmp(state, "57014") == 0;
}

/* What CREATE OR REPLACE may not change: a function's result or names, a view's columns. */
static bool is_other_shape(const char *state, const char *said) {
    return (strcmp(state, "42P13") == 0 || strcmp(state, "42P16") == 0) &&
           strncmp(said, "cannot ", 7) == 0;
}

bool result_fault(const PGresult *res, const char *place, struct fault *f) {
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    const char *said = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
    if (!state || !said)
        return fault_detail(f, FAULT_BROKEN, "The database is gone.", "%s: %s", place,
                            PQresultErrorMessage(res));
    if (is_busy(state))
        return fault_detail(f, FAULT_RETRY, "Others hold what migrate needs.", "%s: %s", place,
                            said);
    if (is_other_shape(state, said))
        return fault_detail(f, FAULT_BROKEN,
                            "A changed signature or type has to be dropped by a numbered "
                            "migration; nothing was changed.",
                            "%s: %s", place, said);
    return fault_detail(f, FAULT_BROKEN, "The database refused; nothing was changed.", "%s: %s",
                        place, said);
}

static bool is_well(const PGresult *res) {
    ExecStatusType status = PQresultStatus(res);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

bool run(PGconn *conn, const char *sql, struct fault *f) {
    CLEANUP(result_done) PGresult *res = PQexec(conn, sql);
    return is_well(res) || result_fault(res, sql, f);
}

bool ask(PGconn *conn, const char *sql, const char *const *params, size_t count, PGresult **res,
         struct fault *f) {
    *res = PQexecParams(conn, sql, (int)count, NULL, params, NULL, NULL, 0);
    return is_well(*res) || result_fault(*res, "kairan migrate", f);
}

size_t line_of(const char *sql, const char *position) {
    int64_t at = 0;
    size_t line = 1;
    if (!position || !text_int(position, 1, POSITION_MOST, &at))
        return 1;
    for (const char *p = sql, *end = sql + strlen(sql); at > 1 && p < end; at--)
        if (text_utf8_next(&p, end) == '\n')
            line++;
    return line;
}

static bool task_run(PGconn *conn, struct arena *a, struct task *t, struct fault *f) {
    const char *sql = arena_printf(a, "SAVEPOINT task; %s\n; RELEASE task", t->sql);
    CLEANUP(result_done) PGresult *res = PQexec(conn, sql);
    t->done = is_well(res);
    if (t->done)
        return true;
    size_t line = t->line;
    if (t->as_written)
        line += line_of(sql, PQresultErrorField(res, PG_DIAG_STATEMENT_POSITION)) - 1;
    return result_fault(res, arena_printf(a, "%s line %zu: %s", t->place, line, t->name), f);
}

/* One go over those that are left; *left: how many failed, the first of them in *f. False: it is of
 * no use to go on. */
static bool tasks_go(PGconn *conn, struct arena *a, struct task *tasks, size_t count, size_t *left,
                     struct fault *f) {
    *left = 0;
    for (size_t i = 0; i < count; i++) {
        struct fault one = {0}, ignored;
        if (tasks[i].done || task_run(conn, a, &tasks[i], &one))
            continue;
        if (++*left == 1)
            *f = one;
        if (one.kind == FAULT_RETRY || !run(conn, "ROLLBACK TO task", &ignored))
            return false;
    }
    return true;
}

bool run_tasks(PGconn *conn, struct arena *a, struct task *tasks, size_t count, struct fault *f) {
    size_t left = count, before;
    do {
        before = left;
        if (!tasks_go(conn, a, tasks, count, &left, f))
            return false;
    } while (left > 0 && left < before);
    return left == 0;
}
