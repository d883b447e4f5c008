/* Strict parsing of numbers, times, UTF-8, base64url and hex: one spelling each, or false. */
#include "text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { JAPAN_OFFSET_S = 9 * 3600 }; /* no summer time since 1951 */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool text_int(const char *s, int64_t min, int64_t max, int64_t *out) {
    bool negative = *s == '-';
    const char *digits = s + negative;
    if (!is_digit(*digits) || (*digits == '0' && (digits[1] != '\0' || negative)))
        return false;
    int64_t value = 0; /* built below zero: INT64_MIN has no positive twin */
    for (const char *p = digits; *p; p++)
        if (!is_digit(*p) || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, *p - '0', &value))
            return false;
    if (!negative && __builtin_sub_overflow(0, value, &value))
        return false;
    if (value < min || value > max)
        return false;
    *out = value;
    return true;
}

char *text_number(struct arena *a, int64_t n) {
    return arena_printf(a, "%lld", (long long)n);
}

/* Length of the sequence a lead byte opens, and the legal range of the byte after it: RFC 3629
 * section 4 tells overlong forms, surrogates and values past U+10FFFF by that byte alone. */
struct lead {
    unsigned char first, last, length, second_min, second_max;
};

static const struct lead leads[] = {
    {0x00, 0x7F, 1, 0x00, 0x00}, {0xC2, 0xDF, 2, 0x80, 0xBF}, {0xE0, 0xE0, 3, 0xA0, 0xBF},
    {0xE1, 0xEC, 3, 0x80, 0xBF}, {0xED, 0xED, 3, 0x80, 0x9F}, {0xEE, 0xEF, 3, 0x80, 0xBF},
    {0xF0, 0xF0, 4, 0x90, 0xBF}, {0xF1, 0xF3, 4, 0x80, 0xBF}, {0xF4, 0xF4, 4, 0x80, 0x8F},
};

static const struct lead *lead_find(unsigned char byte) {
    for (size_t i = 0; i < COUNT(leads); i++)
        if (byte >= leads[i].first && byte <= leads[i].last)
            return &leads[i];
    return NULL;
}

int32_t text_utf8_next(const char **s, const char *end) {
    const unsigned char *p = (const unsigned char *)*s;
    const struct lead *lead = *s < end ? lead_find(p[0]) : NULL;
    if (!lead || lead->length > end - *s)
        return -1;
    if (lead->length > 1 && (p[1] < lead->second_min || p[1] > lead->second_max))
        return -1;
    static const unsigned char lead_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    int32_t cp = p[0] & lead_bits[lead->length];
    for (int i = 1; i < lead->length; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return -1;
        cp = cp << 6 | (p[i] & 0x3F);
    }
    *s += lead->length;
    return cp;
}

bool text_utf8_valid(const char *s, size_t len_b) {
    const char *end = s + len_b;
    while (s < end)
        if (text_utf8_next(&s, end) <= 0)
            return false;
    return true;
}

size_t text_utf8_count(const char *s) {
    size_t count = 0;
    for (; *s; s++)
        count += ((unsigned char)*s & 0xC0) != 0x80;
    return count;
}

size_t text_utf8_put(int32_t cp, char out[4]) {
    static const unsigned char lead_mark[] = {0, 0, 0xC0, 0xE0, 0xF0};
    assert(cp >= 0 && cp <= 0x10FFFF && !(cp >= 0xD800 && cp <= 0xDFFF));
    size_t length = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (cp & 0x3F));
        cp >>= 6;
    }
    out[0] = (char)(lead_mark[length] | cp);
    return length;
}

/* Length of the white space at p: ASCII's, or U+3000 as Japanese keyboards type it. */
static size_t space_at(const char *p, const char *end) {
    static const char wide[] = "\xE3\x80\x80";
    if (p < end && *p && strchr(" \t\n\v\f\r", *p))
        return 1;
    return end - p >= 3 && memcmp(p, wide, 3) == 0 ? 3 : 0;
}

/* Length of the white space that ends at end. */
static size_t space_before(const char *s, const char *end) {
    if (end - s >= 3 && space_at(end - 3, end) == 3)
        return 3;
    return end > s ? space_at(end - 1, end) : 0;
}

static char *trim(struct arena *a, const char *s, const char *end) {
    for (size_t n; (n = space_at(s, end)) > 0;)
        s += n;
    for (size_t n; (n = space_before(s, end)) > 0;)
        end -= n;
    return arena_strndup(a, s, (size_t)(end - s));
}

char *text_trim(struct arena *a, const char *s) {
    return trim(a, s, s + strlen(s));
}

