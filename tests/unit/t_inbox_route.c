/* The web side without sockets: paths, forms, rules by JSON and form; and where it may listen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "form.h"
#include "listen.h"
#include "route.h"
#include "show.h"

struct stage {
    struct store *store;
    struct rules rules;
    struct tally tally;
    struct arena *arena;
    struct answer answer;
};

static int stage_open(void **state) {
    static struct stage s;
    s = (struct stage){.store = store_new(10, 1 << 20), .arena = arena_new()};
    s.answer.body = buf_init(1 << 20);
    *state = &s;
    return 0;
}

static int stage_close(void **state) {
    struct stage *s = *state;
    store_free(&s->store);
    arena_free(&s->arena);
    buf_done(&s->answer.body);
    return 0;
}

/* Query strings of one pair are enough here: "name=value". */
static const char *query_value(void *context, const char *name) {
    const char *pair = context;
    size_t n = strlen(name);
    return !strncmp(pair, name, n) && pair[n] == '=' ? pair + n + 1 : NULL;
}

static int ask(struct stage *s, const char *method, const char *path, char *pair,
               const char *json) {
    struct web_world world = {s->store, &s->rules, &s->tally};
    struct request r = {.arena = s->arena,
                        .method = method,
                        .path = path,
                        .body = json,
                        .body_b = strlen(json),
                        .is_json = *json == '{',
                        .wants_json = *json == '{',
                        .query = query_value,
                        .query_context = pair};
    buf_clear(&s->answer.body);
    s->answer.wait_ms = 0;
    s->answer.location = NULL;
    route_answer(&world, &r, &s->answer);
    return s->answer.status;
}

static void add_mail(struct stage *s, const char *raw) {
    static const char rcpts[] = "taro@phone.example";
    struct mail m = {.from = "",
                     .rcpts = rcpts,
                     .rcpts_b = sizeof rcpts,
                     .rcpt_count = 1,
                     .raw = raw,
                     .raw_b = strlen(raw)};
    store_add(s->store, &m);
}

static void knows_its_paths(void **state) {
    static const struct {
        const char *method, *path;
        int status;
    } cases[] = {
        {"GET", "/", 200},
        {"HEAD", "/", 200},
        {"POST", "/", 405},
        {"GET", "/mail/1", 200},
        {"GET", "/mail/1/source", 200},
        {"GET", "/mails/1/raw", 200},
        {"GET", "/mails/1", 200},
        {"GET", "/mail/2", 404},
        {"GET", "/mail/01", 404},
        {"GET", "/mail/", 404},
        {"GET", "/mail/1x", 404},
        {"GET", "/mail/-1", 404},
        {"GET", "/mail/99999999999999999999", 404},
        {"GET", "/../etc/passwd", 404},
        {"DELETE", "/rules", 405},
        {"GET", "/rules/clear", 405},
        {"GET", "/stats", 200},
        {"GET", "/inbox.css", 200},
        {"GET", "/inbox.js", 200},
        {"GET", "/icon.svg", 200},
        {"POST", "/rules/7/remove", 404},
        {"BREW", "/stats", 405},
    };
    struct stage *s = *state;
    add_mail(s, "Subject: x\r\n\r\nhi\r\n");
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(ask(s, cases[i].method, cases[i].path, "", ""), cases[i].status);
}

static void gives_raw_bytes(void **state) {
    struct stage *s = *state;
    add_mail(s, "Subject: x\r\n\r\n\x01\xff.\r\n");
    ask(s, "GET", "/mails/1/raw", "", "");
    assert_string_equal(buf_text(&s->answer.body), "Subject: x\r\n\r\n\x01\xff.\r\n");
    assert_string_equal(s->answer.type, "application/octet-stream");
}

static void lists_mails_or_waits(void **state) {
    struct stage *s = *state;
    add_mail(s, "Subject: =?utf-8?q?x?=\r\n\r\nhi\r\n");
    ask(s, "GET", "/mails", "to=TARO@phone.example", "");
    json_t *tree = json_loads(buf_text(&s->answer.body), 0, NULL);
    json_t *mail = json_array_get(json_object_get(tree, "mails"), 0);
    assert_string_equal(json_string_value(json_object_get(mail, "subject")), "x");
    assert_string_equal(json_string_value(json_object_get(mail, "body")), "hi\n");
    json_decref(tree);
    ask(s, "GET", "/mails", "wait_ms=50", "");
    assert_int_equal(s->answer.wait_ms, 0);
    store_clear(s->store);
    ask(s, "GET", "/mails", "wait_ms=50", "");
    assert_int_equal(s->answer.wait_ms, 50);
    assert_int_equal(s->answer.body.len_b, 0);
}

