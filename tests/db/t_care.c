/* What keeps going when something goes wrong: accounting that differs, subscribers who cannot be
 * expanded, validity that ran out meanwhile, clocks that were set, two who believe they are
 * elected. */
#include "sending.h"

static int open_town(void **state) {
    (void)state;
    return sending_open(10);
}

/* Sums that say "all done" where the rows say otherwise are counted again later and later. */
static void test_wrong_accounting_is_not_counted_all_the_time(void **state) {
    (void)state;
    char id[32];
    sending_start(PLAIN, 10, id);
    town_lie(owner, id, 10, 0);
    for (int i = 0; i < 14; i++) {
        assert_string_equal(town_value(house, "SELECT broadcast_settle()"), "t");
        assert_string_equal(town_value(house, "SELECT broadcast_settle()"), "f");
        int expect = i < 10 ? 1 << i : 600;
        int64_t wait_s = town_number(
            owner, "SELECT round(extract(epoch FROM check_after - now())) FROM broadcast "
                   "ORDER BY alert DESC LIMIT 1");
        assert_in_range(wait_s, expect - 1, expect);
        town_valuef(owner, "UPDATE broadcast SET check_after = now() WHERE alert = %s", id);
    }
    assert_string_not_equal(town_valuef(owner, "SELECT halted FROM broadcast WHERE alert = %s", id),
                            "");
    assert_string_equal(town_valuef(owner, "SELECT state FROM alert WHERE id = %s", id), "sending");
}

/* Deliveries to contact 5 cannot be written, or only not in chunks. */
static void poison(const char *table, const char *who) {
    town_value(owner, "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                      "RAISE EXCEPTION 'poison'; END $$");
    town_valuef(owner,
                "CREATE TRIGGER poison BEFORE INSERT ON %s FOR EACH ROW WHEN (%s) EXECUTE FUNCTION "
                "poison()",
                table, who);
}

static int cure(void **state) {
    town_value(owner, "DROP FUNCTION IF EXISTS poison() CASCADE");
    return sending_clear(state);
}

/* Fan-out in slices of one; who fails is passed over. How many were. */
static int expand_carefully(const char *id) {
    int skipped = 0;
    for (;;) {
        char sql[128];
        snprintf(sql, sizeof sql, "SELECT fanout_step(%s, 1, 5)", id);
        PGresult *res = PQexec(sender, sql);
        bool good = PQresultStatus(res) == PGRES_TUPLES_OK;
        bool done = good && strcmp(PQgetvalue(res, 0, 0), "done") == 0;
        PQclear(res);
        if (done)
            return skipped;
        if (!good) {
            town_valuef(sender, "SELECT fanout_skip(%s, 'Could not be prepared.')", id);
            skipped++;
            if (strcmp(
                    town_valuef(owner, "SELECT total IS NULL FROM broadcast WHERE alert = %s", id),
                    "t") != 0)
                return skipped;
        }
    }
}

static void test_who_cannot_be_expanded_is_refused_by_us(void **state) {
    (void)state;
    static const int whom[] = {1, 5, 10};
    for (size_t i = 0; i < COUNT(whom); i++) {
        char id[32], when[64];
        snprintf(when, sizeof when, "NEW.members @> '{%d}'", whom[i]);
        poison("chunk", when);
        sending_approve(PLAIN, A_DAY, id);
        town_value(sender, "SELECT fanout_next(" NO_QUIET ")");
        assert_int_equal(expand_carefully(id), 1);
        assert_string_equal(sending_sums(id), "sending 10 0 1 0 0 0");
        assert_string_equal(
            town_valuef(owner, "SELECT contact || ' ' || reply FROM outcome WHERE alert = %s", id),
            town_valuef(owner, "SELECT '%d Could not be prepared.'", whom[i]));
        assert_string_equal(
            town_valuef(owner,
                        "SELECT facts FROM oplog WHERE act = 'alert.skip' AND object "
                        "= 'alert %s'",
                        id),
            town_valuef(
                owner,
                "SELECT '{\"subscriber\": %d, \"refusal\": \"Could not be prepared.\"}'::jsonb",
                whom[i]));
        cure(NULL);
    }
}

/* Even where his delivery cannot be written, the others get their mail; the log says who did not.
 */
static void test_who_cannot_even_be_refused_is_on_record(void **state) {
    (void)state;
    char id[32];
    poison("delivery", "NEW.contact = 5");
    sending_approve(PLAIN, A_DAY, id);
    town_value(sender, "SELECT fanout_next(" NO_QUIET ")");
    assert_int_equal(expand_carefully(id), 1);
    assert_string_equal(sending_sums(id), "sending 9 0 0 0 0 0");
}

/* A correction's fan-out knows the same cure. */
static void test_a_correction_passes_over_too(void **state) {
    (void)state;
    char first[32], second[32];
    const char *drafter = town_sign_in(staff, "a1"), *approver = town_sign_in(staff, "a3");
    sending_start(PLAIN, 10, first);
    snprintf(second, sizeof second, "%s",
             town_valuef(staff,
                         "SELECT alert FROM alert_correct('%s', %s, NULL, 0, 'correction', '{ja}', "
                         "'{題}', '{一}', '{題}', '{二}', false, '', " A_DAY ", NULL)",
                         drafter, first));
    town_valuef(staff, "SELECT alert_submit('%s', %s, 1, NULL)", drafter, second);
    assert_string_equal(
        town_approve(staff, approver, second, town_fingerprint(staff, approver, second)), DONE);
    poison("chunk", "NEW.members @> '{10}'");
    assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), second);
    assert_int_equal(expand_carefully(second), 1);
    assert_string_equal(sending_sums(second), "sending 10 0 1 0 0 0");
}

