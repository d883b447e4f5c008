/* Delegation, suspension, instruction and guests as the database keeps them (004 §4-3, §6; 000 §6).
 */
#include <string.h>

#include "office.h"

#define NOT_A_DELEGATE                                                                             \
    "A delegate belongs to the department, and neither drafts nor approves there."

static const char *delegate(const char *token, const char *who, const char *until) {
    return refusal("SELECT delegation_make('%s', 1, %lld, NULL, %s, '出張', '127.0.0.1')", token,
                   (long long)person(who), until);
}

static const char *in_force(const char *who) {
    return town_valuef(
        owner,
        "SELECT count(*) FROM post WHERE role = 'delegate' AND during @> clock_timestamp() "
        "AND person = %lld",
        (long long)person(who));
}

static void call_off(const char *who) {
    town_valuef(staff, "SELECT delegation_revoke('%s', %s, '戻った', NULL)", admin,
                town_valuef(owner, "SELECT max(id) FROM delegation WHERE person = %lld",
                            (long long)person(who)));
}

static void test_004_4_3_who_may_be_a_delegate(void **state) {
    (void)state;
    const char *chief = town_sign_in(staff, "a3");
    hire("post-less", 1, NULL);
    hire("elsewhere", 2, NULL);
    static const struct {
        const char *who, *until, *sentence;
    } rows[] = {
        {"a1", "now() + interval '1 day'", NOT_A_DELEGATE},        /* drafts there */
        {"a3", "now() + interval '1 day'", NOT_A_DELEGATE},        /* the approver */
        {"b1", "now() + interval '1 day'", NOT_A_DELEGATE},        /* of another department */
        {"elsewhere", "now() + interval '1 day'", NOT_A_DELEGATE}, /* the same, without a post */
        {"c1", "now() + interval '1 day'", NOT_A_DELEGATE},        /* the administrator */
        {"c2", "now() + interval '1 day'", NOT_A_DELEGATE},        /* the auditor */
        {"post-less", "NULL", "Choose the last day, within a year."},
        {"post-less", "now() + interval '2 years'", "Choose the last day, within a year."},
        {"post-less", "now() - interval '1 hour'", "The last day must not lie before the first."},
        {"post-less", "now() + interval '1 day'", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = delegate(chief, rows[i].who, rows[i].until);
        if (strcmp(got, rows[i].sentence) != 0)
            ROW_FAIL(i, "%s: %s", rows[i].who, got);
    }
    assert_string_equal(in_force("post-less"), "1");
    assert_string_equal(
        delegate(town_sign_in(staff, "a1"), "post-less", "now() + interval '1 day'"),
        "Only the approver, or the administrator, may delegate.");
    /* who is a delegate cannot become a drafter there meanwhile */
    assert_string_not_equal(
        refusal("SELECT post_add('%s', %lld, 'drafter', 1, NULL, NULL, '', NULL)", admin,
                (long long)person("post-less")),
        "");
    call_off("post-less");
    assert_string_equal(in_force("post-less"), "0");
}

/* The delegate approves; what is logged says who; after the revocation no more. */
static void test_004_4_3_a_delegate_approves_until_revoked(void **state) {
    (void)state;
    hire("d2", 1, NULL);
    assert_string_equal(delegate(town_sign_in(staff, "a3"), "d2", "now() + interval '1 day'"), "");
    const char *token = town_sign_in(staff, "d2");
    assert_string_equal(town_valuef(staff, "SELECT approver FROM session_acting('%s')", token),
                        "a3");
    const char *drafter = town_sign_in(staff, "a1");
    const char *first = town_submitted(staff, drafter), *second = town_submitted(staff, drafter);
    const char *mark = town_fingerprint(staff, drafter, second);
    assert_string_equal(town_approve(staff, token, first, town_fingerprint(staff, token, first)),
                        DONE);
    assert_string_equal(
        town_valuef(owner,
                    "SELECT delegation_principal(post) FROM oplog WHERE act = 'alert.approve' "
                    "ORDER BY seq DESC LIMIT 1"),
        town_valuef(owner, "SELECT %lld", (long long)person("a3")));
    call_off("d2");
    assert_string_equal(town_approve(staff, token, second, mark), UNSIGNED);
    assert_string_equal(town_valuef(owner, "SELECT state FROM alert WHERE id = %s", second),
                        "submitted");
}

/* In force while the approver is suspended and while the post is empty; a successor ends it. */
static void test_004_4_3_outlives_the_approver_not_a_successor(void **state) {
    (void)state;
    hire("d3", 2, NULL);
    long long next = (long long)hire("b-next", 2, NULL);
    const char *chief = town_sign_in(staff, "b3");
    assert_string_equal(refusal("SELECT delegation_make('%s', NULL, %lld, NULL, now() + interval "
                                "'90 days', '休暇', NULL)",
                                chief, (long long)person("d3")),
                        "");
    assert_string_equal(refusal("SELECT staff_suspend('%s', %lld, 3, '長期不在', NULL)", admin,
                                (long long)person("b3")),
                        "");
    assert_string_equal(in_force("d3"), "1");
    town_valuef(staff, "SELECT staff_lift('%s', %lld, '復帰', NULL)", admin,
                (long long)person("b3"));
    town_valuef(staff, "SELECT post_revoke('%s', %lld, 1, '不適任', NULL)", admin,
                (long long)post_of("b3"));
    assert_string_equal(in_force("d3"), "1");
    assert_string_equal(
        town_valuef(staff,
                    "SELECT approver IS NULL AND empty_from <= now() AND delegates = 1 "
                    "FROM department_list('%s') WHERE department = 2",
                    admin),
        "t");
    assert_string_equal(
        refusal(
            "SELECT approver_change('%s', 2, %lld, now() + interval '7 days', '', '後任', NULL)",
            admin, next),
        "");
    assert_string_equal(in_force("d3"), "1");
    assert_string_equal(
        town_value(owner, "SELECT upper(d.during) = lower(a.during) FROM post d, post a WHERE "
                          "d.role = 'delegate' "
                          "AND a.role = 'approver' AND d.department = 2 AND a.department = 2 "
                          "AND lower(a.during) > now()"),
        "t");
    assert_string_equal(
        refusal(
            "SELECT delegation_make('%s', 2, %lld, NULL, now() + interval '30 days', 'x', NULL)",
            admin, (long long)hire("d4", 2, NULL)),
        "Another approver takes office before that day. Choose an earlier last day.");
}

/* Empty now, empty within 14 days, or not: to the day. */
static void test_004_4_1_an_empty_post_is_shown(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"interval '13 days'", "t"}, {"interval '15 days'", "f"}, {"interval '1 hour'", "t"}};
    const char *made = town_valuef(
        staff, "SELECT department_add('%s', 'empty', '空席課', '', false, NULL)", admin);
    long long who = (long long)hire("short", 1, NULL);
    for (size_t i = 0; i < COUNT(rows); i++) {
        town_value(staff, "BEGIN");
        town_valuef(staff,
                    "SELECT post_add('%s', %lld, 'approver', %s, NULL, now() + %s, '', NULL)",
                    admin, who, made, rows[i][0]);
        assert_string_equal(town_valuef(staff,
                                        "SELECT empty_from IS NOT NULL FROM department_list('%s') "
                                        "WHERE department = %s",
                                        admin, made),
                            rows[i][1]);
        town_value(staff, "ROLLBACK");
    }
}

