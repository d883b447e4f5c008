/* core/db against a real server, healthy, slow, frozen and gone. Brings statements of its own in
 * place of those of core/; needs no schema. */
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

static struct db *open_one(void) {
    struct db *db = NULL;
    struct fault f = {0};
    if (!db_open(getenv("PGUSER"), sets, COUNT(sets), &db, &f))
        fail_msg("%s", f.detail);
    return db;
}

static int set_up(void **state) {
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

static int tear_down(void **state) {
    db_close((struct db **)state);
    return 0;
}

/* Every test starts with short deadlines, an empty table and a connection that lives. */
static int set_up_one(void **state) {
    struct fault f;
    conf.statement_timeout_ms = 5000;
    assert_true(db_alive(*state, &f));
    PQclear(PQexec(db_raw(*state), "TRUNCATE public.t_db"));
    return 0;
}

static int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t number_of(struct db *db, int which) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    struct fault f;
    assert_true(DB_RUN0(db, Q(which), &rows, &f));
    return db_int(&rows, 0, 0);
}

static void terminate(int64_t pid) {
    struct db *other = open_one();
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)pid);
    struct fault f;
    assert_true(DB_RUN(other, Q(TERMINATE), NULL, &f, text));
    db_close(&other);
}

static void test_values_come_back_as_sent(void **state) {
    static const char hostile[] = "'; DROP TABLE t; -- \\ \" 回覧\n\t$1";
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    struct fault f;
    assert_true(DB_RUN(*state, Q(ECHO), &rows, &f, hostile, "-9223372036854775808", "true"));
    assert_int_equal(rows.count, 1);
    assert_string_equal(db_text(&rows, 0, db_col(&rows, "a")), hostile);
    assert_true(db_int(&rows, 0, db_col(&rows, "b")) == INT64_MIN);
    assert_true(db_bool(&rows, 0, db_col(&rows, "c")));
}

static void test_null_is_null(void **state) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    struct fault f;
    assert_true(DB_RUN(*state, Q(ECHO), &rows, &f, NULL, "0", "false"));
    assert_true(db_null(&rows, 0, 0));
    assert_string_equal(db_text(&rows, 0, 0), "");
    assert_false(db_null(&rows, 0, 1));
    assert_false(db_bool(&rows, 0, 2));
}

static void test_arrays_keep_their_items(void **state) {
    static const char *const items[] = {"plain", "with \"quotes\"", "a\\b{,}", "", "NULL", "回覧"};
    struct arena *a = arena_new();
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    struct fault f;
    assert_true(DB_RUN(*state, Q(UNNEST), &rows, &f, db_array(a, items, COUNT(items))));
    assert_int_equal(rows.count, COUNT(items));
    for (size_t i = 0; i < COUNT(items); i++)
        assert_string_equal(db_text(&rows, (int)i, 0), items[i]);
    CLEANUP(db_rows_done) struct db_rows array = {0};
    size_t count;
    assert_true(DB_RUN(*state, Q(ARRAY), &array, &f, db_array(a, items, COUNT(items))));
    char **texts = db_texts(a, &array, 0, 0, &count);
    assert_int_equal(count, COUNT(items));
    for (size_t i = 0; i < COUNT(items); i++)
        assert_string_equal(texts[i], items[i]);
    assert_null(texts[count]);
    for (int none = 1; none <= 2; none++) {
        assert_null(db_texts(a, &array, 0, none, &count)[0]);
        assert_int_equal(count, 0);
    }
    assert_memory_equal(db_ints(a, &array, 0, 3, &count), ((const int64_t[]){1, -2, 3}), 24);
    assert_int_equal(count, 3);
    assert_string_equal(db_array(a, items, 0), "{}");
    assert_string_equal(db_int_array(a, (const int64_t[]){1, -2, 3}, 3), "{1,-2,3}");
    arena_free(&a);
}

struct typed {
    int64_t number, maybe, never, *numbers;
    int small;
    enum alert_state state;
    const char *text, *none;
    bool yes;
    char **texts;
    size_t number_count;
};

