/* Forms 1 to 3: who applies, who decides, what follows (004 §10, §11, §12-2, §12-3). */
#include "office.h"

#define SECRET "substr(sha256('salt'), 1, 16), 'scrypt:17:8:1', sha256('%s')"

static const char *head, *other, *second; /* heads of 防災課 and 水道課, a second administrator */
static PGconn *beside;

static int open_forms(void **state) {
    office_open(state);
    beside = town_connect("kairan_staff");
    town_value(owner, "SELECT staff_add('c3', 'c3', '', substr(sha256('salt'), 1, 16), "
                      "'scrypt:17:8:1', sha256('c3'), 'administrator', NULL)");
    town_value(owner, "UPDATE person SET mail = 'head@town.example' WHERE login = 'a3'");
    head = town_sign_in(staff, "a3");
    other = town_sign_in(staff, "b3");
    second = town_sign_in(staff, "c3");
    return 0;
}

static int close_forms(void **state) {
    PQfinish(beside);
    return office_close(state);
}

/* Form 1 for a sign-in name; its number. */
static int64_t register_form(const char *login, const char *role) {
    return town_number(
        staff, town_valuef(owner,
                           "SELECT format('SELECT form_apply(%%L, 1, %%L, ''新人'', '''', %%L, "
                           "NULL, NULL, NULL, ''異動のため'', ''127.0.0.1'')', '%s', '%s', '%s')",
                           head, login, role));
}

/* Form 2 (about a post) or 3 (about a person). */
static int64_t about_form(int kind, int64_t post, int64_t who) {
    return town_number(
        staff,
        town_valuef(owner,
                    "SELECT format('SELECT form_apply(%%L, %d, NULL, NULL, NULL, NULL, %lld, "
                    "%lld, NULL, ''失念のため'', ''127.0.0.1'')', '%s')",
                    kind, (long long)post, (long long)who, head));
}

/* What accepting says: "" or the sentence. */
static const char *accept_by(const char *token, int64_t form, int version, const char *proof) {
    return refusal("SELECT form_accept('%s', %lld, %d, '', " SECRET ", '127.0.0.1')", token,
                   (long long)form, version, proof);
}

static const char *state_of(int64_t form) {
    return town_valuef(owner, "SELECT state FROM form WHERE id = %lld", (long long)form);
}

static const char *letters(const char *template) {
    return town_valuef(owner,
                       "SELECT count(*) FROM letter WHERE template = '%s' AND address = "
                       "'head@town.example'",
                       template);
}

#define MEANWHILE "Somebody has acted on this form meanwhile. Look at it again."

static void test_004_10_1_the_head_applies_and_nobody_else(void **state) {
    (void)state;
    static const char *const others[] = {"a1", "c1", "c2"};
    for (size_t i = 0; i < COUNT(others); i++) {
        const char *said = refusal("SELECT form_apply('%s', 1, 'n0', 'n', '', 'drafter', NULL, "
                                   "NULL, NULL, 'r', NULL)",
                                   town_sign_in(staff, others[i]));
        assert_string_equal(said, "Only the head of a department may apply.");
    }
    assert_string_equal(town_value(owner, "SELECT count(*) FROM form"), "0");
}

static void test_004_10_1_numbers_run_through_the_fiscal_year(void **state) {
    (void)state;
    int64_t one = register_form("n1", "drafter"), two = register_form("n2", "drafter");
    static const char number[] = "SELECT form_number(f) = format('令和%%s年度第%%s号', "
                                 "fiscal_year(now()) - 2018, %d) FROM form f WHERE id = %lld";
    assert_string_equal(town_valuef(owner, number, 1, (long long)one), "t");
    assert_string_equal(town_valuef(owner, number, 2, (long long)two), "t");
    assert_string_equal(logged("form.apply"),
                        town_valuef(owner, "SELECT 'a3 approver form %lld done'", (long long)two));
}