/* 004 §6-1: sessions die with the suspension; what was submitted waits for the others. */
static void test_004_6_1_suspension(void **state) {
    (void)state;
    long long who = (long long)hire("sus", 1, "drafter");
    const char *token = town_sign_in(staff, "sus");
    const char *id = town_submitted(staff, token);
    static const char suspend[] = "SELECT staff_suspend('%s', %lld, %s, '%s', NULL)";
    assert_string_equal(refusal(suspend, admin, who, "6", "x"), "Choose the cause.");
    assert_string_equal(refusal(suspend, admin, who, "NULL", "x"), "Choose the cause.");
    assert_string_equal(refusal(suspend, admin, who, "2", " "),
                        "Say what happened, in at most 400 characters.");
    assert_string_equal(refusal(suspend, admin, (long long)person("c1"), "2", "x"),
                        "Nobody does this to himself or herself. Ask another administrator.");
    assert_string_equal(refusal(suspend, admin, who, "2", "事故"), "");
    assert_string_equal(refusal(suspend, admin, who, "2", "x"),
                        "This person is suspended already.");
    assert_string_equal(town_valuef(staff, "SELECT count(*) FROM session_who('%s')", token), "0");
    assert_string_equal(
        town_valuef(owner, "SELECT count(*) FROM session WHERE person = %lld AND ended_at IS NULL",
                    who),
        "0");
    assert_string_equal(
        town_valuef(staff, "SELECT count(*) FROM sign_in('sus', 'sus', '', NULL, '', 99, 30, 12)"),
        "0");
    assert_string_equal(
        refusal("SELECT alert_withdraw('%s', %s, NULL)", town_sign_in(staff, "a1"), id), "");
    assert_string_equal(refusal("SELECT staff_lift('%s', %lld, '復帰', NULL)", admin, who), "");
    assert_string_equal(town_valuef(staff, "SELECT count(*) FROM session_who('%s')", token), "0");
    assert_string_equal(logged("staff.lift"),
                        town_valuef(owner, "SELECT 'c1 administrator person %lld done'", who));
}

