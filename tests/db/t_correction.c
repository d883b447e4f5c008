/* Corrections reach exactly whom the error reached (P8; design §3, §4): two texts, the sets of
 * those who get them, the stop of the original. */
#include "sending.h"

static int open_town(void **state) {
    (void)state;
    return sending_open(12);
}

/* A correction's or cancellation's draft by a drafter; SQLSTATE. */
static const char *draft_state(const char *login, const char *original, const char *more) {
    return town_statef(staff, "SELECT alert_correct('%s', %s, %s)", town_sign_in(staff, login),
                       original, more);
}

#define CORRECTION                                                                                 \
    "NULL, 0, 'correction', '{ja}', '{題}', '{誤りの後}', '{題}', '{正しい}', false, '', " A_DAY   \
    ", NULL"
#define CANCELLATION                                                                               \
    "NULL, 0, 'cancellation', '{ja}', '{題}', '{取り消し}', NULL, NULL, false, '', " A_DAY ", "    \
    "NULL"

/* A submitted one; its id. */
static void submit(const char *original, const char *how, char id[32]) {
    const char *drafter = town_sign_in(staff, "a1");
    snprintf(id, 32, "%s",
             town_valuef(staff, "SELECT alert FROM alert_correct('%s', %s, %s)", drafter, original,
                         how));
    town_valuef(staff, "SELECT alert_submit('%s', %s, 1, NULL)", drafter, id);
}

static const char *approve_state(const char *id) {
    const char *approver = town_sign_in(staff, "a3");
    return town_approve(staff, approver, id, town_fingerprint(staff, approver, id));
}

static void correct(const char *original, const char *how, char id[32]) {
    submit(original, how, id);
    assert_string_equal(approve_state(id), DONE);
}

static const char *state_of(const char *id) {
    return town_valuef(owner, "SELECT state FROM alert WHERE id = %s", id);
}

/* Who gets which text: "reached:1,3 unreached:2"; the deliveries must say the same. */
static const char *sets(const char *id) {
    assert_string_equal(
        town_valuef(
            owner,
            "SELECT (SELECT string_agg(contact::text, ',' ORDER BY contact) FROM delivery "
            "WHERE alert = %s) IS NOT DISTINCT FROM (SELECT string_agg(m::text, ',' ORDER BY m) "
            "FROM chunk, unnest(members) AS m WHERE alert = %s)",
            id, id),
        "t");
    return town_valuef(
        owner,
        "SELECT string_agg(variant || ':' || who, ' ' ORDER BY variant) FROM (SELECT variant, "
        "string_agg(m::text, ',' ORDER BY m) AS who FROM chunk, unnest(members) AS m "
        "WHERE alert = %s GROUP BY variant) AS v",
        id);
}

/* An original of which everything has happened that can:
 *   1 accepted  2 refused  3 unknown  4 to be tried again later  5 never tried  6 in doubt, to be
 * tried again  7, 8 under way  9 accepted, has left  10 accepted, suspended  11 refused after a
 * doubt 12 never tried, has left */
static void half_sent(const char *choices, char id[32]) {
    sending_start(choices, 1, id);
    assert_string_equal(sending_claim("h"), "12");
    for (int i = 1; i <= 12; i++) {
        if (i == 1 || i == 9 || i == 10)
            sending_record(id, i, "accepted", true, false);
        else if (i == 2 || i == 11)
            sending_record(id, i, "refused", true, i == 11);
        else if (i == 3)
            sending_record(id, i, "unknown", true, true);
        else if (i == 4)
            sending_record(id, i, "temporary", false, false);
        if (i != 7 && i != 8)
            sending_put_back(id, i, i == 4 ? "{4}" : "{}", i == 6 ? "{6}" : "{}");
    }
    town_value(owner, "UPDATE contact SET gone_at = now(), address = NULL WHERE id IN (9, 12)");
    town_value(owner, "UPDATE contact SET suspended_at = now() WHERE id = 10");
}

#define REACHED "reached:1,3,6,7,11"

/* The ends that the original has at last agree with what its correction took them for. */
static void check_ends(const char *original, const char *id) {
    sending_sweep();
    assert_string_equal(
        town_valuef(
            owner,
            "SELECT count(*) FROM chunk c, unnest(c.members) AS m JOIN outcome o ON o.contact = m "
            "AND o.alert = %s AND o.final WHERE c.alert = %s AND (c.variant = 'reached') <> "
            "(o.result IN ('accepted', 'unknown') OR o.again)",
            original, id),
        "0");
    assert_string_not_equal(
        town_valuef(owner, "SELECT ended_at FROM broadcast WHERE alert = %s", original), "");
}

