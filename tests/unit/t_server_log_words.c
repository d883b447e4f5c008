/* Rows of the operation log in words: what is understood, and what stays as it was stored. */
#include "check.h"

#include "log/log_words.h"
#include "page/office_form.h"
#include "page/parts.h"

static int set_up(void **state) {
    *state = arena_new();
    return 0;
}

static int tear_down(void **state) {
    struct arena *a = *state;
    arena_free(&a);
    return 0;
}

static struct oplog_row row_of(const char *act, bool done, const char *object, const char *reason) {
    return (struct oplog_row){.act = act,
                              .done = done,
                              .object = object,
                              .reason = reason,
                              .facts = "",
                              .login = "suido-1",
                              .name = "",
                              .role = "",
                              .department = "水道課",
                              .department_en = "",
                              .object_name = ""};
}

static void objects(void **state) {
    static const struct {
        const char *object, *text, *href;
    } rows[] = {
        {"alert 3", "Alert 3", "/alerts/3"},
        {"/alerts/3/approve", "Alert 3", "/alerts/3"},
        {"/alerts/3", "Alert 3", "/alerts/3"},
        {"import 12", "Import 12", ""},
        {"/import/12/apply", "Import 12", ""},
        {"post 5", "Post 5", ""},
        {"form 7", "Form 7", "/forms/7"},
        {"/forms/7/accept", "Form 7", "/forms/7"},
        {"person 10", "Person 10", ""},
        {"/alerts", "Alerts", ""},
        {"/log", "Operation log", ""},
        {"", "", ""},
        {"alert", "alert", ""},
        {"alert x", "alert x", ""},
        {"alert 0", "alert 0", ""},
        {"alert 3 4", "alert 3 4", ""},
        {"alert 99999999999999999999", "alert 99999999999999999999", ""},
        {"thing 3", "thing 3", ""},
        {"/al", "/al", ""},
        {"/alerts/", "/alerts/", ""},
        {"/elsewhere/3", "/elsewhere/3", ""},
    };
    struct req r = {.arena = *state, .lang = "en"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct oplog_row row = row_of("alert.stop", true, rows[i].object, "");
        const char *href;
        const char *text = log_object(&r, &row, &href);
        if (strcmp(text, rows[i].text) != 0 || strcmp(href, rows[i].href) != 0)
            ROW_FAIL(i, "%s: %s %s", rows[i].object, text, href);
    }
}