/* What somebody who leaves has submitted stays, and the department's others go on with it. */
static void test_001_6_2_1_alerts_of_who_leaves_stay(void **state) {
    (void)state;
    hire("leaver", 1, "drafter");
    const char *id = town_submitted(staff, town_sign_in(staff, "leaver"));
    town_valuef(staff, "SELECT staff_transfer('%s', %lld, 2, 'drafter', NULL, '', '異動', NULL)",
                admin, (long long)post_of("leaver"));
    const char *away = town_sign_in(staff, "leaver");
    assert_string_equal(refusal("SELECT alert_withdraw('%s', %s, NULL)", away, id),
                        "There is no such alert.");
    const char *chief = town_sign_in(staff, "a3");
    assert_string_equal(town_approve(staff, chief, id, town_fingerprint(staff, chief, id)), DONE);
}

/* Renaming a department neither voids what was approved nor stops it. */
static void test_renaming_keeps_what_was_approved(void **state) {
    (void)state;
    const char *drafter = town_sign_in(staff, "a1"), *chief = town_sign_in(staff, "a3");
    const char *id = town_submitted(staff, drafter), *waiting = town_submitted(staff, drafter);
    const char *mark = town_fingerprint(staff, chief, waiting);
    assert_string_equal(town_approve(staff, chief, id, town_fingerprint(staff, chief, id)), DONE);
    static const char rename[] = "SELECT department_change('%s', 1, '%s', '', false, NULL)";
    assert_string_equal(refusal(rename, admin, "危機管理課"), "");
    assert_string_equal(refusal(rename, admin, "危機対策課"), "");
    assert_string_equal(
        town_valuef(owner,
                    "SELECT fingerprint = alert_fingerprint(alert, version) FROM approval "
                    "WHERE alert = %s",
                    id),
        "t");
    assert_string_equal(town_approve(staff, chief, waiting, mark), CONFLICT);
    assert_string_equal(refusal(rename, admin, "水道課"), "Another department has this name.");
    assert_string_equal(refusal(rename, admin, " "), "Type the name, in at most 100 characters.");
    assert_string_equal(refusal(rename, admin, "防災課"), "");
    assert_string_equal(town_state(owner, "UPDATE department SET code = 'x' WHERE id = 1"), DENIED);
}

/* 004 §4-1, 001 §7(4): in the administrator's own department an approver is an exception. */
static void test_001_7_4_exception_of_the_administrators_department(void **state) {
    (void)state;
    const char *made =
        town_valuef(staff, "SELECT department_add('%s', 'own', '情報課', '', true, NULL)", admin);
    long long who = (long long)hire("vice", 1, NULL);
    static const char add[] = "SELECT post_add('%s', %lld, 'approver', %s, NULL, NULL, '%s', NULL)";
    assert_string_not_equal(refusal(add, admin, who, made, ""), "");
    assert_string_equal(refusal(add, admin, who, made, "所属長がシステム管理者のため"), "");
    assert_string_equal(town_valuef(owner, "SELECT exception FROM post WHERE person = %lld", who),
                        "所属長がシステム管理者のため");
}