static void test_each_gets_the_text_for_what_came_of_the_first(void **state) {
    (void)state;
    static const struct {
        const char *how, *expect;
    } rows[] = {{CORRECTION, REACHED " unreached:2,4,5,8"}, {CANCELLATION, REACHED}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char first[32], second[32];
        half_sent(PLAIN, first);
        correct(first, rows[i].how, second);
        assert_string_equal(state_of(first), "stopped");
        assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), second);
        assert_string_equal(sending_step(second, 100, 2), "wait");
        /* others go first while mails are under way */
        assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), "");
        sending_record(first, 7, "accepted", true, false);
        sending_put_back(first, 7, "{}", "{}");
        sending_put_back(first, 8, "{}", "{}");
        while (strcmp(sending_step(second, 3, 2), "more") == 0) {
        }
        if (strcmp(sets(second), rows[i].expect) != 0)
            ROW_FAIL(i, "%s", sets(second));
        check_ends(first, second);
        assert_string_equal(sending_sums(first), "stopped 12 4 2 0 4 2");
        sending_clear(NULL);
    }
}

/* Who is under way too long is in doubt, and is told of the error. */
static void test_a_slow_relay_does_not_hold_the_correction_up(void **state) {
    (void)state;
    char first[32], second[32];
    half_sent(PLAIN, first);
    correct(first, CORRECTION, second);
    assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), second);
    assert_string_equal(sending_step(second, 100, 2), "wait");
    town_valuef(owner,
                "UPDATE broadcast SET started_at = now() - interval '15 seconds' WHERE alert = %s",
                second);
    assert_string_equal(sending_step(second, 100, 2), "done");
    assert_string_equal(sets(second), "reached:1,3,6,7,8,11 unreached:2,4,5");
}

/* A claim that began before the stop and commits after it takes its chunk with it: nobody in it is
 * taken for one who was never tried. */
static void test_a_claim_that_began_before_the_stop(void **state) {
    (void)state;
    char first[32], second[32];
    PGconn *other = town_connect("kairan_sender");
    sending_start(PLAIN, 12, first);
    town_value(other, "BEGIN");
    town_value(other,
               "SELECT count(*) FROM chunk_claim('late', 0, '{other}', '{9}', 9, " NO_QUIET ")");
    correct(first, CORRECTION, second);
    assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), second);
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT fanout_step(%s, 100, 9)", second);
    assert_int_equal(PQsendQuery(sender, sql), 1);
    while (strcmp(town_value(owner, "SELECT count(*) FROM pg_locks WHERE NOT granted"), "0") == 0) {
    }
    town_value(other, "COMMIT");
    PGresult *res = PQgetResult(sender);
    assert_string_equal(PQgetvalue(res, 0, 0), "wait");
    PQclear(res);
    assert_null(PQgetResult(sender));
    sending_record(first, 3, "accepted", true, false);
    sending_put_back(first, 4, "{}", "{}");
    assert_string_equal(sending_claim("late"), "0");
    assert_string_equal(sending_step(second, 100, 12), "done");
    assert_string_equal(sets(second), "reached:3 unreached:1,2,4,5,6,7,8,9,10,11,12");
    check_ends(first, second);
    PQfinish(other);
}

#define ALL "unreached:1,2,3,4,5,6,7,8,9,10,11,12"

/* Whatever the original's state: it is stopped with the approval, its audience is known whole. */
static void test_originals_that_have_hardly_begun(void **state) {
    (void)state;
    static const char *const rows[] = {"approved", "in the middle of fan-out", "paused"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char first[32], second[32];
        sending_approve(PLAIN, A_DAY, first);
        if (i > 0) {
            town_value(sender, "SELECT fanout_next(" NO_QUIET ")");
            assert_string_equal(sending_step(first, 4, 2), "more");
        }
        if (i == 2)
            town_valuef(staff, "SELECT alert_pause('%s', %s, NULL)", town_sign_in(staff, "a1"),
                        first);
        correct(first, CORRECTION, second);
        assert_string_equal(state_of(first), "stopped");
        assert_string_equal(
            town_valuef(owner,
                        "SELECT facts FROM oplog WHERE act = 'alert.stop' AND object = 'alert %s'",
                        first),
            town_valuef(owner, "SELECT jsonb_build_object('corrected_by', %s)", second));
        sending_expand(first, 5);
        sending_expand(second, 5);
        if (strcmp(sets(second), ALL) != 0)
            ROW_FAIL(i, "%s", sets(second));
        check_ends(first, second);
        assert_string_equal(sending_sums(first), "stopped 12 0 0 0 12 0");
        sending_clear(NULL);
    }
}

