/* The edges of the night, to the second: the rows that tests/db/t_delivery.c holds against the
 * schema's own function. */
#include "check.h"

#include "alert/hours.h"
#include "settings/conf.h"

enum { JAPAN_S = 9 * 3600, DAY_S = 24 * 3600 };

static int64_t at(int hour, int minute, int second) {
    return 20000 * (int64_t)DAY_S - JAPAN_S + hour * 3600 + minute * 60 + second;
}

static void test_004_13_2_1_edges(void **state) {
    (void)state;
    const struct {
        const char *from, *to;
        int64_t now_s;
        bool open;
    } rows[] = {
        {"21:00", "07:00", at(20, 59, 59), true}, {"21:00", "07:00", at(21, 0, 0), false},
        {"21:00", "07:00", at(0, 0, 0), false},   {"21:00", "07:00", at(6, 59, 59), false},
        {"21:00", "07:00", at(7, 0, 0), true},    {"00:00", "06:00", at(5, 59, 59), false},
        {"00:00", "06:00", at(6, 0, 0), true},    {"00:00", "00:00", at(0, 0, 0), true},
        {"12:30", "12:31", at(12, 30, 0), false}, {"12:30", "12:31", at(12, 31, 0), true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        conf.quiet_from = rows[i].from;
        conf.quiet_to = rows[i].to;
        if (hours_routine(rows[i].now_s) != rows[i].open)
            ROW_FAIL(i, "%s to %s", rows[i].from, rows[i].to);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_004_13_2_1_edges)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
