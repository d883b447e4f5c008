/* Bodies to fields: what is read, and what is refused, byte by byte. */
#include "check.h"

#include "http/form.h"

static int set_up(void **state) {
    *state = arena_new();
    return 0;
}

static int tear_down(void **state) {
    struct arena *a = *state;
    arena_free(&a);
    return 0;
}

/* "name=value;" of every field, uploads as "name(file)=value;". */
static const char *told(const struct form *form) {
    char *text = arena_strdup(form->arena, "");
    for (size_t i = 0; i < form->count; i++) {
        const struct field *f = &form->fields[i];
        const char *file = f->filename ? arena_printf(form->arena, "(%s)", f->filename) : "";
        assert_true(f->filename || strlen(f->value) == f->value_b);
        text = arena_printf(form->arena, "%s%s%s=%s;", text, f->name, file, f->value);
    }
    return text;
}

struct row {
    const char *type, *body;
    const char *fields; /* NULL: refused */
};

static void check(struct arena *a, const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct form form = {.arena = a};
        bool known;
        bool done = form_body(&form, rows[i].type, rows[i].body, strlen(rows[i].body), &known);
        const char *text = done ? told(&form) : NULL;
        if (done != (rows[i].fields != NULL) || (done && strcmp(text, rows[i].fields) != 0))
            ROW_FAIL(i, "%s: '%s' instead of '%s'", rows[i].body, text, rows[i].fields);
    }
}

#define URL "application/x-www-form-urlencoded"

static void urlencoded(void **state) {
    static const struct row rows[] = {
        {URL, "a=1&b=2&a=3", "a=1;b=2;a=3;"},
        {URL "; charset=UTF-8", "a=%e3%81%82+b%2B", "a=あ b+;"},
        {URL, "a&b=", "a=;b=;"},
        {URL, "&&a=1&", "a=1;"},
        {URL, "a=b=c", "a=b=c;"},
        {URL, "a%20b=1", "a b=1;"},
        {URL, "", ""},
        {URL, "=1", NULL},
        {URL, "a=%", NULL},
        {URL, "a=%4", NULL},
        {URL, "a=%zz", NULL},
        {URL, "a=1%00b", NULL},
        {URL, "em%00ail=1", NULL},
        {URL, "a%0d=1", NULL},
        {URL, "a=%ff", NULL},
        {URL, "a=%c0%80", NULL},
        {URL, "a=%ed%a0%80", NULL},
        {URL "x", "a=1", NULL},
        {"text/plain", "a=1", NULL},
        {NULL, "a=1", NULL},
        {NULL, "", ""},
    };
    check(*state, rows, COUNT(rows));
}

#define JSON "application/json"

static void json(void **state) {
    static const struct row rows[] = {
        {JSON, "{\"a\":\"x\",\"b\":7,\"c\":true,\"d\":false,\"e\":null}", "a=x;b=7;c=1;"},
        {JSON, "{\"a\":[\"x\",2,true]}", "a=x;a=2;a=1;"},
        {JSON, "{\"a\":-9223372036854775808}", "a=-9223372036854775808;"},
        {JSON, "{}", ""},
        {JSON, "[]", NULL},
        {JSON, "\"a\"", NULL},
        {JSON, "{\"a\":1.5}", NULL},
        {JSON, "{\"a\":1e400}", NULL},
        {JSON, "{\"a\":9223372036854775808}", NULL},
        {JSON, "{\"a\":{\"b\":1}}", NULL},
        {JSON, "{\"a\":[[1]]}", NULL},
        {JSON, "{\"a\":1,\"a\":2}", NULL},
        {JSON, "{\"a\":\"\\u0000\"}", NULL},
        {JSON, "{\"a\\u0000\":1}", NULL},
        {JSON, "{\"\":1}", NULL},
        {JSON, "{\"a\":\"\xff\"}", NULL},
        {JSON, "{\"a\":\"\\ud800\"}", NULL},
        {JSON, "{\"a\":1} x", NULL},
        {JSON, "{\"a\":1", NULL},
    };
    check(*state, rows, COUNT(rows));
}

static void json_depth(void **state) {
    enum { DEEP = 10000 };
    static char body[DEEP + 16] = "{\"a\":";
    memset(body + 5, '[', DEEP);
    struct form form = {.arena = *state};
    assert_false(form_json(&form, body, strlen(body)));
}