/* In another order than the statement's. */
static const struct db_column TYPED_COLUMNS[] = {
    DB_COLUMN(struct typed, yes),          DB_COLUMN_AS(struct typed, text, text),
    DB_COLUMN(struct typed, none),         DB_COLUMN(struct typed, number),
    DB_COLUMN_OR(struct typed, maybe, -3), DB_COLUMN_OR(struct typed, never, -3),
    DB_COLUMN(struct typed, small),        DB_COLUMN_WORD(struct typed, state, alert_state_words),
    DB_COLUMN(struct typed, texts),        DB_COLUMN_COUNTED(struct typed, numbers, number_count),
};

static void test_rows_become_structs(void **state) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct typed *rows;
    size_t count;
    struct fault f;
    assert_true(DB_LIST(*state, Q(TYPED), a, TYPED_COLUMNS, &rows, &count, &f, "2"));
    assert_int_equal(count, 2);
    assert_string_equal(rows[0].text, "te1");
    assert_string_equal(rows[1].text, "te2");
    assert_int_equal(rows[1].number, 2);
    assert_int_equal(rows[0].maybe, 1);
    assert_int_equal(rows[0].small, 7);
    assert_int_equal(rows[1].state, ALERT_SENDING);
    assert_true(rows[0].yes);
    assert_false(rows[1].yes);
    assert_string_equal(rows[1].texts[1], "b c");
    assert_null(rows[1].texts[2]);
    assert_int_equal(rows[1].number_count, 2);
    assert_int_equal(rows[1].numbers[1], 5);
    /* what is NULL */
    assert_string_equal(rows[0].none, "");
    assert_int_equal(rows[0].never, -3);
}

static void test_one_row_and_none(void **state) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct typed one, *rows;
    size_t count = 9;
    struct fault f;
    assert_true(DB_ONE(*state, Q(TYPED), a, TYPED_COLUMNS, &one, &f, "1"));
    assert_string_equal(one.text, "te1");
    assert_true(DB_LIST(*state, Q(TYPED), a, TYPED_COLUMNS, &rows, &count, &f, "0"));
    assert_int_equal(count, 0);
    count = 9;
    assert_false(DB_LIST(*state, Q(TYPED), a, TYPED_COLUMNS, &rows, &count, &f, "no number"));
    assert_int_equal(f.kind, FAULT_BROKEN);
    assert_int_equal(count, 0);
}

