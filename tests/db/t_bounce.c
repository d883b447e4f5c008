/* Returned mail: what counts, what follows, and what never does (security.md 5, A14). The clock is
 * an argument: day 0 lies 100 days back, alert n of a test goes out on the day it names. */
#include "town.h"

#include "conf.h"
#include "verp.h"

enum { RESIDENTS = 40, DAY_S = 86400 };

static PGconn *owner, *staff, *sender, *house, *intake;
static struct link_keys *keys;
static int64_t day_zero_s;

static int open_town(void **state) {
    (void)state;
    struct fault f = {0};
    struct db *db = NULL;
    owner = town_connect("kairan_owner");
    staff = town_connect("kairan_staff");
    sender = town_connect("kairan_sender");
    house = town_connect("kairan_house");
    intake = town_connect("kairan_intake");
    assert_true(conf_load(NULL, &f));
    assert_true(db_open("kairan_sender", (const char *const[]){"verp"}, 1, &db, &f));
    assert_true(verp_keys_load(db, &keys, &f));
    db_close(&db);
    town_make(owner);
    town_residents(owner, RESIDENTS);
    day_zero_s = strtoll(
        town_value(owner, "SELECT extract(epoch FROM date_trunc('day', now()))::bigint - 8640000"),
        NULL, 10);
    return 0;
}

static int close_town(void **state) {
    (void)state;
    link_keys_free(&keys);
    PQfinish(owner);
    PQfinish(staff);
    PQfinish(sender);
    PQfinish(house);
    PQfinish(intake);
    return 0;
}

/* Nothing has come back of anybody, and everybody gets everything. */
static int clear(void **state) {
    (void)state;
    town_value(owner, "UPDATE contact SET suspended_at = NULL");
    town_value(owner, "DELETE FROM doubt");
    town_value(owner, "DELETE FROM bounce");
    town_value(owner, "DELETE FROM bounce_storm");
    town_value(owner, "DELETE FROM bounce_collected");
    town_value(owner, "DELETE FROM letter");
    town_value(owner, "UPDATE subscriber SET categories = '{1}'");
    town_value(owner, "UPDATE broadcast SET started_at = now() - interval '1 year', ended_at = "
                      "now() - interval '1 year'");
    town_value(owner, "UPDATE outcome SET at = now() - interval '1 year'");
    return 0;
}

/* ---- helpers ---- */

static int64_t at_s(double day) {
    return day_zero_s + (int64_t)(day * DAY_S);
}

/* A moment as SQL. */
static const char *moment(double day) {
    static char out[16][48];
    static size_t next;
    char *text = out[next++ % COUNT(out)];
    snprintf(text, sizeof out[0], "to_timestamp(%lld)", (long long)at_s(day));
    return text;
}

static void age(int64_t alert, double day) {
    town_valuef(owner, "UPDATE broadcast SET started_at = %s, ended_at = %s WHERE alert = %lld",
                moment(day), moment(day), (long long)alert);
    town_valuef(owner, "UPDATE outcome SET at = %s WHERE alert = %lld", moment(day),
                (long long)alert);
}

/* An alert, `rest` of its choices given, that went out on a day; everybody's mail was `result` with
 * these words. */
static int64_t sent_as(double day, const char *rest, const char *result, const char *reply) {
    const char *drafter = town_sign_in(staff, "a1"), *approver = town_sign_in(staff, "a3");
    const char *id =
        town_valuef(staff,
                    "SELECT alert FROM alert_save('%s', NULL, 0, '{ja}', '{題}', '{本文}', %s, "
                    "now() + interval '1 day', NULL)",
                    drafter, rest);
    town_valuef(staff, "SELECT alert_submit('%s', %s, 1, NULL)", drafter, id);
    assert_string_equal(town_approve(staff, approver, id, town_fingerprint(staff, approver, id)),
                        DONE);
    assert_string_equal(town_value(sender, "SELECT fanout_next('0:00', '0:00')"), id);
    while (strcmp(town_valuef(sender, "SELECT fanout_step(%s, 1000, 500)", id), "done") != 0) {
    }
    town_valuef(
        owner,
        "SELECT outcome_record(%s, array_agg(d.contact), array_agg(1::smallint), "
        "array_agg('%s'::result), array_agg(true), array_agg(false), array_agg(250::smallint), "
        "array_agg('%s'::text), 'r', array_agg(now())) FROM delivery d WHERE d.alert = %s",
        id, result, reply, id);
    age(strtoll(id, NULL, 10), day);
    return strtoll(id, NULL, 10);
}

