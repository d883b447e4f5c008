/* Catalogues: found sentences, missing ones, and files that are none. The files are made here byte
 * by byte, as the manual of gettext describes them. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "words/say.h"

enum { WORDS = 7 };

/* A catalogue of three pairs: "" (the header), "Hello", "Yes" (not translated). */
struct mo {
    uint32_t head[WORDS];
    uint32_t ids[3][2], texts[3][2];
    char strings[40];
};

static struct mo mo_good(void) {
    struct mo mo = {
        .head = {0x950412de, 0, 3, sizeof mo.head, sizeof mo.head + sizeof mo.ids, 0, 0},
        .strings = "\0Hello\0Yes\0header\0こんにちは\0",
    };
    uint32_t at = sizeof mo.head + sizeof mo.ids + sizeof mo.texts;
    const uint32_t ids[3][2] = {{0, at}, {5, at + 1}, {3, at + 7}};
    const uint32_t texts[3][2] = {{6, at + 11}, {15, at + 18}, {0, at + 34}};
    memcpy(mo.ids, ids, sizeof ids);
    memcpy(mo.texts, texts, sizeof texts);
    return mo;
}

struct place {
    char dir[64], sub[128], file[192];
};

static int set_up(void **state) {
    struct place *p = calloc(1, sizeof *p);
    assert_non_null(p);
    snprintf(p->dir, sizeof p->dir, "/tmp/t_say.XXXXXX");
    assert_non_null(mkdtemp(p->dir));
    snprintf(p->sub, sizeof p->sub, "%s/ja", p->dir);
    assert_int_equal(mkdir(p->sub, 0700), 0);
    snprintf(p->sub, sizeof p->sub, "%s/ja/LC_MESSAGES", p->dir);
    assert_int_equal(mkdir(p->sub, 0700), 0);
    snprintf(p->file, sizeof p->file, "%s/kairan.mo", p->sub);
    *state = p;
    return 0;
}

static int tear_down(void **state) {
    struct place *p = *state;
    say_close();
    unlink(p->file);
    rmdir(p->sub);
    p->sub[strlen(p->sub) - strlen("/LC_MESSAGES")] = '\0';
    rmdir(p->sub);
    rmdir(p->dir);
    free(p);
    return 0;
}

static bool load(const struct place *p, const void *bytes, size_t bytes_b, struct fault *f) {
    FILE *out = fopen(p->file, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, bytes_b, out), bytes_b);
    assert_int_equal(fclose(out), 0);
    return say_open(p->dir, f);
}

static void sentences(void **state) {
    struct mo mo = mo_good();
    struct fault f;
    assert_true(load(*state, &mo, sizeof mo, &f));
    assert_string_equal(say("ja", "Hello"), "こんにちは");
    assert_string_equal(say("en", "Hello"), "Hello");
    assert_string_equal(say("ja", "Yes"), "Yes");
    assert_string_equal(say("ja", "No such sentence"), "No such sentence");
    assert_string_equal(say("ja", ""), "");
    say_close();
    assert_string_equal(say("ja", "Hello"), "Hello");
}

/* Each word of the tables replaced by what points outside, and the file cut at every length. */
static void damaged(void **state) {
    const struct mo good = mo_good();
    struct fault f;
    for (size_t cut = 0; cut < offsetof(struct mo, strings) + 34; cut++) {
        assert_false(load(*state, &good, cut, &f));
        assert_int_equal(f.kind, FAULT_BROKEN);
    }
    for (size_t at = 0; at < offsetof(struct mo, strings); at += sizeof(uint32_t)) {
        struct mo bad = good;
        memset((char *)&bad + at, 0xff, sizeof(uint32_t));
        bool unused = at == 4 || at == 20 || at == 24; /* revision, hash table */
        assert_int_equal(load(*state, &bad, sizeof bad, &f), unused);
    }
}

static void missing(void **state) {
    struct fault f;
    const struct place *p = *state;
    assert_false(say_open(p->dir, &f));
    assert_int_equal(f.kind, FAULT_BROKEN);
    assert_non_null(strstr(f.detail, "kairan.mo"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sentences, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damaged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(missing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
