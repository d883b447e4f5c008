/* The audience, outcomes and their sums as the database keeps them (P3, P4, P7; design §4, §5). */
#include "sending.h"

static int open_town(void **state) {
    (void)state;
    return sending_open(10);
}

/* One of the categories AND (one of the areas, or no area given); 全員; confirmed before the
 * approval, not suspended, not gone. */
static void test_the_audience_is_exact(void **state) {
    (void)state;
    static const struct {
        const char *choices, *expect;
    } rows[] = {
        {"'{1}', '{}', false, false, ''", "11,12,13,17"},
        {"'{1}', '{1}', false, false, ''", "11,13,17"},
        {"'{1}', '{2}', false, false, ''", "12,13"},
        {"'{2}', '{}', false, false, ''", "13,14"},
        {"'{1,2}', '{1,2}', false, false, ''", "11,12,13,14,17"},
        {"'{2}', '{}', true, true, '危険'", "11,12,13,14,17"},
    };
    static const struct {
        int id;
        const char *categories, *areas, *extra;
    } people[] = {
        {11, "{1}", "{1}", ""},
        {12, "{1}", "{2}", ""},
        {13, "{1,2}", "{1,2}", ""},
        {14, "{2}", "{1}", ""},
        {15, "{1}", "{1}", "suspended_at = now()"},
        {16, "{1}", "{1}", "gone_at = now(), address = NULL"},
        {17, "{1}", "{1}", "confirmed_at = now() - interval '1 second'"},
        {18, "{1}", "{1}", "confirmed_at = now() + interval '1 hour'"},
    };
    town_value(owner, "UPDATE contact SET suspended_at = now() WHERE id <= 10");
    for (size_t i = 0; i < COUNT(people); i++) {
        town_valuef(owner,
                    "INSERT INTO subscriber (lang, categories, areas, own, import) VALUES ('ja', "
                    "'%s', '%s', false, 1)",
                    people[i].categories, people[i].areas);
        town_valuef(
            owner,
            "INSERT INTO contact (subscriber, channel, address, hash, confirmed_at) SELECT "
            "max(id), 'mail', "
            "'p%d@resident.example', address_hash('p%d@resident.example'), now() FROM subscriber",
            people[i].id, people[i].id);
        if (*people[i].extra != '\0') {
            town_valuef(owner, "UPDATE contact SET %s WHERE id = %d", people[i].extra,
                        people[i].id);
        }
    }
    for (size_t i = 0; i < COUNT(rows); i++) {
        char id[32];
        sending_start(rows[i].choices, 2, id);
        const char *got = town_valuef(
            owner,
            "SELECT string_agg(contact::text, ',' ORDER BY contact) FROM delivery WHERE alert = %s",
            id);
        if (strcmp(got, rows[i].expect) != 0)
            ROW_FAIL(i, "%s, not %s", got, rows[i].expect);
        const char *in_chunks = town_valuef(owner,
                                            "SELECT string_agg(m::text, ',' ORDER BY m) FROM "
                                            "chunk, unnest(members) AS m WHERE alert = %s",
                                            id);
        assert_string_equal(in_chunks, got);
        sending_end();
    }
    town_value(owner, "UPDATE contact SET suspended_at = now() WHERE id > 10");
    town_value(owner, "UPDATE contact SET suspended_at = NULL WHERE id <= 10");
}

/* A fan-out that starts again after a crash goes on where its last commit was. */
static void test_fanout_resumes(void **state) {
    (void)state;
    char id[32];
    sending_approve(PLAIN, "now() + interval '1 day'", id);
    town_value(sender, "SELECT fanout_next(" NO_QUIET ")");
    assert_string_equal(town_valuef(sender, "SELECT fanout_step(%s, 4, 2)", id), "more");
    assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), id);
    while (strcmp(town_valuef(sender, "SELECT fanout_step(%s, 4, 2)", id), "done") != 0) {
    }
    assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), "");
    assert_string_equal(sending_sums(id), "sending 10 0 0 0 0 0");
    sending_end();
}

/* A delivery has one end: the first. The sums follow the rows, and the last end closes the alert.
 */
static void test_the_first_end_stays(void **state) {
    (void)state;
    char id[32], chunk[32], token[32];
    sending_start(PLAIN, 10, id);
    sscanf(sending_lease("h", 0), "%31s %31s", chunk, token);
    sending_record_some(id, chunk, "m <= 9", "accepted", true);
    sending_record_some(id, chunk, "m <= 9", "refused", true);
    assert_string_equal(sending_sums(id), "sending 10 9 0 0 0 0");
    assert_string_equal(
        town_statef(sender,
                    "SELECT outcome_record(%s, '{99}', '{1}', '{accepted}', '{t}', '{f}', '{250}', "
                    "'{ok}', 'r', ARRAY[now()])",
                    id),
        INVALID);
    sending_record_some(id, chunk, "m = 10", "refused", true);
    assert_string_equal(sending_sums(id), "done 10 9 1 0 0 0");
    assert_string_equal(sending_close_chunk(chunk, token, "{}", "{}"), "t");
    assert_string_equal(
        town_valuef(owner, "SELECT count(*) FROM chunk WHERE alert = %s AND state <> 'closed'", id),
        "0");
    sending_end();
}

