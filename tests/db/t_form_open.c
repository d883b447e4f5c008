/* Forms 1 to 3 without sign-in: confirmed by a link that is mailed to the head's address
 * (004 §10, §11, §12-2). Nobody is told who or what is known. */
#include "office.h"

#define SECRET  "substr(sha256('salt'), 1, 16), 'scrypt:17:8:1', sha256('%s')"
#define DOMAINS "town.example, school.town.example"
#define GONE    "This link is not valid any more. Please apply again."

static PGconn *beside;

static int open_forms(void **state) {
    office_open(state);
    beside = town_connect("kairan_staff");
    town_value(owner, "SELECT staff_add('c3', 'c3', '', substr(sha256('salt'), 1, 16), "
                      "'scrypt:17:8:1', sha256('c3'), 'administrator', NULL)");
    town_value(owner, "UPDATE person SET mail = login || '@town.example'");
    return 0;
}

static int close_forms(void **state) {
    PQfinish(beside);
    return office_close(state);
}

/* Each test has the letters and limits to itself. */
static int clear(void **state) {
    (void)state;
    town_value(owner, "DELETE FROM letter");
    town_value(owner, "DELETE FROM throttle");
    town_value(owner, "DELETE FROM form_pending");
    return 0;
}

/* What applying says; `typed`: kind, department, head, address, language, user ID, name, mail,
 * role. */
static const char *request(const char *typed) {
    return refusal("SELECT form_request(%s, NULL, '理由', '" DOMAINS "', 3, 100, '127.0.0.1')",
                   typed);
}

/* The link's token of the newest letter of a template. */
static const char *link_of(const char *template) {
    return town_valuef(owner,
                       "SELECT substring(split_part(secret, E'\\n', 1) FROM '[^/]*$') FROM letter "
                       "WHERE template = '%s' ORDER BY id DESC LIMIT 1",
                       template);
}

/* Applies and confirms; the new form's id. */
static int64_t confirmed(const char *typed) {
    assert_string_equal(request(typed), "");
    const char *link = link_of("form-confirm");
    assert_string_equal(refusal("SELECT form_confirm('%s', '127.0.0.1')", link), "");
    return town_number(owner,
                       town_valuef(owner,
                                   "SELECT format('SELECT form FROM form_pending WHERE token_hash "
                                   "= token_hash(%%L)', '%s')",
                                   link));
}

static const char *accept_by(const char *token, int64_t form, int version, const char *note,
                             const char *proof) {
    return refusal("SELECT form_accept('%s', %lld, %d, '%s', " SECRET ", '127.0.0.1')", token,
                   (long long)form, version, note, proof);
}

static const char *column(int64_t form, const char *expression) {
    return town_valuef(owner, "SELECT %s FROM form WHERE id = %lld", expression, (long long)form);
}

/* What the head of 防災課 types for a new drafter. */
static const char *newcomer(const char *login) {
    static char typed[256];
    snprintf(typed, sizeof typed,
             "1, 1, '課長', 'a3@town.example', 'ja', '%s', '新人', '', 'drafter'", login);
    return typed;
}

static void test_004_10_1_unconfirmed_reaches_nobody(void **state) {
    (void)state;
    const char *before = town_value(owner, "SELECT count(*) FROM form");
    assert_string_equal(request(newcomer("o1")), "");
    assert_string_equal(town_value(owner, "SELECT count(*) FROM form"), before);
    assert_string_equal(town_value(owner, "SELECT count(*) FROM form_pending"), "1");
    assert_string_equal(town_value(owner, "SELECT address FROM letter"), "a3@town.example");
    assert_string_equal(town_value(owner, "SELECT secret ~ '^/apply/confirm/[A-Za-z0-9_-]{43}$' "
                                          "FROM letter"),
                        "t");
    assert_string_equal(town_state(staff, "SELECT * FROM form_pending"), NO_RIGHT);
    assert_string_equal(town_state(staff, "SELECT * FROM letter"), NO_RIGHT);
}