static void changes_rules_by_json(void **state) {
    struct stage *s = *state;
    assert_int_equal(ask(s, "POST", "/rules", "",
                         "{\"domain\":\"a.example\",\"act\":\"delay\",\"at\":\"dot\","
                         "\"delay_ms\":50}"),
                     201);
    assert_int_equal(s->rules.list[0].delay_ms, 50);
    assert_int_equal(ask(s, "POST", "/rules", "", "{\"domain\":\"a.example\"}"), 422);
    assert_non_null(strstr(buf_text(&s->answer.body), "\"field\":\"act\""));
    assert_int_equal(ask(s, "POST", "/rules", "", "{\"domain\":[]}"), 422);
    assert_int_equal(ask(s, "POST", "/rules", "", "{\"a\":1,\"a\":2}"), 422);
    assert_int_equal(ask(s, "POST", "/rules/1/remove", "", "{}"), 200);
    assert_int_equal(s->rules.count, 0);
}

static void changes_rules_by_form(void **state) {
    struct stage *s = *state;
    assert_int_equal(ask(s, "POST", "/rules", "", "domain=%2A&act=refuse&at=dot&text=4.2.0+full"),
                     303);
    assert_string_equal(s->answer.location, "/rules");
    assert_string_equal(s->rules.list[0].domain, "*");
    assert_string_equal(s->rules.list[0].text, "4.2.0 full");
    assert_int_equal(ask(s, "POST", "/rules", "", "domain=%22%3E%3Cb%3E&act=drop"), 422);
    assert_non_null(strstr(buf_text(&s->answer.body), "value=\"&quot;&gt;&lt;b&gt;\""));
    assert_int_equal(ask(s, "POST", "/rules/clear", "", ""), 303);
    assert_int_equal(s->rules.count, 0);
}

static void refuses_malformed_forms(void **state) {
    static const char *const cases[] = {"a=%",   "a=%2",    "a=%zz", "a=%00",
                                        "a=%ff", "a=1&a=2", "%0=1"};
    struct stage *s = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct form form;
        struct fault f = {0};
        assert_false(form_read(s->arena, cases[i], strlen(cases[i]), false, &form, &f));
        assert_int_equal(f.kind, FAULT_INVALID);
    }
    assert_int_equal(ask(s, "POST", "/rules", "", "%"), 422);
}

static void listens_on_loopback_only(void **state) {
    static const char *const bad[] = {
        "0.0.0.0:0",   "192.0.2.1:0", "[::]:0", "127.0.0.1", "127.0.0.1:",     ":25",
        "127.0.0.1:x", "128.0.0.1:0", "",       "127.1:0",   "city.example:0", "127.0.0.1:70000"};
    char name[LISTEN_NAME_B];
    int fd;
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct fault f = {0};
        assert_false(listen_open(bad[i], &fd, name, &f));
        assert_int_equal(f.kind, FAULT_INVALID);
    }
    struct fault f = {0};
    assert_true(listen_open("localhost:0", &fd, name, &f));
    assert_memory_equal(name, "127.0.0.1:", 10);
    close(fd);
}

int main(void) {
    show_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(knows_its_paths, stage_open, stage_close),
        cmocka_unit_test_setup_teardown(gives_raw_bytes, stage_open, stage_close),
        cmocka_unit_test_setup_teardown(lists_mails_or_waits, stage_open, stage_close),
        cmocka_unit_test_setup_teardown(changes_rules_by_json, stage_open, stage_close),
        cmocka_unit_test_setup_teardown(changes_rules_by_form, stage_open, stage_close),
        cmocka_unit_test_setup_teardown(refuses_malformed_forms, stage_open, stage_close),
        cmocka_unit_test(listens_on_loopback_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