/* An urgent correction pulls its routine original along. */
static void test_an_urgent_correction_does_not_wait_behind_others(void **state) {
    (void)state;
    char other[32], first[32], second[32];
    sending_approve(PLAIN, A_DAY, other);
    sending_approve(PLAIN, A_DAY, first);
    correct(first,
            "NULL, 0, 'correction', '{ja}', '{題}', '{一}', '{題}', '{二}', true, '危険', " A_DAY
            ", NULL",
            second);
    sending_expand(first, 5);
    sending_expand(second, 5);
    assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), other);
}

/* Sent to the end, or over: no stop is needed. */
static void test_an_original_that_has_ended(void **state) {
    (void)state;
    char first[32], second[32], third[32];
    sending_start(PLAIN, 12, first);
    sending_claim("h");
    for (int i = 1; i <= 12; i++)
        sending_record(first, i, i <= 6 ? "accepted" : "refused", true, false);
    assert_string_equal(state_of(first), "done");
    correct(first, CANCELLATION, second);
    assert_string_equal(state_of(first), "done");
    sending_expand(second, 5);
    assert_string_equal(sets(second), "reached:1,2,3,4,5,6");
    /* with the error it was cancelled for, the cancellation itself may be wrong */
    correct(second, CORRECTION, third);
    sending_expand(third, 5);
    assert_string_equal(sets(third), "reached:1,2,3,4,5,6");
}

static void make_over(const char *id) {
    town_value(owner, "ALTER TABLE alert_version DISABLE TRIGGER alert_version_history");
    town_valuef(owner, "UPDATE alert_version SET valid_until = now() WHERE alert = %s", id);
    town_value(owner, "ALTER TABLE alert_version ENABLE TRIGGER alert_version_history");
}

static void test_an_original_whose_validity_is_over(void **state) {
    (void)state;
    char first[32], second[32], third[32];
    sending_start(PLAIN, 12, first);
    sending_claim("h");
    sending_record(first, 1, "accepted", true, false);
    sending_put_back(first, 2, "{}", "{3}");
    make_over(first);
    sending_sweep();
    assert_string_equal(sending_sums(first), "done 12 1 0 10 0 1");
    correct(first, CORRECTION, second);
    sending_expand(second, 12);
    assert_string_equal(sets(second), "reached:1,3 unreached:2,4,5,6,7,8,9,10,11,12");
    sending_clear(NULL);
    /* one that never began: nothing was sent, so that a new alert is what is needed */
    sending_approve(PLAIN, A_DAY, first);
    submit(first, CORRECTION, third);
    make_over(first);
    assert_string_equal(approve_state(third), CONFLICT);
    sending_sweep();
    assert_string_equal(state_of(first), "expired");
    assert_string_equal(approve_state(third), CONFLICT);
    assert_string_equal(draft_state("a1", first, CORRECTION), CONFLICT);
}

/* Who got the first text is told of the error by whichever correction reaches him first. */
static void test_a_correction_of_a_correction(void **state) {
    (void)state;
    char first[32], second[32], third[32];
    sending_start(PLAIN, 1, first);
    sending_claim("h");
    for (int i = 1; i <= 4; i++)
        sending_record(first, i, "accepted", true, false);
    for (int i = 1; i <= 12; i++)
        sending_put_back(first, i, "{}", "{}");
    correct(first, CORRECTION, second);
    sending_expand(second, 1);
    assert_string_equal(sets(second), "reached:1,2,3,4 unreached:5,6,7,8,9,10,11,12");
    sending_claim("h");
    for (int i = 1; i <= 12; i++) {
        if (i <= 2 || (i >= 5 && i <= 8))
            sending_record(second, i, "accepted", true, false);
        sending_put_back(second, i, "{}", "{}");
    }
    assert_string_equal(draft_state("a1", first, CORRECTION), CONFLICT); /* the newest one only */
    correct(second, CORRECTION, third);
    sending_expand(third, 12);
    assert_string_equal(sets(third), "reached:1,2,3,4,5,6,7,8 unreached:9,10,11,12");
    sending_sweep();
    assert_string_equal(sending_sums(first), "stopped 12 4 0 0 8 0");
    assert_string_equal(sending_sums(second), "stopped 12 6 0 0 6 0");
}

/* Two drafts may be written, one approval stands; one that never began makes room for another. */
static void test_one_correction_of_an_alert(void **state) {
    (void)state;
    char first[32], second[32], third[32];
    sending_start(PLAIN, 12, first);
    submit(first, CORRECTION, second);
    submit(first, CANCELLATION, third);
    assert_string_equal(approve_state(second), DONE);
    assert_string_equal(approve_state(third), CONFLICT);
    town_valuef(staff, "SELECT alert_stop('%s', %s, NULL)", town_sign_in(staff, "a1"), second);
    assert_string_equal(state_of(second), "cancelled");
    assert_string_equal(approve_state(third), DONE);
}