static void test_004_10_1_addresses_of_the_municipality_only(void **state) {
    (void)state;
    static const char *const bad[] = {
        "''",
        "NULL",
        "'x@elsewhere.example'",
        "'x@town.example.elsewhere.example'",
        "'x@elsewheretown.example'",
        "'x@town.example@elsewhere.example'",
        "'elsewhere@x@town.example'",
        "'x@TOWN.example'",
        "'@town.example'",
        "'x y@town.example'",
        "E'x\\r\\nBcc: y@town.example'",
        "'<x>@town.example'",
        "'x@'",
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *said = request(town_valuef(
            owner, "SELECT $q$1, 1, '課長', %s, 'ja', 'o2', '新人', '', 'drafter'$q$", bad[i]));
        if (strcmp(said, "Type a mail address of the municipality.") != 0)
            ROW_FAIL(i, "%s: %s", bad[i], said);
    }
    assert_string_equal(town_value(owner, "SELECT count(*) FROM letter"), "0");
    assert_string_equal(
        request("1, 1, '課長', 'X@school.town.example', 'ja', 'o2', '新人', '', 'drafter'"), "");
    static const char off[] = "SELECT form_request(1, 1, 'h', 'a3@town.example', 'ja', 'o2', 'n', "
                              "'', 'drafter', NULL, 'r', %s, 3, 100, NULL)";
    assert_string_equal(refusal(off, "''"), "Type a mail address of the municipality.");
    assert_string_equal(refusal(off, "NULL"), "Type a mail address of the municipality.");
}

static void test_004_10_1_what_is_missing_is_named(void **state) {
    (void)state;
    static const struct {
        const char *typed, *said;
    } rows[] = {
        {"4, 1, 'h', 'a3@town.example', 'ja', 'oo', 'n', '', 'drafter'", "Choose a form."},
        {"NULL, 1, 'h', 'a3@town.example', 'ja', 'oo', 'n', '', 'drafter'", "Choose a form."},
        {"1, 99, 'h', 'a3@town.example', 'ja', 'oo', 'n', '', 'drafter'", "Choose a department."},
        {"1, NULL, 'h', 'a3@town.example', 'ja', 'oo', 'n', '', 'drafter'", "Choose a department."},
        {"1, 1, ' ', 'a3@town.example', 'ja', 'oo', 'n', '', 'drafter'",
         "Type the head's name, in at most 100 characters."},
        {"1, 1, repeat('h', 101), 'a3@town.example', 'ja', 'oo', 'n', '', 'drafter'",
         "Type the head's name, in at most 100 characters."},
        {"2, 1, 'h', 'a3@town.example', 'ja', 'oo', '', '', ''", "Choose a role."},
        {"2, 1, 'h', 'a3@town.example', 'ja', 'oo', '', '', 'king'", "Choose a role."},
        {"3, 1, 'h', 'a3@town.example', 'ja', '', '', '', ''",
         "A user ID has 2 to 32 small letters, digits, dots, hyphens or underscores, and begins "
         "with a letter or a digit."},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = request(rows[i].typed);
        if (strcmp(got, rows[i].said) != 0)
            ROW_FAIL(i, "%s: got %s", rows[i].typed, got);
    }
    assert_string_equal(town_value(owner, "SELECT count(*) FROM letter"), "0");
}

static void test_004_10_1_confirmed_by_its_own_link_alone(void **state) {
    (void)state;
    const char *before = town_value(owner, "SELECT count(*) FROM form");
    assert_string_equal(request(newcomer("o3")), "");
    const char *link = link_of("form-confirm");
    static const char *const asks[][2] = {
        {"form_peek", ""}, {"form_confirm", ", NULL"}, {"form_question", ""}};
    for (size_t i = 0; i < COUNT(asks); i++) { /* forged, cut, turned */
        const char *forged[] = {
            "",
            "x",
            town_valuef(owner, "SELECT left('%s', 42)", link),
            town_valuef(owner, "SELECT '%s' || 'x'", link),
            town_valuef(owner, "SELECT upper('%s')", link),
            town_value(owner, "SELECT encode(token_hash, 'hex') FROM form_pending")};
        for (size_t k = 0; k < COUNT(forged); k++) {
            assert_string_equal(refusal("SELECT %s('%s'%s)", asks[i][0], forged[k], asks[i][1]),
                                GONE);
        }
    }
    assert_string_equal(refusal("SELECT form_question('%s')", link), GONE); /* another's purpose */
    town_value(owner, "UPDATE form_pending SET expires = now() - interval '1 second'");
    assert_string_equal(refusal("SELECT form_confirm('%s', NULL)", link), GONE);
    town_value(owner, "UPDATE form_pending SET expires = now() + interval '1 hour'");
    assert_string_equal(town_valuef(staff, "SELECT form_peek('%s') ->> 'number'", link), "");
    assert_string_equal(town_value(owner, "SELECT count(*) FROM form"), before); /* a look only */
    assert_string_equal(refusal("SELECT form_confirm('%s', NULL)", link), "");
    const char *after = town_value(owner, "SELECT count(*) FROM form");
    assert_string_not_equal(after, before);
    assert_string_equal(refusal("SELECT form_confirm('%s', NULL)", link), ""); /* once more */
    assert_string_equal(town_value(owner, "SELECT count(*) FROM form"), after);
}

