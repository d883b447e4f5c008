/* worker/house/watch: silence counts only for one who has been watching all the time, by an even
 * clock.
 */
#include "check.h"
#include "house/watch.h"

enum { STEP_MS = 2000 };

/* Looks every two seconds for a while; the database's clock is off by off_ms. */
static int64_t look_on(struct watch *w, int64_t now_ms, int64_t long_ms, int64_t off_ms) {
    for (int64_t end_ms = now_ms + long_ms; now_ms < end_ms; now_ms += STEP_MS)
        watch_look(w, now_ms, now_ms + off_ms);
    return now_ms - STEP_MS;
}

static void test_a_watch_lasts_a_minute(void **state) {
    (void)state;
    struct watch w = {0};
    assert_false(watch_long(&w, 100000));
    int64_t now_ms = look_on(&w, 100000, WATCH_MS, 77);
    assert_false(watch_long(&w, now_ms));
    now_ms = look_on(&w, now_ms + STEP_MS, STEP_MS, 77);
    assert_true(watch_long(&w, now_ms));
}

/* Clocks that were set, long sleeps, lost connections: everybody gets his time again. */
static void test_what_breaks_a_watch(void **state) {
    (void)state;
    static const struct {
        int64_t pause_ms, jump_ms;
        bool stopped, lasts;
    } rows[] = {
        {STEP_MS, 0, false, true},         {STEP_MS, 4000, false, true},
        {STEP_MS, -4000, false, true},     {STEP_MS, 3600000, false, false},
        {STEP_MS, -3600000, false, false}, {10000, 0, false, true},
        {90000, 0, false, false},          {STEP_MS, 0, true, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct watch w = {0};
        int64_t now_ms = look_on(&w, 0, 2 * WATCH_MS, 0);
        if (rows[i].stopped)
            watch_stop(&w);
        now_ms += rows[i].pause_ms;
        watch_look(&w, now_ms, now_ms + rows[i].jump_ms);
        if (watch_long(&w, now_ms) != rows[i].lasts)
            ROW_FAIL(i, "%s", "");
        now_ms = look_on(&w, now_ms + STEP_MS, WATCH_MS + STEP_MS, rows[i].jump_ms);
        assert_true(watch_long(&w, now_ms));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_watch_lasts_a_minute),
        cmocka_unit_test(test_what_breaks_a_watch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