static void reasons(void **state) {
    static const struct {
        const char *facts, *reason, *text;
    } rows[] = {
        {"{\"version\": 2}", "", "Version 2"},
        {"", "version 2", "version 2"}, /* typed by a person */
        {"", "role", "role"},
        {"{\"fingerprint\": \"0123456789abcdef0123\"}", "", "Fingerprint 0123456789ab"},
        {"{\"fingerprint\": \"01\"}", "", "Fingerprint 01"},
        {"{\"corrected_by\": 7}", "", "Corrected or cancelled by alert 7"},
        {"{\"form_unsigned\": \"2026-3\"}", "", "2026-3, without signing in"},
        {"{\"form\": \"2026-3\"}", "", "2026-3"},
        {"{\"form\": \"2026-3\"}", "incomplete", "2026-3 incomplete"},
        {"{\"left\": 9}", "", "9 recovery codes left"},
        {"{\"closed\": \"閉庁\"}", "", "Closed: 閉庁"},
        {"{\"closed\": \"\"}", "", "Closed: "},
        {"{\"open\": \"開庁\"}", "", "Open: 開庁"},
        {"{\"sessions\": 3}", "", "3 sessions"},
        {"{\"seconds\": 5}", "", "By 5 seconds"},
        {"{\"times\": 8}", "", "8 more times within the hour"},
        {"", "repeated 8", "repeated 8"},
        {"{\"role\": \"drafter\"}", "", "Drafter"},
        {"{\"role\": \"strange\"}", "", "strange"},
        {"{\"refusal\": \"role\"}", "", "Your post does not allow this."},
        {"{\"refusal\": \"csrf\"}", "", "The form was too old, or was not sent from our page."},
        {"{\"refusal\": \"A sentence.\"}", "", "A sentence."},
        {"{\"contact\": 5, \"refusal\": \"Broken.\"}", "", "contact 5: Broken."},
        {"{\"cause\": 9}", "late", "9: late"},
        {"{\"drafter_cause\": -1}", "late", "-1: late"},
        {"{\"post\": {\"role\": \"drafter\", \"department\": \"防災課\", \"since\": \"2027-04-01 "
         "00:00\"}}",
         "moved", "Drafter 防災課 2027-04-01 00:00 – moved"},
        {"{\"post\": {\"role\": \"administrator\", \"since\": \"a\", \"until\": \"b\"}}", "",
         "Administrator a – b"},
        {"{\"post\": {\"role\": \"drafter\", \"called_off\": true}}", "drafter",
         "Drafter × drafter"},
        {"{\"post_is\": {\"role\": \"approver\"}, \"post_was\": {\"role\": \"drafter\"}}", "why",
         "Drafter – → Approver – why"},
        {"{\"post_revoked\": {\"role\": \"drafter\"}}", "why", "why Drafter –"},
        {"{\"name_was\": \"a\", \"mail_was\": \"m\", \"name_is\": \"b\"}", "", "a m → b"},
        {"{\"code\": \"100\", \"name\": \"消防課\"}", "", "100 消防課"},
        {"{\"since\": \"2026-04-01\", \"until\": \"2026-04-30\"}", "", "2026-04-01 – 2026-04-30"},
        {"{\"migrations\": 1, \"law\": 2}", "", "migrations 1, law 2"},
        {"{\"second_factor\": \"-\", \"proof_min\": 15, \"hours\": \"-\", \"permission\": \"off\"}",
         "", "second factor: -; proof: 15 min; hours: -; permission: off"},
        {"{\"trouble\": \"content\", \"reply\": \"554 no\"}", "", "content 554 no"},
        {"{\"last\": 5, \"hash\": \"ab\"}", "", "last 5 ab"},
        {"{\"unknown\": 1}", "", ""},
        {"", "", ""},
    };
    struct req r = {.arena = *state, .lang = "en"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct oplog_row row = row_of("alert.save", true, "", rows[i].reason);
        row.facts = rows[i].facts;
        const char *text = log_reason(&r, &row);
        if (strcmp(text, rows[i].text) != 0)
            ROW_FAIL(i, "%s: %s", rows[i].facts, text);
    }
}

static void causes(void **state) {
    struct req r = {.arena = *state, .lang = "en"};
    struct oplog_row row = row_of("staff.suspend", true, "", "late");
    row.facts = "{\"cause\": 2}";
    assert_string_equal(log_reason(&r, &row), arena_printf(*state, "%s: late", office_causes[1]));
    row.facts = "{\"drafter_cause\": 1}";
    assert_string_equal(log_reason(&r, &row),
                        arena_printf(*state, "%s: late", office_drafter_causes[0]));
}

static void people(void **state) {
    struct req r = {.arena = *state, .lang = "en"};
    struct oplog_row row = row_of("staff.add", true, "person 10", "drafter");
    const char *href;
    assert_string_equal(log_person(&r, &row), "suido-1");
    row.login = "operator";
    assert_string_equal(log_person(&r, &row), "Operator on the host");
    row.act = "sign-in"; /* somebody tried that name */
    assert_string_equal(log_person(&r, &row), "operator");
    row.name = "水野 太郎";
    assert_string_equal(log_person(&r, &row), "水野 太郎");
    row.object_name = "水野 花子";
    assert_string_equal(log_object(&r, &row, &href), "水野 花子");
}

static void posts(void **state) {
    struct req ja = {.arena = *state, .lang = "ja"}, en = {.arena = *state, .lang = "en"};
    struct oplog_row row = row_of("sign-out", true, "", "");
    assert_string_equal(log_post(&en, &row), "水道課");
    row.department_en = "Water Division";
    row.role = "drafter";
    assert_string_equal(log_post(&en, &row), "Water Division Drafter");
    assert_memory_equal(log_post(&ja, &row), "水道課", strlen("水道課"));
}

static void numbers(void **state) {
    static const struct {
        int64_t n;
        const char *text;
    } rows[] = {
        {0, "0"},          {999, "999"},   {1000, "1,000"},
        {-1000, "-1,000"}, {-100, "-100"}, {1234567, "1,234,567"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(parts_number(*state, rows[i].n), rows[i].text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects), cmocka_unit_test(reasons), cmocka_unit_test(causes),
        cmocka_unit_test(people),  cmocka_unit_test(posts),   cmocka_unit_test(numbers),
    };
    return cmocka_run_group_tests_name("log words", tests, set_up, tear_down);
}