static void test_004_10_1_confirmed_twice_at_once_is_one_form(void **state) {
    (void)state;
    assert_string_equal(request(newcomer("o4")), "");
    char confirm[256], waits[128];
    snprintf(confirm, sizeof confirm, "SELECT form_confirm('%s', NULL)", link_of("form-confirm"));
    snprintf(waits, sizeof waits, "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = %d",
             PQbackendPID(beside));
    town_value(staff, "BEGIN");
    town_value(staff, confirm);
    assert_int_equal(PQsendQuery(beside, confirm), 1);
    while (town_number(owner, waits) == 0) { /* till the second one waits for the first */
        assert_int_equal(PQconsumeInput(beside), 1);
        assert_int_equal(PQisBusy(beside), 1);
    }
    town_value(staff, "COMMIT");
    PGresult *res = PQgetResult(beside);
    assert_int_equal(PQresultStatus(res), PGRES_TUPLES_OK);
    PQclear(res);
    assert_null(PQgetResult(beside));
    assert_string_equal(town_value(owner, "SELECT count(*) FROM form WHERE login = 'o4'"), "1");
}

static void test_004_10_1_the_history_says_how_it_came(void **state) {
    (void)state;
    int64_t form = confirmed(newcomer("o5"));
    assert_string_equal(town_valuef(staff,
                                    "SELECT concat_ws(' ', f ->> 'head', f ->> 'head_known', "
                                    "f ->> 'head_account', f #>> '{events,0,address}') FROM "
                                    "form_read('%s', %lld, NULL) AS f",
                                    admin, (long long)form),
                        "課長 true a3 a3@town.example");
    assert_string_equal(
        town_value(
            owner,
            "SELECT concat_ws(' ', person, login, department, object, result, facts "
            "->> 'form_unsigned' LIKE '令和%年度第%号', host(network)) FROM oplog WHERE act = "
            "'form.apply' ORDER BY seq DESC LIMIT 1"),
        town_valuef(owner, "SELECT 'a3@town.example 1 form %lld done t 127.0.0.1'",
                    (long long)form));
}

/* The head of another department, somebody suspended, a drafter, nobody: unknown all. */
static void test_004_10_1_an_unknown_address_is_marked(void **state) {
    (void)state;
    static const char *const typed[] = {
        "1, 1, 'h', 'b3@town.example', 'ja', 'o6', 'n', '', 'drafter'",
        "1, 1, 'h', 'a1@town.example', 'ja', 'o6', 'n', '', 'drafter'",
        "1, 1, 'h', 'nobody@town.example', 'ja', 'o6', 'n', '', 'drafter'",
        "1, 1, 'h', 'a3@school.town.example', 'ja', 'o6', 'n', '', 'drafter'",
    };
    for (size_t i = 0; i < COUNT(typed); i++)
        assert_string_equal(column(confirmed(typed[i]), "head IS NULL"), "t");
    assert_string_equal(
        column(confirmed("1, 1, 'h', 'A3@town.example', 'ja', 'o6', 'n', '', 'drafter'"),
               "head IS NULL"),
        "f");
    town_value(owner, "UPDATE person SET suspended_at = now() WHERE login = 'a3'");
    assert_string_equal(column(confirmed(newcomer("o6")), "head IS NULL"), "t");
    town_value(owner, "UPDATE person SET suspended_at = NULL WHERE login = 'a3'");
}

