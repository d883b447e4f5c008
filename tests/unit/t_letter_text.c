/* The texts of letters: every kind in both languages, parts in place; spoilt ones are found when
 * they are read. */
#include "texts.h"

#include <dirent.h>
#include <stdlib.h>

#include "base.h"

static void test_every_kind_has_its_text(void **state) {
    (void)state;
    static const char *const langs[] = {"ja", "en"};
    texts_open();
    for (size_t i = 0; i < letter_kind_count * COUNT(langs); i++) {
        const struct letter_text *text =
            letter_text(&letter_kinds[i / COUNT(langs)], langs[i % COUNT(langs)]);
        bool whole = strstr(text->subject, "{town}") && strstr(text->body, "{link}") &&
                     strstr(text->body, "\n\n{town}\n") && !strstr(text->body, "{>");
        if (!whole)
            ROW_FAIL(i, "%s", text->subject);
    }
    const struct letter_kind *confirm = letter_kind_find("confirm");
    assert_non_null(confirm);
    assert_string_equal(letter_text(confirm, "ja")->subject, "【{town}】メール配信 登録の確認");
    assert_string_equal(letter_text(confirm, "en")->subject,
                        "[{town}] Confirm your registration for alert mail");
    assert_ptr_equal(letter_text(confirm, "fr"), letter_text(confirm, "ja"));
    assert_null(letter_kind_find("Confirm"));
    assert_string_equal(letter_footer("ja"), "\n----\n配信の停止・変更はこちら\n");
    assert_string_equal(letter_footer("en"), "\n----\nStop or change these mails:\n");
}

/* ---- spoilt texts ---- */

struct place {
    char dir[64], whole[PATH_MAX];
};

static void each_file(const struct place *p, void (*act)(const struct place *, const char *)) {
    DIR *dir = opendir(p->whole);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        if (entry->d_name[0] != '.')
            act(p, entry->d_name);
    closedir(dir);
}

static void link_file(const struct place *p, const char *name) {
    char from[2 * PATH_MAX], to[PATH_MAX];
    snprintf(from, sizeof from, "%s/%s", p->whole, name);
    snprintf(to, sizeof to, "%s/%s", p->dir, name);
    assert_int_equal(symlink(from, to), 0);
}

static void unlink_file(const struct place *p, const char *name) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", p->dir, name);
    unlink(path);
}

/* A folder of links to all texts, of which a test spoils one. */
static int open_place(void **state) {
    struct place *p = calloc(1, sizeof *p);
    assert_non_null(p);
    texts_path("letters", p->whole);
    snprintf(p->dir, sizeof p->dir, "/tmp/t_letter_text.XXXXXX");
    assert_non_null(mkdtemp(p->dir));
    each_file(p, link_file);
    *state = p;
    return 0;
}

static int close_place(void **state) {
    struct place *p = *state;
    each_file(p, unlink_file);
    assert_int_equal(rmdir(p->dir), 0);
    free(p);
    return 0;
}

/* The fault's detail once the file says that; NULL: once it is not there. */
static char *spoil(const struct place *p, const char *name, const char *text) {
    static struct fault f;
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", p->dir, name);
    unlink(path);
    FILE *out = text ? fopen(path, "w") : NULL;
    assert_true(!text || (out && fputs(text, out) >= 0 && fclose(out) == 0));
    assert_false(letter_text_open(p->dir, &f));
    assert_int_equal(f.kind, FAULT_BROKEN);
    assert_non_null(strstr(f.detail, name));
    unlink(path);
    link_file(p, name);
    assert_true(letter_text_open(p->dir, &f));
    return f.detail;
}

#define LINK "{town} {link} "

static void test_a_spoilt_text_is_named(void **state) {
    static const struct {
        const char *name, *text, *why;
    } rows[] = {
        {"anchor.txt", NULL, "No such file"},
        {"confirm.txt", "", "no subject"},
        {"confirm.txt", "[{town}] Confirm your registration for alert mail\nNo empty line\n\nHere",
         "no subject"},
        {"confirm.txt", "Of a subject that nobody translated\n\n" LINK "\n", "no Japanese"},
        {"leave.txt", "[{town}] Leave the alert mail service\n\n" LINK "and other words\n",
         "no Japanese"},
    };
    texts_open();
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *why = spoil(*state, rows[i].name, rows[i].text);
        if (!strstr(why, rows[i].why))
            ROW_FAIL(i, "%s", why);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_has_its_text),
        cmocka_unit_test_setup_teardown(test_a_spoilt_text_is_named, open_place, close_place)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
