/* Open and closed days, usual hours, and signing in outside them (002 §13). */
#include "town.h"

static PGconn *owner, *staff;

static const char rule_off[] = "SELECT access_rules_take('', 15, '07:00', '21:00', false)";

static int open_town(void **state) {
    (void)state;
    owner = town_connect("kairan_owner");
    staff = town_connect("kairan_staff");
    town_make(owner);
    town_value(owner, rule_off);
    return 0;
}

static int close_town(void **state) {
    (void)state;
    PQfinish(owner);
    PQfinish(staff);
    return 0;
}

/* The holidays that the Cabinet Office published, or will by the law, month and day each. */
static void test_002_13_holidays_of_2024_to_2030(void **state) {
    (void)state;
    static const char *const years[][2] = {
        {"2024", "0101 0108 0211 0212 0223 0320 0429 0503 0504 0505 0506 0715 0811 0812 0916 0922 "
                 "0923 1014 1103 1104 1123"},
        {"2025", "0101 0113 0211 0223 0224 0320 0429 0503 0504 0505 0506 0721 0811 0915 0923 1013 "
                 "1103 1123 1124"},
        {"2026", "0101 0112 0211 0223 0320 0429 0503 0504 0505 0506 0720 0811 0921 0922 0923 1012 "
                 "1103 1123"},
        {"2027", "0101 0111 0211 0223 0321 0322 0429 0503 0504 0505 0719 0811 0920 0923 1011 1103 "
                 "1123"},
        {"2028", "0101 0110 0211 0223 0320 0429 0503 0504 0505 0717 0811 0918 0922 1009 1103 1123"},
        {"2029", "0101 0108 0211 0212 0223 0320 0429 0430 0503 0504 0505 0716 0811 0917 0923 0924 "
                 "1008 1103 1123"},
        {"2030", "0101 0114 0211 0223 0320 0429 0503 0504 0505 0506 0715 0811 0812 0916 0923 1014 "
                 "1103 1104 1123"},
    };
    for (size_t i = 0; i < COUNT(years); i++) {
        const char *got = town_valuef(
            owner,
            "SELECT string_agg(to_char(d, 'MMDD'), ' ' ORDER BY d) FROM generate_series("
            "'%s-01-01'::timestamp, '%s-12-31', '1 day') AS d WHERE public_holiday(d::date) <> ''",
            years[i][0], years[i][0]);
        if (strcmp(got, years[i][1]) != 0)
            ROW_FAIL(i, "%s: got %s", years[i][0], got);
    }
}

static void test_002_13_why_a_day_is_closed(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"2026-05-06", "Substitute holiday"},
        {"2026-09-22", "National holiday between two holidays"},
        {"2026-11-28", "Saturday"},
        {"2026-11-29", "Sunday"},
        {"2026-11-30", ""},
        {"2026-12-28", ""},
        {"2026-12-29", "Year-end and New Year"},
        {"2026-12-31", "Year-end and New Year"},
        {"2027-01-01", "New Year''s Day"},
        {"2027-01-03", "Year-end and New Year"},
        {"2027-01-04", ""},
        {"2028-02-29", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *same = town_valuef(owner, "SELECT coalesce(day_closed('%s'), '') = '%s'",
                                       rows[i][0], rows[i][1]);
        if (strcmp(same, "t") != 0) {
            ROW_FAIL(i, "%s: %s", rows[i][0],
                     town_valuef(owner, "SELECT day_closed('%s')", rows[i][0]));
        }
    }
}

/* From 07:00:00 to 20:59:59 of an open day, Japan time. */
static void test_002_13_edges_of_the_hours(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"2026-11-30 06:59:59+09", "f"}, {"2026-11-30 07:00:00+09", "t"},
        {"2026-11-30 07:00:01+09", "t"}, {"2026-11-30 20:59:59+09", "t"},
        {"2026-11-30 21:00:00+09", "f"}, {"2026-11-30 21:00:01+09", "f"},
        {"2026-11-29 22:00:00+00", "t"}, {"2026-11-28 12:00:00+09", "f"},
        {"2026-11-23 12:00:00+09", "f"}, {"2026-12-28 20:59:59+09", "t"},
        {"2026-12-29 12:00:00+09", "f"}, {"2027-01-03 12:00:00+09", "f"},
        {"2027-01-04 07:00:00+09", "t"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (strcmp(town_valuef(owner, "SELECT usual_hours('%s')", rows[i][0]), rows[i][1]) != 0)
            ROW_FAIL(i, "%s", rows[i][0]);
}

