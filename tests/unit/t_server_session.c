/* Cookies and form tokens. */
#include "check.h"

#include "door/session.h"
#include "settings/conf.h"

static int set_up(void **state) {
    struct fault f;
    assert_true(conf_load(NULL, &f) || f.kind != FAULT_NONE);
    conf.staff_url = "https://staff.city.kairan.example";
    conf.public_url = "http://127.0.0.1:8081";
    *state = arena_new();
    return 0;
}

static int tear_down(void **state) {
    struct arena *a = *state;
    arena_free(&a);
    return 0;
}

static void cookies_found(void **state) {
    static const struct {
        const char *header, *value;
        bool legal;
    } rows[] = {
        {"k=abc", "abc", true},
        {"a=1; k=abc-_; b=2", "abc-_", true},
        {"kk=1; ak=2; k=3", "3", true},
        {"a=k=9; k=3", "3", true},
        {"K=1", NULL, true},
        {"k=", NULL, true},
        {"k", NULL, true},
        {"", NULL, true},
        {NULL, NULL, true},
        {"k=a b", NULL, true},
        {"k=\"abc\"", NULL, true},
        {"k=%41", NULL, true},
        {"k=1; k=2", NULL, false},
        {"k=1;k=1", NULL, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *value = "";
        bool legal = session_cookie(*state, rows[i].header, "k", &value);
        bool right = legal == rows[i].legal &&
                     (!legal || (value == NULL) == (rows[i].value == NULL)) &&
                     (!legal || !value || strcmp(value, rows[i].value) == 0);
        if (!right)
            ROW_FAIL(i, "%s: %s", rows[i].header, value);
    }
}

static void long_cookies(void **state) {
    char header[SESSION_TOKEN_MOST_B + 4] = "k=";
    const char *value;
    memset(header + 2, 'x', SESSION_TOKEN_MOST_B + 1);
    assert_true(session_cookie(*state, header, "k", &value));
    assert_null(value);
    header[SESSION_TOKEN_MOST_B + 2] = '\0';
    assert_true(session_cookie(*state, header, "k", &value));
    assert_int_equal(strlen(value), SESSION_TOKEN_MOST_B);
}

static void cookies_written(void **state) {
    struct req staff = {.arena = *state, .face = FACE_STAFF, .lang = "en"};
    struct req resident = {.arena = *state, .face = FACE_PUBLIC, .lang = "ja"};
    assert_string_equal(session_set(&staff, "t"),
                        "__Host-kairan=t; Path=/; HttpOnly; SameSite=Lax; Secure");
    assert_string_equal(session_unset(&staff),
                        "__Host-kairan=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0");
    assert_string_equal(session_set_form(&resident, "f"),
                        "kairan-form=f; Path=/; HttpOnly; SameSite=Lax");
    assert_non_null(strstr(session_set_lang(&staff), "lang=en; Path=/"));
}

/* RFC 4231's way of checking: another implementation said what the token is (Python's hmac). */
static void token_is_hmac(void **state) {
    assert_string_equal(session_csrf(*state, "abc"), "--pDLJLm9b3T7CO0r0iFcrmawaAB0eHLBJIpsKuaKKI");
    assert_string_not_equal(session_csrf(*state, "abd"), session_csrf(*state, "abc"));
}

static void tokens_compared(void **state) {
    struct field field = {.name = "csrf", .value = "right", .value_b = 5};
    struct req r = {.arena = *state, .fields = &field, .field_count = 1, .who = {.csrf = "right"}};
    assert_true(session_csrf_right(&r));
    static const char *const wrong[] = {"", "righ", "rightx", "wrong", "RIGHT"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        field.value = wrong[i];
        assert_false(session_csrf_right(&r));
    }
    r.field_count = 0;
    assert_false(session_csrf_right(&r));
    /* Who has no token at all cannot match it with an empty field. */
    field.value = "";
    r.field_count = 1;
    r.who.csrf = "";
    assert_false(session_csrf_right(&r));
}

static void form_cookies_differ(void **state) {
    struct fault f;
    const char *one;
    const char *two;
    assert_true(session_form_new(*state, &one, &f) && session_form_new(*state, &two, &f));
    assert_int_equal(strlen(one), 22);
    assert_string_not_equal(one, two);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(cookies_found), TEST(long_cookies),    TEST(cookies_written),
        TEST(token_is_hmac), TEST(tokens_compared), TEST(form_cookies_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