#define MULTI "multipart/form-data; boundary=xx"
#define HEAD  "Content-Disposition: form-data; name="
#define E     "\r\n"

static void multipart(void **state) {
    static const struct row rows[] = {
        {MULTI, "--xx" E HEAD "\"a\"" E E "1" E "--xx--", "a=1;"},
        {MULTI, "--xx" E HEAD "\"a\"" E E "1" E "--xx" E HEAD "b" E E E "--xx--" E, "a=1;b=;"},
        {"multipart/form-data; boundary=\"x y\"", "--x y" E HEAD "\"a\"" E E "1" E "--x y--",
         "a=1;"},
        {MULTI,
         "--xx" E HEAD "\"f\"; filename=\"C:\\dir\\\\\\\"x\\\".csv\"" E "Content-Type: text/csv" E E
         "1,2" E "3" E "--xx--",
         "f(C:\\dir\\\\\"x\".csv)=1,2\r\n3;"},
        {MULTI, "--xx" E HEAD "\"f\"; filename=\"\"" E E E "--xx--", ""},
        {MULTI, "--xx" E HEAD "\"a\"" E E "1--xx--" E "--xx--", "a=1--xx--;"},
        {MULTI, "--xx--", ""},
        {"multipart/form-data", "--xx--", NULL},
        {"multipart/form-data; boundary=", "--" E, NULL},
        {MULTI, "--xx" E HEAD "\"a\"" E E "1", NULL},
        {MULTI, "--xx" E HEAD "\"a\"" E E "1" E "--xx", NULL},
        {MULTI, "--xy" E HEAD "\"a\"" E E "1" E "--xy--", NULL},
        {MULTI, "--xx" E HEAD "\"a" E E "1" E "--xx--", NULL},
        {MULTI, "--xx" E HEAD "\"\"" E E "1" E "--xx--", NULL},
        {MULTI, "--xx" E "Content-Type: text/plain" E E "1" E "--xx--", NULL},
        {MULTI, "--xx" E HEAD "\"a\"" E HEAD "\"b\"" E E "1" E "--xx--", NULL},
        {MULTI, "--xx" E HEAD "\"a\"" E "Content-Transfer-Encoding: base64" E E "MQ==" E "--xx--",
         NULL},
        {MULTI, "--xx" E HEAD "\"a\"" E E "\xff" E "--xx--", NULL},
        {MULTI, "--xx" E "--xx--", NULL},
        {MULTI, "-", NULL},
    };
    check(*state, rows, COUNT(rows));
}

static void upload_keeps_bytes(void **state) {
    static const char body[] = "--xx\r\nContent-Disposition: form-data; name=\"f\"; "
                               "filename=\"a\"\r\n\r\n\xff\0\xfe\r\n--xx--";
    struct form form = {.arena = *state};
    assert_true(form_multipart(&form, MULTI, body, sizeof body - 1));
    assert_int_equal(form.count, 1);
    assert_int_equal(form.fields[0].value_b, 3);
    assert_memory_equal(form.fields[0].value, "\xff\0\xfe", 3);
}

static void nul_in_a_part_head(void **state) {
    static const char body[] =
        "--xx\r\nContent-Disposition: form-data; name=\"a\0b\"\r\n\r\n1\r\n--xx--";
    struct form form = {.arena = *state};
    assert_false(form_multipart(&form, MULTI, body, sizeof body - 1));
}

static void too_many_fields(void **state) {
    static char body[3 * FORM_FIELDS_MOST + 3];
    for (size_t i = 0; i <= FORM_FIELDS_MOST; i++)
        memcpy(body + 3 * i, "a=&", 3);
    struct form form = {.arena = *state};
    assert_false(form_urlencoded(&form, body, sizeof body));
    struct form most = {.arena = *state};
    assert_true(form_urlencoded(&most, body, sizeof body - 3));
    assert_int_equal(most.count, FORM_FIELDS_MOST);
}

static void long_names(void **state) {
    static char body[FORM_NAME_MOST_B + 1];
    memset(body, 'n', sizeof body);
    struct form form = {.arena = *state};
    assert_true(form_urlencoded(&form, body, FORM_NAME_MOST_B));
    assert_false(form_urlencoded(&form, body, FORM_NAME_MOST_B + 1));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(urlencoded),         TEST(json),
        TEST(json_depth),         TEST(multipart),
        TEST(upload_keeps_bytes), TEST(nul_in_a_part_head),
        TEST(too_many_fields),    TEST(long_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