static void test_004_10_1_what_is_missing_is_named(void **state) {
    (void)state;
    static const struct {
        const char *values, *said;
    } rows[] = {
        {"1, 'N!', 'n', '', 'drafter', NULL, NULL, NULL, 'r'",
         "A user ID has 2 to 32 small letters, digits, dots, hyphens or underscores, and begins "
         "with a letter or a digit."},
        {"1, 'nn', '', '', 'drafter', NULL, NULL, NULL, 'r'",
         "Type the name, in at most 100 characters."},
        {"1, 'nn', 'n', 'no mail', 'drafter', NULL, NULL, NULL, 'r'", "Type a mail address."},
        {"1, 'nn', 'n', '', 'king', NULL, NULL, NULL, 'r'", "Choose a role."},
        {"1, 'nn', 'n', '', 'drafter', NULL, NULL, NULL, ' '",
         "Please give the reason, in at most 400 characters."},
        {"1, 'nn', 'n', '', 'drafter', NULL, NULL, '2020-01-01', 'r'",
         "This day is over. Choose today or a later day."},
        {"4, 'nn', 'n', '', 'drafter', NULL, NULL, NULL, 'r'", "Choose a form."},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = refusal("SELECT form_apply('%s', %s, NULL)", head, rows[i].values);
        if (strcmp(got, rows[i].said) != 0)
            ROW_FAIL(i, "%s: got %s", rows[i].values, got);
    }
}

static void test_004_10_2_no_head_or_auditor_decides(void **state) {
    (void)state;
    int64_t form = register_form("n3", "drafter");
    const char *tokens[] = {head, town_sign_in(staff, "c2")};
    for (size_t i = 0; i < COUNT(tokens); i++) {
        assert_string_equal(accept_by(tokens[i], form, 1, "n3"),
                            "Only an administrator may do this.");
        assert_string_equal(
            refusal("SELECT form_refuse('%s', %lld, 1, 'no', NULL)", tokens[i], (long long)form),
            "Only an administrator may do this.");
    }
    assert_string_equal(state_of(form), "applied");
}

/* Who was head when he or she applied, and is an administrator now. */
static void test_004_10_2_nobody_decides_on_an_own_application(void **state) {
    (void)state;
    int64_t form = register_form("n4", "drafter");
    town_value(owner, "ALTER TABLE form DISABLE TRIGGER form_check");
    town_valuef(owner, "UPDATE form SET head = %lld WHERE id = %lld", (long long)person("c3"),
                (long long)form);
    town_value(owner, "ALTER TABLE form ENABLE TRIGGER form_check");
    const char *said = accept_by(second, form, 1, "n4");
    assert_string_equal(said, "Nobody decides on an own application, or on one about himself or "
                              "herself. Ask another administrator.");
}

static void test_004_10_2_refused_with_the_reason(void **state) {
    (void)state;
    int64_t form = register_form("n5", "drafter");
    assert_string_equal(
        refusal("SELECT form_refuse('%s', %lld, 1, ' ', NULL)", admin, (long long)form),
        "Please give the reason, in at most 400 characters.");
    assert_string_equal(
        refusal("SELECT form_refuse('%s', %lld, 1, '定員のため', NULL)", admin, (long long)form),
        "");
    assert_string_equal(state_of(form), "refused");
    assert_string_equal(letters("form-refused"), "1");
    assert_string_equal(
        town_value(owner,
                   "SELECT secret ~ ('^/forms/' || form || E'\\n令和.*号\\n定員のため$') FROM "
                   "letter, form_event WHERE template = 'form-refused' AND note <> ''"),
        "t");
    assert_string_equal(town_valuef(staff,
                                    "SELECT form_read('%s', %lld, NULL) #>> '{events,1,note}'",
                                    head, (long long)form),
                        "定員のため");
    assert_string_equal(accept_by(second, form, 2, "n5"), MEANWHILE);
    assert_string_equal(town_value(owner, "SELECT count(*) FROM person WHERE login = 'n5'"), "0");
}

