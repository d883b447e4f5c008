/* P1 and P2 as plain SQL tries to break them: who may approve, what is approved, once only
 * (004 §13-1(3), §4-1, §4-3; 001 ch. 2 §1(7)). */
#include "town.h"

#include "text.h"

static PGconn *owner, *staff;

static int open_town(void **state) {
    (void)state;
    owner = town_connect("kairan_owner");
    staff = town_connect("kairan_staff");
    town_make(owner);
    town_residents(owner, 2);
    return 0;
}

static int close_town(void **state) {
    (void)state;
    PQfinish(owner);
    PQfinish(staff);
    return 0;
}

static void test_004_13_1_3_approver_of_the_department_approves(void **state) {
    (void)state;
    const char *drafter = town_sign_in(staff, "a1");
    const char *approver = town_sign_in(staff, "a3");
    const char *id = town_submitted(staff, drafter);
    assert_string_equal(town_approve(staff, approver, id, town_fingerprint(staff, approver, id)),
                        DONE);
    assert_string_equal(town_valuef(owner, "SELECT state FROM alert WHERE id = %s", id),
                        "approved");
    assert_string_equal(
        town_valuef(
            owner,
            "SELECT act || ' ' || result FROM oplog WHERE object = 'alert %s' ORDER BY seq DESC",
            id),
        "alert.approve done");
}

/* Everybody else, with the right fingerprint in hand. */
static void test_004_13_1_3_nobody_else_approves(void **state) {
    (void)state;
    static const struct {
        const char *login, *expect;
    } rows[] = {
        {"a1", DENIED},  /* who wrote it */
        {"a2", DENIED},  /* another drafter */
        {"b3", MISSING}, /* another department's approver */
        {"b1", MISSING}, {"c1", DENIED}, {"c2", DENIED},
    };
    const char *id = town_submitted(staff, town_sign_in(staff, "a1"));
    const char *fingerprint = town_fingerprint(staff, town_sign_in(staff, "a3"), id);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = town_approve(staff, town_sign_in(staff, rows[i].login), id, fingerprint);
        if (strcmp(got, rows[i].expect) != 0)
            ROW_FAIL(i, "%s got %s, not %s", rows[i].login, got, rows[i].expect);
    }
    assert_string_equal(town_valuef(owner, "SELECT state FROM alert WHERE id = %s", id),
                        "submitted");
}

/* A drafter who became the department's delegate may not approve what he once wrote or edited. */
static void test_001_2_1_7_who_wrote_never_approves_after_a_change_of_post(void **state) {
    (void)state;
    const char *writer = town_sign_in(staff, "a1");
    const char *id = town_draft(staff, writer);
    const char *editor = town_sign_in(staff, "a2");
    town_valuef(
        staff,
        "SELECT alert_save('%s', %s, 1, '{ja}', '{題}', '{直した本文}', '{1}', '{}', false, false, "
        "'', now() + interval '1 day', '127.0.0.1')",
        editor, id);
    town_valuef(staff, "SELECT alert_submit('%s', %s, 2, '127.0.0.1')", writer, id);
    static const char *const logins[] = {"a1", "a2"};
    for (size_t i = 0; i < COUNT(logins); i++) {
        town_value(owner, "BEGIN");
        town_valuef(owner,
                    "UPDATE post SET during = tstzrange(lower(during), clock_timestamp()) "
                    "WHERE person = (SELECT id FROM person WHERE login = '%s')",
                    logins[i]);
        town_valuef(owner,
                    "INSERT INTO post (person, department, role, during) SELECT id, 1, 'delegate', "
                    "tstzrange(clock_timestamp(), NULL) FROM person WHERE login = '%s'",
                    logins[i]);
        town_value(owner, "COMMIT");
        const char *token = town_sign_in(staff, logins[i]);
        const char *got = town_approve(staff, token, id, town_fingerprint(staff, token, id));
        if (strcmp(got, DENIED) != 0)
            ROW_FAIL(i, "%s got %s", logins[i], got);
        town_valuef(
            owner,
            "DELETE FROM session WHERE post IN (SELECT id FROM post WHERE role = 'delegate')");
        town_valuef(owner, "DELETE FROM post WHERE role = 'delegate'");
        town_valuef(owner,
                    "UPDATE post SET during = tstzrange(lower(during), NULL) "
                    "WHERE person = (SELECT id FROM person WHERE login = '%s')",
                    logins[i]);
    }
}

