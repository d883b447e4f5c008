/* Statements of a test's own in place of those of core/, and a connection that has prepared them;
 * for tests of core/db, which need no schema. */
#ifndef TESTS_DB_OWN_DB_H
#define TESTS_DB_OWN_DB_H

#include "check.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "db/db.h"
#include "proc.h"
#include "settings/conf.h"
#include "words/word.h"

enum {
    ECHO,
    SLEEP,
    FAIL,
    PID,
    UNNEST,
    COPY,
    COUNT_ROWS,
    READ,
    NOTIFY,
    TERMINATE,
    ARRAY,
    TYPED,
    WRONG
};

#define Q(which) ((enum sql)(which))

const struct sql_text sql_texts[] = {
    [ECHO] = {"t", "core/db/t.sql", 1, "echo", 3,
              "SELECT $1::text AS a, $2::bigint AS b, $3::boolean AS c"},
    [SLEEP] = {"t", "core/db/t.sql", 2, "sleep", 1, "SELECT pg_sleep($1::float)"},
    [FAIL] = {"t", "core/db/t.sql", 3, "fail", 2, "SELECT public.t_db_fail($1, $2)"},
    [PID] = {"t", "core/db/t.sql", 4, "pid", 0, "SELECT pg_backend_pid()"},
    [UNNEST] = {"t", "core/db/t.sql", 5, "unnest", 1, "SELECT unnest($1::text[])"},
    [COPY] = {"t", "core/db/t.sql", 6, "copy", 0, "COPY public.t_db (a, b) FROM STDIN"},
    [COUNT_ROWS] = {"t", "core/db/t.sql", 7, "count", 0, "SELECT count(*) FROM public.t_db"},
    [READ] = {"t", "core/db/t.sql", 8, "read", 0, "SELECT a, b FROM public.t_db ORDER BY a"},
    [NOTIFY] = {"t", "core/db/t.sql", 9, "notify", 1, "SELECT pg_notify('t_db', $1)"},
    [TERMINATE] = {"t", "core/db/t.sql", 10, "terminate", 1,
                   "SELECT pg_terminate_backend($1::int, 5000)"},
    [ARRAY] = {"t", "core/db/t.sql", 12, "array", 1,
               "SELECT $1::text[] AS texts, '{}'::text[], NULL::text[], '{1,-2,3}'::bigint[]"},
    [TYPED] = {"t", "core/db/t.sql", 13, "typed", 1,
               "SELECT 7 AS small, x AS number, 'sending' AS state, 'te' || x AS text,"
               " NULL::text AS none, 2 - x AS maybe, NULL::int AS never, x = 1 AS yes,"
               " '{a,\"b c\"}'::text[] AS texts, '{4,5}'::bigint[] AS numbers"
               " FROM generate_series(1, $1::int) AS x"},
    [WRONG] = {"wrong", "core/db/wrong.sql", 11, "wrong_one", 0, "SELECT no_such_column"},
    {"", "", 0, "", 0, ""},
};

static const char *const sets[] = {"t"};
static const char setup_sql[] =
    "CREATE TABLE IF NOT EXISTS public.t_db (a text, b text);"
    "CREATE OR REPLACE FUNCTION public.t_db_fail(state text, message text) RETURNS void"
    " LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = state, MESSAGE = message,"
    " COLUMN = 'title', DETAIL = 'more' ; END $$;";

static inline struct db *open_one(void) {
    struct db *db = NULL;
    struct fault f = {0};
    if (!db_open(getenv("PGUSER"), sets, COUNT(sets), &db, &f))
        fail_msg("%s", f.detail);
    return db;
}

static inline int set_up(void **state) {
    struct fault f;
    assert_true(conf_load(NULL, &f));
    PGconn *plain = PQconnectdb(conf.database);
    PGresult *res = PQexec(plain, setup_sql);
    assert_int_equal(PQresultStatus(res), PGRES_COMMAND_OK);
    PQclear(res);
    PQfinish(plain);
    *state = open_one();
    return 0;
}

static inline int tear_down(void **state) {
    db_close((struct db **)state);
    return 0;
}

/* Every test starts with short deadlines, an empty table and a connection that lives. */
static inline int set_up_one(void **state) {
    struct fault f;
    conf.statement_timeout_ms = 5000;
    assert_true(db_alive(*state, &f));
    PQclear(PQexec(db_raw(*state), "TRUNCATE public.t_db"));
    return 0;
}

static inline int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static inline int64_t number_of(struct db *db, int which) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    struct fault f;
    assert_true(DB_RUN0(db, Q(which), &rows, &f));
    return db_int(&rows, 0, 0);
}

static inline void terminate(int64_t pid) {
    struct db *other = open_one();
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)pid);
    struct fault f;
    assert_true(DB_RUN(other, Q(TERMINATE), NULL, &f, text));
    db_close(&other);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up_one)

#endif
