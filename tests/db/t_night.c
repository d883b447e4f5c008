/* At night urgent alerts alone leave (004 13.2(1)). */
#include "sending.h"

static int open_town(void **state) {
    (void)state;
    return sending_open(10);
}

/* Urgent before routine; routine not at night (004 §13-2(1)). */
static void test_004_13_2_1_night_is_for_urgent_alerts_only(void **state) {
    (void)state;
    char routine[32], urgent[32];
    sending_start(PLAIN, 10, routine);
    sending_start("'{1}', '{}', false, true, '氾濫'", 10, urgent);
    const char *now =
        town_value(owner, "SELECT (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::time(0)");
    char quiet[128];
    snprintf(quiet, sizeof quiet, "time '%s' - interval '1 hour', time '%s' + interval '1 hour'",
             now, now);
    assert_string_equal(town_valuef(sender,
                                    "SELECT string_agg(DISTINCT alert::text, ' ') FROM "
                                    "chunk_claim('h', 0, '{other}', '{99}', 9, %s)",
                                    quiet),
                        urgent);
    assert_string_equal(
        town_valuef(sender, "SELECT string_agg(DISTINCT alert::text, ' ') FROM chunk_claim('h', 0, "
                            "'{other}', '{99}', 9, " NO_QUIET ")"),
        routine);
    sending_end();
    sending_approve(PLAIN, "now() + interval '1 day'", routine);
    assert_string_equal(town_valuef(sender, "SELECT fanout_next(%s)", quiet), "");
    assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), routine);
    sending_end();
}

/* The edges of the night, to the second. */
static void test_004_13_2_1_edges(void **state) {
    (void)state;
    static const struct {
        const char *from, *to, *now, *open;
    } rows[] = {
        {"21:00", "07:00", "20:59:59", "t"}, {"21:00", "07:00", "21:00:00", "f"},
        {"21:00", "07:00", "00:00:00", "f"}, {"21:00", "07:00", "06:59:59", "f"},
        {"21:00", "07:00", "07:00:00", "t"}, {"00:00", "06:00", "05:59:59", "f"},
        {"00:00", "06:00", "06:00:00", "t"}, {"00:00", "00:00", "00:00:00", "t"},
        {"12:30", "12:31", "12:30:00", "f"}, {"12:30", "12:31", "12:31:00", "t"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = town_valuef(owner, "SELECT routine_hours('%s', '%s', '%s')", rows[i].from,
                                      rows[i].to, rows[i].now);
        if (strcmp(got, rows[i].open) != 0)
            ROW_FAIL(i, "%s at %s", got, rows[i].now);
    }
}

/* A sender asks once and knows when the night begins, also while the database is away. */
static void test_004_13_2_1_the_next_evening(void **state) {
    (void)state;
    static const struct {
        const char *from, *to, *now, *until;
    } rows[] = {
        {"21:00", "07:00", "2027-02-10 20:59:59", "2027-02-10 21:00"},
        {"21:00", "07:00", "2027-02-10 07:00:00", "2027-02-10 21:00"},
        {"21:00", "07:00", "2027-02-10 21:00:00", ""},
        {"21:00", "07:00", "2027-02-11 06:59:59", ""},
        {"00:00", "06:00", "2027-02-10 06:00:00", "2027-02-11 00:00"},
        {"00:00", "06:00", "2027-02-10 05:59:59", ""},
        {"00:00", "00:00", "2027-02-10 12:00:00", "2027-02-11 00:00"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = town_valuef(
            owner,
            "SELECT coalesce(to_char(to_timestamp(nullif(routine_until('%s', '%s', '%s'), 0) / "
            "1000.0) AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI'), '')",
            rows[i].from, rows[i].to, rows[i].now);
        if (strcmp(got, rows[i].until) != 0)
            ROW_FAIL(i, "%s at %s", got, rows[i].now);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_004_13_2_1_night_is_for_urgent_alerts_only),
        cmocka_unit_test(test_004_13_2_1_edges),
        cmocka_unit_test(test_004_13_2_1_the_next_evening),
    };
    return cmocka_run_group_tests(tests, open_town, sending_close);
}