/* Others go first while one is put off. */
static void test_a_failing_alert_holds_up_nobody(void **state) {
    (void)state;
    char first[32], second[32];
    sending_approve(PLAIN, A_DAY, first);
    sending_approve(PLAIN, A_DAY, second);
    assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), first);
    town_valuef(sender, "SELECT fanout_defer(%s, 60000)", first);
    sending_expand(second, 10);
    assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), "");
    town_valuef(owner, "UPDATE broadcast SET fanout_after = now() WHERE alert = %s", first);
    sending_expand(first, 10);
}

/* Nothing that was overdue at the start is sent: alerts, chunks, letters. */
static void test_nothing_overdue_fires_at_start_up(void **state) {
    (void)state;
    char waiting[32], approved[32];
    sending_start(URGENT, 10, waiting);
    sending_approve(URGENT, A_DAY, approved);
    town_value(owner, "ALTER TABLE alert_version DISABLE TRIGGER alert_version_history");
    town_valuef(owner, "UPDATE alert_version SET valid_until = now() WHERE alert IN (%s, %s)",
                waiting, approved);
    town_value(owner, "ALTER TABLE alert_version ENABLE TRIGGER alert_version_history");
    town_value(owner,
               "SELECT letter_add('confirm', 'ja', NULL, 'x@resident.example', 'secret', now())");
    assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), "");
    assert_string_equal(sending_claim("h"), "0");
    assert_string_equal(town_value(sender, "SELECT count(*) FROM letter_claim('h', 0, 9, 100)"),
                        "0");
    assert_string_equal(town_valuef(sender, "SELECT state FROM broadcast_states('{%s}')", waiting),
                        "over");
    sending_sweep();
    town_value(house, "SELECT letter_sweep()");
    assert_string_equal(sending_sums(waiting), "done 10 0 0 10 0 0");
    assert_string_equal(town_valuef(owner, "SELECT state FROM alert WHERE id = %s", approved),
                        "expired");
    assert_string_equal(town_value(owner, "SELECT state FROM letter"), "expired");
}

/* Paused in the middle of fan-out, and its time runs out: it ends all the same. */
static void test_a_paused_alert_ends_with_its_validity(void **state) {
    (void)state;
    char id[32];
    sending_approve(PLAIN, A_DAY, id);
    town_value(sender, "SELECT fanout_next(" NO_QUIET ")");
    sending_step(id, 4, 2);
    town_valuef(staff, "SELECT alert_pause('%s', %s, NULL)", town_sign_in(staff, "a1"), id);
    town_value(owner, "ALTER TABLE alert_version DISABLE TRIGGER alert_version_history");
    town_valuef(owner, "UPDATE alert_version SET valid_until = now() WHERE alert = %s", id);
    town_value(owner, "ALTER TABLE alert_version ENABLE TRIGGER alert_version_history");
    sending_expand(id, 2);
    sending_sweep();
    assert_string_equal(sending_sums(id), "done 10 0 0 10 0 0");
}