static void test_004_6_2_instruction_to_the_approver(void **state) {
    (void)state;
    static const char give[] = "SELECT instruction_give('%s', %lld, %d, %d, '%s', NULL)";
    long long who = (long long)person("a1");
    assert_string_equal(refusal(give, admin, who, 2, 1, "x"),
                        "This person is no drafter of that department.");
    assert_string_equal(refusal(give, admin, who, 1, 5, "x"), "Choose the cause.");
    assert_string_equal(refusal(give, admin, who, 1, 1, ""),
                        "Say what is to be improved, in at most 1,000 characters.");
    assert_string_equal(refusal(give, admin, who, 1, 1, "誤字が多い"), "");
    const char *id = town_value(owner, "SELECT max(id) FROM instruction");
    static const char answer[] = "SELECT instruction_answer('%s', %s, %s, NULL)";
    assert_string_equal(refusal(answer, town_sign_in(staff, "b1"), id, "NULL"),
                        "There is no such instruction.");
    assert_string_equal(refusal(answer, town_sign_in(staff, "a1"), id, "NULL"),
                        "Only the approver of the department may do this.");
    const char *chief = town_sign_in(staff, "a3");
    assert_string_equal(refusal(answer, chief, id, "NULL"), "");
    assert_string_equal(refusal(answer, chief, id, "NULL"), "This has been done already.");
    assert_string_equal(refusal(answer, chief, id, "'指導した'"), "");
    assert_string_equal(refusal(answer, chief, id, "'二度目'"), "This has been done already.");
    assert_string_equal(
        town_value(owner, "SELECT answer FROM instruction ORDER BY id DESC LIMIT 1"), "指導した");
}