/* The town's word counts more than the calendar's, both ways, and is on record. */
static void test_002_13_the_towns_own_days(void **state) {
    (void)state;
    const char *admin = town_sign_in(staff, "c1"), *drafter = town_sign_in(staff, "a1");
    static const char set[] = "SELECT day_set('%s', '%s', %s, '%s', NULL)";
    assert_string_equal(town_statef(staff, set, drafter, "2026-12-01", "false", "市民の日"),
                        DENIED);
    assert_string_equal(town_statef(staff, set, admin, "2026-12-01", "false", " "), INVALID);
    assert_string_equal(town_statef(staff, set, admin, "2100-01-01", "false", "市民の日"), INVALID);
    town_valuef(staff, set, admin, "2026-12-01", "false", "市民の日");
    town_valuef(staff, set, admin, "2026-12-29", "true", "臨時開庁");
    assert_string_equal(town_value(owner, "SELECT day_closed('2026-12-01')"), "市民の日");
    assert_string_equal(town_value(owner, "SELECT usual_hours('2026-12-29 12:00+09')"), "t");
    assert_string_equal(
        town_valuef(staff,
                    "SELECT string_agg(to_char(day, 'MMDD') || open || words, ' ' ORDER BY day) "
                    "FROM calendar('%s', '2026-12-01', '2026-12-29')",
                    admin),
        "1201false市民の日 1229true臨時開庁");
    town_valuef(staff, "SELECT day_unset('%s', '2026-12-01', NULL)", admin);
    assert_string_equal(town_statef(staff, "SELECT day_unset('%s', '2026-12-01', NULL)", admin),
                        MISSING);
    assert_string_equal(town_value(owner, "SELECT day_closed('2026-12-01')"), "");
    assert_string_equal(town_value(owner, "SELECT string_agg(act, ' ' ORDER BY seq) FROM oplog "
                                          "WHERE act LIKE 'calendar.%' AND result = 'done'"),
                        "calendar.set calendar.set calendar.unset");
}

/* ---- signing in ---- */

/* The town's clock stands at night, or at noon, by what it says of today. */
static void set_today(bool open) {
    const char *rule = open ? "SELECT access_rules_take('', 15, '00:00', '00:00', true)"
                            : "SELECT access_rules_take('', 15, '07:00', '21:00', true)";
    town_value(owner, rule);
    town_value(
        owner,
        "INSERT INTO town_day (day, open, note, person) "
        "SELECT (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date + later, false, 'test', 1 "
        "FROM generate_series(0, 1) AS later ON CONFLICT (day) DO NOTHING");
}

static const char *stage(const char *token) {
    return town_valuef(staff, "SELECT stage FROM session_who('%s')", token);
}

/* Where hours are not enforced, a sign-in outside them is marked and nothing more. */
static void test_002_13_marked_only_by_default(void **state) {
    (void)state;
    set_today(false);
    town_value(owner, rule_off);
    const char *token = town_sign_in(staff, "a1");
    assert_string_equal(stage(token), "open");
    assert_string_equal(
        town_valuef(owner, "SELECT odd FROM session WHERE token_hash = token_hash('%s')", token),
        "t");
    assert_string_equal(town_value(owner, "SELECT login FROM oplog WHERE act = 'sign-in.odd' "
                                          "ORDER BY seq DESC LIMIT 1"),
                        "a1");
    assert_string_equal(
        town_value(owner, "SELECT count(*) FROM odd_sign_ins(now() - interval '1 hour', "
                          "now() + interval '1 hour') WHERE login = 'a1' AND NOT permitted"),
        town_value(owner, "SELECT count(*) FROM session s JOIN person p ON p.id = s.person "
                          "WHERE s.odd AND p.login = 'a1'"));
}