/* A delegate who did not write may approve; one whose window is over may not (004 §4-3). */
static void test_004_4_3_delegate_within_the_window(void **state) {
    (void)state;
    town_value(owner, "INSERT INTO post (person, department, role) SELECT id, 1, 'delegate' "
                      "FROM person WHERE login = 'b3'");
    const char *post = town_value(owner, "SELECT id FROM post WHERE role = 'delegate'");
    const char *token = town_sign_in(staff, "b3");
    token = town_valuef(staff, "SELECT session_choose('%s', %s, '127.0.0.1')", token, post);
    const char *drafter = town_sign_in(staff, "a1");
    const char *first = town_submitted(staff, drafter), *second = town_submitted(staff, drafter);
    const char *mark = town_fingerprint(staff, drafter, second);
    assert_string_equal(town_approve(staff, token, first, town_fingerprint(staff, token, first)),
                        DONE);
    town_value(owner, "UPDATE post SET during = tstzrange(lower(during), clock_timestamp()) "
                      "WHERE role = 'delegate'");
    assert_string_equal(town_approve(staff, token, second, mark), UNSIGNED);
}

/* Sessions that are over act in nobody's name. */
static void test_dead_sessions_do_nothing(void **state) {
    (void)state;
    static const char *const deaths[] = {
        "SELECT session_end('%s', '127.0.0.1')",
        "UPDATE session SET seen = now() - interval '31 minutes' WHERE token_hash = "
        "token_hash('%s')",
        "UPDATE session SET made = now() - interval '13 hours', ends = now() - interval '1 hour' "
        "WHERE token_hash = token_hash('%s')",
        "UPDATE person SET suspended_at = now() WHERE login = 'a3' AND '%s' <> ''",
    };
    const char *id = town_submitted(staff, town_sign_in(staff, "a1"));
    for (size_t i = 0; i < COUNT(deaths); i++) {
        char sql[512];
        const char *token = town_sign_in(staff, "a3");
        const char *mark = town_fingerprint(staff, token, id);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(sql, sizeof sql, deaths[i], token);
#pragma GCC diagnostic pop
        town_value(owner, sql);
        const char *got = town_approve(staff, token, id, mark);
        if (strcmp(got, UNSIGNED) != 0)
            ROW_FAIL(i, "got %s", got);
    }
    town_value(owner, "UPDATE person SET suspended_at = NULL WHERE login = 'a3'");
    assert_string_equal(town_approve(staff, "", id, "\\x00"), UNSIGNED);
}

/* P2: what changed between reading and approving is not approved. */
static void test_a_change_after_reading_voids_the_approval(void **state) {
    (void)state;
    const char *drafter = town_sign_in(staff, "a1"), *approver = town_sign_in(staff, "a3");
    const char *id = town_submitted(staff, drafter);
    const char *shown = town_fingerprint(staff, approver, id);
    assert_string_equal(town_approve(staff, approver, id, "\\x00"), CONFLICT);
    town_valuef(staff, "SELECT alert_withdraw('%s', %s, '127.0.0.1')", drafter, id);
    assert_string_equal(town_approve(staff, approver, id, shown), CONFLICT);
    town_valuef(
        staff,
        "SELECT alert_save('%s', %s, 1, '{ja}', '{題}', '{本文。}', '{1}', '{}', false, false, '', "
        "now() + interval '1 day', '127.0.0.1')",
        drafter, id);
    town_valuef(staff, "SELECT alert_submit('%s', %s, 2, '127.0.0.1')", drafter, id);
    assert_string_equal(town_approve(staff, approver, id, shown), CONFLICT);
    assert_string_equal(town_approve(staff, approver, id, town_fingerprint(staff, approver, id)),
                        DONE);
}