static void test_004_10_2_an_unknown_head_is_made_sure_of(void **state) {
    (void)state;
    int64_t form = confirmed("1, 1, 'h', 'new@town.example', 'en', 'o7', '新人', '', 'drafter'");
    assert_string_equal(accept_by(admin, form, 1, " ", "o7"),
                        "Write how you made sure that the head of the department applies, in at "
                        "most 400 characters.");
    assert_string_equal(column(form, "state"), "applied");
    assert_string_equal(accept_by(admin, form, 1, "電話で確認", "o7"), "");
    assert_string_equal(town_valuef(owner,
                                    "SELECT note FROM form_event WHERE form = %lld AND version = 2",
                                    (long long)form),
                        "電話で確認");
    assert_string_equal(
        town_value(owner, "SELECT concat_ws(' ', address, lang, secret LIKE E'/apply\\nFY%') FROM "
                          "letter WHERE template = 'form-accepted'"),
        "new@town.example en t");
    assert_string_equal(
        town_valuef(staff, "SELECT stage FROM session_who('%s')", town_sign_in(staff, "o7")),
        "password");
}

/* By his or her own address, or about himself or herself. */
static void test_004_10_2_no_administrator_decides_on_an_own_application(void **state) {
    (void)state;
    static const char own[] = "Nobody decides on an own application, or on one about himself or "
                              "herself. Ask another administrator.";
    int64_t form = confirmed("1, 1, 'h', 'C1@town.example', 'ja', 'o8', '新人', '', 'drafter'");
    assert_string_equal(accept_by(admin, form, 1, "self", "o8"), own);
    assert_string_equal(town_valuef(staff, "SELECT form_read('%s', %lld, NULL) ->> 'may_decide'",
                                    admin, (long long)form),
                        "false");
    form = confirmed("3, 1, 'h', 'a3@town.example', 'ja', 'c1', '', '', ''");
    assert_string_equal(accept_by(admin, form, 1, "self", "o8"), own);
}

/* Nobody learns by applying whether there is such a person; the administrator does. */
static void test_004_12_2_a_stranger_learns_nothing(void **state) {
    (void)state;
    static const char *const typed[] = {
        "3, 1, 'h', 'a3@town.example', 'ja', 'a1', '', '', ''", /* of the department */
        "3, 1, 'h', 'a3@town.example', 'ja', 'b1', '', '', ''", /* of another one */
        "3, 1, 'h', 'a3@town.example', 'ja', 'nobody', '', '', ''"};
    const char *shown = NULL;
    for (size_t i = 0; i < COUNT(typed); i++) {
        int64_t form = confirmed(typed[i]);
        const char *now =
            town_valuef(staff, "SELECT form_peek('%s') - '{login,number,number_en}'::text[]",
                        link_of("form-confirm"));
        assert_string_equal(shown ? shown : now, now);
        shown = now;
        if (i > 0) {
            assert_string_equal(accept_by(admin, form, 1, "x", "x"),
                                "The department has nobody of this user ID and role. Ask the head "
                                "back, or refuse.");
        }
    }
}

static void test_004_12_3_the_head_who_lost_the_own_password(void **state) {
    (void)state;
    const char *before = town_sign_in(staff, "a3");
    int64_t form = confirmed("3, 1, 'h', 'a3@town.example', 'ja', 'a3', '', '', ''");
    assert_string_equal(accept_by(admin, form, 1, "", "fresh"), "");
    assert_string_equal(town_valuef(staff, "SELECT count(*) FROM session_who('%s')", before), "0");
    const char *token = town_value(
        staff, "SELECT token FROM sign_in('a3', 'fresh', '', NULL, 'test', 100, 30, 12)");
    assert_string_equal(town_valuef(staff, "SELECT stage FROM session_who('%s')", token),
                        "password");
    town_value(owner, "UPDATE credential SET one_time = false, one_time_until = NULL, "
                      "one_time_used = NULL, verifier = sha256('a3') FROM person p WHERE p.id = "
                      "person AND p.login = 'a3'");
}

