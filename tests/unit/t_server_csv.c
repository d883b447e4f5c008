/* CSV files for spreadsheets (RFC 4180; ASVS 5.0 1.2.10). */
#include "check.h"
#include "http/csv.h"

static void test_cells_are_quoted_and_defused(void **state) {
    (void)state;
    static const struct {
        const char *cell, *written;
    } rows[] = {
        {"", "\"\""},
        {"plain", "\"plain\""},
        {"with, comma", "\"with, comma\""},
        {"a \"quoted\" word", "\"a \"\"quoted\"\" word\""},
        {"two\r\nlines", "\"two\r\nlines\""},
        {"=1+1", "\"'=1+1\""},
        {"+81", "\"'+81\""},
        {"-1", "\"'-1\""},
        {"@SUM(A1)", "\"'@SUM(A1)\""},
        {"\tx", "\"'\tx\""},
        {"\rx", "\"'\rx\""},
        {"\nx", "\"'\nx\""},
        {"a=b", "\"a=b\""},
        {"大雨", "\"大雨\""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        CLEANUP(buf_done) struct buf b = buf_init(1000);
        csv_row(&b, (const char *const[]){rows[i].cell, "x", NULL});
        CLEANUP(buf_done) struct buf wanted = buf_init(1000);
        buf_printf(&wanted, "%s,\"x\"\r\n", rows[i].written);
        if (strcmp(b.data, wanted.data) != 0)
            ROW_FAIL(i, "%s", b.data);
    }
}

static void test_a_file_begins_with_its_mark(void **state) {
    (void)state;
    CLEANUP(buf_done) struct buf b = buf_init(10);
    csv_begin(&b);
    assert_string_equal(b.data, "\xEF\xBB\xBF");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells_are_quoted_and_defused),
        cmocka_unit_test(test_a_file_begins_with_its_mark),
    };
    return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
