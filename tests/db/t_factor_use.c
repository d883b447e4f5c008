/* When a second factor is asked for, how one is set up, and who may end it (001 ch. 2 §5(4)③). */
#include "factor.h"

/* ---- being asked ---- */

/* Who must have one gets no further without; who need not, does. */
static void test_001_2_5_3_required_of_administrators_and_approvers(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"a1", "open"}, {"c2", "open"}, {"a3", "enrol"}, {"b3", "enrol"}, {"c1", "enrol"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *token = town_sign_in(staff, rows[i][0]);
        assert_string_equal(stage(token), rows[i][1]);
        bool open = strcmp(rows[i][1], "open") == 0;
        assert_string_equal(town_statef(staff, "SELECT alert_list('%s', NULL, 10)", token),
                            open ? DONE : DENIED);
    }
}

/* A delegate approves in the approver's stead, and as the approver does. */
static void test_001_2_5_3_delegates_as_approvers(void **state) {
    (void)state;
    town_value(owner, "BEGIN");
    town_value(owner, "INSERT INTO post (person, role, department) "
                      "SELECT id, 'delegate', 2 FROM person WHERE login = 'a2'");
    assert_string_equal(
        town_value(owner, "SELECT factor_needed(id) FROM post WHERE role = 'delegate'"), "t");
    town_value(owner, "ROLLBACK");
}

static void test_sign_in_then_code(void **state) {
    (void)state;
    const char *first = signed_in_proved("a3");
    assert_string_equal(stage(first), "open");
    age("a3");
    const char *token = town_sign_in(staff, "a3");
    assert_string_equal(stage(token), "factor");
    assert_string_equal(town_statef(staff, "SELECT alert_list('%s', NULL, 10)", token), DENIED);
    const char *fresh = prove(token, code_at("seed", "a3", 0));
    assert_int_equal(strlen(fresh), 43);
    assert_string_equal(stage(fresh), "open");
    assert_string_equal(stage(token), ""); /* rotated */
    assert_string_equal(town_statef(staff, "SELECT factor_prove('%s', '000000', NULL)", token),
                        UNSIGNED);
}

/* Who set one up freely is asked as well. */
static void test_a_free_factor_counts(void **state) {
    (void)state;
    signed_in_proved("a1");
    assert_string_equal(stage(town_sign_in(staff, "a1")), "factor");
}

/* ---- fresh proofs ---- */

static void test_approving_needs_a_fresh_proof(void **state) {
    (void)state;
    const char *id = town_submitted(staff, town_sign_in(staff, "a1"));
    const char *token = signed_in_proved("a3");
    const char *print = town_fingerprint(staff, token, id);
    town_value(owner,
               "UPDATE session SET proved_at = clock_timestamp() - interval '15 minutes 1 second'");
    assert_string_equal(town_approve(staff, token, id, print), STALE);
    assert_string_equal(town_valuef(owner, "SELECT state FROM alert WHERE id = %s", id),
                        "submitted");
    assert_string_equal(
        town_valuef(owner,
                    "SELECT count(*) FROM oplog WHERE act = 'alert.approve' AND object = "
                    "'alert %s'",
                    id),
        "0");
    /* Nor does the owner pass, whatever he says. */
    assert_string_equal(
        town_statef(owner,
                    "INSERT INTO approval (alert, version, fingerprint, approver, post, session) "
                    "SELECT %s, 1, '%s', s.person, s.post, s.id FROM session s "
                    "WHERE s.token_hash = token_hash('%s')",
                    id, print, token),
        STALE);
    town_value(
        owner,
        "UPDATE session SET proved_at = clock_timestamp() - interval '14 minutes 50 seconds'");
    assert_string_equal(town_approve(staff, token, id, print), DONE);
}

/* P1: a session that has something to do first approves nothing, in whatever stage, by whatever
 * SQL: not through alert_approve, and not as the owner either, however fresh its proof is said to
 * be. */
