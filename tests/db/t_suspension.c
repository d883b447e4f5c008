/* Addresses whose mails come back: given up slowly, with a warning and ways back; never for a
 * server's fault; the console's list. */
#include "returned.h"

/* ---- what follows ---- */

/* Failures of one contact by day; after them the days on which a letter goes and the end comes. */
static void test_an_address_is_given_up_slowly(void **state) {
    (void)state;
    static const struct {
        const char *kind, *status;
        double days[6]; /* the first may be 0, then ended by 0 */
        const char *end;
    } rows[] = {
        {"permanent", "5.0.0", {0, 3, 7}, "warned"},
        {"permanent", "5.0.0", {0, 3, 6.9}, ""},
        {"permanent", "5.0.0", {0, 7}, ""},
        {"permanent", "5.1.1", {0, 7}, "warned"},
        {"permanent", "5.1.1", {0, 6.9}, ""},
        {"permanent", "5.1.1", {0}, ""},
        {"temporary", "4.4.1", {0, 3, 6, 9, 14}, "warned"},
        {"temporary", "4.4.1", {0, 3, 6, 9, 13.9}, ""},
        {"temporary", "4.4.1", {0, 3, 6, 14}, ""},
        {"policy", "5.7.1", {0, 3, 6, 9, 14, 17}, ""},
    };
    int64_t alerts[6];
    for (size_t n = 0; n < COUNT(alerts); n++)
        alerts[n] = sent(-300);
    for (size_t i = 0; i < COUNT(rows); i++) {
        clear(NULL);
        for (size_t n = 0; n < 6 && (n == 0 || rows[i].days[n] > 0); n++)
            assert_string_equal(
                returned(alerts[n], 5, rows[i].kind, rows[i].status, rows[i].days[n]), "counted");
        judge(18);
        if (strcmp(state_of(5), rows[i].end) != 0)
            ROW_FAIL(i, "is %s", state_of(5));
        assert_string_equal(count_of("letter"), rows[i].end[0] ? "1" : "0");
        judge(24.9);
        if (strcmp(state_of(5), rows[i].end) != 0)
            ROW_FAIL(i, "within its grace: %s", state_of(5));
        judge(25.1);
        if (strcmp(state_of(5), rows[i].end[0] ? "suspended" : "") != 0)
            ROW_FAIL(i, "in the end: %s", state_of(5));
        assert_string_equal(count_of("letter"), rows[i].end[0] ? "1" : "0");
    }
}

static void test_the_warning_is_a_letter_with_a_week(void **state) {
    (void)state;
    warn_five();
    assert_string_equal(
        town_valuef(owner,
                    "SELECT template || ' ' || contact || ' ' || address || ' ' || (expires = %s) "
                    "FROM letter",
                    moment(15)),
        "warn 5 r5@resident.example true");
}

static void test_a_later_alert_that_arrives_resets_it(void **state) {
    (void)state;
    warn_five();
    age(sent(9), 9);
    judge(15.1);
    assert_string_equal(state_of(5), "");
    /* and what was before does not count again */
    returned(sent(20), 5, "permanent", "5.1.1", 20);
    judge(21);
    assert_string_equal(state_of(5), "");
}

static void test_an_alert_that_comes_back_later_resets_nothing(void **state) {
    (void)state;
    warn_five();
    returned(sent(9), 5, "permanent", "5.1.1", 10);
    judge(15.1);
    assert_string_equal(state_of(5), "suspended");
}

/* A link of purpose 2, as the warning letter has it. */
static const char *stay_link(int64_t contact) {
    return town_valuef(
        owner,
        "SELECT b64url(said || substr(hmac(said, key, 'sha256'), 1, 16)) FROM link_key, "
        "(SELECT '\\x0102'::bytea || decode(lpad(to_hex(%lld), 16, '0'), 'hex') AS said) AS s "
        "WHERE kid = 1",
        (long long)contact);
}

static void test_the_resident_turns_it_on_again(void **state) {
    (void)state;
    PGconn *public = town_connect("kairan_public");
    warn_five();
    const char *link = stay_link(5);
    assert_string_equal(town_valuef(public, "SELECT stay_peek('%s')", link), "t");
    assert_string_equal(town_valuef(public, "SELECT stay('%s')", link), "");
    judge(16);
    assert_string_equal(state_of(5), "");
    town_value(owner, "UPDATE contact SET suspended_at = now() WHERE id = 5");
    for (int press = 0; press < 2; press++)
        assert_string_equal(town_statef(public, "SELECT stay('%s')", link), DONE);
    assert_string_equal(state_of(5), "");
    /* a leave link is none, nor is a changed one; who has left stays away */
    char other = link[34] == 'A' ? 'Q' : 'A';
    assert_string_equal(town_statef(public, "SELECT stay('%.34s%c')", link, other), MISSING);
    assert_string_equal(town_valuef(public, "SELECT stay_peek('%.34s%c')", link, other), "f");
    town_value(owner, "BEGIN");
    town_value(owner, "UPDATE contact SET gone_at = now(), address = NULL WHERE id = 5");
    assert_string_equal(town_valuef(owner, "SELECT stay_peek('%s')", link), "f");
    assert_string_equal(town_statef(owner, "SELECT stay('%s')", link), MISSING);
    town_value(owner, "ROLLBACK");
    PQfinish(public);
}