static void test_002_13_an_emergency_lets_in(void **state) {
    (void)state;
    set_today(false);
    const char *token = town_sign_in(staff, "a2");
    assert_string_equal(stage(token), "hours");
    assert_string_equal(town_statef(staff, "SELECT alert_list('%s', NULL, 10)", token), DENIED);
    assert_string_equal(town_statef(staff, "SELECT hours_reason('%s', '  ', NULL)", token),
                        INVALID);
    const char *fresh = town_valuef(staff, "SELECT hours_reason('%s', '河川の増水', NULL)", token);
    assert_string_equal(stage(token), ""); /* rotated */
    assert_string_equal(stage(fresh), "open");
    assert_string_equal(town_statef(staff, "SELECT hours_reason('%s', 'x', NULL)", fresh),
                        CONFLICT);
    assert_string_equal(
        town_value(owner, "SELECT reason FROM odd_sign_ins(now() - interval '1 hour', now() + "
                          "interval '1 hour') WHERE login = 'a2' AND NOT permitted"),
        "河川の増水");
    assert_string_equal(
        town_value(owner,
                   "SELECT reason FROM oplog WHERE act = 'hours.emergency' AND login = 'a2'"),
        "河川の増水");
}

static void test_002_13_a_permission_lets_in(void **state) {
    (void)state;
    set_today(true);
    const char *admin = town_sign_in(staff, "c1");
    static const char add[] = "SELECT hours_permit_add('%s', '%s', now() + interval '%s', now() + "
                              "interval '%s', '%s', NULL)";
    assert_string_equal(town_statef(staff, add, admin, "c1", "-1 h", "1 h", "x"), DENIED);
    assert_string_equal(town_statef(staff, add, admin, "nobody", "-1 h", "1 h", "x"), INVALID);
    assert_string_equal(town_statef(staff, add, admin, "b1", "2 h", "1 h", "x"), INVALID);
    assert_string_equal(town_statef(staff, add, admin, "b1", "-2 h", "-1 h", "x"), INVALID);
    assert_string_equal(town_statef(staff, add, admin, "b1", "0 h", "400 days", "x"), INVALID);
    assert_string_equal(town_statef(staff, add, admin, "b1", "-1 h", "1 h", ""), INVALID);
    const char *id = town_valuef(staff, add, admin, "b1", "-1 h", "1 h", "当直");
    town_valuef(staff, add, admin, "b2", "1 h", "2 h", "翌日の当直");
    set_today(false);
    assert_string_equal(stage(town_sign_in(staff, "b1")), "open");
    assert_string_equal(stage(town_sign_in(staff, "b2")), "hours");
    assert_string_equal(town_value(owner,
                                   "SELECT permitted FROM odd_sign_ins(now() - interval '1 hour', "
                                   "now() + interval '1 hour') WHERE login = 'b1'"),
                        "t");
    town_valuef(staff, "SELECT hours_permit_end('%s', %s, NULL)", admin, id);
    assert_string_equal(town_statef(staff, "SELECT hours_permit_end('%s', %s, NULL)", admin, id),
                        CONFLICT);
    assert_string_equal(stage(town_sign_in(staff, "b1")), "hours");
}

/* Within the hours nothing is asked; what was opened then goes on when they end. */
static void test_002_13_open_sessions_go_on(void **state) {
    (void)state;
    set_today(true);
    const char *token = town_sign_in(staff, "b1");
    assert_string_equal(stage(token), "open");
    set_today(false);
    assert_string_equal(stage(token), "open");
    /* Sending is no sign-in: routines know nothing of these hours. */
    assert_string_equal(town_value(owner,
                                   "SELECT count(*) FROM pg_proc WHERE proname IN ('fanout_next', "
                                   "'chunk_claim') AND prosrc ~ 'usual_hours|access_rule'"),
                        "0");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_002_13_holidays_of_2024_to_2030),
        cmocka_unit_test(test_002_13_why_a_day_is_closed),
        cmocka_unit_test(test_002_13_edges_of_the_hours),
        cmocka_unit_test(test_002_13_the_towns_own_days),
        cmocka_unit_test(test_002_13_marked_only_by_default),
        cmocka_unit_test(test_002_13_an_emergency_lets_in),
        cmocka_unit_test(test_002_13_a_permission_lets_in),
        cmocka_unit_test(test_002_13_open_sessions_go_on),
    };
    return cmocka_run_group_tests(tests, open_town, close_town);
}