/* A department renamed after reading is a change of what was shown, too. */
static void test_fingerprint_covers_the_sender(void **state) {
    (void)state;
    const char *approver = town_sign_in(staff, "a3");
    const char *id = town_submitted(staff, town_sign_in(staff, "a1"));
    const char *shown = town_fingerprint(staff, approver, id);
    town_value(owner, "UPDATE department SET name = '危機管理課' WHERE id = 1");
    assert_string_equal(town_approve(staff, approver, id, shown), CONFLICT);
    town_value(owner, "UPDATE department SET name = '防災課' WHERE id = 1");
    assert_string_equal(town_approve(staff, approver, id, shown), DONE);
}

/* Plain SQL as each program's role finds no way round the functions. */
static void test_no_program_role_approves_by_sql(void **state) {
    (void)state;
    static const char *const roles[] = {"kairan_public", "kairan_staff", "kairan_sender",
                                        "kairan_intake", "kairan_house"};
    static const char *const tries[] = {
        "INSERT INTO approval (alert, version, fingerprint, approver, post, session) "
        "SELECT %s, 1, '\\x00', 3, 3, 1",
        "UPDATE alert SET state = 'approved' WHERE id = %s",
        "UPDATE alert_text SET body = 'x' WHERE alert = %s",
        "INSERT INTO alert_text VALUES (%s, 2, 'ja', 'x', 'x')",
        "INSERT INTO chunk (alert, urgent, members) VALUES (%s, true, '{1}')",
        "INSERT INTO broadcast (alert, month) VALUES (%s, now())",
        "INSERT INTO session (token_hash, person, post, idle, ends) "
        "VALUES (sha256('x'), 3, 3, '10 minutes', now()) RETURNING %s",
        "UPDATE credential SET verifier = sha256('x') WHERE person <> %s",
        "SELECT verifier FROM credential WHERE person <> %s",
        "SELECT alert_move(ROW(1, 3, 'a3', '', 3, 'approver', 1, NULL)::actor, %s, '{submitted}', "
        "'approved', 'x')",
        "SELECT address FROM contact WHERE id <> %s",
    };
    const char *id = town_submitted(staff, town_sign_in(staff, "a1"));
    for (size_t r = 0; r < COUNT(roles); r++) {
        PGconn *conn = town_connect(roles[r]);
        for (size_t i = 0; i < COUNT(tries); i++) {
            char sql[512];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            snprintf(sql, sizeof sql, tries[i], id);
#pragma GCC diagnostic pop
            const char *got = town_state(conn, sql);
            if (strcmp(got, NO_RIGHT) != 0)
                ROW_FAIL(i, "%s got %s", roles[r], got);
        }
        PQfinish(conn);
    }
    assert_string_equal(town_valuef(owner, "SELECT state FROM alert WHERE id = %s", id),
                        "submitted");
}

/* Even the owner's plain SQL meets the triggers: no approval in another's name, none without one.
 */
static void test_the_owner_meets_the_triggers(void **state) {
    (void)state;
    const char *drafter = town_sign_in(staff, "a1");
    const char *id = town_submitted(staff, drafter);
    const char *mark = town_fingerprint(staff, drafter, id);
    assert_string_equal(town_statef(owner, "UPDATE alert SET state = 'approved' WHERE id = %s", id),
                        DENIED);
    assert_string_equal(town_statef(owner, "UPDATE alert SET state = 'sending' WHERE id = %s", id),
                        CONFLICT);
    /* the drafter's own live session, the approver's name and post */
    assert_string_equal(
        town_statef(
            owner,
            "INSERT INTO approval (alert, version, fingerprint, approver, post, session) "
            "SELECT %s, 1, '%s', o.person, o.id, (SELECT id FROM session WHERE token_hash = "
            "token_hash('%s')) FROM post o WHERE o.role = 'approver' AND o.department = 1",
            id, mark, drafter),
        DENIED);
    assert_string_equal(town_statef(owner, "UPDATE alert_text SET body = 'x' WHERE alert = %s", id),
                        DENIED);
    assert_string_equal(town_statef(owner, "DELETE FROM alert_version WHERE alert = %s", id),
                        DENIED);
    assert_string_equal(town_statef(owner, "UPDATE alert SET creator = 2 WHERE id = %s", id),
                        DENIED);
    assert_string_equal(town_state(owner, "UPDATE approval SET approver = 1"), DENIED);
}