static void test_p1_a_session_that_is_not_open_approves_nothing(void **state) {
    (void)state;
    static const struct {
        const char *begin, *end;
    } rows[] = {
        {"UPDATE credential SET one_time = true, one_time_until = now() + interval '1 day'",
         "UPDATE credential SET one_time = false, one_time_until = NULL, one_time_used = NULL"},
        {"UPDATE credential SET set_at = now() - interval '91 days'",
         "UPDATE credential SET set_at = now()"},
        {"UPDATE session SET proved_at = NULL", "UPDATE session SET proved_at = now()"},
        {"WITH s AS (UPDATE session SET odd = true) UPDATE access_rule SET enforced = true",
         "WITH s AS (UPDATE session SET odd = false) UPDATE access_rule SET enforced = false"},
        {"DELETE FROM factor", "SELECT 1"},
    };
    const char *id = town_submitted(staff, town_sign_in(staff, "a1"));
    const char *token = signed_in_proved("a3");
    const char *print = town_fingerprint(staff, token, id);
    for (size_t i = 0; i < COUNT(rows); i++) {
        town_value(owner, rows[i].begin);
        const char *asked = town_approve(staff, token, id, print);
        bool denied = strcmp(asked, DENIED) == 0;
        const char *forced = town_statef(
            owner,
            "INSERT INTO approval (alert, version, fingerprint, approver, post, session) "
            "SELECT %s, 1, '%s', s.person, s.post, s.id FROM session s "
            "WHERE s.token_hash = token_hash('%s')",
            id, print, token);
        if (!denied || strcmp(forced, DENIED) != 0)
            ROW_FAIL(i, "approving: %d, by SQL: %s", denied, forced);
        town_value(owner, rows[i].end);
    }
}

/* Prove, and on: the code, then the very same press. */
static void test_proving_again_leads_on(void **state) {
    (void)state;
    const char *id = town_submitted(staff, town_sign_in(staff, "a1"));
    const char *token = signed_in_proved("a3");
    age("a3");
    town_value(owner, "UPDATE session SET proved_at = clock_timestamp() - interval '1 hour'");
    assert_string_equal(stage(token), "open");
    const char *fresh = prove(token, code_at("seed", "a3", 1));
    assert_string_equal(town_approve(staff, fresh, id, town_fingerprint(staff, fresh, id)), DONE);
}

static void test_exporting_needs_a_fresh_proof(void **state) {
    (void)state;
    const char *drafter = town_sign_in(staff, "a1"), *id = town_submitted(staff, drafter);
    const char *admin = signed_in_proved("c1");
    static const char ask[] = "SELECT report_export('%s', %s, 0, 10, NULL)";
    town_value(owner, "UPDATE session SET proved_at = clock_timestamp() - interval '16 minutes'");
    assert_string_equal(town_statef(staff, ask, admin, id), STALE);
    town_value(owner, "UPDATE session SET proved_at = clock_timestamp()");
    assert_string_equal(town_statef(staff, ask, admin, id), DONE);
}

/* ---- setting up, resetting ---- */

static void test_setting_up(void **state) {
    (void)state;
    const char *token = town_sign_in(staff, "a3");
    assert_string_equal(town_statef(staff, "SELECT factor_confirm('%s', '000000', NULL)", token),
                        CONFLICT);
    town_valuef(staff, "SELECT factor_enrol('%s', NULL)", token);
    assert_int_equal(strlen(town_valuef(staff, "SELECT seed FROM factor_pending('%s')", token)),
                     32);
    assert_string_equal(town_valuef(staff, "SELECT fresh FROM factor_confirm('%s', '%s', NULL)",
                                    token, code_at("pending", "a3", 20)),
                        "");
    assert_string_equal(stage(token), "enrol");
    town_value(owner, "UPDATE factor SET pending_at = clock_timestamp() - interval '61 minutes'");
    assert_string_equal(town_statef(staff, "SELECT factor_confirm('%s', '%s', NULL)", token,
                                    code_at("pending", "a3", 0)),
                        CONFLICT);
    assert_string_equal(town_valuef(staff, "SELECT count(*) FROM factor_pending('%s')", token),
                        "0");
}