static void test_a_drills_correction_is_a_drill(void **state) {
    (void)state;
    char first[32], second[32];
    town_value(owner, "ALTER TABLE alert ALTER drill SET DEFAULT true");
    sending_start(PLAIN, 12, first);
    town_value(owner, "ALTER TABLE alert ALTER drill SET DEFAULT false");
    correct(first, CORRECTION, second);
    assert_string_equal(town_valuef(owner, "SELECT drill FROM alert WHERE id = %s", second), "t");
    assert_string_equal(
        town_valuef(
            owner,
            "SELECT string_agg(variant || ' ' || title || ' ' || body, '|' ORDER BY variant) "
            "FROM alert_sent(%s, 1)",
            second),
        "reached 【訓練】【訂正】題 【訓練】【訂正】誤りの後|unreached 【訓練】題 【訓練】正しい");
    assert_string_equal(town_valuef(owner, "SELECT title FROM alert_sent(%s, 1)", first),
                        "【訓練】題");
}

/* The limits count the stamps (004 §13-2(2)); each text is judged by itself. */
static void test_004_13_2_2_stamps_count(void **state) {
    (void)state;
    static const struct {
        int title, body, other_title, other_body;
        const char *expect;
    } rows[] = {
        {36, 196, 40, 200, DONE},    {37, 196, 40, 200, "23514"}, {36, 197, 40, 200, "23514"},
        {36, 196, 41, 200, "23514"}, {36, 196, 40, 201, "23514"},
    };
    char first[32];
    sending_start(PLAIN, 12, first);
    for (size_t i = 0; i < COUNT(rows); i++) {
        char how[512];
        snprintf(how, sizeof how,
                 "NULL, 0, 'correction', '{ja}', ARRAY[repeat('題', %d)], ARRAY[repeat('本', %d)], "
                 "ARRAY[repeat('題', %d)], ARRAY[repeat('本', %d)], false, '', " A_DAY ", NULL",
                 rows[i].title, rows[i].body, rows[i].other_title, rows[i].other_body);
        if (strcmp(draft_state("a1", first, how), rows[i].expect) != 0)
            ROW_FAIL(i, "%s", draft_state("a1", first, how));
    }
    assert_string_equal(
        draft_state(
            "a1", first,
            "NULL, 0, 'correction', '{ja}', '{題}', '{①}', '{題}', '{二}', false, '', " A_DAY
            ", NULL"),
        "23514");
    assert_string_equal(
        draft_state(
            "a1", first,
            "NULL, 0, 'correction', '{ja}', '{題}', '{一}', '{題}', '{①}', false, '', " A_DAY
            ", NULL"),
        "23514");
}

/* What the approver approves is both texts. */
static void test_the_fingerprint_covers_both_texts(void **state) {
    (void)state;
    char first[32], second[32];
    const char *approver = town_sign_in(staff, "a3");
    sending_start(PLAIN, 12, first);
    submit(first, CORRECTION, second);
    const char *seen = town_fingerprint(staff, approver, second);
    town_value(owner, "ALTER TABLE alert_text DISABLE TRIGGER alert_text_history");
    town_valuef(owner, "UPDATE alert_text SET unreached_body = '別の文' WHERE alert = %s", second);
    assert_string_equal(town_approve(staff, approver, second, seen), CONFLICT);
    town_valuef(owner,
                "UPDATE alert_text SET unreached_body = '正しい', body = '別' WHERE alert = %s",
                second);
    assert_string_equal(town_approve(staff, approver, second, seen), CONFLICT);
    town_valuef(owner, "UPDATE alert_text SET body = '誤りの後' WHERE alert = %s", second);
    town_value(owner, "ALTER TABLE alert_text ENABLE TRIGGER alert_text_history");
    assert_string_equal(state_of(first), "sending"); /* nothing was stopped by what was refused */
    assert_string_equal(town_approve(staff, approver, second, seen), DONE);
}