static const char *finish(PGconn *conn) {
    static char state[2][6];
    static size_t next;
    char *out = state[next++ % 2];
    for (PGresult *res; (res = PQgetResult(conn)) != NULL; PQclear(res)) {
        const char *field = PQresultErrorField(res, PG_DIAG_SQLSTATE);
        snprintf(out, sizeof state[0], "%s", field != NULL ? field : DONE);
    }
    return out;
}

static int64_t count_approvals(PGconn *conn) {
    int64_t count = -1;
    assert_true(text_int(town_value(conn, "SELECT count(*) FROM approval"), 0, INT64_MAX, &count));
    return count;
}

/* G7: approvals at the same instant, 1,000 times: exactly one counts, exactly one broadcast. */
static void test_two_approvals_at_once_send_once(void **state) {
    (void)state;
    enum { TRIALS = 1000 };
    PGconn *other = town_connect("kairan_staff"), *sender = town_connect("kairan_sender");
    char drafter[128], approver[128], second[128];
    snprintf(drafter, sizeof drafter, "%s", town_sign_in(staff, "a1"));
    snprintf(approver, sizeof approver, "%s", town_sign_in(staff, "a3"));
    snprintf(second, sizeof second, "%s", town_sign_in(staff, "a3"));
    int64_t before = count_approvals(owner);
    for (int i = 0; i < TRIALS; i++) {
        const char *id = town_submitted(staff, drafter);
        const char *mark = town_fingerprint(staff, approver, id);
        char one[512], two[512];
        snprintf(one, sizeof one, "SELECT alert_approve('%s', %s, '%s', NULL)", approver, id, mark);
        snprintf(two, sizeof two, "SELECT alert_approve('%s', %s, '%s', NULL)", second, id, mark);
        assert_true(PQsendQuery(staff, one) && PQsendQuery(other, two));
        const char *a = finish(staff), *b = finish(other);
        bool a_won = strcmp(a, DONE) == 0, b_won = strcmp(b, DONE) == 0;
        if (a_won == b_won || strcmp(a_won ? b : a, CONFLICT) != 0)
            fail_msg("trial %d: %s and %s", i, a, b);
    }
    assert_int_equal(count_approvals(owner), before + TRIALS);
    while (*town_value(sender,
                       "SELECT fanout_step(a, 100000, 100) FROM fanout_next('0:00', '0:00') AS a "
                       "WHERE a IS NOT NULL") != '\0') {
    }
    assert_string_equal(town_value(owner, "SELECT count(*) FROM delivery"),
                        town_value(owner, "SELECT count(*) * 2 FROM approval"));
    PQfinish(other);
    PQfinish(sender);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_004_13_1_3_approver_of_the_department_approves),
        cmocka_unit_test(test_004_13_1_3_nobody_else_approves),
        cmocka_unit_test(test_001_2_1_7_who_wrote_never_approves_after_a_change_of_post),
        cmocka_unit_test(test_004_4_3_delegate_within_the_window),
        cmocka_unit_test(test_dead_sessions_do_nothing),
        cmocka_unit_test(test_a_change_after_reading_voids_the_approval),
        cmocka_unit_test(test_fingerprint_covers_the_sender),
        cmocka_unit_test(test_no_program_role_approves_by_sql),
        cmocka_unit_test(test_the_owner_meets_the_triggers),
        cmocka_unit_test(test_two_approvals_at_once_send_once),
    };
    return cmocka_run_group_tests(tests, open_town, close_town);
}
