/* core/words/prose: every case of alerts.json, normal form, cures, counts, the other languages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cases.h"
#include "text.h"
#include "words/prose.h"

static struct prose check(struct arena *a, enum prose_kind kind, const char *raw) {
    return prose_check(a, kind, "ja", "", raw, strlen(raw));
}

/* What the alert as a whole comes out as: the title's verdict when that is the bad one. */
static const char *outcome(const struct prose *title, const struct prose *body) {
    return title->verdict != PROSE_OK ? prose_name(PROSE_TITLE, title->verdict)
                                      : prose_name(PROSE_BODY, body->verdict);
}

static void check_case(struct arena *a, const json_t *c) {
    struct prose title = check(a, PROSE_TITLE, cases_typed(a, c, "title"));
    struct prose body = check(a, PROSE_BODY, cases_typed(a, c, "body"));
    print_message("    %s\n", cases_text(c, "id"));
    assert_string_equal(outcome(&title, &body), cases_text(c, "expect"));
    if (json_object_get(c, "count"))
        assert_int_equal(body.count, json_integer_value(json_object_get(c, "count")));
    if (json_object_get(c, "stored"))
        assert_string_equal(body.text, cases_text(c, "stored"));
    if (json_object_get(c, "suggest"))
        assert_string_equal(body.cured, cases_text(c, "suggest"));
}

static void test_004_13_2_every_case(void **state) {
    json_t *all = cases_load(), *c;
    size_t i;
    assert_true(json_array_size(all) > 30);
    json_array_foreach(all, i, c) check_case(*state, c);
    json_decref(all);
}

static char *repeated(struct arena *a, const char *s, size_t n) {
    CLEANUP(buf_done) struct buf b = buf_init(65536);
    while (n--)
        buf_str(&b, s);
    return arena_strdup(a, buf_text(&b));
}

static void test_004_13_2_2_body_200_characters(void **state) {
    struct arena *a = *state;
    assert_int_equal(check(a, PROSE_BODY, repeated(a, "あ", 200)).verdict, PROSE_OK);
    struct prose over = check(a, PROSE_BODY, repeated(a, "あ", 201));
    assert_int_equal(over.verdict, PROSE_TOO_LONG);
    assert_int_equal(over.count, 201);
    /* A decomposed ば and a CRLF are one character each, as they are stored. */
    assert_int_equal(check(a, PROSE_BODY, repeated(a, "は\u3099", 200)).count, 200);
    assert_int_equal(check(a, PROSE_BODY, repeated(a, "あ\r\n", 100)).count, 200);
}

static void test_004_13_2_2_stamp_counts(void **state) {
    struct arena *a = *state;
    const char *stamp = "【訓練】";
    const char *fits = repeated(a, "あ", 196), *over = repeated(a, "あ", 197);
    assert_int_equal(prose_check(a, PROSE_BODY, "ja", stamp, fits, strlen(fits)).verdict, PROSE_OK);
    assert_int_equal(prose_check(a, PROSE_BODY, "ja", stamp, over, strlen(over)).verdict,
                     PROSE_TOO_LONG);
    const char *title = repeated(a, "題", 37);
    assert_int_equal(prose_check(a, PROSE_TITLE, "ja", stamp, title, strlen(title)).verdict,
                     PROSE_TOO_LONG);
}

static void test_004_13_2_3_place_and_cure_of_each(void **state) {
    struct prose p = check(*state, PROSE_BODY, "1階①\r\nｶﾞｽ😊");
    assert_int_equal(p.verdict, PROSE_BAD_CHARS);
    static const struct prose_bad want[] = {{2, 4, "①", "U+2460", "(1)"},
                                            {4, 8, "ｶﾞ", "U+FF76", "ガ"},
                                            {6, 14, "ｽ", "U+FF7D", "ス"},
                                            {7, 17, "😊", "U+1F60A", ""}};
    assert_int_equal(p.bad_count, COUNT(want));
    for (size_t i = 0; i < COUNT(want); i++) {
        assert_int_equal(p.bad[i].at, want[i].at);
        assert_int_equal(p.bad[i].at_b, want[i].at_b);
        assert_string_equal(p.bad[i].text, want[i].text);
        assert_string_equal(p.bad[i].code, want[i].code);
        assert_string_equal(p.bad[i].cure, want[i].cure);
    }
    assert_string_equal(p.cured, "1階(1)\nガス");
}

static void test_004_13_2_3_cure_is_never_cut(void **state) {
    struct arena *a = *state;
    struct prose p = check(a, PROSE_BODY, repeated(a, "㎡", 150));
    assert_int_equal(p.verdict, PROSE_BAD_CHARS);
    assert_int_equal(p.count, 150);
    assert_int_equal(p.cured_count, 900);
    assert_string_equal(p.cured, repeated(a, "平方メートル", 150));
}

