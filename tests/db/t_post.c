/* Departments and dated posts: registering, changing, transferring, and which rule refuses (004 §3,
 * §4; 001 ch. 2 §1(7), §6(2)①). */
#include <string.h>

#include "office.h"

#define ONE_APPROVER                                                                               \
    "The department has an approver in this period already. A department has one approver at a "   \
    "time."
#define NEVER_DRAFTS                                                                               \
    "This person would draft and approve in the same department. Who approves there must not "     \
    "draft there."
#define APART "An administrator or an auditor holds no other post in the same period."
#define ONCE  "This person holds this post in this period already."

static void begin(void) {
    town_value(staff, "BEGIN");
}

static void rollback(void) {
    town_value(staff, "ROLLBACK");
}

/* The actor of the administrator, for functions that other acts use. */
static const char *as_admin(const char *call) {
    return town_valuef(owner, "SELECT %s FROM (SELECT actor_of('%s', '127.0.0.1') AS me) AS x",
                       call, admin);
}

static void test_004_3_staff_are_registered_by_the_administrator(void **state) {
    (void)state;
    int64_t who = hire("d1", 1, "drafter");
    assert_int_equal(who, person("d1"));
    assert_string_equal(town_valuef(owner,
                                    "SELECT role || department FROM post WHERE person = %lld",
                                    (long long)who),
                        "drafter1");
    assert_string_equal(
        logged("staff.register"),
        town_valuef(owner, "SELECT 'c1 administrator person %lld done'", (long long)who));
    assert_int_equal(strlen(town_sign_in(staff, "d1")), 43);
    static const char *const others[] = {"a1", "a3", "c2"};
    for (size_t i = 0; i < COUNT(others); i++) {
        const char *token = town_sign_in(staff, others[i]);
        const char *got = refusal("SELECT post_add('%s', %lld, 'drafter', 2, NULL, NULL, '', NULL)",
                                  token, (long long)who);
        if (strcmp(got, "Only an administrator may do this.") != 0)
            ROW_FAIL(i, "%s: %s", others[i], got);
    }
}

/* What other acts (the forms) use: an actor instead of a token, no grant. */
static void test_004_10_register_and_end_for_forms(void **state) {
    (void)state;
    const char *who = as_admin("staff_register(me, 'form1', '様式', '', 2, 'drafter', NULL, NULL, "
                               "substr(sha256('salt'), 1, 16), 'scrypt:17:8:1', sha256('form1'))");
    assert_int_equal(strlen(town_sign_in(staff, "form1")), 43);
    const char *token = town_sign_in(staff, "form1");
    town_valuef(owner, "SELECT staff_post_end(actor_of('%s', NULL), %lld, NULL, '退職')", admin,
                (long long)post_of("form1"));
    assert_string_equal(logged("post.end"),
                        town_valuef(owner, "SELECT 'c1 administrator person %s done'", who));
    assert_string_equal(town_valuef(staff, "SELECT count(*) FROM session_who('%s')", token), "0");
    assert_string_equal(
        town_state(staff, "SELECT staff_register(NULL, '', '', '', 1, '', NULL, NULL, '', '', '')"),
        NO_RIGHT);
    assert_string_equal(town_state(staff, "SELECT staff_post_end(NULL, 1, NULL, '')"), NO_RIGHT);
}

/* Every forbidden combination, and the sentence that names its rule. */
static void test_004_4_1_forbidden_posts_say_which_rule(void **state) {
    (void)state;
    static const struct {
        const char *login, *role;
        int department;
        const char *sentence;
    } rows[] = {
        {"b1", "approver", 1, ONE_APPROVER},
        {"b1", "approver", 2, ONE_APPROVER},
        {"a3", "drafter", 1, NEVER_DRAFTS},
        {"a1", "auditor", 0, APART},
        {"c1", "drafter", 1, APART},
        {"c1", "approver", 2, ONE_APPROVER},
        {"c2", "drafter", 1, APART},
        {"a1", "drafter", 1, ONCE},
        {"c2", "auditor", 0, ONCE},
        {"a1", "administrator", 0,
         "Nobody makes an administrator alone: apply for it by form, or use \"kairan admin add\" "
         "on the host."},
        {"a1", "delegate", 2,
         "A delegate is made by a delegation, with its period and its reason."},
        {"a1", "mayor", 2, "Choose a role."},
        {"a1", "drafter", 77, "Choose a department."},
        {"a1", "drafter", 2, ""},
        {"a3", "drafter", 2, ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        begin();
        const char *got =
            refusal("SELECT post_add('%s', %lld, '%s', %d, NULL, NULL, '', NULL)", admin,
                    (long long)person(rows[i].login), rows[i].role, rows[i].department);
        rollback();
        if (strcmp(got, rows[i].sentence) != 0)
            ROW_FAIL(i, "%s %s %d: %s", rows[i].login, rows[i].role, rows[i].department, got);
    }
}

/* Two who act at once: the database lets one of them through. */
static void test_004_4_1_two_approvers_at_once(void **state) {
    (void)state;
    PGconn *other = town_connect("kairan_staff");
    town_value(staff, "SELECT 1");
    const char *made = town_valuef(
        staff, "SELECT department_add('%s', 'twice', '二重課', '', false, NULL)", admin);
    int64_t one = hire("twice1", 1, NULL), two = hire("twice2", 1, NULL);
    begin();
    static const char add[] = "SELECT post_add('%s', %lld, 'approver', %s, NULL, NULL, '', NULL)";
    assert_string_equal(refusal(add, admin, (long long)one, made), "");
    char sql[1024];
    snprintf(sql, sizeof sql, add, admin, (long long)two, made);
    assert_int_equal(PQsendQuery(other, sql), 1);
    town_value(staff, "COMMIT");
    PGresult *res = PQgetResult(other);
    assert_string_equal(PQresultErrorField(res, PG_DIAG_SQLSTATE), CONFLICT);
    assert_string_equal(PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY), ONE_APPROVER);
    PQclear(res);
    PQfinish(other);
}