/* An end is declared only when the rows, counted once more, say so. */
static void test_sums_that_lie_do_not_end_a_broadcast(void **state) {
    (void)state;
    char id[32];
    sending_start(PLAIN, 10, id);
    town_lie(owner, id, 10, 0);
    town_valuef(owner, "SELECT broadcast_finish(%s)", id);
    assert_string_equal(
        town_valuef(owner, "SELECT halted FROM broadcast WHERE alert = %s AND ended_at IS NULL",
                    id),
        "Accounting differs: total 10, deliveries 10, ends 0.");
    assert_string_equal(
        town_statef(owner, "UPDATE broadcast SET accepted = 9, ended_at = now() WHERE alert = %s",
                    id),
        "23514");
    sending_end();
}

static void test_stop_and_pause_hold_back_what_waits(void **state) {
    (void)state;
    char id[32], chunk[32], token[32];
    sending_start(PLAIN, 5, id);
    const char *drafter = town_sign_in(staff, "a2"), *approver = town_sign_in(staff, "a3");
    assert_string_equal(town_statef(staff, "SELECT alert_pause('%s', %s, NULL)", drafter, id),
                        DONE);
    assert_string_equal(sending_lease("h", 0), "");
    assert_string_equal(town_statef(staff, "SELECT alert_resume('%s', %s, NULL)", drafter, id),
                        DENIED);
    assert_string_equal(town_statef(staff, "SELECT alert_resume('%s', %s, NULL)", approver, id),
                        DONE);
    sscanf(
        town_value(
            sender,
            "SELECT chunk || ' ' || token FROM chunk_claim('h', 0, '{other}', '{5}', 1, " NO_QUIET
            ") LIMIT 1"),
        "%31s %31s", chunk, token);
    sending_record_some(id, chunk, "m = 1", "accepted", true);
    assert_string_equal(town_statef(staff, "SELECT alert_stop('%s', %s, NULL)", drafter, id), DONE);
    assert_string_equal(sending_lease("h", 1), "");
    sending_sweep();
    assert_string_equal(sending_sums(id), "stopped 10 1 0 0 5 0");
    sending_close_chunk(chunk, token, "{}", "{2}"); /* 2 was under way when the connection broke */
    sending_sweep();
    assert_string_equal(sending_sums(id), "stopped 10 1 0 0 8 1");
    assert_string_not_equal(
        town_valuef(owner, "SELECT ended_at FROM broadcast WHERE alert = %s", id), "");
    sending_end();
}

/* Validity over: what was not sent expires, what is in doubt is unknown, nothing is sent late. */
static void test_nothing_is_sent_after_the_validity_end(void **state) {
    (void)state;
    char id[32], chunk[32], token[32], late[32];
    sending_start(PLAIN, 5, id);
    sscanf(
        town_value(
            sender,
            "SELECT chunk || ' ' || token FROM chunk_claim('h', 0, '{other}', '{5}', 1, " NO_QUIET
            ") LIMIT 1"),
        "%31s %31s", chunk, token);
    sending_approve(PLAIN, "now() + interval '1 day'", late);
    town_value(owner, "ALTER TABLE alert_version DISABLE TRIGGER alert_version_history");
    town_valuef(owner,
                "UPDATE alert_version SET valid_until = now() - interval '1 second' WHERE alert IN "
                "(%s, %s)",
                id, late);
    town_value(owner, "ALTER TABLE alert_version ENABLE TRIGGER alert_version_history");
    sending_close_chunk(chunk, token, "{1}", "{2}");
    assert_string_equal(sending_lease("h", 0), "");
    assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), "");
    sending_sweep();
    /* 1 waits for its ladder's rung and is past saving, too */
    assert_string_equal(sending_sums(id), "done 10 0 0 9 0 1");
    assert_string_equal(town_valuef(owner, "SELECT state FROM alert WHERE id = %s", late),
                        "expired");
    sending_end();
}

/* Whoever gives an end: what it is called where a try is in doubt, in the order of the type. */
static void test_in_doubt_and_ended_is_unknown(void **state) {
    (void)state;
    static const char of_each[] = "SELECT string_agg(end_called(r, %s)::text, ' ' ORDER BY r) "
                                  "FROM unnest(enum_range(NULL::result)) AS r";
    assert_string_equal(town_valuef(owner, of_each, "true"),
                        "accepted refused unknown unknown unknown temporary");
    assert_string_equal(town_valuef(owner, of_each, "false"),
                        "accepted refused expired cancelled unknown temporary");
}

/* P2 in the engine's database half: a text that is not the approved one is never expanded. */
static void test_a_changed_text_is_halted(void **state) {
    (void)state;
    char id[32];
    sending_approve(PLAIN, "now() + interval '1 day'", id);
    town_value(owner, "ALTER TABLE alert_text DISABLE TRIGGER alert_text_history");
    town_valuef(owner, "UPDATE alert_text SET body = '別の文' WHERE alert = %s", id);
    town_value(owner, "ALTER TABLE alert_text ENABLE TRIGGER alert_text_history");
    assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), "");
    assert_string_equal(sending_sums(id), "stopped 0 0 0 0 0 0");
    assert_string_equal(
        town_valuef(owner,
                    "SELECT count(*) FROM oplog WHERE act = 'alert.halt' AND object = 'alert %s'",
                    id),
        "1");
    sending_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_audience_is_exact),
        cmocka_unit_test(test_fanout_resumes),
        cmocka_unit_test(test_the_first_end_stays),
        cmocka_unit_test(test_sums_that_lie_do_not_end_a_broadcast),
        cmocka_unit_test(test_stop_and_pause_hold_back_what_waits),
        cmocka_unit_test(test_nothing_is_sent_after_the_validity_end),
        cmocka_unit_test(test_in_doubt_and_ended_is_unknown),
        cmocka_unit_test(test_a_changed_text_is_halted),
    };
    return cmocka_run_group_tests(tests, open_town, sending_close);
}