static int64_t sent(double day) {
    return sent_as(day, "'{1}', '{}', false, false, ''", "accepted", "ok");
}

static void mint(enum verp_kind kind, int64_t alert, int64_t part, double day, char out[VERP_B]) {
    struct verp what = {kind, alert, part};
    struct fault f = {0};
    assert_true(verp_mint(keys, &what, at_s(day), out, &f));
}

static const char *take(const char *token, const char *kind, const char *status, double day) {
    return town_valuef(
        owner, "SELECT bounce_take_at('%s', '{%s}', '{\"%s\"}', '{x@y.example}', '{no}', %s)",
        token, kind, status, moment(day));
}

/* A report of one contact's mail of an alert, on the alert's day. */
static const char *returned(int64_t alert, int64_t contact, const char *kind, const char *status,
                            double day) {
    char token[VERP_B];
    mint(VERP_ALERT, alert, contact, day, token);
    return take(token, kind, status, day);
}

static void judge(double day) {
    while (strcmp(town_valuef(house, "SELECT bounce_judge(7, %s)", moment(day)), "t") == 0) {
    }
}

/* "warned", "suspended" or "" of a contact. */
static const char *state_of(int64_t contact) {
    return town_valuef(owner,
                       "SELECT CASE WHEN c.suspended_at IS NOT NULL THEN 'suspended' "
                       "WHEN d.warned_at IS NOT NULL THEN 'warned' ELSE '' END "
                       "FROM contact c LEFT JOIN doubt d ON d.contact = c.id WHERE c.id = %lld",
                       (long long)contact);
}

static const char *count_of(const char *table) {
    return town_valuef(owner, "SELECT count(*) FROM %s", table);
}

/* ---- what counts ---- */

static void test_a_report_counts_once(void **state) {
    (void)state;
    int64_t alert = sent(0);
    assert_string_equal(returned(alert, 1, "temporary", "4.4.1", 1), "counted");
    assert_string_equal(returned(alert, 1, "temporary", "4.4.1", 1), "again");
    assert_string_equal(returned(alert, 1, "policy", "5.7.1", 1), "again");
    assert_string_equal(returned(alert, 1, "permanent", "5.1.1", 2), "counted");
    assert_string_equal(returned(alert, 1, "permanent", "5.1.1", 2), "again");
    assert_string_equal(town_value(owner, "SELECT kind || ' ' || status FROM bounce"),
                        "permanent 5.1.1");
}

static void test_a14_forged_and_old_tokens_do_nothing(void **state) {
    (void)state;
    int64_t alert = sent(0);
    char token[VERP_B], bad[VERP_B];
    mint(VERP_ALERT, alert, 1, 0, token);
    for (size_t i = 0; i < VERP_B - 1; i++) {
        memcpy(bad, token, VERP_B);
        bad[i] = bad[i] == 'c' ? 'd' : 'c';
        assert_string_equal(take(bad, "permanent", "5.1.1", 0), "forged");
    }
    assert_string_equal(take(token, "permanent", "5.1.1", 16), "forged");
    assert_string_equal(take(token, "permanent", "5.1.1", -3), "forged");
    /* of nobody the alert went to, of no alert */
    assert_string_equal(returned(alert, RESIDENTS + 1, "permanent", "5.1.1", 0), "stranger");
    assert_string_equal(returned(alert + 1000, 1, "complaint", "", 0), "stranger");
    assert_string_equal(count_of("bounce"), "0");
    assert_string_equal(count_of("doubt"), "0");
    assert_string_equal(take(token, "permanent", "5.1.1", 14), "counted");
}

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

