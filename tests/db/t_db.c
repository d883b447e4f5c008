/* core/db against a real server, healthy, slow, frozen and gone. */
#include "own_db.h"

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

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_states_become_faults),
        TEST(test_bad_value_breaks_one_statement_only),
        TEST(test_wrong_statement_does_not_start),
        TEST(test_no_server_is_retry),
        TEST(test_slow_statement_ends_at_the_servers_deadline),
        TEST(test_frozen_server_ends_at_our_deadline),
        TEST(test_lost_connection_comes_back),
        TEST(test_notifications_wake),
        TEST(test_event_loop_sends_and_fetches),
    };
    return cmocka_run_group_tests_name("db", tests, set_up, tear_down);
}