static void test_dates_of_a_post(void **state) {
    (void)state;
    long long who = (long long)hire("dated", 1, NULL);
    static const char *const rows[][3] = {
        {"now() - interval '2 days'", "NULL", "This day is over. Choose today or a later day."},
        {"now() + interval '2 days'", "now() + interval '1 day'",
         "The last day must not lie before the first."},
        {"now() + interval '2 days'", "now() + interval '9 days'", ""},
        {"now() + interval '9 days'", "NULL", ""},
        {"now() + interval '8 days'", "NULL", ONCE},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = refusal("SELECT post_add('%s', %lld, 'drafter', 1, %s, %s, '', NULL)",
                                  admin, who, rows[i][0], rows[i][1]);
        if (strcmp(got, rows[i][2]) != 0)
            ROW_FAIL(i, "%s", got);
    }
    assert_string_equal(
        town_valuef(staff,
                    "SELECT count(*) FROM sign_in('dated', 'dated', '', NULL, '', 99, 30, 12)"),
        "0");
    assert_string_equal(refusal("SELECT post_end('%s', %lld, NULL, '取りやめ', NULL)", admin,
                                (long long)post_of("dated")),
                        "");
    assert_string_equal(town_valuef(owner, "SELECT count(*) FROM post WHERE person = %lld", who),
                        "1");
}

/* 001 ch. 2 §6(2)①: who moves keeps nothing of the old department; one act, one log row. */
static void test_001_6_2_1_transfer(void **state) {
    (void)state;
    hire("mover", 1, "drafter");
    const char *token = town_sign_in(staff, "mover");
    const char *got =
        refusal("SELECT staff_transfer('%s', %lld, 2, 'drafter', NULL, '', '人事異動', NULL)",
                admin, (long long)post_of("mover"));
    assert_string_equal(got, "");
    assert_string_equal(town_valuef(staff, "SELECT count(*) FROM session_who('%s')", token), "0");
    assert_string_equal(
        town_valuef(
            owner,
            "SELECT string_agg(department || CASE WHEN during @> now() THEN '+' ELSE '-' END, ' ' "
            "ORDER BY id) FROM post WHERE person = %lld",
            (long long)person("mover")),
        "1- 2+");
    assert_string_equal(
        town_valuef(owner,
                    "SELECT a.during -|- b.during FROM post a, post b WHERE a.person = %lld "
                    "AND b.person = a.person AND a.id < b.id",
                    (long long)person("mover")),
        "t");
    assert_string_equal(logged("staff.transfer"),
                        town_valuef(owner, "SELECT 'c1 administrator person %lld done'",
                                    (long long)person("mover")));
    assert_string_equal(
        refusal("SELECT staff_transfer('%s', %lld, 1, 'approver', NULL, '', 'x', NULL)", admin,
                (long long)post_of("mover")),
        ONE_APPROVER);
}

/* Where somebody belongs changes on the transfer's day, by the clock; one that is called off
 * changes nothing. */