static void test_004_11_2_accepted_ends_the_post(void **state) {
    (void)state;
    int64_t post = post_of("a2");
    int64_t form = confirmed("2, 1, 'h', 'a3@town.example', 'ja', 'a2', '', '', 'drafter'");
    assert_string_equal(accept_by(admin, form, 1, "", "x"), "");
    assert_string_equal(town_valuef(owner,
                                    "SELECT upper(during) <= now() FROM post WHERE id = %lld",
                                    (long long)post),
                        "t");
}

static void test_004_10_1_letters_and_tries_have_limits(void **state) {
    (void)state;
    for (int i = 0; i < 5; i++) /* the same is said whether a letter goes or not */
        assert_string_equal(request(newcomer("o9")), "");
    assert_string_equal(town_value(owner, "SELECT count(*) FROM letter"), "3");
    assert_string_equal(town_value(owner, "SELECT count(*) FROM form_pending"), "3");
    assert_string_equal(request("1, 1, 'h', 'A3@town.example', 'ja', 'o9', 'n', '', 'drafter'"),
                        "");
    assert_string_equal(town_value(owner, "SELECT count(*) FROM letter"), "3");
    static const char few[] = "SELECT form_request(1, 1, 'h', 'x%d@town.example', 'ja', 'o9', 'n', "
                              "'', 'drafter', NULL, 'r', '" DOMAINS "', 3, 2, '192.0.2.1')";
    assert_string_equal(refusal(few, 1), "");
    assert_string_equal(refusal(few, 2), "");
    assert_string_equal(refusal(few, 3),
                        "Too many requests came from your network. Please try again in an hour.");
    assert_string_equal(town_value(owner, "SELECT count(*) FROM letter WHERE address LIKE 'x%'"),
                        "2");
}

#define REPLY "SELECT form_reply('%s', '%s', '新人', '', 'drafter', NULL, '訂正', '127.0.0.1')"

static void test_004_10_2_asked_back_is_answered_by_a_link_once(void **state) {
    (void)state;
    int64_t form = confirmed(newcomer("p1"));
    assert_string_equal(
        refusal("SELECT form_ask('%s', %lld, 1, '氏名は?', NULL)", admin, (long long)form), "");
    assert_string_equal(
        town_value(owner,
                   "SELECT secret ~ E'^/apply/again/[A-Za-z0-9_-]{43}\\n令和.*号\\n氏名は\\\\?$' "
                   "FROM letter WHERE template = 'form-asked-open'"),
        "t");
    const char *link = link_of("form-asked-open");
    assert_string_equal(town_valuef(staff, "SELECT form_question('%s') ->> 'question'", link),
                        "氏名は?");
    assert_string_equal(refusal("SELECT form_confirm('%s', NULL)", link), GONE);
    assert_string_equal(
        refusal(REPLY, link, "P!"),
        "A user ID has 2 to 32 small letters, digits, dots, hyphens or underscores, and begins "
        "with a letter or a digit.");
    town_valuef(owner, "ALTER TABLE form DISABLE TRIGGER form_check");
    town_valuef(owner, "UPDATE form SET answer_until = now() - interval '1 second' WHERE id = %lld",
                (long long)form);
    assert_string_equal(refusal(REPLY, link, "p1"), GONE);
    town_valuef(owner, "UPDATE form SET answer_until = now() + interval '1 hour' WHERE id = %lld",
                (long long)form);
    town_valuef(owner, "ALTER TABLE form ENABLE TRIGGER form_check");
    assert_string_equal(refusal(REPLY, link, "p2"), "");
    assert_string_equal(refusal(REPLY, link, "p3"), GONE);
    assert_string_equal(column(form, "concat_ws(' ', state, version, login)"), "applied 3 p2");
    assert_string_equal(accept_by(admin, form, 3, "", "p2"), "");
}

