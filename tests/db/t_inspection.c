/* Inspections of the operation log (004 §8-3, §8-4): ready-made findings, notes, what is closed
 * stays. */
#include "town.h"

static PGconn *owner, *staff;
static char auditor[64];

/* A row of the log at a moment of 5 May 2026, Japan time. */
static void row_at(const char *clock, const char *login, const char *role, const char *act,
                   const char *object, const char *result, const char *facts) {
    town_valuef(
        owner,
        "DO $$ DECLARE h oplog_head; r oplog; BEGIN SELECT * INTO h FROM oplog_head FOR UPDATE; "
        "r.at := '2026-05-05 %s+09'; r.person := (SELECT id FROM person WHERE login = '%s'); "
        "r.login := '%s'; r.role := nullif('%s', ''); r.act := '%s'; r.object := '%s'; "
        "r.result := '%s'; r.reason := ''; r.facts := nullif('%s', '')::jsonb; h := oplog_link(r, "
        "h); "
        "UPDATE oplog_head SET seq = h.seq, hash = h.hash; END $$",
        clock, login, login, role, act, object, result, facts);
}

static int open_town(void **state) {
    (void)state;
    owner = town_connect("kairan_owner");
    staff = town_connect("kairan_staff");
    town_value(owner, "SELECT oplog_partition(fiscal_year('2026-05-05'))");
    town_make(owner);
    snprintf(auditor, sizeof auditor, "%s", town_sign_in(staff, "c2"));
    row_at("12:00", "a1", "", "sign-in", "", "refused",
           "{\"refusal\": \"The user ID or the password is wrong.\"}");
    row_at("12:59", "a1", "", "sign-in", "", "refused", "{\"times\": 8}");
    row_at("06:59:59", "a2", "", "sign-in.odd", "", "done", "");
    row_at("06:59:59", "a2", "", "sign-in", "", "done", "");
    row_at("07:00", "b1", "", "sign-in", "", "done", "");
    row_at("21:00", "b2", "", "sign-in.odd", "", "done", ""); /* the town's rule, not the clock */
    row_at("21:00", "b2", "", "sign-in", "", "done", "");
    row_at("21:01", "b1", "", "sign-in", "", "done", "");
    for (int i = 0; i < 30; i++)
        row_at("13:00", "c1", "administrator", "contact.read", "/suspended", "done", "");
    row_at("14:00:00", "a1", "drafter", "alert.submit", "alert 1", "done", "");
    row_at("14:00:09", "a3", "approver", "alert.approve", "alert 1", "done", "");
    row_at("14:01:00", "a1", "drafter", "alert.submit", "alert 2", "done", "");
    row_at("14:01:11", "b3", "delegate", "alert.approve", "alert 2", "done", "");
    row_at("15:00", "c1", "administrator", "report.export", "alert 1", "done", "");
    row_at("15:00", "system", "", "clock.back", "", "done", "{\"seconds\": 5}");
    return 0;
}

static int close_town(void **state) {
    (void)state;
    PQfinish(owner);
    PQfinish(staff);
    return 0;
}

static const char *finding(const char *kind) {
    return town_valuef(owner,
                       "SELECT string_agg(subject || ' ' || n, ', ' ORDER BY subject) FROM "
                       "oplog_findings('2026-05-01', '2026-05-31', 10) WHERE kind = '%s'",
                       kind);
}

static void test_004_8_3_ready_made_findings(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"failed", "a1 9"},
        {"odd", "a2 1, b2 1"},
        {"reads", "c1 2026-05-05 30"},
        {"quick", "a3 alert 1 9"},
        {"delegate", "b3 alert.approve 1"},
        {"export", "c1 alert 1 report.export 1"},
        {"clock", "seconds 5 1"},
        {"unused", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(finding(rows[i][0]), rows[i][1]);
    assert_string_equal(town_value(owner, "SELECT count(*) FROM oplog_findings('2026-05-06', "
                                          "'2026-05-31', 10)"),
                        "0");
    town_value(owner, "UPDATE person SET made = '2026-01-01' WHERE login = 'a2'");
    town_value(owner, "UPDATE person SET made = '2026-01-01' WHERE login = 'b1'");
    assert_string_equal(town_value(owner, "SELECT string_agg(subject, ' ') FROM oplog_findings("
                                          "'2026-08-01', '2026-08-31', 10) WHERE kind = 'unused'"),
                        "a2 b1");
    town_value(owner, "UPDATE person SET made = '2025-01-01' WHERE login = 'a2'");
    assert_string_equal(town_value(owner, "SELECT string_agg(subject, ' ') FROM oplog_findings("
                                          "'2026-04-01', '2026-04-30', 10) WHERE kind = 'unused'"),
                        "");
}