/* A stolen session neither sees the seed nor puts another in its place. */
static void test_a_factor_guards_itself(void **state) {
    (void)state;
    const char *token = signed_in_proved("a3");
    assert_string_equal(town_valuef(staff, "SELECT count(*) FROM factor_pending('%s')", token),
                        "0");
    const char *other = town_sign_in(staff, "a3");
    assert_string_equal(town_statef(staff, "SELECT factor_enrol('%s', NULL)", other), DENIED);
    town_value(owner, "UPDATE session SET proved_at = clock_timestamp() - interval '1 hour' "
                      "WHERE proved_at IS NOT NULL");
    static const char *const asks[] = {"SELECT factor_enrol(%L, NULL)", "SELECT factor_pending(%L)",
                                       "SELECT factor_renew(%L, NULL)"};
    for (size_t i = 0; i < COUNT(asks); i++) {
        assert_string_equal(
            town_state(staff, town_valuef(owner, "SELECT format($f$%s$f$, '%s')", asks[i], token)),
            STALE);
    }
}

/* A new device ends what the old one opened. */
static void test_replacing(void **state) {
    (void)state;
    const char *token = signed_in_proved("a3");
    age("a3");
    const char *old = prove(town_sign_in(staff, "a3"), code_at("seed", "a3", 0));
    town_valuef(staff, "SELECT factor_enrol('%s', NULL)", token);
    assert_string_equal(stage(old), "open");
    const char *code = code_at("pending", "a3", 0);
    assert_int_equal(strlen(town_valuef(staff, "SELECT fresh FROM factor_confirm('%s', '%s', NULL)",
                                        token, code)),
                     43);
    assert_string_equal(stage(old), "factor");
}

static void test_reset_by_the_administrator(void **state) {
    (void)state;
    const char *lost = signed_in_proved("a3"), *admin = signed_in_proved("c1");
    const char *who = town_value(owner, "SELECT id FROM person WHERE login = 'a3'");
    static const char reset[] = "SELECT factor_reset('%s', %s, '%s', NULL)";
    assert_string_equal(town_statef(staff, reset, admin, who, " "), INVALID);
    assert_string_equal(town_statef(staff, reset, admin,
                                    town_value(owner, "SELECT id FROM person WHERE login = 'c1'"),
                                    "x"),
                        DENIED);
    assert_string_equal(town_statef(staff, reset, lost, who, "x"), DENIED);
    assert_string_equal(town_statef(staff, reset, admin, who, "携帯電話を紛失"), DONE);
    assert_string_equal(stage(lost), "");
    assert_string_equal(stage(town_sign_in(staff, "a3")), "enrol");
    assert_string_equal(town_statef(staff, reset, admin, who, "x"), MISSING);
    assert_string_equal(
        town_valuef(owner,
                    "SELECT reason FROM oplog WHERE act = 'factor.reset' AND object = 'person %s'",
                    who),
        "携帯電話を紛失");
    town_value(owner, "UPDATE session SET proved_at = proved_at - interval '1 hour'");
    signed_in_proved("b3");
    assert_string_equal(town_statef(staff, reset, admin,
                                    town_value(owner, "SELECT id FROM person WHERE login = 'b3'"),
                                    "x"),
                        STALE);
}

/* No program may read seeds and codes, or say that a factor was proven. */
static void test_programs_hold_no_key(void **state) {
    (void)state;
    static const char *const roles[] = {"kairan_public", "kairan_staff", "kairan_sender",
                                        "kairan_intake", "kairan_house"};
    static const char *const tries[] = {
        "SELECT * FROM factor",
        "SELECT * FROM recovery_code",
        "SELECT * FROM secret",
        "UPDATE session SET proved_at = now()",
        "UPDATE access_rule SET factor_roles = '{}'",
        "SELECT access_rules_take('', 60, '00:00', '00:00', false)",
        "CREATE OR REPLACE FUNCTION act_is_grave(text) RETURNS boolean RETURN false",
        "SELECT factor_try(1, '000000', now())",
        "SELECT factor_open('x')",
        "SELECT factor_forget(1)",
        "SELECT totp_code('x', 1)",
    };
    for (size_t r = 0; r < COUNT(roles); r++) {
        PGconn *conn = town_connect(roles[r]);
        for (size_t i = 0; i < COUNT(tries); i++) {
            const char *got = town_state(conn, tries[i]);
            if (strcmp(got, NO_RIGHT) != 0)
                ROW_FAIL(i, "%s got %s", roles[r], got);
        }
        PQfinish(conn);
    }
}