static void test_004_10_2_asked_back_and_applied_anew(void **state) {
    (void)state;
    int64_t form = register_form("n6", "drafter");
    assert_string_equal(
        refusal("SELECT form_ask('%s', %lld, 1, '氏名は?', NULL)", admin, (long long)form), "");
    assert_string_equal(letters("form-asked"), "1");
    assert_string_equal(accept_by(admin, form, 2, "n6"), MEANWHILE);
    static const char again[] = "SELECT form_again('%s', %lld, %d, 'n6', '新人六', '', 'drafter', "
                                "NULL, NULL, NULL, 'r', NULL)";
    assert_string_equal(refusal(again, other, (long long)form, 2), "There is no such form.");
    assert_string_equal(refusal(again, head, (long long)form, 1), MEANWHILE);
    assert_string_equal(refusal(again, head, (long long)form, 2), "");
    assert_string_equal(accept_by(admin, form, 3, "n6"), "");
    assert_string_equal(town_value(owner, "SELECT name FROM person WHERE login = 'n6'"), "新人六");
    assert_string_equal(
        town_valuef(owner,
                    "SELECT string_agg(state, ' ' ORDER BY version) FROM form_event WHERE "
                    "form = %lld",
                    (long long)form),
        "applied asked_back applied accepted");
}

static void test_004_10_3_accepted_makes_the_account(void **state) {
    (void)state;
    int64_t form = register_form("n7", "drafter");
    const char *before = letters("form-accepted");
    assert_string_equal(town_valuef(staff,
                                    "SELECT concat_ws(' ', state, fresh) FROM form_accept('%s', "
                                    "%lld, 1, '', " SECRET ", NULL)",
                                    admin, (long long)form, "n7"),
                        "accepted t");
    assert_string_equal(
        town_valuef(staff, "SELECT stage FROM session_who('%s')", town_sign_in(staff, "n7")),
        "password");
    assert_string_not_equal(letters("form-accepted"), before);
    assert_string_equal(accept_by(admin, form, 2, "n7"), MEANWHILE);
    assert_string_equal(accept_by(admin, form, 1, "n7"), MEANWHILE);
    assert_string_equal(logged("form.accept"), town_valuef(owner,
                                                           "SELECT 'c1 administrator form %lld "
                                                           "done'",
                                                           (long long)form));
}

/* What the rules of posts forbid takes nothing into effect, the form included. */
static void test_004_10_3_a_forbidden_post_leaves_the_form_open(void **state) {
    (void)state;
    int64_t form = register_form("a3", "drafter");
    assert_string_equal(accept_by(admin, form, 1, "x"),
                        "This person would draft and approve in the same department. Who approves "
                        "there must not draft there.");
    assert_string_equal(state_of(form), "applied");
    assert_string_equal(
        refusal("SELECT form_withdraw('%s', %lld, 1, NULL)", other, (long long)form),
        "There is no such form.");
    assert_string_equal(refusal("SELECT form_withdraw('%s', %lld, 1, NULL)", head, (long long)form),
                        "");
    assert_string_equal(accept_by(admin, form, 2, "x"), MEANWHILE);
}

/* A person with an account gets the post and keeps the password. */
static void test_004_10_3_a_post_more(void **state) {
    (void)state;
    int64_t form = register_form("b1", "drafter");
    assert_string_equal(
        town_valuef(staff, "SELECT fresh FROM form_accept('%s', %lld, 1, '', " SECRET ", NULL)",
                    admin, (long long)form, "x"),
        "f");
    assert_string_equal(
        town_valuef(staff, "SELECT count(*) FROM session_posts('%s')", town_sign_in(staff, "b1")),
        "2");
}

static void test_004_10_2_two_administrators_at_once(void **state) {
    (void)state;
    int64_t form = register_form("n8", "drafter");
    char refuse_it[512];
    snprintf(refuse_it, sizeof refuse_it, "SELECT form_refuse('%s', %lld, 1, 'no', NULL)", second,
             (long long)form);
    town_value(staff, "BEGIN");
    assert_string_equal(accept_by(admin, form, 1, "n8"), "");
    assert_int_equal(PQsendQuery(beside, refuse_it), 1);
    char waits[128];
    snprintf(waits, sizeof waits, "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = %d",
             PQbackendPID(beside));
    while (town_number(owner, waits) == 0) { /* till the second one waits for the first */
        assert_int_equal(PQconsumeInput(beside), 1);
        assert_int_equal(PQisBusy(beside), 1);
    }
    town_value(staff, "COMMIT");
    PGresult *res = PQgetResult(beside);
    assert_string_equal(PQresultErrorField(res, PG_DIAG_SQLSTATE), CONFLICT);
    PQclear(res);
    assert_null(PQgetResult(beside));
    assert_string_equal(state_of(form), "accepted");
}