/* Two failures of contact 5, a week apart, that led to a warning on day 8. */
static void warn_five(void) {
    int64_t first = sent(0), second = sent(7);
    returned(first, 5, "permanent", "5.1.1", 0.1);
    returned(second, 5, "permanent", "5.1.1", 7.2);
    judge(8);
    assert_string_equal(state_of(5), "warned");
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
    assert_string_equal(town_statef(public, "SELECT stay('%.34sA')", link), MISSING);
    assert_string_equal(town_valuef(public, "SELECT stay_peek('%.34sA')", link), "f");
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

static const char *suspended(void) {
    return town_value(owner, "SELECT count(*) FROM contact WHERE suspended_at IS NOT NULL");
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
        judge(8.0 * k + 0.1);
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
    assert_string_equal(count_of("bounce"), town_valuef(owner, "SELECT %d", 3 * RESIDENTS));
    assert_string_equal(count_of("letter"), "0");
    assert_string_equal(suspended(), "0");
}

/* ---- complaints ---- */

static const char *choices_of(int64_t contact) {
    return town_valuef(owner,
                       "SELECT s.categories::text || s.own FROM subscriber s JOIN contact c "
                       "ON c.subscriber = s.id WHERE c.id = %lld",
                       (long long)contact);
}

static void test_a_complaint_leaves_the_category_once(void **state) {
    (void)state;
    int64_t alert = sent(0);
    town_value(owner, "UPDATE subscriber SET categories = '{1,2}' WHERE id = 5");
    assert_string_equal(returned(alert, 5, "complaint", "", 1), "counted");
    assert_string_equal(choices_of(5), "{2}true");
    assert_string_equal(state_of(5), "");
    /* chosen again by himself, and the same report once more */
    town_value(owner, "UPDATE subscriber SET categories = '{1,2}' WHERE id = 5");
    assert_string_equal(returned(alert, 5, "complaint", "", 2), "again");
    assert_string_equal(choices_of(5), "{1,2}true");
    /* nothing would be left: the address rests, its choices stay */
    assert_string_equal(returned(alert, 6, "complaint", "", 1), "counted");
    assert_string_equal(state_of(6), "suspended");
    assert_string_equal(choices_of(6), "{1}false");
    assert_string_equal(state_of(7), "");
}

static void test_a_complaint_of_an_alert_for_everybody_suspends(void **state) {
    (void)state;
    int64_t alert = sent_as(0, "'{1}', '{}', true, true, '危険'", "accepted", "ok");
    town_value(owner, "UPDATE subscriber SET categories = '{1,2}' WHERE id = 5");
    assert_string_equal(returned(alert, 5, "complaint", "", 1), "counted");
    assert_string_equal(state_of(5), "suspended");
    assert_string_equal(town_value(owner, "SELECT reason FROM doubt WHERE contact = 5"),
                        "complaint");
}

/* ---- letters, express ---- */

/* Two hand-overs of an alert, of contacts 1 to 20 and of the rest. */
static void test_express_counts_only_for_a_member_named(void **state) {
    (void)state;
    int64_t alert = sent(0);
    char token[VERP_B];
    static const struct {
        const char *address, *kind, *end;
    } rows[] = {
        {"r30@resident.example", "permanent", "stranger"}, /* of the other hand-over */
        {"who@resident.example", "permanent", "stranger"},
        {"", "permanent", "stranger"},
        {"R7@resident.example", "permanent", "counted"},
        {"r7@resident.example", "permanent", "again"},
        {"r8@resident.example", "complaint", "counted"},
    };
    town_valuef(owner,
                "INSERT INTO chunk (alert, urgent, members, state, handover) SELECT %lld, true, "
                "array_agg(i ORDER BY i), 'closed', 1000000 + (i - 1) / 20 "
                "FROM generate_series(1, %d) AS i GROUP BY (i - 1) / 20",
                (long long)alert, RESIDENTS);
    mint(VERP_EXPRESS, alert, 1000000, 0, token);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *end = town_valuef(
            owner, "SELECT bounce_take_at('%s', '{%s}', '{\"\"}', '{\"%s\"}', '{no}', %s)", token,
            rows[i].kind, rows[i].address, moment(1));
        if (strcmp(end, rows[i].end) != 0)
            ROW_FAIL(i, "%s", end);
    }
    /* any reader of it could have complained in another's name */
    assert_string_equal(state_of(8), "");
    assert_string_equal(choices_of(8), "{1}false");
    mint(VERP_EXPRESS, alert + 1000, 1000000, 0, token);
    assert_string_equal(take(token, "permanent", "5.1.1", 1), "stranger");
    town_value(owner, "DELETE FROM chunk");
}