/* A clock that was set back does not keep a dead host alive. */
static void test_signs_of_life_from_the_future(void **state) {
    (void)state;
    char id[32];
    sending_start(PLAIN, 10, id);
    town_value(sender, "SELECT worker_beat('ahead', 'send', 0, 1)");
    sending_claim("ahead");
    town_value(owner, "UPDATE worker SET seen = now() + interval '1 hour' WHERE host = 'ahead'");
    town_value(house, "SELECT house_clock()");
    assert_string_equal(
        town_value(owner, "SELECT seen <= clock_timestamp() FROM worker WHERE host = 'ahead'"),
        "t");
    assert_string_equal(town_value(house, "SELECT chunk_free_silent()"), "0");
}

/* Two that believe they are elected do no harm; the lock is one's alone and goes with the session.
 */
static void test_two_at_once_do_no_harm(void **state) {
    (void)state;
    PGconn *other = town_connect("kairan_house");
    char id[32];
    assert_string_equal(town_value(house, "SELECT house_elect()"), "t");
    assert_string_equal(town_value(other, "SELECT house_elect()"), "f");
    sending_start(PLAIN, 1, id);
    town_valuef(staff, "SELECT alert_stop('%s', %s, NULL)", town_sign_in(staff, "a1"), id);
    town_value(other, "BEGIN");
    assert_string_equal(town_value(other, "SELECT broadcast_sweep(4)"), "t");
    assert_string_equal(town_value(other, "SELECT house_chunks(2)"), "t");
    /* the first one's rows are passed over: what is left to do waits for his totals */
    assert_int_equal(PQsendQuery(house, "SELECT broadcast_sweep(100)"), 1);
    town_value(other, "COMMIT");
    PGresult *res = PQgetResult(house);
    assert_int_equal(PQresultStatus(res), PGRES_TUPLES_OK);
    PQclear(res);
    assert_null(PQgetResult(house));
    sending_sweep();
    assert_string_equal(sending_sums(id), "stopped 10 0 0 0 10 0");
    PQfinish(house);
    while (strcmp(town_value(other, "SELECT house_elect()"), "t") != 0) {
    }
    PQfinish(other);
    house = town_connect("kairan_house");
}

/* What is stopped is written to its end after whatever somebody waits for (A34). */
static void test_the_rest_of_a_stopped_alert_waits(void **state) {
    (void)state;
    static const char urgent[] = "'{1}', '{}', false, true, '氾濫'";
    char stopped[32], next[32];
    sending_approve(urgent, A_DAY, stopped);
    assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), stopped);
    assert_string_equal(sending_step(stopped, 3, 10), "more");
    town_valuef(staff, "SELECT alert_stop('%s', %s, NULL)", town_sign_in(staff, "a1"), stopped);
    sending_approve(PLAIN, A_DAY, next);
    assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), next);
    char sooner[32];
    sending_approve(urgent, A_DAY, sooner);
    assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), sooner);
    assert_string_equal(sending_step(sooner, 100, 10), "done");
    assert_string_equal(sending_step(next, 100, 10), "done");
    assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), stopped);
    assert_string_equal(sending_step(stopped, 100, 10), "done");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_wrong_accounting_is_not_counted_all_the_time, sending_clear),
        cmocka_unit_test_teardown(test_who_cannot_be_expanded_is_refused_by_us, cure),
        cmocka_unit_test_teardown(test_who_cannot_even_be_refused_is_on_record, cure),
        cmocka_unit_test_teardown(test_a_correction_passes_over_too, cure),
        cmocka_unit_test_teardown(test_a_failing_alert_holds_up_nobody, sending_clear),
        cmocka_unit_test_teardown(test_nothing_overdue_fires_at_start_up, sending_clear),
        cmocka_unit_test_teardown(test_a_paused_alert_ends_with_its_validity, sending_clear),
        cmocka_unit_test_teardown(test_signs_of_life_from_the_future, sending_clear),
        cmocka_unit_test_teardown(test_two_at_once_do_no_harm, sending_clear),
        cmocka_unit_test_setup(test_the_rest_of_a_stopped_alert_waits, sending_clear),
    };
    return cmocka_run_group_tests(tests, open_town, sending_close);
}
