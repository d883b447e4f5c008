/* base/text: every parser with what is right, what is nearly right, and what is hostile. */
#include "check.h"

#include <stdlib.h>

#include "text.h"

static struct arena *arena;

static int open_arena(void **state) {
    (void)state;
    arena = arena_new();
    return 0;
}

static int close_arena(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

static void test_int(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool right;
        int64_t value;
    } rows[] = {
        {"0", true, 0},
        {"7", true, 7},
        {"-1", true, -1},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"99999999999999999999999999", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"-0", false, 0},
        {"--1", false, 0},
        {"+1", false, 0},
        {"01", false, 0},
        {"00", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1\n", false, 0},
        {"1.0", false, 0},
        {"1e3", false, 0},
        {"0x10", false, 0},
        {"１", false, 0},
        {"1,000", false, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t value = 4711;
        bool taken = text_int(rows[i].text, INT64_MIN, INT64_MAX, &value);
        if (taken != rows[i].right || value != (taken ? rows[i].value : 4711))
            ROW_FAIL(i, "\"%s\"", rows[i].text);
    }
}

static void test_int_range(void **state) {
    (void)state;
    int64_t value = 0;
    assert_true(text_int("5", 5, 10, &value));
    assert_true(text_int("10", 5, 10, &value));
    assert_false(text_int("4", 5, 10, &value));
    assert_false(text_int("11", 5, 10, &value));
    assert_int_equal(value, 10);
}

static void test_utf8_malformed(void **state) {
    (void)state;
    static const char *const rows[] = {
        "\x80",             /* continuation alone */
        "\xBF",             /* the same */
        "\xC0\x80",         /* overlong NUL */
        "\xC1\xBF",         /* overlong U+007F */
        "\xE0\x80\xAF",     /* overlong slash, three bytes */
        "\xE0\x9F\xBF",     /* overlong U+07FF */
        "\xF0\x80\x80\xAF", /* overlong slash, four bytes */
        "\xF0\x8F\xBF\xBF", /* overlong U+FFFF */
        "\xED\xA0\x80",     /* first high surrogate */
        "\xED\xBF\xBF",     /* last low surrogate */
        "\xF4\x90\x80\x80", /* U+110000 */
        "\xF5\x80\x80\x80", /* lead bytes there are none of */
        "\xFE",
        "\xFF",
        "\xC3", /* cut */
        "\xE3\x81",
        "\xF0\x9F\x98",
        "\xC3(", /* wrong continuation */
        "\xE3(\x82",
        "\xE3\x81(",
        "\xF0\x9F\x98(",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *s = rows[i];
        if (text_utf8_next(&s, s + strlen(s)) != -1 || s != rows[i])
            ROW_FAIL(i, "taken");
        assert_false(text_utf8_valid(rows[i], strlen(rows[i])));
    }
    assert_false(text_utf8_valid("a\0b", 3));
    assert_true(text_utf8_valid("", 0));
    const char *end = "x";
    assert_int_equal(text_utf8_next(&end, end), -1);
}

static void test_utf8_every_scalar_value(void **state) {
    (void)state;
    for (int32_t cp = 1; cp <= 0x10FFFF; cp++) {
        if (cp >= 0xD800 && cp <= 0xDFFF)
            continue;
        char bytes[5] = "";
        size_t len_b = text_utf8_put(cp, bytes);
        const char *s = bytes;
        if (text_utf8_next(&s, bytes + len_b) != cp || s != bytes + len_b)
            ROW_FAIL(cp, "is not what it was");
    }
}

static void test_utf8_count(void **state) {
    (void)state;
    assert_int_equal(text_utf8_count(""), 0);
    assert_int_equal(text_utf8_count("abc"), 3);
    assert_int_equal(text_utf8_count("回覧😀e\xCC\x81"), 5);
}

static void test_trim(void **state) {
    (void)state;
    static const struct {
        const char *text, *trimmed;
    } rows[] = {
        {"", ""},
        {" ", ""},
        {"　", ""},
        {" 　\t 　", ""},
        {"a", "a"},
        {"　回 覧　\r\n", "回 覧"},
        {"\v\fa　b\f", "a　b"},
        {"\xE3\x80", "\xE3\x80"}, /* half a U+3000 is none */
        {"、　", "、"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(text_trim(arena, rows[i].text), rows[i].trimmed);
}

static void test_split(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t count;
        const char *pieces[4];
    } rows[] = {
        {"", 0, {0}},
        {" 　", 0, {0}},
        {"a", 1, {"a"}},
        {" a , b ", 2, {"a", "b"}},
        {",", 2, {"", ""}},
        {"a,,b", 3, {"a", "", "b"}},
        {"a,b,", 3, {"a", "b", ""}},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t count;
        char **pieces = text_split(arena, rows[i].text, ',', &count);
        assert_int_equal(count, rows[i].count);
        assert_null(pieces[count]);
        for (size_t k = 0; k < count; k++)
            assert_string_equal(pieces[k], rows[i].pieces[k]);
    }
}

static void test_split_of_very_many(void **state) {
    (void)state;
    enum { MANY = 1 << 16 };
    char *commas = arena_alloc(arena, MANY + 1);
    memset(commas, ',', MANY);
    size_t count;
    text_split(arena, commas, ',', &count);
    assert_int_equal(count, MANY + 1);
}

static void test_b64url(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t len_b;
        const char *text;
    } rows[] = {
        {"", 0, ""},           {"f", 1, "Zg"},          {"fo", 2, "Zm8"},       {"foo", 3, "Zm9v"},
        {"foob", 4, "Zm9vYg"}, {"fooba", 5, "Zm9vYmE"}, {"\xFB\xFF", 2, "-_8"}, {"\0\0", 2, "AAA"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        unsigned char *bytes;
        size_t len_b;
        assert_string_equal(text_b64url(arena, rows[i].bytes, rows[i].len_b), rows[i].text);
        assert_true(text_b64url_decode(arena, rows[i].text, &bytes, &len_b));
        assert_int_equal(len_b, rows[i].len_b);
        assert_memory_equal(bytes, rows[i].bytes, len_b);
    }
}

static void test_b64url_refuses(void **state) {
    (void)state;
    static const char *const rows[] = {"A",   "AAAAA", "Zg==", "Zh",   "Zm9",
                                       "+_8", "/_8",   "Z g",  "Zg\n", "回覧"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        unsigned char *bytes;
        size_t len_b;
        if (text_b64url_decode(arena, rows[i], &bytes, &len_b))
            ROW_FAIL(i, "\"%s\" was taken", rows[i]);
    }
}

static void test_hex(void **state) {
    (void)state;
    unsigned char bytes[3];
    assert_string_equal(text_hex(arena, "\x00\xAF\x10", 3), "00af10");
    assert_true(text_hex_decode("00af10", bytes, 3));
    assert_memory_equal(bytes, "\x00\xAF\x10", 3);
    static const char *const refused[] = {"",       "00af1",  "00af1000", "00AF10",
                                          "00af1g", "0x0af1", " 00af1"};
    for (size_t i = 0; i < COUNT(refused); i++)
        assert_false(text_hex_decode(refused[i], bytes, 3));
}

static void test_local_time(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t unix_s;
    } rows[] = {
        {"1970-01-01T09:00", 0},
        {"1970-01-01T00:00", -32400},
        {"2026-11-22T18:30", 1795339800},
        {"2028-02-29T23:59", 1835449140},
        {"9999-12-31T23:59", 253402268340},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t unix_s = 0;
        assert_true(text_local_time(rows[i].text, &unix_s));
        assert_int_equal(unix_s, rows[i].unix_s);
        assert_string_equal(text_local_format(arena, unix_s), rows[i].text);
    }
}

static void test_local_time_refuses(void **state) {
    (void)state;
    static const char *const rows[] = {
        "",
        "2026-11-22",
        "2026-11-22 18:30",
        "2026-11-22T18:30:00",
        "2026-11-22T18:30Z",
        "2026-11-22T18:3",
        "2026-11-22T24:00",
        "2026-11-22T18:60",
        "2026-13-01T00:00",
        "2026-00-01T00:00",
        "2026-02-29T00:00",
        "2026-04-31T00:00",
        "2026-04-00T00:00",
        "1969-12-31T00:00",
        "0000-01-01T00:00",
        "-026-01-01T00:00",
        "２026-01-01T00:00",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t unix_s = 4711;
        if (text_local_time(rows[i], &unix_s) || unix_s != 4711)
            ROW_FAIL(i, "\"%s\" was taken", rows[i]);
    }
}

static void test_local_time_ignores_the_zone_of_the_machine(void **state) {
    (void)state;
    int64_t unix_s = 1;
    setenv("TZ", "America/New_York", 1);
    assert_true(text_local_time("1970-01-01T09:00", &unix_s));
    unsetenv("TZ");
    assert_int_equal(unix_s, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_int),
        cmocka_unit_test(test_int_range),
        cmocka_unit_test(test_utf8_malformed),
        cmocka_unit_test(test_utf8_every_scalar_value),
        cmocka_unit_test(test_utf8_count),
        cmocka_unit_test(test_trim),
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_split_of_very_many),
        cmocka_unit_test(test_b64url),
        cmocka_unit_test(test_b64url_refuses),
        cmocka_unit_test(test_hex),
        cmocka_unit_test(test_local_time),
        cmocka_unit_test(test_local_time_refuses),
        cmocka_unit_test(test_local_time_ignores_the_zone_of_the_machine),
    };
    return cmocka_run_group_tests_name("text", tests, open_arena, close_arena);
}