static void test_004_10_an_administrator_takes_two(void **state) {
    (void)state;
    int64_t form = register_form("n9", "administrator");
    assert_string_equal(accept_by(admin, form, 1, "n9"), "");
    assert_string_equal(state_of(form), "accepted_once");
    assert_string_equal(town_value(owner, "SELECT count(*) FROM person WHERE login = 'n9'"), "0");
    assert_string_equal(accept_by(admin, form, 2, "n9"),
                        "You have accepted this form already. Another administrator confirms it.");
    assert_string_equal(accept_by(second, form, 2, "n9"), "");
    assert_string_equal(state_of(form), "accepted");
    assert_string_equal(town_value(owner, "SELECT o.role FROM post o JOIN person p ON p.id = "
                                          "o.person WHERE p.login = 'n9'"),
                        "administrator");
}

static void test_004_10_one_administrator_makes_no_other(void **state) {
    (void)state;
    int64_t form = register_form("m0", "administrator");
    town_value(owner, "UPDATE person SET suspended_at = now() WHERE login IN ('c3', 'n9')");
    assert_string_equal(accept_by(admin, form, 1, "m0"),
                        "There is one administrator only: the next one is made on the host, with "
                        "\"kairan admin add\".");
    town_value(owner, "UPDATE person SET suspended_at = NULL WHERE login IN ('c3', 'n9')");
}

static void test_004_11_1_posts_of_the_own_department_only(void **state) {
    (void)state;
    assert_string_equal(refusal("SELECT form_apply('%s', 2, NULL, NULL, NULL, NULL, %lld, NULL, "
                                "NULL, 'r', NULL)",
                                other, (long long)post_of("a2")),
                        "Choose a post of your department.");
}

static void test_004_11_2_accepted_ends_the_post(void **state) {
    (void)state;
    int64_t post = post_of("a2"), form = about_form(2, post, 0);
    const char *token = town_sign_in(staff, "a2");
    assert_string_equal(accept_by(admin, form, 1, "x"), "");
    assert_string_equal(town_valuef(owner,
                                    "SELECT upper(during) <= now() FROM post WHERE id = %lld",
                                    (long long)post),
                        "t");
    assert_string_equal(town_statef(staff, "SELECT form_list('%s', false, NULL, 10)", token),
                        UNSIGNED);
    assert_string_equal(state_of(form), "accepted");
}

/* What the head is offered, and what is taken when something else comes. */
static void test_004_11_1_chosen_from_the_own_department(void **state) {
    (void)state;
    static const char choices[] = "SELECT string_agg(login || ' ' || role, ', ' ORDER BY login) "
                                  "FROM form_choices('%s', %d)";
    assert_string_equal(town_valuef(staff, choices, other, 2),
                        "b1 drafter, b2 drafter, b3 approver");
    assert_string_equal(town_valuef(staff, choices, other, 3), "b1 , b2 ");
    assert_string_equal(town_valuef(staff, choices, other, 1), "");
    assert_string_equal(town_statef(staff, choices, admin, 2), DENIED);
    assert_string_equal(town_statef(staff, choices, town_sign_in(staff, "b2"), 2), DENIED);
}

static void test_004_12_2_people_of_the_own_department_only(void **state) {
    (void)state;
    static const char ask[] = "SELECT form_apply('%s', 3, NULL, NULL, NULL, NULL, NULL, %lld, "
                              "NULL, 'r', NULL)";
    assert_string_equal(refusal(ask, other, (long long)person("a1")),
                        "Choose a person of your department.");
    assert_string_equal(refusal(ask, head, (long long)person("a3")),
                        "You are signed in: change your password yourself.");
}

static void test_004_12_3_accepted_initialises_the_password(void **state) {
    (void)state;
    int64_t form = about_form(3, 0, person("a1"));
    const char *before = town_sign_in(staff, "a1");
    assert_string_equal(accept_by(admin, form, 1, "fresh"), "");
    assert_string_equal(town_valuef(staff, "SELECT count(*) FROM session_who('%s')", before), "0");
    const char *token = town_value(
        staff, "SELECT token FROM sign_in('a1', 'fresh', '', NULL, 'test', 100, 30, 12)");
    assert_string_equal(town_valuef(staff, "SELECT stage FROM session_who('%s')", token),
                        "password");
    assert_string_equal(accept_by(second, form, 1, "again"), MEANWHILE);
}

