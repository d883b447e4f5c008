/* Parameters out, rows in: values, arrays, structs by a table of columns. */
#include "own_db.h"

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

/* Not copied, and NULL is no empty text. */
static void test_lent_texts_stay_where_they_are(void **state) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    struct fault f;
    struct db_column lent[COUNT(TYPED_COLUMNS)];
    memcpy(lent, TYPED_COLUMNS, sizeof lent);
    for (size_t i = 0; i < COUNT(lent); i++)
        lent[i].more.lent = lent[i].kind == DB_TEXT;
    assert_true(DB_RUN(*state, Q(TYPED), &rows, &f, "1"));
    const struct typed *row = DB_STRUCTS(a, &rows, lent, struct typed);
    assert_ptr_equal(row->text, db_text(&rows, 0, db_col(&rows, "text")));
    assert_null(row->none);
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

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_values_come_back_as_sent),
        TEST(test_null_is_null),
        TEST(test_arrays_keep_their_items),
        TEST(test_rows_become_structs),
        TEST(test_lent_texts_stay_where_they_are),
        TEST(test_one_row_and_none),
        TEST(test_wrong_columns_abort),
        TEST(test_null_number_aborts),
        TEST(test_large_parameter_passes),
    };
    return cmocka_run_group_tests_name("db_rows", tests, set_up, tear_down);
}
