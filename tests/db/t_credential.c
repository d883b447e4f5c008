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
    assert_string_equal(town_statef(staff, "SELECT oplog_search('%s', '{}', NULL, 10)", token),
                        DENIED);
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
            if (strcmp(left, rows[i].left) != 0 || strcmp(stage_of(token), rows[i].stage) != 0)
                ROW_FAIL(i, "%s left, %s", left, stage_of(token));
        }
    }
}

/* A32: what was stored before a clock was set back is not good for longer: passwords, one-time
 * ones, sessions. */
static void test_a32_clocks_set_back(void **state) {
    (void)state;
    static const struct {
        const char *what, *seconds, *stage; /* stage "": the session is over */
    } rows[] = {
        {"UPDATE credential SET set_at = clock_timestamp() + make_interval(secs => %s)", "3600",
         "open"},
        {"UPDATE credential SET set_at = clock_timestamp() + make_interval(secs => %s)", "31536000",
         "password"},
        {"UPDATE session SET seen = clock_timestamp() + make_interval(secs => %s)", "30", "open"},
        {"UPDATE session SET seen = clock_timestamp() + make_interval(secs => %s)", "90", ""},
        {"UPDATE session SET made = clock_timestamp() + make_interval(secs => %s)", "30", "open"},
        {"UPDATE session SET made = clock_timestamp() + make_interval(secs => %s), ends = "
         "clock_timestamp() + interval '12 hours'",
         "90", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        town_value(owner, "UPDATE credential SET set_at = clock_timestamp()");
        const char *token = town_sign_in(staff, "a1");
        char sql[256];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(sql, sizeof sql, rows[i].what, rows[i].seconds);
#pragma GCC diagnostic pop
        town_value(owner, sql);
        const char *got = stage_of(token);
        const char *acts = town_statef(staff, "SELECT alert_list('%s', NULL, 10)", token);
        const char *due = !rows[i].stage[0]                    ? UNSIGNED
                          : strcmp(rows[i].stage, "open") == 0 ? DONE
                                                               : DENIED;
        if (strcmp(got, rows[i].stage) != 0 || strcmp(acts, due) != 0)
            ROW_FAIL(i, "stage '%s', an act gets %s", got, acts);
    }
    town_value(owner, "UPDATE credential SET set_at = clock_timestamp()");
    /* never more days than the rule says */
    town_value(owner, "UPDATE credential SET set_at = clock_timestamp() + interval '23 hours'");
    assert_string_equal(
        town_valuef(staff, "SELECT days_left FROM session_who('%s')", town_sign_in(staff, "a1")),
        "90");
    town_value(owner, "UPDATE credential SET set_at = clock_timestamp()");
    one_time("a1");
    town_value(owner, "UPDATE credential SET one_time_until = one_time_until + interval '2 days' "
                      "WHERE one_time");
    assert_string_equal(
        town_value(staff, "SELECT count(*) FROM sign_in('a1', 'a1', '', NULL, '', 100, 30, 12)"),
        "0");
    town_value(owner, "UPDATE credential SET one_time = false, one_time_until = NULL");
}

/* Refused sign-ins are told to their person, the counted ones, too. */
static void test_14_counted_tries_are_told(void **state) {
    (void)state;
    const char *token = town_sign_in(staff, "b1");
    int64_t before = town_number(
        staff,
        town_valuef(owner, "SELECT format('SELECT tries FROM account_read(%%L)', '%s')", token));
    for (int i = 0; i < 7; i++) {
        town_value(staff, "SELECT log_refused('', 'sign-in', '', 'x', '203.0.113.7')");
        town_value(owner, "SELECT oplog_append(NULL, 'b1', NULL, NULL, NULL, 'sign-in', '', "
                          "'refused', 'x', '203.0.113.7')");
    }
    const char *ask =
        town_valuef(owner, "SELECT format('SELECT tries FROM account_read(%%L)', '%s')", token);
    assert_int_equal(town_number(staff, ask), before + 7);
    town_value(owner, "SELECT strangers_tell(clock_timestamp() + interval '2 hours')");
    assert_int_equal(town_number(staff, ask), before + 7);
}

/* ---- change ---- */

static const char *change(const char *token, const char *old, const char *past, const char *new) {
    return town_statef(staff,
                       "SELECT password_change('%s', '%s', '%s', substr(sha256('%s'), 1, 16), "
                       "'scrypt:17:8:1', sha256('%s'), NULL)",
                       token, old, past, new, new);
}

/* D24: the old one is asked, all other sessions end, the owner is told, the log has a row. */
static void test_004_12_a_change_needs_the_old_password(void **state) {
    (void)state;
    town_value(owner, "UPDATE person SET mail = 'b1@city.kairan.example' WHERE login = 'b1'");
    one_time("b1");
    const char *token = town_sign_in(staff, "b1");
    assert_string_equal(change(token, "wrong", "{}", "n1"), INVALID);
    assert_string_equal(change("no token", "b1", "{}", "n1"), UNSIGNED);
    assert_string_equal(change(token, "b1", "{x}", "n1"), CONFLICT);
    assert_string_equal(change(token, "b1", "{}", "n1"), DONE);
    assert_string_equal(stage_of(token), "");
    assert_string_equal(town_sign_in(staff, "b1"), "");
    assert_string_equal(
        town_value(owner, "SELECT one_time::text || coalesce(one_time_until::text, '') FROM "
                          "credential c JOIN person p ON p.id = c.person WHERE login = 'b1'"),
        "false");
    assert_string_equal(
        town_value(owner, "SELECT string_agg(act || ' ' || result, ',' ORDER BY seq) FROM oplog "
                          "WHERE login = 'b1' AND act = 'password.change'"),
        "password.change done");
    assert_string_equal(town_value(owner,
                                   "SELECT count(*) FROM letter WHERE template = "
                                   "'password-changed' AND address = 'b1@city.kairan.example'"),
                        "1");
}

/* Wrong old passwords are counted and on record, by whatever program. */
static void test_004_12_wrong_old_passwords_are_counted(void **state) {
    (void)state;
    static const char ask[] = "SELECT password_right('%s', '%s', '192.0.2.1', 3)";
    const char *token = town_sign_in(staff, "a2");
    assert_string_equal(town_valuef(staff, ask, token, "a2"), "t");
    for (int i = 0; i < 3; i++)
        assert_string_equal(town_valuef(staff, ask, token, "x"), "f");
    assert_string_equal(town_statef(staff, ask, token, "a2"), "KR005");
    assert_string_equal(town_value(owner,
                                   "SELECT count(*) FROM oplog WHERE act = 'password.change' "
                                   "AND login = 'a2' AND result = 'refused'"),
                        "3");
}

/* D21: the present one and the four before it, whatever salts they had. */
static void test_d21_last_five(void **state) {
    (void)state;
    town_value(owner, "DELETE FROM credential_past");
    town_value(
        owner,
        "INSERT INTO credential_past (person, salt, cost, verifier) SELECT id, "
        "substr(sha256('s'), 1, 16), 'scrypt:17:8:1', sha256(convert_to('old' || n, 'UTF8')) "
        "FROM person, generate_series(1, 5) AS n WHERE login = 'a2' ORDER BY n");
    const char *token = town_sign_in(staff, "a2");
    assert_string_equal(town_valuef(staff, "SELECT count(*) FROM password_salts('%s')", token),
                        "5");
    assert_string_equal(change(token, "a2", "{x,x,x}", "n"), CONFLICT);
    static const char *const same[] = {"{old5,x,x,x}", "{x,old4,x,x}", "{x,x,old3,x}",
                                       "{x,x,x,old2}"};
    for (size_t i = 0; i < COUNT(same); i++)
        assert_string_equal(change(token, "a2", same[i], "n"), INVALID);
    assert_string_equal(change(token, "a2", "{x,x,x,old1}", "n"), DONE);
    assert_string_equal(town_value(owner, "SELECT count(*) FROM credential_past c JOIN person p ON "
                                          "p.id = c.person WHERE login = 'a2'"),
                        "5");
}

/* Raising the cost is no change: the age stays, and the proof of the old is asked. */
static void test_004_12_raising_keeps_the_age(void **state) {
    (void)state;
    static const char raise[] = "SELECT credential_raise('%s', '%s', substr(sha256('r'), 1, 16), "
                                "'scrypt:17:8:1', sha256('b2'))";
    town_value(owner, "UPDATE credential SET set_at = now() - interval '40 days'");
    const char *token = town_sign_in(staff, "b2");
    assert_string_equal(town_valuef(staff, raise, token, "wrong"), "f");
    assert_string_equal(town_valuef(staff, raise, token, "b2"), "t");
    assert_string_equal(town_valuef(staff, "SELECT days_left FROM session_who('%s')", token), "50");
}

/* ---- a new password by the administrator ---- */

static const char *reset(const char *me, const char *whom, const char *reason) {
    return town_statef(owner,
                       "SELECT credential_reset(actor_of('%s', '192.0.2.9'), p.id, "
                       "substr(sha256('t'), 1, 16), 'scrypt:17:8:1', sha256('temp'), '%s') "
                       "FROM person p WHERE login = '%s'",
                       me, reason, whom);
}

/* 004 §12-2, §12-3: with a reason, by an administrator, not for oneself; the person's sessions end.
 */
static void test_004_12_3_reset(void **state) {
    (void)state;
    const char *admin = town_sign_in(staff, "c1"), *theirs = town_sign_in(staff, "b3");
    assert_string_equal(reset(town_sign_in(staff, "a3"), "b3", "form 3"), DENIED);
    assert_string_equal(reset(admin, "c1", "form 3"), DENIED);
    assert_string_equal(reset(admin, "b3", " "), INVALID);
    assert_string_equal(stage_of(theirs), "open");
    assert_string_equal(reset(admin, "b3", "form 3"), DONE);
    assert_string_equal(stage_of(theirs), "");
    assert_string_equal(town_sign_in(staff, "b3"), "");
    const char *token =
        town_value(staff, "SELECT token FROM sign_in('b3', 'temp', '', NULL, '', 100, 30, 12)");
    assert_string_equal(stage_of(token), "password");
    assert_string_equal(town_value(owner, "SELECT login || ' ' || role || ' ' || reason FROM oplog "
                                          "WHERE act = 'password.reset'"),
                        "c1 administrator form 3");
    static const char *const roles[] = {"kairan_staff", "kairan_public", "kairan_house"};
    for (size_t i = 0; i < COUNT(roles); i++) {
        PGconn *conn = town_connect(roles[i]);
        assert_string_equal(town_state(conn, "SELECT credential_one_time(1)"), NO_RIGHT);
        assert_string_equal(town_state(conn, "SELECT verifier FROM credential"), NO_RIGHT);
        assert_string_equal(town_state(conn, "SELECT verifier FROM credential_past"), NO_RIGHT);
        PQfinish(conn);
    }
}

/* ---- letters before the end ---- */

/* D21: at 14, 7 and 1 days, once each. */
static void test_004_12_1_letters_at_14_7_1(void **state) {
    (void)state;
    static const struct {
        int left;
        const char *letters;
    } rows[] = {{15, "0"}, {14, "1"}, {14, "1"}, {8, "1"},  {7, "2"},
                {2, "2"},  {1, "3"},  {0, "3"},  {-1, "3"}, {90, "3"}};
    PGconn *house = town_connect("kairan_house");
    town_value(
        owner,
        "UPDATE person SET mail = login || '@city.kairan.example' WHERE login IN ('a1', 'a2')");
    for (size_t i = 0; i < COUNT(rows); i++) {
        town_valuef(owner,
                    "UPDATE credential SET set_at = now() - make_interval(days => 90 - %d) "
                    "WHERE person = (SELECT id FROM person WHERE login = 'a1')",
                    rows[i].left);
        town_value(house, "SELECT password_warn(90, 200)");
        const char *got =
            town_value(owner, "SELECT count(*) FROM letter WHERE template = "
                              "'password-ends' AND address = 'a1@city.kairan.example'");
        if (strcmp(got, rows[i].letters) != 0)
            ROW_FAIL(i, "%d left: %s", rows[i].left, got);
    }
    assert_string_equal(
        town_value(owner,
                   "SELECT count(*) FROM letter WHERE template = 'password-ends' "
                   "AND to_char(expires AT TIME ZONE 'Asia/Tokyo', 'HH24:MI:SS') <> '00:00:00'"),
        "0");
    assert_string_equal(town_value(owner, "SELECT count(*) FROM letter WHERE template = "
                                          "'password-ends' AND address LIKE 'a2@%'"),
                        "0");
    assert_string_equal(town_value(owner, "SELECT bool_or(password_warn(5, 200)) FROM person"),
                        "f");
    PQfinish(house);
}

/* ---- tries ---- */

/* G13: each failure of strangers makes the next wait longer, to a quarter of an hour; known devices
 * and other names wait for nothing; a clock set back keeps nobody out. */
static void test_g13_tries_wait_longer_and_longer(void **state) {
    (void)state;
    static const char try_[] =
        "SELECT coalesce((SELECT device_token FROM sign_in('%s', '%s', '%s', '198.51.100.%d', '', "
        "100, 30, 12)), '')";
    static const char ask[] = "SELECT sign_in_salt('%s', '%s', '198.51.100.%d', 100)";
    static const int waits[] = {0, 0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900};
    const char *device = town_valuef(staff, try_, "a3", "a3", "", 1);
    for (int n = 0; n < (int)COUNT(waits); n++) {
        town_valuef(owner, "UPDATE try_delay SET last = clock_timestamp() - interval '%d seconds'",
                    waits[n] > 1 ? waits[n] - 1 : 0);
        assert_string_equal(town_statef(staff, ask, "a3", "", n + 10), waits[n] ? "KR005" : DONE);
        town_valuef(owner, "UPDATE try_delay SET last = clock_timestamp() - interval '%d seconds'",
                    waits[n] + 1);
        assert_string_equal(town_statef(staff, ask, "a3", "", n + 10), DONE);
        assert_string_equal(town_valuef(staff, try_, "a3", "wrong", "", n + 10), "");
    }
    assert_string_equal(town_valuef(staff, try_, "a3", "a3", "", 99), "");
    assert_string_equal(town_valuef(staff, try_, "a3", "a3", device, 99), device);
    assert_string_equal(town_statef(staff, ask, "a1", "", 99), DONE);
    town_value(owner, "UPDATE try_delay SET last = clock_timestamp() + interval '1 day'");
    assert_string_equal(town_statef(staff, ask, "a3", "", 99), DONE);
    town_value(owner, "UPDATE try_delay SET last = clock_timestamp() - interval '16 minutes'");
    assert_int_equal(strlen(town_valuef(staff, try_, "a3", "a3", "", 98)), 43);
    assert_string_equal(
        town_value(owner,
                   "SELECT count(*) FROM try_delay WHERE kind = 'login' AND key = sha256('a3')"),
        "0");
}

/* An unknown name is slowed down like a known one. */
static void test_a17_unknown_names_wait_too(void **state) {
    (void)state;
    for (int i = 0; i < 6; i++) {
        town_valuef(staff,
                    "SELECT count(*) FROM sign_in('nobody', 'x', '', '192.0.2.%d', '', 100, "
                    "30, 12)",
                    i);
    }
    assert_string_equal(town_state(staff, "SELECT sign_in_salt('nobody', '', '192.0.2.77', 100)"),
                        "KR005");
    assert_string_equal(
        town_value(owner, "SELECT count(*) FROM try_delay WHERE key::text LIKE '%nobody%'"), "0");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_001_6_2_3_one_time_opens_nothing_else, mend),
        cmocka_unit_test_teardown(test_004_12_1_2_an_old_password_approves_nothing, mend),
        cmocka_unit_test_teardown(test_001_6_2_3_one_time_is_used_once, mend),
        cmocka_unit_test_teardown(test_004_12_1_1_ninety_days, mend),
        cmocka_unit_test_teardown(test_a32_clocks_set_back, mend),
        cmocka_unit_test_teardown(test_14_counted_tries_are_told, mend),
        cmocka_unit_test_teardown(test_004_12_a_change_needs_the_old_password, mend),
        cmocka_unit_test_teardown(test_004_12_wrong_old_passwords_are_counted, mend),
        cmocka_unit_test_teardown(test_d21_last_five, mend),
        cmocka_unit_test_teardown(test_004_12_raising_keeps_the_age, mend),
        cmocka_unit_test_teardown(test_004_12_3_reset, mend),
        cmocka_unit_test_teardown(test_004_12_1_letters_at_14_7_1, mend),
        cmocka_unit_test_teardown(test_g13_tries_wait_longer_and_longer, mend),
        cmocka_unit_test_teardown(test_a17_unknown_names_wait_too, mend),
    };
    return cmocka_run_group_tests(tests, open_town, close_town);
}