static void test_004_10_forms_are_kept(void **state) {
    (void)state;
    static const char *const tries[] = {"UPDATE form_event SET note = 'x'",
                                        "DELETE FROM form_event",
                                        "TRUNCATE form_event",
                                        "DELETE FROM form WHERE id = 1",
                                        "UPDATE form SET state = 'accepted'",
                                        "UPDATE form SET reason = 'x', version = version + 1"};
    for (size_t i = 0; i < COUNT(tries); i++)
        if (strcmp(town_state(staff, tries[i]), NO_RIGHT) != 0 ||
            strcmp(town_state(owner, tries[i]), DENIED) != 0)
            ROW_FAIL(i, "%s", tries[i]);
}

static void test_004_10_who_reads(void **state) {
    (void)state;
    static const char count[] = "SELECT count(*) FROM form_list('%s', false, NULL, 200)";
    assert_string_equal(town_valuef(staff, count, other), "0");
    assert_string_equal(town_valuef(staff, count, town_sign_in(staff, "c2")),
                        town_value(owner, "SELECT count(*) FROM form"));
    assert_string_equal(town_statef(staff, count, town_sign_in(staff, "b2")), DENIED);
    assert_string_equal(refusal("SELECT form_read('%s', 1, NULL)", other),
                        "There is no such form.");
}

static void test_004_10_the_list_goes_on_below_a_number(void **state) {
    (void)state;
    static const char ids[] = "SELECT string_agg(f ->> 'id', ' ') FROM form_list('%s', false, "
                              "%s, %d) AS f";
    const char *all = town_value(owner, "SELECT string_agg(id::text, ' ' ORDER BY id DESC) FROM "
                                        "form"),
               *top = town_valuef(staff, ids, admin, "NULL", 3),
               *last = town_valuef(owner, "SELECT split_part('%s', ' ', 3)", top),
               *rest = town_valuef(staff, ids, admin, last, 200);
    assert_string_equal(town_valuef(owner, "SELECT '%s %s'", top, rest), all);
    assert_string_equal(town_valuef(staff, ids, admin, "1", 200), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_004_10_1_the_head_applies_and_nobody_else),
        cmocka_unit_test(test_004_10_1_numbers_run_through_the_fiscal_year),
        cmocka_unit_test(test_004_10_1_what_is_missing_is_named),
        cmocka_unit_test(test_004_10_2_no_head_or_auditor_decides),
        cmocka_unit_test(test_004_10_2_nobody_decides_on_an_own_application),
        cmocka_unit_test(test_004_10_2_refused_with_the_reason),
        cmocka_unit_test(test_004_10_2_asked_back_and_applied_anew),
        cmocka_unit_test(test_004_10_3_accepted_makes_the_account),
        cmocka_unit_test(test_004_10_3_a_forbidden_post_leaves_the_form_open),
        cmocka_unit_test(test_004_10_3_a_post_more),
        cmocka_unit_test(test_004_10_2_two_administrators_at_once),
        cmocka_unit_test(test_004_10_an_administrator_takes_two),
        cmocka_unit_test(test_004_10_one_administrator_makes_no_other),
        cmocka_unit_test(test_004_11_1_posts_of_the_own_department_only),
        cmocka_unit_test(test_004_11_1_chosen_from_the_own_department),
        cmocka_unit_test(test_004_11_2_accepted_ends_the_post),
        cmocka_unit_test(test_004_12_2_people_of_the_own_department_only),
        cmocka_unit_test(test_004_12_3_accepted_initialises_the_password),
        cmocka_unit_test(test_004_10_forms_are_kept),
        cmocka_unit_test(test_004_10_who_reads),
        cmocka_unit_test(test_004_10_the_list_goes_on_below_a_number),
    };
    return cmocka_run_group_tests(tests, open_forms, close_forms);
}
