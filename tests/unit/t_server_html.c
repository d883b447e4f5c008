/* The template engine: what is rendered, and what is refused, from templates written here. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "html.h"

struct pages {
    struct arena *arena;
    char dir[64];
    struct html *html;
    char error[256];
};

static void put(const struct pages *p, const char *name, const char *text) {
    const char *path = arena_printf(p->arena, "%s/%s.mustache", p->dir, name);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

static int set_up(void **state) {
    struct arena *a = arena_new();
    struct pages *p = arena_alloc(a, sizeof *p);
    p->arena = a;
    snprintf(p->dir, sizeof p->dir, "/tmp/t_server_html.XXXXXX");
    assert_non_null(mkdtemp(p->dir));
    assert_int_equal(mkdir(arena_printf(a, "%s/parts", p->dir), 0700), 0);
    *state = p;
    return 0;
}

static void remove_in(struct arena *a, const char *dir, const char *const *names) {
    for (; *names; names++)
        unlink(arena_printf(a, "%s/%s.mustache", dir, *names));
    rmdir(dir);
}

static int tear_down(void **state) {
    struct pages *p = *state;
    static const char *const parts[] = {"part", "deep", "circle", NULL};
    static const char *const pages[] = {"page", NULL};
    html_close(&p->html);
    remove_in(p->arena, arena_printf(p->arena, "%s/parts", p->dir), parts);
    remove_in(p->arena, p->dir, pages);
    struct arena *a = p->arena;
    arena_free(&a);
    return 0;
}

static const char *say(const char *msgid) {
    if (strcmp(msgid, "Hello") == 0)
        return "こんにちは <b>";
    return strcmp(msgid, "{{n}} people") == 0 ? "{{n}}人" : msgid;
}

static bool load(struct pages *p) {
    return html_open(p->dir, say, &p->html, p->error, sizeof p->error);
}

/* The page's text; NULL when it was refused, then p->error says why. */
static const char *render(struct pages *p, const char *page, const char *json) {
    json_error_t where;
    json_t *tree = json_loads(json, 0, &where);
    assert_non_null(tree);
    CLEANUP(buf_done) struct buf text = buf_init(1 << 20);
    bool done = html_render(p->html, page, tree, &text, p->error, sizeof p->error);
    json_decref(tree);
    const char *kept = done ? arena_strdup(p->arena, buf_text(&text)) : NULL;
    assert_true(!done || strlen(kept) == text.len_b);
    return kept;
}

static void renders(void **state) {
    struct pages *p = *state;
    static const struct {
        const char *page, *tree, *text;
    } rows[] = {
        {"{{x}}", "{\"x\":\"<a href='\\\"'>&\"}", "&lt;a href=&#39;&quot;&#39;&gt;&amp;"},
        {"{{x}} {{y.z}}", "{\"x\":-7,\"y\":{\"z\":true}}", "-7 "},
        {"{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":true}", "yes"},
        {"{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":null}", "no"},
        {"{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":\"\"}", "no"},
        {"{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":0}", "yes"},
        {"{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":[]}", "no"},
        {"{{#x}}{{y}}{{z}},{{/x}}", "{\"z\":9,\"x\":[{\"y\":1},{\"y\":2}]}", "19,29,"},
        {"{{#x}}{{.}};{{/x}}", "{\"x\":[\"a\",\"<\",3]}", "a;&lt;;3;"},
        {"{{#_}}Hello{{/_}}", "{}", "こんにちは &lt;b&gt;"},
        {"{{#_}}Not\n   in the catalogue{{/_}}", "{}", "Not in the catalogue"},
        {"{{#_}}{{n}} people{{/_}}", "{\"n\":\"<3\"}", "&lt;3人"},
        {"{{#x}}{{#_}}Hello{{/_}}{{/x}}", "{\"x\":[{},{}]}",
         "こんにちは &lt;b&gt;こんにちは &lt;b&gt;"},
        {"{{! said to {page} makers }}\nx{{! y }}", "{}", "x"},
        {"a{{>parts/part}}b", "{\"part\":1,\"x\":\"!\"}", "a[!]b"},
        {"{{#r}}{{>parts/part}}{{/r}}", "{\"r\":[{\"x\":1},{\"x\":2}]}", "[1][2]"},
        {"{{> parts/deep }}", "{\"x\":4}", "([4])"},
    };
    put(p, "parts/part", "{{! a comment }}\n[{{x}}]\n");
    put(p, "parts/deep", "({{>parts/part}})\n");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        put(p, "page", rows[i].page);
        if (!load(p))
            ROW_FAIL(i, "%s", p->error);
        const char *text = render(p, "page", rows[i].tree);
        if (!text || strcmp(text, rows[i].text) != 0)
            ROW_FAIL(i, "'%s' instead of '%s' (%s)", text, rows[i].text, p->error);
        html_close(&p->html);
    }
}

static void lacking_names_are_errors(void **state) {
    struct pages *p = *state;
    static const char *const rows[] = {"{{y}}",          "{{#y}}a{{/y}}",     "{{^y}}a{{/y}}",
                                       "{{x.y}}",        "{{#l}}{{y}}{{/l}}", "{{#_}}{{y}}{{/_}}",
                                       "{{>parts/part}}"};
    put(p, "parts/part", "{{y}}");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        put(p, "page", rows[i]);
        assert_true(load(p));
        if (render(p, "page", "{\"x\":{\"a\":1},\"l\":[{\"a\":1}]}"))
            ROW_FAIL(i, "%s was rendered", rows[i]);
        assert_non_null(strstr(p->error, "y"));
        html_close(&p->html);
    }
}

static void bad_templates_do_not_load(void **state) {
    struct pages *p = *state;
    static const char *const rows[] = {
        "{{{x}}}", "{{&x}}", "{{=<% %>=}}",     "{{#x}}",    "{{/x}}",
        "{{x",     "{{! x",  "{{>parts/none}}", "{{>part}}", "{{>parts/circle}}"};
    put(p, "parts/circle", "{{>parts/circle}}");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        put(p, "page", rows[i]);
        if (load(p))
            ROW_FAIL(i, "%s was loaded", rows[i]);
        assert_true(p->error[0] != '\0');
        assert_null(p->html);
    }
}

static void unknown_page_and_folder(void **state) {
    struct pages *p = *state;
    put(p, "page", "x");
    assert_true(load(p));
    assert_null(render(p, "parts/part", "{}"));
    assert_null(render(p, "none", "{}"));
    html_close(&p->html);
    assert_false(html_open("/nowhere", say, &p->html, p->error, sizeof p->error));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(renders, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lacking_names_are_errors, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_templates_do_not_load, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unknown_page_and_folder, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