static size_t count_char(const char *s, char c) {
    size_t count = 0;
    for (; *s; s++)
        count += *s == c;
    return count;
}

char **text_split(struct arena *a, const char *s, char sep, size_t *n) {
    char **pieces = arena_array(a, count_char(s, sep) + 2, sizeof *pieces);
    *n = 0;
    if (!*text_trim(a, s))
        return pieces;
    for (const char *end; (end = strchr(s, sep)) != NULL; s = end + 1)
        pieces[(*n)++] = trim(a, s, end);
    pieces[(*n)++] = text_trim(a, s);
    return pieces;
}

static const char b64url_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char *text_b64url(struct arena *a, const void *data, size_t len_b) {
    const unsigned char *in = data;
    char *text = arena_alloc(a, len_b / 3 * 4 + 5);
    char *out = text;
    uint32_t bits = 0; /* those not written yet are the lowest `count` */
    int count = 0;
    for (size_t i = 0; i < len_b; i++) {
        bits = bits << 8 | in[i];
        for (count += 8; count >= 6; count -= 6)
            *out++ = b64url_digits[bits >> (count - 6) & 0x3F];
    }
    if (count > 0)
        *out = b64url_digits[bits << (6 - count) & 0x3F];
    return text;
}

bool text_b64url_decode(struct arena *a, const char *s, unsigned char **out, size_t *len_b) {
    size_t text_b = strlen(s);
    unsigned char *data = arena_alloc(a, text_b / 4 * 3 + 3);
    size_t n = 0;
    uint32_t bits = 0;
    int count = 0;
    for (size_t i = 0; i < text_b; i++) {
        const char *digit = strchr(b64url_digits, s[i]);
        if (!digit)
            return false;
        bits = bits << 6 | (uint32_t)(digit - b64url_digits);
        count += 6;
        if (count >= 8) {
            count -= 8;
            data[n++] = (unsigned char)(bits >> count);
        }
    }
    /* a lone digit, or bits that no byte needs: a second spelling of the same bytes */
    if (text_b % 4 == 1 || (bits & ((1U << count) - 1)) != 0)
        return false;
    *out = data;
    *len_b = n;
    return true;
}

char *text_hex(struct arena *a, const void *data, size_t len_b) {
    static const char digits[] = "0123456789abcdef";
    const unsigned char *in = data;
    char *text = arena_alloc(a, len_b * 2 + 1);
    for (size_t i = 0; i < len_b; i++) {
        text[2 * i] = digits[in[i] >> 4];
        text[2 * i + 1] = digits[in[i] & 0xF];
    }
    return text;
}

static int hex_digit(char c) {
    if (is_digit(c))
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool text_hex_decode(const char *s, unsigned char *out, size_t len_b) {
    if (strlen(s) != len_b * 2)
        return false;
    for (size_t i = 0; i < len_b; i++) {
        int high = hex_digit(s[2 * i]), low = hex_digit(s[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

/* The number in `digits` digits at s; the caller has checked that they are digits. */
static int digits_at(const char *s, int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++)
        value = value * 10 + (s[i] - '0');
    return value;
}

/* Whether s has a digit where the shape has 0, and the shape's own character elsewhere. */
static bool has_shape(const char *s, const char *shape) {
    for (; *shape; s++, shape++)
        if (*shape == '0' ? !is_digit(*s) : *s != *shape)
            return false;
    return *s == '\0';
}

bool text_local_time(const char *s, int64_t *unix_s) {
    if (!has_shape(s, "0000-00-00T00:00"))
        return false;
    struct tm given = {.tm_year = digits_at(s, 4) - 1900,
                       .tm_mon = digits_at(s + 5, 2) - 1,
                       .tm_mday = digits_at(s + 8, 2),
                       .tm_hour = digits_at(s + 11, 2),
                       .tm_min = digits_at(s + 14, 2)};
    struct tm real = given; /* timegm makes the 31st of April the 1st of May: then it is no date */
    time_t utc = timegm(&real);
    if (real.tm_year < 70 || real.tm_year != given.tm_year || real.tm_mon != given.tm_mon ||
        real.tm_mday != given.tm_mday || real.tm_hour != given.tm_hour ||
        real.tm_min != given.tm_min)
        return false;
    *unix_s = (int64_t)utc - JAPAN_OFFSET_S;
    return true;
}

char *text_local_format(struct arena *a, int64_t unix_s) {
    time_t local = (time_t)(unix_s + JAPAN_OFFSET_S);
    struct tm tm = {0};
    gmtime_r(&local, &tm);
    return arena_printf(a, "%04d-%02d-%02dT%02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                        tm.tm_hour, tm.tm_min);
}