static void test_a_returned_letter_is_on_record(void **state) {
    (void)state;
    char token[VERP_B];
    const char *id =
        town_value(owner, "INSERT INTO letter (template, lang, expires, state, ended_at) "
                          "VALUES ('leave', 'ja', now(), 'accepted', now()) RETURNING id");
    mint(VERP_LETTER, 0, strtoll(id, NULL, 10), 1, token);
    assert_string_equal(take(token, "permanent", "5.1.1", 1), "letter");
    assert_string_equal(take(token, "permanent", "5.1.1", 1), "again");
    assert_string_equal(town_value(owner, "SELECT reply FROM letter"), "returned: 5.1.1 no");
    assert_string_equal(count_of("doubt"), "0");
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

static void test_the_intake_may_do_no_more(void **state) {
    (void)state;
    static const char *const tries[] = {
        "SELECT * FROM contact",
        "SELECT * FROM bounce",
        "INSERT INTO bounce (alert, contact, at, kind, status, source, reply) "
        "VALUES (1, 1, now(), 'permanent', '', 'mail', '')",
        "UPDATE contact SET suspended_at = now()",
        "SELECT bounce_judge(1, now())",
        "SELECT bounce_take_at('', '{}', '{}', '{}', '{}', now())",
        "SELECT bounce_note(1, 1, 'permanent', '', 'mail', '', now())",
        "SELECT link_contact('', 1)",
        "SELECT outcome_record(1, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '', '{}')",
    };
    for (size_t i = 0; i < COUNT(tries); i++)
        if (strcmp(town_state(intake, tries[i]), NO_RIGHT) != 0)
            ROW_FAIL(i, "%s", tries[i]);
    assert_string_equal(town_value(intake, "SELECT bounce_take('', '{}', '{}', '{}', '{}')"),
                        "forged");
    town_value(intake, "SELECT intake_count('{forged,auto,forged}', '{2,1,3}')");
    assert_string_equal(town_value(owner, "SELECT mails FROM intake_tally WHERE what = 'forged'"),
                        "5");
}

static void test_reports_are_kept_as_long_as_deliveries(void **state) {
    (void)state;
    int64_t alert = sent(0), other = sent(0);
    returned(alert, 5, "permanent", "5.1.1", 0);
    returned(other, 6, "permanent", "5.1.1", 0);
    town_valuef(house, "SELECT bounce_forget(1, %s)", moment(179));
    assert_string_equal(count_of("bounce"), "2");
    assert_string_equal(count_of("doubt"), "2");
    town_value(owner, "BEGIN");
    town_valuef(owner, "UPDATE broadcast SET dropped_at = now() WHERE alert = %lld",
                (long long)alert);
    assert_string_equal(town_valuef(owner, "SELECT bounce_forget(1, %s)", moment(179)), "t");
    assert_string_equal(town_value(owner, "SELECT string_agg(contact::text, ' ') FROM bounce"),
                        "6");
    assert_string_equal(count_of("doubt"), "1");
    assert_string_equal(town_valuef(owner, "SELECT bounce_forget(2, %s)", moment(179)), "f");
    town_value(owner, "ROLLBACK");
    town_valuef(house, "SELECT bounce_forget(5, %s)", moment(181));
    assert_string_equal(count_of("bounce"), "2");
    assert_string_equal(count_of("doubt"), "0");
}

#define TEST(name) cmocka_unit_test_setup(name, clear)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_report_counts_once),
        TEST(test_a14_forged_and_old_tokens_do_nothing),
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
        TEST(test_a_complaint_leaves_the_category_once),
        TEST(test_a_complaint_of_an_alert_for_everybody_suspends),
        TEST(test_express_counts_only_for_a_member_named),
        TEST(test_a_returned_letter_is_on_record),
        TEST(test_the_list_is_masked_and_lifting_is_logged),
        TEST(test_the_intake_may_do_no_more),
        TEST(test_reports_are_kept_as_long_as_deliveries),
    };
    return cmocka_run_group_tests(tests, open_town, close_town);
}