/* 000 §6: the period ends with the fiscal year in which it begins, Japan time. */
static void test_000_6_guest_period(void **state) {
    (void)state;
    static const struct {
        const char *from, *until;
        bool good;
    } rows[] = {
        {"2027-04-01 00:00+09", "2028-04-01 00:00+09",
         true}, /* the whole year, to the end of 31 March */
        {"2027-04-01 00:00+09", "2028-04-01 00:00:00.000001+09", false},
        {"2027-03-31 23:59:59+09", "2027-04-01 00:00+09", true},
        {"2027-03-31 23:59:59+09", "2027-04-02 00:00+09", false},
        {"2028-02-29 00:00+09", "2028-04-01 00:00+09", true}, /* leap year */
        {"2028-02-29 00:00+09", "2028-03-01 00:00+09", true},
        {"2027-03-31 15:00+00", "2028-04-01 00:00+09", true}, /* 1 April in Japan already */
        {"2027-03-31 14:59+00", "2028-04-01 00:00+09", false},
        {"2027-12-31 00:00+09", "2028-03-31 00:00+09", true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = town_statef(
            owner,
            "INSERT INTO guest (person, purpose, organisation, head, reason, during, made_by) "
            "SELECT %lld, 'x', 'x', 'x', 'x', tstzrange('%s', '%s'), 1 WHERE true",
            (long long)person("a1"), rows[i].from, rows[i].until);
        town_value(owner, "ALTER TABLE guest DISABLE TRIGGER guest_history");
        town_value(owner, "DELETE FROM guest");
        town_value(owner, "ALTER TABLE guest ENABLE TRIGGER guest_history");
        if (strcmp(got, rows[i].good ? DONE : INVALID) != 0)
            ROW_FAIL(i, "%s to %s: %s", rows[i].from, rows[i].until, got);
    }
}

static int64_t guest(const char *login, const char *until) {
    return town_number(staff, town_valuef(owner,
                                          "SELECT format('SELECT guest_add(%%L, %%L, %%L, '''', 1, "
                                          "NULL, %%s, %%L, %%L, %%L, %%L, "
                                          "substr(sha256(''salt''), 1, 16), ''scrypt:17:8:1'', "
                                          "sha256(%%L), NULL)', '%s', '%s', '客', '%s', "
                                          "'応援', '隣町', '課長', '協定', '%s')",
                                          admin, login, until, login));
}

/* The guest's hour as if it were over: application and post lie two hours back. */
static void let_pass(long long who) {
    town_value(owner, "ALTER TABLE guest DISABLE TRIGGER guest_history");
    town_value(owner, "ALTER TABLE post DISABLE TRIGGER post_check");
    static const char *const tables[] = {"guest", "post"};
    for (size_t i = 0; i < COUNT(tables); i++)
        town_valuef(owner,
                    "UPDATE %s SET during = tstzrange(lower(during) - interval '2 hours', "
                    "upper(during) - interval '2 hours') WHERE person = %lld",
                    tables[i], who);
    town_value(owner, "ALTER TABLE guest ENABLE TRIGGER guest_history");
    town_value(owner, "ALTER TABLE post ENABLE TRIGGER post_check");
}

/* Ends by its date alone; a further application goes on from there; never more than a drafter. */
static void test_000_6_guest_ends_and_is_extended(void **state) {
    (void)state;
    long long who = (long long)guest("guest", "clock_timestamp() + interval ''1 hour''");
    settle("guest");
    const char *token = town_sign_in(staff, "guest");
    assert_string_equal(town_valuef(staff, "SELECT count(*) FROM session_who('%s')", token), "1");
    assert_string_equal(
        refusal("SELECT post_add('%s', %lld, 'approver', 2, NULL, NULL, '', NULL)", admin, who),
        "A guest may only be a drafter.");
    assert_string_equal(
        refusal("SELECT post_add('%s', %lld, 'auditor', NULL, NULL, NULL, '', NULL)", admin, who),
        "A guest may only be a drafter.");
    assert_string_equal(
        refusal("SELECT post_add('%s', %lld, 'drafter', 2, NULL, NULL, '', NULL)", admin, who),
        "A guest's post lies within the period that was applied for.");
    let_pass(who);
    assert_string_equal(town_valuef(staff, "SELECT count(*) FROM session_who('%s')", token), "0");
    assert_string_equal(
        town_value(staff,
                   "SELECT count(*) FROM sign_in('guest', 'guest', '', NULL, '', 99, 30, 12)"),
        "0");
    static const char extend[] = "SELECT guest_extend('%s', %lld, %s, '課長', '延長', NULL)";
    assert_string_equal(refusal(extend, admin, who, "now() - interval '1 hour'"),
                        "The new last day must lie after the present one.");
    char over[128], last[128];
    snprintf(over, sizeof over, "'%s'",
             town_value(owner, "SELECT fiscal_end(now()) + interval '1 day'"));
    snprintf(last, sizeof last, "'%s'", town_value(owner, "SELECT fiscal_end(now())"));
    assert_string_equal(
        refusal(extend, admin, who, over),
        "A guest's period ends on 31 March of the fiscal year in which it begins, or earlier.");
    assert_string_equal(refusal(extend, admin, who, last), "");
    assert_int_equal(strlen(town_sign_in(staff, "guest")), 43);
    assert_string_equal(town_valuef(owner, "SELECT count(*) FROM guest WHERE person = %lld", who),
                        "2");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_004_4_3_who_may_be_a_delegate),
        cmocka_unit_test(test_004_4_3_a_delegate_approves_until_revoked),
        cmocka_unit_test(test_001_6_2_1_alerts_of_who_leaves_stay),
        cmocka_unit_test(test_renaming_keeps_what_was_approved),
        cmocka_unit_test(test_004_4_3_outlives_the_approver_not_a_successor),
        cmocka_unit_test(test_004_4_1_an_empty_post_is_shown),
        cmocka_unit_test(test_004_6_1_suspension),
        cmocka_unit_test(test_001_7_4_exception_of_the_administrators_department),
        cmocka_unit_test(test_004_6_2_instruction_to_the_approver),
        cmocka_unit_test(test_000_6_guest_period),
        cmocka_unit_test(test_000_6_guest_ends_and_is_extended),
    };
    return cmocka_run_group_tests(tests, office_open, office_close);
}
