/* base/fault: what a kind means, and texts that do not fit. */
#include "check.h"

#include "fault.h"
#include "text.h"

static void test_kinds(void **state) {
    (void)state;
    static const struct {
        enum fault_kind kind;
        const char *name;
        int status;
        bool retry;
    } rows[] = {
        {FAULT_INVALID, "invalid", 422, false},   {FAULT_DENIED, "denied", 403, false},
        {FAULT_UNSIGNED, "unsigned", 401, false}, {FAULT_MISSING, "missing", 404, false},
        {FAULT_CONFLICT, "conflict", 409, false}, {FAULT_LIMIT, "limit", 429, true},
        {FAULT_RETRY, "retry", 503, true},        {FAULT_BROKEN, "broken", 500, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(fault_name(rows[i].kind), rows[i].name);
        assert_int_equal(fault_status(rows[i].kind), rows[i].status);
        assert_int_equal(fault_retry(rows[i].kind), rows[i].retry);
    }
}

static void test_setting_replaces_all(void **state) {
    (void)state;
    struct fault f;
    assert_false(fault_detail(&f, FAULT_RETRY, "Later.", "%d %s", 7, "tries"));
    assert_int_equal(f.kind, FAULT_RETRY);
    assert_string_equal(f.text, "Later.");
    assert_string_equal(f.detail, "7 tries");
    assert_string_equal(f.field, "");
    assert_false(fault_field(&f, FAULT_INVALID, "title", "Too long."));
    assert_string_equal(f.field, "title");
    assert_string_equal(f.detail, "");
    assert_false(fault_set(&f, FAULT_MISSING, f.text));
    assert_string_equal(f.field, "");
    assert_string_equal(f.text, "Too long.");
    assert_false(fault_detail(&f, FAULT_MISSING, f.text, "%s again", f.text));
    assert_string_equal(f.text, "Too long.");
    assert_string_equal(f.detail, "Too long. again");
}

static void test_long_texts_are_cut_between_characters(void **state) {
    (void)state;
    char wide[3 * FAULT_TEXT_B + 1] = "";
    for (int shift = 0; shift < 3; shift++) {
        memset(wide, 'x', (size_t)shift);
        for (size_t i = (size_t)shift; i + 3 < sizeof wide; i += 3)
            memcpy(wide + i, "回", 4);
        struct fault f;
        fault_detail(&f, FAULT_INVALID, wide, "%s", wide);
        fault_field(&f, FAULT_INVALID, wide, wide);
        assert_true(strlen(f.text) >= FAULT_TEXT_B - 7);
        assert_true(text_utf8_valid(f.text, strlen(f.text)));
        assert_true(text_utf8_valid(f.field, strlen(f.field)));
        fault_detail(&f, FAULT_INVALID, "x", "%s", wide);
        assert_true(strlen(f.detail) >= FAULT_TEXT_B - 7);
        assert_true(text_utf8_valid(f.detail, strlen(f.detail)));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_setting_replaces_all),
        cmocka_unit_test(test_long_texts_are_cut_between_characters),
    };
    return cmocka_run_group_tests_name("fault", tests, NULL, NULL);
}
