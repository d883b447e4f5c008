/* Text to the bytes that mail carries: base64, quoted-printable, encoded words, addresses. */
#include "mime/encode.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "text.h"

void encode_canonical(struct buf *out, const char *text) {
    while (*text) {
        size_t line_b = strcspn(text, "\n");
        buf_add(out, text, line_b);
        buf_add(out, "\r\n", 2);
        text += line_b + (text[line_b] == '\n');
    }
}

void encode_base64(struct buf *out, const char *data, size_t len_b) {
    unsigned char line[ENCODE_LINE + 3];
    while (len_b > 0) {
        size_t step_b = len_b < ENCODE_BASE64_STEP ? len_b : ENCODE_BASE64_STEP;
        int n = EVP_EncodeBlock(line, (const unsigned char *)data, (int)step_b);
        line[n] = '\r';
        line[n + 1] = '\n';
        buf_add(out, line, (size_t)n + 2);
        data += step_b;
        len_b -= step_b;
    }
}

/* ---- quoted-printable ---- */

/* Whether the byte at p must be =XX there: what is not printable ASCII, '=', a blank that ends
 * the line; and at a line's start the dot SMTP would double and the "From " mbox would mark. */
static bool must_quote(const char *p, const char *end, size_t col) {
    if (*p == ' ')
        return p + 1 == end;
    if (*p < ' ' || *p == '=' || *p > '~')
        return true;
    if (col > 0)
        return false;
    return *p == '.' || (end - p >= 5 && memcmp(p, "From ", 5) == 0);
}

/* One line without its CRLF. A soft break leaves room for its '=': 75 characters and that. */
static void quoted_line(struct buf *out, const char *p, const char *end) {
    static const char hex[] = "0123456789ABCDEF";
    for (size_t col = 0; p < end; p++) {
        if (col + (must_quote(p, end, col) ? 3 : 1) > ENCODE_LINE - 1) {
            buf_add(out, "=\r\n", 3);
            col = 0;
        }
        if (must_quote(p, end, col)) {
            unsigned char c = (unsigned char)*p;
            buf_add(out, (char[]){'=', hex[c >> 4], hex[c & 15]}, 3);
            col += 3;
        } else {
            buf_char(out, *p);
            col++;
        }
    }
}

void encode_quoted(struct buf *out, const char *data, size_t len_b) {
    const char *end = data + len_b;
    while (data < end) {
        const char *cr = memchr(data, '\r', (size_t)(end - data));
        quoted_line(out, data, cr ? cr : end);
        buf_add(out, "\r\n", 2);
        data = cr ? cr + 2 : end;
    }
}

/* ---- headers ---- */

static bool is_plain(const char *text) {
    for (const char *p = text; *p; p++)
        if (*p < ' ' || *p > '~')
            return false;
    return true;
}

/* The longest start of text that ends between characters and has at most max_b bytes. */
static size_t whole_characters(const char *text, size_t max_b) {
    size_t len_b = strlen(text);
    if (len_b <= max_b)
        return len_b;
    while (max_b > 0 && ((unsigned char)text[max_b] & 0xC0) == 0x80)
        max_b--;
    return max_b;
}

static void fold(struct buf *out, size_t *col) {
    buf_add(out, "\r\n ", 3);
    *col = 1;
}

enum { WORD_FRAME = 12, WORD_MOST = 75, CHARACTER_MOST_B = 4 }; /* =?UTF-8?B? and ?= */

static void words_split(struct buf *out, const char *text, size_t *col) {
    while (*text) {
        size_t room = ENCODE_LINE - *col;
        if (room > WORD_MOST)
            room = WORD_MOST;
        size_t max_b = room > WORD_FRAME ? (room - WORD_FRAME) / 4 * 3 : 0;
        if (max_b < CHARACTER_MOST_B) {
            fold(out, col);
            continue;
        }
        size_t n = whole_characters(text, max_b);
        char word[ENCODE_LINE];
        int encoded = EVP_EncodeBlock((unsigned char *)word, (const unsigned char *)text, (int)n);
        buf_printf(out, "=?UTF-8?B?%s?=", word);
        *col += (size_t)encoded + WORD_FRAME;
        text += n;
        if (*text)
            fold(out, col);
    }
}

void encode_words(struct buf *out, const char *text, size_t *col) {
    size_t len_b = strlen(text);
    bool as_it_is = is_plain(text) && strstr(text, "=?") == NULL && len_b > 0 && text[0] != ' ' &&
                    text[len_b - 1] != ' ' && *col + len_b <= ENCODE_LINE;
    if (!as_it_is) {
        words_split(out, text, col);
        return;
    }
    buf_add(out, text, len_b);
    *col += len_b;
}

/* Writes "text" with '"' and '\' escaped; returns what it took. */
static size_t quote(struct buf *out, const char *text, size_t len_b) {
    size_t before = out->len_b;
    buf_char(out, '"');
    for (size_t i = 0; i < len_b; i++) {
        if (text[i] == '"' || text[i] == '\\')
            buf_char(out, '\\');
        buf_char(out, text[i]);
    }
    buf_char(out, '"');
    return out->len_b - before;
}

void encode_phrase(struct buf *out, const char *text, size_t *col) {
    size_t len_b = strlen(text);
    if (is_plain(text) && *col + 2 * len_b + 2 <= ENCODE_LINE)
        *col += quote(out, text, len_b);
    else
        words_split(out, text, col);
}

/* ---- addresses ---- */

/* RFC 5322 3.2.3. */
static bool is_atext(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool is_dot_atom(const char *s, size_t len_b) {
    for (size_t i = 0; i < len_b; i++) {
        bool inner_dot = s[i] == '.' && i > 0 && i + 1 < len_b && s[i - 1] != '.';
        if (!is_atext(s[i]) && !inner_dot)
            return false;
    }
    return len_b > 0;
}

void encode_address(struct buf *out, const char *address) {
    const char *at = strrchr(address, '@');
    size_t local_b = (size_t)(at - address);
    if (is_dot_atom(address, local_b))
        buf_add(out, address, local_b);
    else
        quote(out, address, local_b);
    buf_str(out, at);
}

static bool domain_fits(const char *domain) {
    for (const char *p = domain; *p; p++)
        if (!((*p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') ||
              *p == '-' || *p == '.'))
            return false;
    return *domain && *domain != '.';
}

bool encode_address_fits(const char *address) {
    const char *at = strrchr(address, '@');
    if (at == NULL || at == address || at - address > 64 || strlen(address) > 254)
        return false;
    for (const char *p = address; p < at; p++)
        if (*p <= ' ' || *p > '~' || *p == '<' || *p == '>' || *p == '@')
            return false;
    return domain_fits(at + 1);
}

void encode_date(char out[40], int64_t unix_s) {
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    enum { JAPAN_S = 9 * 60 * 60 };
    time_t shifted = (time_t)(unix_s + JAPAN_S);
    struct tm tm = {0};
    gmtime_r(&shifted, &tm);
    snprintf(out, 40, "%.3s, %02d %.3s %04d %02d:%02d:%02d +0900", days + 3 * tm.tm_wday,
             tm.tm_mday % 100, months + 3 * tm.tm_mon, (tm.tm_year + 1900) % 10000,
             tm.tm_hour % 100, tm.tm_min % 100, tm.tm_sec % 100);
}
