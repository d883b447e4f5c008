/* Returned mail: what counts, what a complaint does, what the intake may and what is kept
 * (security.md 5, A14). */
#include "returned.h"

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
    mint(VERP_LETTER, 0, number(id), 1, token);
    assert_string_equal(take(token, "permanent", "5.1.1", 1), "letter");
    assert_string_equal(take(token, "permanent", "5.1.1", 1), "again");
    assert_string_equal(town_value(owner, "SELECT reply FROM letter"), "returned: 5.1.1 no");
    assert_string_equal(count_of("doubt"), "0");
}

static void test_the_intake_may_do_no_more(void **state) {
    (void)state;
    static const char *const tries[] = {
        "SELECT * FROM contact",
        "SELECT * FROM bounce",
        ("INSERT INTO bounce (alert, contact, at, kind, status, source, reply) "
         "VALUES (1, 1, now(), 'permanent', '', 'mail', '')"),
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

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_report_counts_once),
        TEST(test_a14_forged_and_old_tokens_do_nothing),
        TEST(test_a_complaint_leaves_the_category_once),
        TEST(test_a_complaint_of_an_alert_for_everybody_suspends),
        TEST(test_express_counts_only_for_a_member_named),
        TEST(test_a_returned_letter_is_on_record),
        TEST(test_the_intake_may_do_no_more),
        TEST(test_reports_are_kept_as_long_as_deliveries),
    };
    return cmocka_run_group_tests(tests, open_town, close_town);
}
