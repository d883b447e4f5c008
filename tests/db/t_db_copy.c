/* Transactions and COPY, also when they end half-way. */
#include "own_db.h"

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

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_transaction_is_all_or_nothing),
        TEST(test_failed_transaction_does_not_pass_for_committed),
        TEST(test_transaction_goes_with_its_connection),
        TEST(test_copy_keeps_every_byte),
        TEST(test_copy_of_many_rows),
        TEST(test_copy_not_ended_leaves_nothing),
        TEST(test_refused_copy_is_a_fault),
    };
    return cmocka_run_group_tests_name("db_copy", tests, set_up, tear_down);
}
