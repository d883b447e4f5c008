/* Passwords as the database keeps them: one-time ones, their age, their change (004 §12; 001 ch. 2
 * §6(2)③). */
#include "town.h"

static PGconn *owner, *staff;

static int open_town(void **state) {
    (void)state;
    owner = town_connect("kairan_owner");
    staff = town_connect("kairan_staff");
    town_make(owner);
    return 0;
}

static int close_town(void **state) {
    (void)state;
    PQfinish(owner);
    PQfinish(staff);
    return 0;
}

/* What a test changed of people's passwords is as it was. */
static int mend(void **state) {
    (void)state;
    town_value(
        owner,
        "UPDATE credential c SET one_time = false, one_time_until = NULL, "
        "one_time_used = NULL, set_at = now(), verifier = sha256(convert_to(p.login, 'UTF8')) "
        "FROM person p WHERE p.id = c.person");
    return 0;
}

static const char *stage_of(const char *token) {
    return town_valuef(staff, "SELECT stage FROM session_who('%s')", token);
}

static void one_time(const char *login) {
    town_valuef(owner, "SELECT credential_one_time(id) FROM person WHERE login = '%s'", login);
}

/* 001 ch. 2 §6(2)③, G12: what a one-time password opens refuses every act. */
static void test_001_6_2_3_one_time_opens_nothing_else(void **state) {
    (void)state;
    one_time("a1");
    const char *token = town_sign_in(staff, "a1");
    assert_int_equal(strlen(token), 43);
    assert_string_equal(stage_of(token), "password");
    assert_string_equal(town_statef(staff, "SELECT alert_submit('%s', 1, 1, '127.0.0.1')", token),
                        DENIED);
    assert_string_equal(
        town_statef(staff,
                    "SELECT session_choose('%s', o.post, NULL) FROM session_posts('%s') AS o",
                    token, token),
        DENIED);
    assert_string_equal(town_statef(staff, "SELECT oplog_page('%s', NULL, 10)", token), DENIED);
    assert_string_equal(stage_of(town_sign_in(staff, "a2")), "open");
}

/* An approval by an approver whose password ran out under the open session (A8). */
static void test_004_12_1_2_an_old_password_approves_nothing(void **state) {
    (void)state;
    const char *id = town_submitted(staff, town_sign_in(staff, "a1"));
    const char *chief = town_sign_in(staff, "a3");
    const char *fingerprint = town_fingerprint(staff, chief, id);
    one_time("a3");
    assert_string_equal(town_approve(staff, chief, id, fingerprint), DENIED);
    mend(NULL);
    assert_string_equal(town_approve(staff, chief, id, fingerprint), DONE);
}

/* One use, and a day. */
static void test_001_6_2_3_one_time_is_used_once(void **state) {
    (void)state;
    one_time("b1");
    assert_int_equal(strlen(town_sign_in(staff, "b1")), 43);
    assert_string_equal(town_sign_in(staff, "b1"), "");
    one_time("b1");
    town_value(owner,
               "UPDATE credential SET one_time_until = clock_timestamp() - interval '1 second' "
               "WHERE one_time");
    assert_string_equal(town_sign_in(staff, "b1"), "");
    assert_string_equal(town_value(owner,
                                   "SELECT bool_and(one_time_until <= now() + interval '24 hours') "
                                   "FROM credential WHERE one_time"),
                        "t");
}

/* Day 90 is good, day 91 is not, by the town's calendar whatever the hour. */
static void test_004_12_1_1_ninety_days(void **state) {
    (void)state;
    static const struct {
        const char *set, *days, *left, *stage;
    } rows[] = {
        {"0", "90", "90", "open"},
        {"76", "90", "14", "open"},
        {"89", "90", "1", "open"},
        {"90", "90", "0", "open"},
        {"91", "90", "-1", "password"},
        {"91", "500", "-1", "password"}, /* no setting makes it longer */
        {"30", "30", "0", "open"},
        {"31", "30", "-1", "password"},
    };
    static const char *const hours[] = {"00:00:00", "23:59:59"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        for (size_t h = 0; h < COUNT(hours); h++) {
            town_valuef(owner,
                        "UPDATE credential SET set_at = (((clock_timestamp() AT TIME ZONE "
                        "'Asia/Tokyo')::date - %s)::text || ' %s Asia/Tokyo')::timestamptz",
                        rows[i].set, hours[h]);
            const char *token = town_valuef(
                staff, "SELECT token FROM sign_in('b2', 'b2', '', NULL, '', 100, 30, 12, 15, %s)",
                rows[i].days);
            const char *left = town_valuef(staff, "SELECT days_left FROM session_who('%s')", token);
            if (strcmp(left, rows[i].left) != 0 || strcmp(stage_of(token), rows[i].stage) != 0) {
                ROW_FAIL(i, "%s left, %s", left, stage_of(token));
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_001_6_2_3_one_time_opens_nothing_else, mend),
        cmocka_unit_test_teardown(test_004_12_1_2_an_old_password_approves_nothing, mend),
        cmocka_unit_test_teardown(test_001_6_2_3_one_time_is_used_once, mend),
        cmocka_unit_test_teardown(test_004_12_1_1_ninety_days, mend),
    };
    return cmocka_run_group_tests(tests, open_town, close_town);
}