/* Who may, of what, and how. */
static void test_what_is_refused(void **state) {
    (void)state;
    char first[32], urgent[32], second[32];
    sending_start(PLAIN, 12, first);
    sending_start(URGENT, 12, urgent);
    const struct {
        const char *login, *original, *more, *expect;
    } rows[] = {
        {"a2", first, CORRECTION, DONE},
        {"a3", first, CORRECTION, DENIED},
        {"c1", first, CORRECTION, DENIED},
        {"b1", first, CORRECTION, MISSING},
        {"a1", "999999", CORRECTION, MISSING},
        {"a1", first,
         "NULL, 0, 'correction', '{ja}', '{題}', '{一}', NULL, NULL, false, '', " A_DAY ", NULL",
         INVALID},
        {"a1", first,
         "NULL, 0, 'cancellation', '{ja}', '{題}', '{一}', '{題}', '{二}', false, '', " A_DAY
         ", NULL",
         "23514"},
        {"a1", first,
         "NULL, 0, 'new', '{ja}', '{題}', '{一}', '{題}', '{二}', false, '', " A_DAY ", NULL",
         INVALID},
        {"a1", first,
         "NULL, 0, 'correction', '{en}', '{a}', '{b}', '{c}', '{d}', false, '', " A_DAY ", NULL",
         INVALID},
        {"a1", first,
         "NULL, 0, 'correction', '{ja}', '{題}', '{一}', '{題}', '{二}', false, '', now(), NULL",
         INVALID},
        {"a1", first,
         "NULL, 1, 'correction', '{ja}', '{題}', '{一}', '{題}', '{二}', false, '', " A_DAY
         ", NULL",
         CONFLICT},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = draft_state(rows[i].login, rows[i].original, rows[i].more);
        if (strcmp(got, rows[i].expect) != 0)
            ROW_FAIL(i, "%s", got);
    }
    /* as urgent as its original, with its reason where none is given */
    correct(urgent, CORRECTION, second);
    assert_string_equal(
        town_valuef(owner, "SELECT urgent || urgent_reason FROM alert_version WHERE alert = %s",
                    second),
        "true氾濫");
    /* a draft of one alert is no correction of another */
    submit(first, CORRECTION, second);
    town_valuef(staff, "SELECT alert_withdraw('%s', %s, NULL)", town_sign_in(staff, "a1"), second);
    char how[512];
    snprintf(how, sizeof how,
             "%s, 1, 'correction', '{ja}', '{題}', '{三}', '{題}', '{四}', false, '', " A_DAY
             ", NULL",
             second);
    assert_string_equal(draft_state("a1", urgent, how), CONFLICT);
    assert_string_equal(draft_state("a1", first, how), DONE);
}

/* Who left his category still got the error; categories that are retired are no hindrance. */
static void test_the_set_is_the_originals_not_todays(void **state) {
    (void)state;
    char first[32], second[32];
    sending_start(PLAIN, 12, first);
    sending_claim("h");
    for (int i = 1; i <= 12; i++)
        sending_record(first, i, "accepted", true, false);
    town_value(owner, "UPDATE subscriber SET categories = '{2}' WHERE id = 3");
    town_value(owner, "UPDATE category SET retired_at = now() WHERE id = 1");
    correct(first, CANCELLATION, second);
    town_value(owner, "UPDATE category SET retired_at = NULL WHERE id = 1");
    town_value(owner, "UPDATE subscriber SET categories = '{1}' WHERE id = 3");
    sending_expand(second, 12);
    assert_string_equal(sets(second), "reached:1,2,3,4,5,6,7,8,9,10,11,12");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_each_gets_the_text_for_what_came_of_the_first,
                                  sending_clear),
        cmocka_unit_test_teardown(test_a_slow_relay_does_not_hold_the_correction_up, sending_clear),
        cmocka_unit_test_teardown(test_a_claim_that_began_before_the_stop, sending_clear),
        cmocka_unit_test_teardown(test_originals_that_have_hardly_begun, sending_clear),
        cmocka_unit_test_teardown(test_an_urgent_correction_does_not_wait_behind_others,
                                  sending_clear),
        cmocka_unit_test_teardown(test_an_original_that_has_ended, sending_clear),
        cmocka_unit_test_teardown(test_an_original_whose_validity_is_over, sending_clear),
        cmocka_unit_test_teardown(test_a_correction_of_a_correction, sending_clear),
        cmocka_unit_test_teardown(test_one_correction_of_an_alert, sending_clear),
        cmocka_unit_test_teardown(test_a_drills_correction_is_a_drill, sending_clear),
        cmocka_unit_test_teardown(test_004_13_2_2_stamps_count, sending_clear),
        cmocka_unit_test_teardown(test_the_fingerprint_covers_both_texts, sending_clear),
        cmocka_unit_test_teardown(test_what_is_refused, sending_clear),
        cmocka_unit_test_teardown(test_the_set_is_the_originals_not_todays, sending_clear),
    };
    return cmocka_run_group_tests(tests, open_town, sending_close);
}
