/* Posts, sign-in and the operation log as the database keeps them (004 §4, §8; 001 ch. 2 §1(7)). */
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

static void test_004_4_1_forbidden_posts(void **state) {
    (void)state;
    static const struct {
        const char *what, *login, *role, *department, *expect;
    } rows[] = {
        {"a second approver of the department", "b1", "approver", "1", "23P01"},
        {"a drafter as approver of the department", "a1", "delegate", "1", "23P01"},
        {"an approver who drafts", "a3", "drafter", "1", "23P01"},
        {"an administrator who drafts", "c1", "drafter", "1", "23P01"},
        {"an administrator who approves", "c1", "delegate", "2", "23P01"},
        {"an auditor with anything else", "c2", "drafter", "2", "23P01"},
        {"an administrator who audits", "c1", "auditor", "NULL", "23P01"},
        {"a drafter of nowhere", "b1", "drafter", "NULL", "23514"},
        {"an administrator of a department", "b1", "administrator", "1", "23514"},
        {"a drafter who approves elsewhere", "a1", "delegate", "2", DONE},
        {"an approver who drafts elsewhere", "a3", "drafter", "2", DONE},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        town_value(owner, "BEGIN");
        const char *got = town_statef(owner,
                                      "INSERT INTO post (person, role, department) "
                                      "SELECT id, '%s', %s FROM person WHERE login = '%s'",
                                      rows[i].role, rows[i].department, rows[i].login);
        if (strcmp(got, rows[i].expect) != 0)
            ROW_FAIL(i, "%s: got %s", rows[i].what, got);
        town_value(owner, "ROLLBACK");
    }
}

/* A successor may follow at once: windows that touch do not overlap. */
static void test_004_4_1_one_approver_follows_another(void **state) {
    (void)state;
    town_value(owner, "BEGIN");
    town_value(
        owner,
        "UPDATE post SET during = tstzrange(lower(during), lower(during) + interval '1 day') "
        "WHERE role = 'approver' AND department = 1");
    assert_string_equal(
        town_state(owner, "INSERT INTO post (person, role, department, during) SELECT p.id, "
                          "'approver', 1, tstzrange(upper(o.during), NULL) FROM person p, post o "
                          "WHERE p.login = 'b2' AND o.role = 'approver' AND o.department = 1"),
        DONE);
    town_value(owner, "ROLLBACK");
}

/* The proof is checked where the verifier lies: no program can sign in without the password. */
static void test_sign_in_needs_the_proof(void **state) {
    (void)state;
    static const char *const proofs[] = {"", "A1", "a2", "\\\\x00"};
    for (size_t i = 0; i < COUNT(proofs); i++) {
        assert_string_equal(
            town_valuef(staff,
                        "SELECT count(*) FROM sign_in('a1', '%s', '', NULL, '', 100, 30, 12)",
                        proofs[i]),
            "0");
    }
    assert_int_equal(strlen(town_sign_in(staff, "a1")), 43);
    assert_string_equal(
        town_valuef(owner, "SELECT count(*) FROM oplog WHERE act = 'sign-in' AND login = 'a1' "
                           "AND result = 'refused'"),
        "4");
}

/* An unknown name has a salt, always the same one, like any other. */
static void test_unknown_names_look_like_known_ones(void **state) {
    (void)state;
    static const char ask[] = "SELECT salt FROM sign_in_salt('%s', '', '127.0.0.1', 100)";
    const char *first = town_valuef(staff, ask, "nobody"),
               *again = town_valuef(staff, ask, "nobody");
    assert_string_equal(first, again);
    assert_string_not_equal(first, town_valuef(staff, ask, "nobody2"));
    assert_int_equal(strlen(first), strlen(town_valuef(staff, ask, "a1")));
}

/* Guessing ends at the limit; who knows the device goes on (G13). */
static void test_guessing_locks_out_strangers_only(void **state) {
    (void)state;
    static const char try_[] =
        "SELECT device_token FROM sign_in('b1', '%s', '%s', '192.0.2.1', '', 5, 30, 12)";
    const char *device = town_valuef(staff, try_, "b1", "");
    for (int i = 0; i < 5; i++)
        assert_string_equal(town_valuef(staff, try_, "wrong", ""), "");
    assert_string_equal(town_valuef(staff, try_, "b1", ""), "");
    assert_string_equal(town_state(staff, "SELECT sign_in_salt('b1', '', '192.0.2.1', 5)"),
                        "KR005");
    assert_string_equal(town_valuef(staff, try_, "b1", device), device);
}

static void test_004_8_the_log_is_append_only(void **state) {
    (void)state;
    static const char *const roles[] = {"kairan_public", "kairan_staff", "kairan_sender",
                                        "kairan_intake", "kairan_house"};
    static const char *const tries[] = {
        "UPDATE oplog SET act = 'x'",
        "DELETE FROM oplog",
        "TRUNCATE oplog",
        "INSERT INTO oplog SELECT * FROM oplog",
        "UPDATE oplog_head SET seq = 0",
        "SELECT oplog_append(1, 'x', 1, '', 1, '', '', 'done', '', NULL)",
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
    assert_string_equal(town_state(owner, "UPDATE oplog SET act = 'x'"), DENIED);
    assert_string_equal(town_state(owner, "DELETE FROM oplog"), DENIED);
    assert_string_equal(town_state(owner, "TRUNCATE oplog"), DENIED);
}

/* Every row is bound to the one before it. */
static void test_004_8_the_log_is_a_chain(void **state) {
    (void)state;
    assert_string_equal(
        town_state(staff, "SELECT log_refused('', 'alert.approve', 'alert 1', 'x', '192.0.2.1')"),
        DONE);
    assert_string_equal(
        town_value(
            owner,
            "SELECT count(*) FROM (SELECT o.*, lag(hash, 1, decode(repeat('00', 32), 'hex')) "
            "OVER (ORDER BY seq) AS before, row_number() OVER (ORDER BY seq) AS n FROM oplog o) AS "
            "c "
            "WHERE prev <> before OR seq <> n"),
        "0");
    assert_string_equal(
        town_value(owner, "SELECT count(*) FROM oplog WHERE hash <> oplog_digest(oplog)"), "0");
    assert_string_equal(town_value(owner, "SELECT seq FROM oplog_head"),
                        town_value(owner, "SELECT max(seq) FROM oplog"));
}

/* The fiscal year turns on 1 April, Japan time (004 §8-2). */
static void test_004_8_2_fiscal_years(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"2027-03-31 23:59:59+09", "2026"}, {"2027-04-01 00:00:00+09", "2027"},
        {"2027-03-31 14:59:59+00", "2026"}, {"2027-03-31 15:00:00+00", "2027"},
        {"2028-02-29 12:00:00+09", "2027"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(town_valuef(owner, "SELECT fiscal_year('%s')", rows[i][0]), rows[i][1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_004_4_1_forbidden_posts),
        cmocka_unit_test(test_004_4_1_one_approver_follows_another),
        cmocka_unit_test(test_sign_in_needs_the_proof),
        cmocka_unit_test(test_unknown_names_look_like_known_ones),
        cmocka_unit_test(test_guessing_locks_out_strangers_only),
        cmocka_unit_test(test_004_8_the_log_is_append_only),
        cmocka_unit_test(test_004_8_the_log_is_a_chain),
        cmocka_unit_test(test_004_8_2_fiscal_years),
    };
    return cmocka_run_group_tests(tests, open_town, close_town);
}