static void test_subscribing_again_turns_it_on_again(void **state) {
    (void)state;
    PGconn *public = town_connect("kairan_public");
    warn_five();
    judge(16);
    assert_string_equal(state_of(5), "suspended");
    town_value(public, "SELECT signup_request('r5@resident.example', 'ja', '{1}', '{1}', '1', "
                       "'0123456789012345678901234567890', '192.0.2.1', 24, 3, 10)");
    town_value(public, "SELECT signup_confirm('0123456789012345678901234567890')");
    assert_string_equal(state_of(5), "");
    assert_string_equal(town_value(owner, "SELECT count(*) FROM doubt WHERE reason IS NULL"), "1");
    PQfinish(public);
}

static void test_who_has_left_is_not_judged(void **state) {
    (void)state;
    warn_five();
    town_value(owner, "BEGIN");
    town_value(owner, "UPDATE contact SET gone_at = now(), address = NULL WHERE id = 5");
    town_valuef(owner, "SELECT bounce_judge(7, %s)", moment(16));
    assert_string_equal(town_value(owner, "SELECT suspended_at IS NULL FROM contact WHERE id = 5"),
                        "t");
    town_value(owner, "ROLLBACK");
}

/* ---- a server's fault ---- */

/* Reports of the first n contacts for three alerts, a week and more apart in all. */
static void many_fail(int n, int64_t alerts[3]) {
    for (int k = 0; k < 3; k++) {
        double day = 4.0 * k;
        alerts[k] = sent(day);
        for (int contact = 1; contact <= n; contact++)
            returned(alerts[k], contact, "permanent", "5.1.1", day + 0.001 * contact / n);
        judge(day + 0.02);
    }
}

static void test_a_relay_that_returns_everything_marks_nobody_dead(void **state) {
    (void)state;
    int64_t alerts[3];
    many_fail(RESIDENTS, alerts);
    judge(30);
    judge(40);
    assert_string_equal(count_of("letter"), "0");
    assert_string_equal(suspended(), "0");
    assert_string_equal(count_of("bounce_storm WHERE verdict IS NULL"), "3");
}

/* 25 % within the hour is a crowd; 2 of 40 are not. */
static void test_few_are_no_crowd(void **state) {
    (void)state;
    int64_t alerts[3];
    many_fail(2, alerts);
    judge(9);
    judge(17);
    assert_string_equal(suspended(), "2");
    clear(NULL);
    many_fail(10, alerts);
    judge(9);
    judge(17);
    assert_string_equal(suspended(), "0");
}

static void test_an_administrator_decides_about_a_storm(void **state) {
    (void)state;
    int64_t alerts[3];
    many_fail(10, alerts);
    const char *admin = town_sign_in(staff, "c1"), *drafter = town_sign_in(staff, "a1");
    static const char decide[] = "SELECT storm_decide('%s', %lld, '%s', NULL)";
    assert_string_equal(town_statef(staff, decide, drafter, (long long)alerts[0], "count"), DENIED);
    assert_string_equal(
        town_statef(staff, decide, town_sign_in(staff, "c2"), (long long)alerts[0], "count"),
        DENIED);
    assert_string_equal(town_valuef(staff, "SELECT count(*) FROM storm_list('%s')", admin), "3");
    for (int k = 0; k < 3; k++)
        assert_string_equal(
            town_statef(staff, decide, admin, (long long)alerts[k], k == 1 ? "forgive" : "count"),
            DONE);
    assert_string_equal(town_statef(staff, decide, admin, (long long)alerts[0], "forgive"),
                        CONFLICT);
    /* two of 5.1.1 are left, eight days apart */
    town_value(house, "SELECT bounce_judge(100)");
    assert_string_equal(
        town_value(owner, "SELECT count(*) FROM doubt WHERE warned_at > now() - interval '1 hour'"),
        "10");
    assert_string_equal(town_value(owner, "SELECT string_agg(act, ' ' ORDER BY seq) FROM "
                                          "oplog WHERE act LIKE 'bounce.%'"),
                        "bounce.count bounce.forgive bounce.count");
}