static void test_004_8_3_a_closed_inspection_is_history(void **state) {
    (void)state;
    static const char save[] = "SELECT inspection_save('%s', %s, '{1}', '{wrong keyboard}', '%s', "
                               "'%s', NULL)";
    const char *id = town_valuef(
        staff, "SELECT inspection_open('%s', 'regular', '2026-05-01', '2026-05-31', '', NULL)",
        auditor);
    assert_string_equal(town_statef(staff, save, auditor, id, "", ""), DONE);
    assert_string_equal(
        town_valuef(owner,
                    "SELECT note FROM inspection_finding WHERE inspection = %s AND position = 1",
                    id),
        "wrong keyboard");
    assert_string_equal(town_statef(staff, save, auditor, id, "well", ""), INVALID);
    assert_string_equal(town_statef(staff, save, auditor, id, "misuse", " "), INVALID);
    assert_string_equal(town_statef(staff, save, auditor, id, "watch", "told to use the keys"),
                        DONE);
    assert_string_equal(town_statef(staff, save, auditor, id, "clean", ""), CONFLICT);
    assert_string_equal(town_statef(staff, save, auditor, "99", "clean", ""), MISSING);
    assert_string_equal(town_statef(owner, "UPDATE inspection SET note = 'x' WHERE id = %s", id),
                        DENIED);
    assert_string_equal(town_statef(owner, "DELETE FROM inspection WHERE id = %s", id), DENIED);
    assert_string_equal(
        town_statef(owner, "UPDATE inspection_finding SET n = 0 WHERE inspection = %s", id),
        DENIED);
    assert_string_equal(
        town_value(
            owner,
            "SELECT login || ' ' || act || ' ' || (facts ->> 'found') FROM oplog ORDER BY seq DESC "
            "LIMIT 1"),
        "c2 inspection.close watch");
}

/* 31 days after the last one the reminder comes. */
static void test_004_8_3_overdue_after_31_days(void **state) {
    (void)state;
    assert_string_equal(town_valuef(staff, "SELECT inspection_overdue('%s')", auditor), "0");
    assert_string_equal(
        town_value(owner,
                   "SELECT inspection_days(max(closed) + interval '31 days 23 hours') || ' ' || "
                   "inspection_days(max(closed) + interval '32 days') FROM inspection"),
        "31 32");
}

static void test_004_8_4_occasional_at_any_time_with_a_reason(void **state) {
    (void)state;
    static const char open[] = "SELECT inspection_open('%s', 'occasional', '%s', '%s', '%s', NULL)";
    assert_string_equal(town_statef(staff, open, auditor, "2026-05-05", "2026-05-05", "a leak"),
                        DONE);
    assert_string_equal(town_statef(staff, open, auditor, "2026-05-05", "2026-05-05", " "),
                        INVALID);
    assert_string_equal(town_statef(staff, open, auditor, "2026-05-05", "2026-05-04", "x"),
                        INVALID);
    assert_string_equal(town_statef(staff, open, auditor, "2026-05-05", "2028-05-04", "x"),
                        INVALID);
    assert_string_equal(town_statef(staff, open, auditor, "2226-05-05", "2226-05-05", "x"),
                        INVALID);
    assert_string_equal(town_statef(staff, open, auditor, "2026-13-05", "2026-05-05", "x"),
                        INVALID);
    assert_string_equal(town_statef(staff, open, auditor, "", "", "x"), INVALID);
    assert_string_equal(
        town_statef(staff, open, town_sign_in(staff, "a1"), "2026-05-05", "2026-05-05", "x"),
        DENIED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_004_8_3_ready_made_findings),
        cmocka_unit_test(test_004_8_3_a_closed_inspection_is_history),
        cmocka_unit_test(test_004_8_3_overdue_after_31_days),
        cmocka_unit_test(test_004_8_4_occasional_at_any_time_with_a_reason),
    };
    return cmocka_run_group_tests(tests, open_town, close_town);
}