/* How a child ends that reads these rows by these columns. */
static int signal_of(const struct db_rows *rows, const struct db_column *columns, size_t count) {
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(STDERR_FILENO);
        signal(SIGABRT, SIG_DFL);
        db_structs(arena_new(), rows,
                   &(const struct db_shape){columns, count, sizeof(struct typed)});
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* Without a row too: a test that runs the statement once finds a wrong name. */
static void test_wrong_columns_abort(void **state) {
    enum { ALL = COUNT(TYPED_COLUMNS) };
    struct db_column wrong[ALL];
    memcpy(wrong, TYPED_COLUMNS, sizeof wrong);
    wrong[0].name = "no_such_column";
    for (int some = 0; some <= 1; some++) {
        CLEANUP(db_rows_done) struct db_rows rows = {0};
        struct fault f;
        assert_true(DB_RUN(*state, Q(TYPED), &rows, &f, some ? "1" : "0"));
        assert_int_equal(signal_of(&rows, TYPED_COLUMNS, ALL), 0);
        assert_int_equal(signal_of(&rows, TYPED_COLUMNS, ALL - 1), SIGABRT); /* one left over */
        assert_int_equal(signal_of(&rows, wrong, ALL), SIGABRT);
    }
}

static void test_null_number_aborts(void **state) {
    enum { ALL = COUNT(TYPED_COLUMNS) };
    struct db_column strict[ALL];
    memcpy(strict, TYPED_COLUMNS, sizeof strict);
    for (size_t i = 0; i < ALL; i++)
        strict[i].more.optional = false;
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    struct fault f;
    assert_true(DB_RUN(*state, Q(TYPED), &rows, &f, "1"));
    assert_int_equal(signal_of(&rows, strict, ALL), SIGABRT);
}

static void test_states_become_faults(void **state) {
    static const struct {
        const char *state;
        enum fault_kind kind;
    } rows[] = {
        {"KR001", FAULT_DENIED},  {"KR002", FAULT_CONFLICT}, {"KR003", FAULT_INVALID},
        {"KR004", FAULT_MISSING}, {"KR005", FAULT_LIMIT},    {"KR006", FAULT_UNSIGNED},
        {"KR099", FAULT_BROKEN},  {"40001", FAULT_RETRY},    {"40P01", FAULT_RETRY},
        {"55P03", FAULT_RETRY},   {"53300", FAULT_RETRY},    {"57P03", FAULT_RETRY},
        {"08006", FAULT_RETRY},   {"23505", FAULT_BROKEN},   {"42501", FAULT_BROKEN},
        {"22P02", FAULT_BROKEN},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fault f = {0};
        assert_false(DB_RUN(*state, Q(FAIL), NULL, &f, rows[i].state, "It is so."));
        assert_int_equal(f.kind, rows[i].kind);
        if (strncmp(rows[i].state, "KR", 2) == 0) {
            assert_string_equal(f.text, "It is so.");
            assert_string_equal(f.field, "title");
            assert_string_equal(f.detail, "more");
        } else {
            assert_null(strstr(f.text, "It is so."));
            assert_non_null(strstr(f.detail, "fail (core/db/t.sql:3)"));
            assert_non_null(strstr(f.detail, rows[i].state));
            assert_null(strstr(f.detail, "more"));
        }
    }
}

static void test_bad_value_breaks_one_statement_only(void **state) {
    struct fault f;
    assert_false(DB_RUN(*state, Q(ECHO), NULL, &f, "x", "no number", "t"));
    assert_int_equal(f.kind, FAULT_BROKEN);
    assert_true(DB_RUN(*state, Q(ECHO), NULL, &f, "x", "1", "t"));
}

static void test_wrong_statement_does_not_start(void **state) {
    (void)state;
    static const char *const wrong[] = {"t", "wrong"};
    struct db *db = NULL;
    struct fault f;
    assert_false(db_open(getenv("PGUSER"), wrong, COUNT(wrong), &db, &f));
    assert_null(db);
    assert_int_equal(f.kind, FAULT_BROKEN);
    assert_non_null(strstr(f.detail, "wrong_one (core/db/wrong.sql:11): 42703"));
}

static void test_no_server_is_retry(void **state) {
    (void)state;
    const char *database = conf.database;
    struct db *db = NULL;
    struct fault f;
    conf.database = "host=/nonexistent dbname=kairan";
    assert_false(db_open("kairan_staff", sets, COUNT(sets), &db, &f));
    assert_int_equal(f.kind, FAULT_RETRY);
    proc_stop = 1;
    assert_false(db_open_wait("kairan_staff", sets, COUNT(sets), &db, &f));
    proc_stop = 0;
    assert_null(db);
    conf.database = database;
}

static void test_slow_statement_ends_at_the_servers_deadline(void **state) {
    (void)state;
    conf.statement_timeout_ms = 100;
    struct db *db = open_one();
    struct fault f;
    int64_t pid = number_of(db, PID), start_ms = now_ms();
    assert_false(DB_RUN(db, Q(SLEEP), NULL, &f, "30"));
    assert_int_equal(f.kind, FAULT_RETRY);
    assert_non_null(strstr(f.detail, "57014"));
    assert_true(now_ms() - start_ms < 5000);
    assert_true(number_of(db, PID) == pid);
    db_close(&db);
}

static void test_frozen_server_ends_at_our_deadline(void **state) {
    (void)state;
    conf.statement_timeout_ms = 100;
    struct db *db = open_one();
    pid_t pid = (pid_t)number_of(db, PID);
    struct fault f;
    assert_int_equal(kill(pid, SIGSTOP), 0);
    int64_t start_ms = now_ms();
    bool answered = DB_RUN0(db, Q(PID), NULL, &f);
    int64_t took_ms = now_ms() - start_ms;
    kill(pid, SIGCONT);
    assert_false(answered);
    assert_int_equal(f.kind, FAULT_RETRY);
    assert_non_null(strstr(f.detail, "no answer in time to pid"));
    assert_true(took_ms >= 100 && took_ms < 5000);
    conf.statement_timeout_ms = 5000;
    assert_true(db_alive(db, &f));
    assert_true(number_of(db, PID) != pid);
    db_close(&db);
}

static void test_lost_connection_comes_back(void **state) {
    struct fault f;
    int64_t pid = number_of(*state, PID);
    terminate(pid);
    assert_false(DB_RUN0(*state, Q(PID), NULL, &f));
    assert_int_equal(f.kind, FAULT_RETRY);
    assert_true(db_alive(*state, &f));
    int64_t next = number_of(*state, PID);
    assert_true(next != pid);
    terminate(next); /* noticed without a statement, too */
    assert_true(db_alive(*state, &f));
    assert_true(number_of(*state, PID) != next);
}

static bool add_row(struct db *db, const char *a, const char *b, struct fault *f) {
    return db_copy_begin(db, Q(COPY), f) && db_copy_row(db, (const char *const[]){a, b}, 2, f) &&
           db_copy_end(db, f);
}

static bool add_in_tx(struct db *db, bool commit, struct fault *f) {
    CLEANUP(db_tx_end) struct db_tx tx = {0};
    return db_begin(db, &tx, f) && add_row(db, "x", "y", f) && (!commit || db_commit(&tx, f));
}

static void test_transaction_is_all_or_nothing(void **state) {
    struct fault f;
    assert_true(add_in_tx(*state, false, &f));
    assert_int_equal(number_of(*state, COUNT_ROWS), 0);
    assert_true(add_in_tx(*state, true, &f));
    assert_int_equal(number_of(*state, COUNT_ROWS), 1);
}

static void test_failed_transaction_does_not_pass_for_committed(void **state) {
    CLEANUP(db_tx_end) struct db_tx tx = {0};
    struct fault f;
    assert_true(db_begin(*state, &tx, &f));
    assert_false(DB_RUN(*state, Q(FAIL), NULL, &f, "KR002", "No."));
    assert_false(db_commit(&tx, &f));
    assert_int_equal(f.kind, FAULT_BROKEN);
    assert_true(DB_RUN0(*state, Q(PID), NULL, &f));
}

static void test_transaction_goes_with_its_connection(void **state) {
    CLEANUP(db_tx_end) struct db_tx tx = {0};
    struct fault f;
    assert_true(db_begin(*state, &tx, &f));
    assert_true(add_row(*state, "x", "y", &f));
    terminate(number_of(*state, PID));
    assert_false(DB_RUN0(*state, Q(PID), NULL, &f));
    assert_false(db_commit(&tx, &f));
    assert_int_equal(f.kind, FAULT_RETRY);
    db_tx_end(&tx);
    assert_true(db_alive(*state, &f));
    assert_int_equal(number_of(*state, COUNT_ROWS), 0);
}

static void test_copy_keeps_every_byte(void **state) {
    static const char *const fields[][2] = {
        {"1 tab\tline\nreturn\rback\\slash", "\\N"}, {"2 回覧", NULL}, {"3 \\.", ""}};
    struct fault f;
    assert_true(db_copy_begin(*state, Q(COPY), &f));
    for (size_t i = 0; i < COUNT(fields); i++)
        assert_true(db_copy_row(*state, fields[i], 2, &f));
    assert_true(db_copy_end(*state, &f));
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    assert_true(DB_RUN0(*state, Q(READ), &rows, &f));
    assert_int_equal(rows.count, COUNT(fields));
    for (size_t i = 0; i < COUNT(fields); i++) {
        assert_string_equal(db_text(&rows, (int)i, 0), fields[i][0]);
        assert_int_equal(db_null(&rows, (int)i, 1), fields[i][1] == NULL);
        assert_string_equal(db_text(&rows, (int)i, 1), fields[i][1] ? fields[i][1] : "");
    }
}

static void test_copy_of_many_rows(void **state) {
    enum { ROWS = 50000 };
    static const char *const fields[] = {"a row of some length, to fill the socket's buffers", "b"};
    struct fault f;
    assert_true(db_copy_begin(*state, Q(COPY), &f));
    for (int i = 0; i < ROWS; i++)
        assert_true(db_copy_row(*state, fields, 2, &f));
    assert_true(db_copy_end(*state, &f));
    assert_int_equal(number_of(*state, COUNT_ROWS), ROWS);
}

static bool start_copy_in_tx(struct db *db, struct fault *f) {
    CLEANUP(db_tx_end) struct db_tx tx = {0};
    return db_begin(db, &tx, f) && db_copy_begin(db, Q(COPY), f) &&
           db_copy_row(db, (const char *const[]){"x", "y"}, 2, f);
}

static void test_copy_not_ended_leaves_nothing(void **state) {
    struct fault f;
    assert_true(start_copy_in_tx(*state, &f));
    assert_true(db_alive(*state, &f));
    assert_int_equal(number_of(*state, COUNT_ROWS), 0);
}

static void test_refused_copy_is_a_fault(void **state) {
    struct fault f;
    assert_true(db_copy_begin(*state, Q(COPY), &f));
    assert_true(db_copy_row(*state, (const char *const[]){"too", "many", "fields"}, 3, &f));
    assert_false(db_copy_end(*state, &f));
    assert_int_equal(f.kind, FAULT_BROKEN);
    assert_non_null(strstr(f.detail, "22P04"));
    assert_true(DB_RUN0(*state, Q(PID), NULL, &f));
}

static void test_notifications_wake(void **state) {
    struct fault f;
    char payload[16];
    struct db *other = open_one();
    for (int i = 0; i < 20; i++) /* a program that starts anew after every fault asks again */
        assert_true(db_listen(*state, "t_db", &f));
    assert_false(db_wait(*state, 0));
    assert_true(DB_RUN(other, Q(NOTIFY), NULL, &f, "one"));
    assert_true(db_wait(*state, 5000));
    assert_null(db_notified(*state, payload, sizeof payload));
    terminate(number_of(*state, PID)); /* the new connection listens again */
    assert_true(db_alive(*state, &f));
    assert_true(DB_RUN(other, Q(NOTIFY), NULL, &f, "two"));
    struct pollfd p = {.fd = db_socket(*state), .events = POLLIN};
    assert_int_equal(poll(&p, 1, 5000), 1);
    assert_string_equal(db_notified(*state, payload, sizeof payload), "t_db");
    assert_string_equal(payload, "two");
    assert_null(db_notified(*state, payload, sizeof payload));
    db_close(&other);
}

static void test_event_loop_sends_and_fetches(void **state) {
    struct fault f;
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    assert_true(db_send(*state, Q(SLEEP), (const char *const[]){"0.05"}, 1, &f));
    assert_int_equal(db_result(*state, &rows, &f), 0);
    struct pollfd p = {.fd = db_socket(*state), .events = POLLIN};
    int fetched = 0;
    while (fetched == 0 && poll(&p, 1, 5000) == 1)
        fetched = db_result(*state, &rows, &f);
    assert_int_equal(fetched, 1);
    assert_int_equal(rows.count, 1);
}

static void test_large_parameter_passes(void **state) {
    enum { LARGE_B = 4 << 20 };
    char *large = malloc(LARGE_B + 1);
    assert_non_null(large);
    memset(large, 'x', LARGE_B);
    large[LARGE_B] = '\0';
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    struct fault f;
    assert_true(DB_RUN(*state, Q(ECHO), &rows, &f, large, "1", "t"));
    assert_int_equal(strlen(db_text(&rows, 0, 0)), LARGE_B);
    free(large);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up_one)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_values_come_back_as_sent),
        TEST(test_null_is_null),
        TEST(test_arrays_keep_their_items),
        TEST(test_rows_become_structs),
        TEST(test_one_row_and_none),
        TEST(test_wrong_columns_abort),
        TEST(test_null_number_aborts),
        TEST(test_states_become_faults),
        TEST(test_bad_value_breaks_one_statement_only),
        TEST(test_wrong_statement_does_not_start),
        TEST(test_no_server_is_retry),
        TEST(test_slow_statement_ends_at_the_servers_deadline),
        TEST(test_frozen_server_ends_at_our_deadline),
        TEST(test_lost_connection_comes_back),
        TEST(test_transaction_is_all_or_nothing),
        TEST(test_failed_transaction_does_not_pass_for_committed),
        TEST(test_transaction_goes_with_its_connection),
        TEST(test_copy_keeps_every_byte),
        TEST(test_copy_of_many_rows),
        TEST(test_copy_not_ended_leaves_nothing),
        TEST(test_refused_copy_is_a_fault),
        TEST(test_notifications_wake),
        TEST(test_event_loop_sends_and_fetches),
        TEST(test_large_parameter_passes),
    };
    return cmocka_run_group_tests_name("db", tests, set_up, tear_down);
}
