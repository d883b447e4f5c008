/* Which releases belong together. */
#include "check.h"

#include "db/release.h"
#include "version.h"

static void test_order_is_by_number(void **state) {
    (void)state;
    static const char *const rising[] = {"0.0.9", "0.1.0", "0.1.1", "0.2.0", "0.10.0", "1.0.0"};
    for (size_t i = 0; i < COUNT(rising); i++)
        for (size_t j = 0; j < COUNT(rising); j++)
            assert_int_equal(release_order(rising[i], rising[j]), (i > j) - (i < j));
}

static void test_what_is_no_release_comes_first(void **state) {
    (void)state;
    static const char *const none[] = {"",       "1",         "1.2",    "1.2.3.4", "v1.2.3",
                                       "1.2.x",  "1..3",      "1.2.3 ", " 1.2.3",  "-1.2.3",
                                       "1.02.3", "1.2.99999", "1.2.3.", ".1.2"};
    for (size_t i = 0; i < COUNT(none); i++)
        assert_int_equal(release_order(none[i], "0.0.0"), -1);
}

static void test_who_fits(void **state) {
    (void)state;
    static const struct {
        const char *own, *oldest, *recorded;
        const char *said; /* NULL: fits */
    } cases[] = {
        {"0.2.0", "0.2.0", "0.2.0", NULL},
        {"0.1.0", "0.1.0", "0.2.0", NULL},
        {"0.2.0", "0.1.0", "0.3.0", NULL},
        {"0.3.0", "0.1.0", "0.2.0", "The database is older than this program."},
        {"0.1.0", "0.2.0", "0.3.0", "The database no longer serves this program."},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fault f = {0};
        bool fits = release_fits(cases[i].own, cases[i].oldest, cases[i].recorded, &f);
        assert_int_equal(fits, cases[i].said == NULL);
        assert_string_equal(f.text, cases[i].said ? cases[i].said : "");
    }
}

static void test_this_release_fits_itself(void **state) {
    (void)state;
    struct fault f = {0};
    assert_true(release_fits(RELEASE, RELEASE_OLDEST, RELEASE, &f));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_is_by_number),
        cmocka_unit_test(test_what_is_no_release_comes_first),
        cmocka_unit_test(test_who_fits),
        cmocka_unit_test(test_this_release_fits_itself),
    };
    return cmocka_run_group_tests_name("releases", tests, NULL, NULL);
}