/* ---- refused at once ---- */

static void test_refusals_at_the_door_count_alike(void **state) {
    (void)state;
    for (int k = 0; k < 2; k++) {
        int64_t alert = sent(8.0 * k);
        town_valuef(owner,
                    "UPDATE outcome SET result = 'refused', reply = CASE contact "
                    "WHEN 1 THEN '550 5.1.1 <r1@resident.example>: no such user' "
                    "WHEN 2 THEN '550 5.7.1 not from you' ELSE '550 no: 15.1.1 is not 5.1.12' END "
                    "WHERE alert = %lld AND contact <= 3",
                    (long long)alert);
        town_valuef(owner,
                    "UPDATE broadcast SET refused = 3, accepted = accepted - 3 WHERE alert = %lld",
                    (long long)alert);
        /* in slices, and once */
        for (int slices = 0; slices < 4; slices++)
            assert_string_equal(
                town_valuef(owner, "SELECT bounce_collect(1, %s)", moment(8.0 * k + 0.1)), "t");
        assert_string_equal(
            town_valuef(owner, "SELECT bounce_collect(1, %s)", moment(8.0 * k + 0.1)), "f");
        judge(8.0 * k + 0.2);
    }
    assert_string_equal(
        town_value(owner,
                   "SELECT count(*) || ' ' || min(contact) || ' ' || min(source) FROM bounce"),
        "2 1 smtp");
    assert_string_equal(state_of(1), "warned");
}

static void test_a_relay_that_refuses_everybody_marks_nobody_dead(void **state) {
    (void)state;
    for (int k = 0; k < 3; k++) {
        sent_as(4.0 * k, "'{1}', '{}', false, false, ''", "refused", "550 5.1.1 User unknown");
        judge(4.0 * k + 0.1);
        judge(4.0 * k + 0.3);
    }
    judge(30);
    assert_string_equal(count_of("bounce"), "0");
    assert_string_equal(count_of("bounce_storm WHERE verdict = 'forgive'"), "3");
    assert_string_equal(count_of("letter"), "0");
    assert_string_equal(suspended(), "0");
}

/* ---- the console ---- */

static void test_the_list_is_masked_and_lifting_is_logged(void **state) {
    (void)state;
    const char *admin = town_sign_in(staff, "c1"), *auditor = town_sign_in(staff, "c2");
    static const char list[] =
        "SELECT concat_ws(' ', contact, address, reason, status, reply) FROM "
        "suspension_list('%s', 9000, 10)";
    static const char lift[] = "SELECT suspension_lift('%s', 5, NULL)";
    warn_five();
    judge(16);
    assert_string_equal(town_valuef(staff, list, admin),
                        "5 r***@resident.example permanent 5.1.1 no");
    assert_string_equal(town_valuef(staff, list, auditor),
                        "5 r***@resident.example permanent 5.1.1 no");
    assert_string_equal(town_statef(staff, list, town_sign_in(staff, "a1")), DENIED);
    assert_string_equal(
        town_valuef(staff, "SELECT n FROM suspension_counts('%s') WHERE what = 'permanent'", admin),
        "1");
    assert_string_equal(town_statef(staff, lift, auditor), DENIED);
    assert_string_equal(town_statef(staff, lift, town_sign_in(staff, "a3")), DENIED);
    assert_string_equal(town_statef(staff, lift, admin), DONE);
    assert_string_equal(town_statef(staff, lift, admin), CONFLICT);
    assert_string_equal(state_of(5), "");
    assert_string_equal(
        town_value(
            owner,
            "SELECT concat_ws(' ', login, act, object) FROM oplog ORDER BY seq DESC LIMIT 1"),
        "c1 contact.resume contact 5");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_an_address_is_given_up_slowly),
        TEST(test_the_warning_is_a_letter_with_a_week),
        TEST(test_a_later_alert_that_arrives_resets_it),
        TEST(test_an_alert_that_comes_back_later_resets_nothing),
        TEST(test_the_resident_turns_it_on_again),
        TEST(test_subscribing_again_turns_it_on_again),
        TEST(test_who_has_left_is_not_judged),
        TEST(test_a_relay_that_returns_everything_marks_nobody_dead),
        TEST(test_few_are_no_crowd),
        TEST(test_an_administrator_decides_about_a_storm),
        TEST(test_refusals_at_the_door_count_alike),
        TEST(test_a_relay_that_refuses_everybody_marks_nobody_dead),
        TEST(test_the_list_is_masked_and_lifting_is_logged),
    };
    return cmocka_run_group_tests(tests, open_town, close_town);
}
