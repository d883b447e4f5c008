/* Fuzzes base/text: what is taken has one spelling, what is refused changes nothing. The first byte
 * chooses the parser, the rest is its text. */
#include <stdlib.h>
#include <string.h>

#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_b);

static void check(bool holds) {
    if (!holds)
        abort();
}

static void fuzz_int(struct arena *a, const char *s) {
    int64_t value;
    if (text_int(s, INT64_MIN, INT64_MAX, &value))
        check(strcmp(arena_printf(a, "%lld", (long long)value), s) == 0);
}

static void fuzz_utf8(struct arena *a, const char *s) {
    (void)a;
    if (!text_utf8_valid(s, strlen(s)))
        return;
    const char *end = s + strlen(s);
    for (size_t left = text_utf8_count(s); left > 0; left--) {
        const char *start = s;
        char again[4];
        size_t len_b = text_utf8_put(text_utf8_next(&s, end), again);
        check(s == start + len_b && memcmp(again, start, len_b) == 0);
    }
    check(s == end);
}

static void fuzz_trim(struct arena *a, const char *s) {
    const char *trimmed = text_trim(a, s);
    check(strlen(trimmed) <= strlen(s) && strstr(s, trimmed) != NULL);
    check(strcmp(text_trim(a, trimmed), trimmed) == 0);
}

static void fuzz_split(struct arena *a, const char *s) {
    size_t count;
    char **pieces = text_split(a, s, ',', &count);
    for (size_t i = 0; i < count; i++)
        check(strchr(pieces[i], ',') == NULL && strcmp(text_trim(a, pieces[i]), pieces[i]) == 0);
    check(pieces[count] == NULL);
}

static void fuzz_b64url(struct arena *a, const char *s) {
    unsigned char *bytes;
    size_t len_b;
    if (text_b64url_decode(a, s, &bytes, &len_b))
        check(strcmp(text_b64url(a, bytes, len_b), s) == 0);
}

static void fuzz_hex(struct arena *a, const char *s) {
    size_t len_b = strlen(s) / 2;
    unsigned char *bytes = arena_alloc(a, len_b);
    if (text_hex_decode(s, bytes, len_b))
        check(strcmp(text_hex(a, bytes, len_b), s) == 0);
}

static void fuzz_local_time(struct arena *a, const char *s) {
    int64_t unix_s;
    if (text_local_time(s, &unix_s))
        check(strcmp(text_local_format(a, unix_s), s) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_b) {
    static void (*const parsers[])(struct arena *, const char *) = {
        fuzz_int, fuzz_utf8, fuzz_trim, fuzz_split, fuzz_b64url, fuzz_hex, fuzz_local_time,
    };
    if (size_b < 1)
        return 0;
    CLEANUP(arena_free) struct arena *a = arena_new();
    const char *s = arena_strndup(a, (const char *)data + 1, size_b - 1);
    parsers[data[0] % COUNT(parsers)](a, s);
    return 0;
}