static void test_001_6_2_1_a_transfer_dated_ahead_moves_nobody_before_its_day(void **state) {
    (void)state;
    long long who = (long long)hire("ahead", 1, "drafter");
    static const char home[] = "SELECT person_home(%lld, '%s')";
    static const char transfer[] =
        "SELECT staff_transfer('%s', %lld, %d, 'drafter', %s, '', '人事異動', NULL)";
    static const char listed[] =
        "SELECT string_agg(login, ',') FROM staff_list('%s', 'ahead', %d, '', '', 0, '', 9)";
    assert_string_equal(
        refusal(transfer, admin, (long long)post_of("ahead"), 2, "'2030-04-01 00:00+09'"), "");
    assert_string_equal(town_valuef(owner, home, who, "2030-03-31 23:59:59.999999+09"), "1");
    assert_string_equal(town_valuef(owner, home, who, "2030-04-01 00:00+09"), "2");
    assert_string_equal(town_valuef(staff, listed, admin, 1), "ahead");
    assert_string_equal(town_valuef(staff, listed, admin, 2), "");
    assert_string_equal(town_valuef(staff,
                                    "SELECT office_subject('%s', 'person', %lld)->>'department'",
                                    admin, who),
                        "1");
    assert_string_equal(refusal("SELECT post_end('%s', %lld, NULL, '取りやめ', NULL)", admin,
                                (long long)post_of("ahead")),
                        "");
    assert_string_equal(town_valuef(owner, home, who, "2030-04-01 00:00+09"), "1");
    /* one that is due counts at once, and stays when its post is over */
    long long other = (long long)hire("at-once", 1, "drafter");
    assert_string_equal(refusal(transfer, admin, (long long)post_of("at-once"), 2, "NULL"), "");
    assert_string_equal(town_valuef(owner, home, other, "now"), "2");
    town_valuef(staff, "SELECT post_end('%s', %lld, NULL, '退職', NULL)", admin,
                (long long)post_of("at-once"));
    assert_string_equal(town_valuef(owner, home, other, "2031-04-01"), "2");
}

/* A form about a post says whose it is; another person's is none. */
static void test_a_post_is_its_holders(void **state) {
    (void)state;
    long long who = (long long)hire("holder", 1, "drafter"), post = (long long)post_of("holder");
    static const char ask[] = "SELECT office_subject('%s', 'post', %lld, %s)";
    assert_string_equal(refusal(ask, admin, post, town_valuef(owner, "SELECT %lld", who)), "");
    assert_string_equal(refusal(ask, admin, post, "1"), "There is no such page.");
    assert_string_equal(refusal(ask, admin, post, "NULL"), "There is no such page.");
}

/* The fiscal year's turn: registered in advance, half-open, to the microsecond. */
static void test_004_4_1_change_of_approver_dated_in_advance(void **state) {
    (void)state;
    long long next = (long long)hire("next", 1, NULL);
    static const char change[] =
        "SELECT approver_change('%s', 1, %lld, '2030-04-01 00:00+09', '', '年度替わり', NULL)";
    static const char holder[] =
        "SELECT string_agg(p.login, ',') FROM post o JOIN person p ON p.id = o.person "
        "WHERE o.department = 1 AND o.role = 'approver' AND o.during @> '%s'::timestamptz";
    assert_string_equal(refusal(change, admin, next), "");
    assert_string_equal(town_valuef(owner, holder, "2030-03-31 23:59:59.999999+09"), "a3");
    assert_string_equal(town_valuef(owner, holder, "2030-04-01 00:00:00+09"), "next");
    assert_string_equal(refusal(change, admin, next), "This person is the approver then already.");
    assert_string_equal(refusal(change, admin, (long long)hire("later", 1, NULL)),
                        "A later change of the approver is registered already. Call it off first.");
    assert_string_equal(refusal("SELECT approver_change('%s', 1, %lld, NULL, '', '急な異動', NULL)",
                                admin, (long long)person("a1")),
                        "A later change of the approver is registered already. Call it off first.");
    assert_string_equal(refusal("SELECT post_end('%s', %lld, NULL, '取りやめ', NULL)", admin,
                                (long long)post_of("next")),
                        "");
    assert_string_equal(refusal("SELECT approver_change('%s', 1, %lld, NULL, '', '急な異動', NULL)",
                                admin, (long long)person("a1")),
                        NEVER_DRAFTS);
}

static void test_last_administrator_stays(void **state) {
    (void)state;
    assert_string_equal(
        refusal("SELECT post_end('%s', %lld, NULL, 'x', NULL)", admin, (long long)post_of("c1")),
        "Nobody does this to himself or herself. Ask another administrator.");
    assert_string_equal(town_statef(owner,
                                    "SELECT staff_post_end(actor_of('%s', NULL), %lld, NULL, 'x')",
                                    admin, (long long)post_of("c1")),
                        CONFLICT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_004_3_staff_are_registered_by_the_administrator),
        cmocka_unit_test(test_004_10_register_and_end_for_forms),
        cmocka_unit_test(test_004_4_1_forbidden_posts_say_which_rule),
        cmocka_unit_test(test_004_4_1_two_approvers_at_once),
        cmocka_unit_test(test_dates_of_a_post),
        cmocka_unit_test(test_001_6_2_1_transfer),
        cmocka_unit_test(test_001_6_2_1_a_transfer_dated_ahead_moves_nobody_before_its_day),
        cmocka_unit_test(test_a_post_is_its_holders),
        cmocka_unit_test(test_004_4_1_change_of_approver_dated_in_advance),
        cmocka_unit_test(test_last_administrator_stays),
    };
    return cmocka_run_group_tests(tests, office_open, office_close);
}