/* Whatever is cured is good: for every code point there is. */
static void test_004_13_2_3_cures_cure(void **state) {
    struct arena *a = arena_new();
    (void)state;
    size_t allowed = 0;
    for (int32_t cp = 1; cp <= 0x10FFFF; cp++) {
        if (cp >= 0xD800 && cp <= 0xDFFF)
            continue;
        char raw[5] = {0};
        text_utf8_put(cp, raw);
        arena_reset(a);
        struct prose p = check(a, PROSE_BODY, raw), again = check(a, PROSE_BODY, p.cured);
        assert_int_equal(again.bad_count, 0);
        assert_string_equal(again.text, p.cured);
        allowed += prose_allowed("ja", cp);
    }
    assert_int_equal(allowed, 6879 + 95 + 1); /* JIS X 0208, U+0020-007E, line feed */
    arena_free(&a);
}

static void test_title_is_one_line(void **state) {
    struct prose p = check(*state, PROSE_TITLE, "件名\r\nBcc: x@evil.example");
    assert_int_equal(p.verdict, PROSE_BAD_CHARS);
    assert_int_equal(p.bad[0].at, 2);
    assert_string_equal(p.cured, "件名 Bcc: x@evil.example");
    assert_int_equal(check(*state, PROSE_TITLE, "\u3000").verdict, PROSE_EMPTY);
}

static void test_normal_form_is_stable(void **state) {
    static const struct {
        const char *raw, *normal;
    } rows[] = {
        {"～－∥￠￡￢—¥‾", "〜−‖¢£¬―￥￣"},
        {"\r\r\n\n\u2028\u2029", "\n\n\n\n\n"},
        {"a\tb\u00a0c", "a b c"},
        {"\ufeffは\u200b\u3099\u200d", "ば"},
        {"\u212b\u2126", "Å\u03a9"},
        {"神\ufa19", "神神"},
        {"", ""},
    };
    struct arena *a = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *once = prose_normal(a, "ja", rows[i].raw, strlen(rows[i].raw));
        assert_string_equal(once, rows[i].normal);
        assert_string_equal(prose_normal(a, "ja", once, strlen(once)), once);
    }
}

static void test_not_text(void **state) {
    static const struct {
        const char *raw;
        size_t len_b;
    } rows[] = {{"a\0b", 3}, {"\xff", 1}, {"\xed\xa0\x80", 3}, {"\xe3\x81", 2}, {"\xc0\xaf", 2}};
    struct arena *a = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct prose p = prose_check(a, PROSE_BODY, "ja", "", rows[i].raw, rows[i].len_b);
        assert_int_equal(p.verdict, PROSE_NOT_TEXT);
        assert_string_equal(p.text, "");
    }
}

static enum prose_verdict in(struct arena *a, const char *lang, const char *raw) {
    return prose_check(a, PROSE_BODY, lang, "", raw, strlen(raw)).verdict;
}

static void test_other_languages(void **state) {
    struct arena *a = *state;
    assert_int_equal(in(a, "easy", "①"), PROSE_BAD_CHARS);
    assert_int_equal(in(a, "en", "“Ōtsu” café — 中央公民館"), PROSE_OK);
    assert_int_equal(in(a, "ja", "café"), PROSE_BAD_CHARS);
    assert_int_equal(in(a, "en", "①"), PROSE_BAD_CHARS);
    assert_int_equal(in(a, "vi", "Sơ tán khẩn cấp"), PROSE_OK);
    assert_int_equal(in(a, "ko", "대피하십시오"), PROSE_OK);
    assert_int_equal(in(a, "vi", "a\u202e"), PROSE_BAD_CHARS);
    assert_int_equal(in(a, "zh", "\ue000"), PROSE_BAD_CHARS);
    assert_string_equal(prose_normal(a, "en", "a—b", strlen("a—b")), "a—b");
}

static void test_sentences(void **state) {
    struct fault f = {0};
    struct prose good = check(*state, PROSE_BODY, "本文"), bad = check(*state, PROSE_TITLE, "①");
    assert_true(prose_accept(&good, PROSE_BODY, "body", &f));
    assert_false(prose_accept(&bad, PROSE_TITLE, "title", &f));
    assert_int_equal(f.kind, FAULT_INVALID);
    assert_string_equal(f.field, "title");
    assert_non_null(strstr(f.text, "Replace the marked ones."));
}

static int open_arena(void **state) {
    *state = arena_new();
    return 0;
}

static int close_arena(void **state) {
    arena_free((struct arena **)state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_004_13_2_every_case),
        cmocka_unit_test(test_004_13_2_2_body_200_characters),
        cmocka_unit_test(test_004_13_2_2_stamp_counts),
        cmocka_unit_test(test_004_13_2_3_place_and_cure_of_each),
        cmocka_unit_test(test_004_13_2_3_cure_is_never_cut),
        cmocka_unit_test(test_004_13_2_3_cures_cure),
        cmocka_unit_test(test_title_is_one_line),
        cmocka_unit_test(test_normal_form_is_stable),
        cmocka_unit_test(test_not_text),
        cmocka_unit_test(test_other_languages),
        cmocka_unit_test(test_sentences),
    };
    return cmocka_run_group_tests_name("prose", tests, open_arena, close_arena);
}
