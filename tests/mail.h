/* Reads a mail back, byte by byte and apart from the code that builds it. */
#ifndef TESTS_MAIL_H
#define TESTS_MAIL_H

#include "check.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "arena.h"
#include "buf.h"
#include "text.h"

/* Value of a header, unfolded by RFC 5322 2.2.3; NULL when absent. */
static inline char *mail_header(struct arena *a, const char *mail, const char *name) {
    const char *end = strstr(mail, "\r\n\r\n") + 2;
    for (const char *p = mail; p < end; p = strstr(p, "\r\n") + 2) {
        if (strncmp(p, name, strlen(name)) != 0 || p[strlen(name)] != ':')
            continue;
        CLEANUP(buf_done) struct buf value = buf_init(10000);
        const char *from = p + strlen(name) + 1, *cr = strstr(from, "\r\n");
        buf_add(&value, from, (size_t)(cr - from));
        while (cr[2] == ' ') {
            from = cr + 2;
            cr = strstr(from, "\r\n");
            buf_add(&value, from, (size_t)(cr - from));
        }
        return arena_strdup(a, buf_text(&value) + (buf_text(&value)[0] == ' '));
    }
    return NULL;
}

static inline size_t mail_unbase64(const char *in, size_t len_b, char *out) {
    assert_int_equal(len_b % 4, 0);
    int n = EVP_DecodeBlock((unsigned char *)out, (const unsigned char *)in, (int)len_b);
    assert_true(n >= 0);
    size_t pad = len_b > 1 && in[len_b - 1] == '=' ? 1 + (in[len_b - 2] == '=') : 0;
    return (size_t)n - pad;
}

/* Encoded words to text (RFC 2047 6.2: blanks between neighbours vanish). Each word must be valid
 * UTF-8 by itself: characters are not split. */
static inline char *mail_unword(struct arena *a, const char *value) {
    CLEANUP(buf_done) struct buf out = buf_init(10000);
    while (strncmp(value, "=?UTF-8?B?", 10) == 0) {
        char piece[100];
        const char *end = strstr(value, "?=");
        assert_true(end + 2 - value <= 75);
        size_t n = mail_unbase64(value + 10, (size_t)(end - value) - 10, piece);
        assert_true(text_utf8_valid(piece, n));
        buf_add(&out, piece, n);
        value = end + 2;
        if (strncmp(value, " =?", 3) == 0)
            value++;
    }
    buf_str(&out, value);
    return arena_strdup(a, buf_text(&out));
}

/* The byte that two upper-case hex digits say; anything else fails the test. */
static inline char hex_byte(const char *p) {
    static const char digits[] = "0123456789ABCDEF";
    const char *high = strchr(digits, p[0]), *low = strchr(digits, p[1]);
    assert_true(p[0] && p[1] && high && low);
    return (char)((high - digits) << 4 | (low - digits));
}

static inline char *mail_unquoted(struct arena *a, const char *p) {
    CLEANUP(buf_done) struct buf out = buf_init(200000);
    for (; *p; p++) {
        if (*p != '=') {
            buf_char(&out, *p);
        } else if (p[1] == '\r') {
            p += 2;
        } else {
            buf_char(&out, hex_byte(p + 1));
            p += 2;
        }
    }
    return arena_strdup(a, buf_text(&out));
}

static inline char *mail_body(struct arena *a, const char *mail) {
    const char *p = strstr(mail, "\r\n\r\n") + 4;
    const char *encoding = mail_header(a, mail, "Content-Transfer-Encoding");
    if (strcmp(encoding, "quoted-printable") == 0)
        return mail_unquoted(a, p);
    assert_string_equal(encoding, "base64");
    CLEANUP(buf_done) struct buf flat = buf_init(200000);
    for (; *p; p++)
        if (*p != '\r' && *p != '\n')
            buf_char(&flat, *p);
    char *out = arena_alloc(a, flat.len_b + 4);
    out[mail_unbase64(buf_text(&flat), flat.len_b, out)] = '\0';
    return out;
}

/* The rules every mail keeps, whatever went in. */
static inline void mail_check(const char *mail, size_t len_b) {
    bool in_body = false;
    assert_int_equal(strlen(mail), len_b);
    assert_memory_equal(mail + len_b - 2, "\r\n", 2);
    for (const char *p = mail, *cr; *p; p = cr + 2) {
        cr = strchr(p, '\r');
        assert_non_null(cr);
        assert_int_equal(cr[1], '\n');
        bool alone = *p == ' ' || strncmp(p, "To:", 3) == 0;
        assert_true(cr - p <= (in_body || !alone ? 76 : 998));
        assert_int_not_equal(*p, '.');
        for (const char *q = p; q < cr; q++)
            assert_true(*q >= ' ' && *q <= '~');
        if (in_body && cr > p)
            assert_int_not_equal(cr[-1], ' ');
        in_body = in_body || cr == p;
    }
    assert_true(in_body);
}

#endif