/* A server can make the rules stricter, never looser; that is the operator's, and on record. */
static void test_rules_only_tighten(void **state) {
    (void)state;
    static const struct {
        const char *keep, *more, *rule;
    } rows[] = {
        {"'', 60, '00:00', '00:00', false", "t",
         "second factor: administrator, approver; proof: 15 min; hours: -; permission: off"},
        {"'administrator,auditor', 5, '08:00', '17:30', true", "t",
         "second factor: administrator, approver, auditor; proof: 5 min; hours: 08:00-17:30; "
         "permission: on"},
        {"'administrator,approver,auditor', 5, '07:00', '18:00', true", "t",
         "second factor: administrator, approver, auditor; proof: 5 min; hours: 08:00-17:30; "
         "permission: on"},
        {"'auditor, approver,administrator', 5, '08:00', '17:30', true", "f",
         "second factor: administrator, approver, auditor; proof: 5 min; hours: 08:00-17:30; "
         "permission: on"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *more = town_valuef(staff, "SELECT access_rules_keep(%s)", rows[i].keep);
        const char *rule = town_value(
            owner, "SELECT format('second factor: %s; proof: %s min; hours: %s; permission: %s', "
                   "f ->> 'second_factor', f ->> 'proof_min', f ->> 'hours', f ->> 'permission') "
                   "FROM access_rule r, access_rule_facts(r) f");
        if (strcmp(more, rows[i].more) != 0 || strcmp(rule, rows[i].rule) != 0)
            ROW_FAIL(i, "got %s, %s", more, rule);
    }
    assert_string_equal(
        town_value(owner,
                   "SELECT count(*) FROM oplog WHERE act = 'rules.set' AND login = 'system'"),
        "1");
    town_value(owner,
               "SELECT access_rules_take('administrator,approver', 15, '00:00', '00:00', false)");
    assert_string_equal(
        town_value(owner, "SELECT login || ' ' || facts FROM oplog WHERE act = 'rules.set' "
                          "ORDER BY seq DESC LIMIT 1"),
        "operator {\"hours\": \"-\", \"proof_min\": 15, \"permission\": \"off\", "
        "\"second_factor\": \"administrator, approver\"}");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_001_2_5_3_required_of_administrators_and_approvers,
                               factor_none),
        cmocka_unit_test_setup(test_001_2_5_3_delegates_as_approvers, factor_none),
        cmocka_unit_test_setup(test_sign_in_then_code, factor_none),
        cmocka_unit_test_setup(test_a_free_factor_counts, factor_none),
        cmocka_unit_test_setup(test_approving_needs_a_fresh_proof, factor_none),
        cmocka_unit_test_setup(test_p1_a_session_that_is_not_open_approves_nothing, factor_none),
        cmocka_unit_test_setup(test_proving_again_leads_on, factor_none),
        cmocka_unit_test_setup(test_exporting_needs_a_fresh_proof, factor_none),
        cmocka_unit_test_setup(test_setting_up, factor_none),
        cmocka_unit_test_setup(test_a_factor_guards_itself, factor_none),
        cmocka_unit_test_setup(test_replacing, factor_none),
        cmocka_unit_test_setup(test_reset_by_the_administrator, factor_none),
        cmocka_unit_test_setup(test_programs_hold_no_key, factor_none),
        cmocka_unit_test_setup(test_rules_only_tighten, factor_none),
    };
    return cmocka_run_group_tests(tests, factor_open_town, factor_close_town);
}
