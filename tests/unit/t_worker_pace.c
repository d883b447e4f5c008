/* worker/fanout/pace: slices of fan-out grow when they go well, and find the one that cannot be
 * expanded.
 */
#include "check.h"
#include "fanout/pace.h"

static void test_small_first_then_full(void **state) {
    (void)state;
    struct paces all = {0};
    struct pace *p = pace_of(&all, 7);
    assert_int_equal(p->span, PACE_FIRST);
    pace_went(p);
    assert_int_equal(p->span, PACE_FULL);
    pace_went(p);
    assert_int_equal(pace_of(&all, 7)->span, PACE_FULL);
    assert_int_equal(pace_of(&all, 8)->span, PACE_FIRST);
}

/* Fan-out as the role does it, over subscribers 1 to last, some of whom cannot be expanded. */
static int expand(int last, const int *bad, size_t count, int *failures, int *skipped) {
    struct paces all = {0};
    int at = 0, slices = 0;
    *failures = *skipped = 0;
    while (at < last) {
        struct pace *p = pace_of(&all, 1);
        bool fails = false;
        slices++;
        for (size_t i = 0; i < count; i++)
            fails |= bad[i] > at && bad[i] <= at + p->span;
        if (!fails) {
            at += p->span;
            pace_went(p);
            continue;
        }
        ++*failures;
        if (pace_failed(p, true)) {
            at++;
            ++*skipped;
        }
    }
    return slices;
}

static void test_only_who_fails_is_passed_over(void **state) {
    (void)state;
    static const int bad[] = {1, 2, 777, 5000, 99999, 500000, 1000000};
    int failures, skipped, slices = expand(1000000, bad, COUNT(bad), &failures, &skipped);
    assert_int_equal(skipped, COUNT(bad));
    assert_in_range(failures, COUNT(bad), COUNT(bad) * 20);
    assert_in_range(slices, 50, 400);
}

/* What fails for the database's sake is made smaller, never passed over. */
static void test_an_overloaded_database_costs_nobody_his_mail(void **state) {
    (void)state;
    struct paces all = {0};
    struct pace *p = pace_of(&all, 1);
    for (int i = 0; i < 40; i++)
        assert_false(pace_failed(p, false));
    assert_int_equal(p->span, 1);
    pace_went(p);
    pace_went(p);
    assert_int_equal(p->span, 2);
    for (int i = 0; i < 12; i++)
        pace_went(p);
    assert_int_equal(p->span, PACE_FULL);
}

/* Two alerts in trouble at once do not make each other begin anew. */
static void test_alerts_are_kept_apart(void **state) {
    (void)state;
    struct paces all = {0};
    for (int i = 0; i < 9; i++) {
        assert_int_equal(pace_of(&all, 1)->span, PACE_FIRST >> i);
        assert_false(pace_failed(pace_of(&all, 1), true));
        assert_false(pace_failed(pace_of(&all, 2), true));
    }
    for (int64_t other = 3; other < 3 + PACES; other++)
        assert_int_equal(pace_of(&all, other)->span, PACE_FIRST);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_first_then_full),
        cmocka_unit_test(test_only_who_fails_is_passed_over),
        cmocka_unit_test(test_an_overloaded_database_costs_nobody_his_mail),
        cmocka_unit_test(test_alerts_are_kept_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