/* A head who never answers does not keep a form open. */
static void test_004_10_2_an_unanswered_form_is_refused(void **state) {
    (void)state;
    int64_t form = confirmed(newcomer("p4"));
    assert_string_equal(
        refusal("SELECT form_ask('%s', %lld, 1, 'どなたですか', NULL)", admin, (long long)form),
        "");
    const char *link = link_of("form-asked-open");
    assert_string_equal(refusal("SELECT form_refuse('%s', %lld, 2, '回答がないため', NULL)", admin,
                                (long long)form),
                        "");
    assert_string_equal(refusal(REPLY, link, "p4"), GONE);
    assert_string_equal(
        town_value(owner, "SELECT split_part(secret, E'\\n', 3) FROM letter WHERE template = "
                          "'form-refused'"),
        "回答がないため");
}

/* The department's head, once signed in, sees it too, and may withdraw it. */
static void test_004_10_1_the_signed_in_head_sees_and_withdraws_it(void **state) {
    (void)state;
    int64_t form = confirmed("1, 1, 'h', 'new@town.example', 'ja', 'p5', 'n', '', 'drafter'");
    const char *head = town_sign_in(staff, "a3");
    assert_string_equal(
        refusal("SELECT form_ask('%s', %lld, 1, '?', NULL)", admin, (long long)form), "");
    assert_string_equal(refusal("SELECT form_withdraw('%s', %lld, 2, NULL)",
                                town_sign_in(staff, "b3"), (long long)form),
                        "There is no such form.");
    assert_string_equal(refusal("SELECT form_withdraw('%s', %lld, 2, NULL)", head, (long long)form),
                        "");
    assert_string_equal(refusal(REPLY, link_of("form-asked-open"), "p5"), GONE);
}

static void test_004_10_what_is_never_confirmed_goes(void **state) {
    (void)state;
    assert_string_equal(request(newcomer("p6")), "");
    assert_string_equal(request(newcomer("p7")), "");
    town_value(owner,
               "UPDATE form_pending SET expires = now() - interval '1 second' WHERE said ->> "
               "'login' = 'p6'");
    PGconn *house = town_connect("kairan_house");
    assert_string_equal(town_value(house, "SELECT form_forget(1000)"), "f");
    PQfinish(house);
    assert_string_equal(town_value(owner, "SELECT string_agg(said ->> 'login', ' ') FROM "
                                          "form_pending"),
                        "p7");
}

static void test_004_10_the_residents_role_may_nothing(void **state) {
    (void)state;
    PGconn *residents = town_connect("kairan_public");
    assert_string_equal(town_state(residents, "SELECT form_departments()"), NO_RIGHT);
    assert_string_equal(town_state(residents, "SELECT form_peek('x')"), NO_RIGHT);
    assert_string_equal(town_state(residents, "SELECT form_confirm('x', NULL)"), NO_RIGHT);
    PQfinish(residents);
    assert_string_equal(town_state(staff, "SELECT form_forget(1)"), NO_RIGHT);
    assert_string_equal(town_state(staff, "SELECT form_enter(NULL)"), NO_RIGHT);
}

#define TEST(name) cmocka_unit_test_setup(name, clear)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_004_10_1_unconfirmed_reaches_nobody),
        TEST(test_004_10_1_addresses_of_the_municipality_only),
        TEST(test_004_10_1_what_is_missing_is_named),
        TEST(test_004_10_1_confirmed_by_its_own_link_alone),
        TEST(test_004_10_1_confirmed_twice_at_once_is_one_form),
        TEST(test_004_10_1_the_history_says_how_it_came),
        TEST(test_004_10_1_an_unknown_address_is_marked),
        TEST(test_004_10_2_an_unknown_head_is_made_sure_of),
        TEST(test_004_10_2_no_administrator_decides_on_an_own_application),
        TEST(test_004_12_2_a_stranger_learns_nothing),
        TEST(test_004_12_3_the_head_who_lost_the_own_password),
        TEST(test_004_11_2_accepted_ends_the_post),
        TEST(test_004_10_1_letters_and_tries_have_limits),
        TEST(test_004_10_2_asked_back_is_answered_by_a_link_once),
        TEST(test_004_10_2_an_unanswered_form_is_refused),
        TEST(test_004_10_1_the_signed_in_head_sees_and_withdraws_it),
        TEST(test_004_10_what_is_never_confirmed_goes),
        TEST(test_004_10_the_residents_role_may_nothing),
    };
    return cmocka_run_group_tests(tests, open_forms, close_forms);
}
