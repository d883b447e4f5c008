/* Mail addresses and mobile numbers: one spelling each, or a sentence that says what is wrong. */
#include "words/address.h"

#include <ctype.h>
#include <idn2.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "text.h"

enum { DOMAIN_MOST_B = 253, LABEL_MOST_B = 63 };

static bool refuse(struct fault *f, const char *sentence) {
    return fault_field(f, FAULT_INVALID, "address", sentence);
}

/* ---------------------------------------------------------------- the whole */

/* UTF-8 of U+FF01 to U+FF5E: what a Japanese keyboard types in its wide mode, ＠ among them. */
static bool has_wide(const char *s) {
    for (; *s; s++) {
        const unsigned char *p = (const unsigned char *)s;
        if (p[0] == 0xEF && ((p[1] == 0xBC && p[2] >= 0x81) || (p[1] == 0xBD && p[2] <= 0x9E)))
            return true;
    }
    return false;
}

static bool has_control(const char *s) {
    for (; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7F)
            return true;
    return false;
}

/* What can be said before the two parts are looked at. */
static bool whole_good(const char *s, struct fault *f) {
    if (!*s)
        return refuse(f, "Enter a mail address.");
    if (strlen(s) > ADDRESS_MOST_B)
        return refuse(f, "The mail address is too long. It has at most 254 characters.");
    if (has_wide(s))
        return refuse(f, "Type the mail address in half-width letters, the @ too.");
    const char *at = strchr(s, '@');
    if (!at)
        return refuse(f, "The mail address has no @.");
    if (strchr(at + 1, '@'))
        return refuse(f, "The mail address has more than one @.");
    return true;
}

/* ---------------------------------------------------------------- the local part */

/* RFC 5322 §3.2.3 atext. */
static bool is_atext(char c) {
    return isalnum((unsigned char)c) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool local_good(const char *local, struct fault *f) {
    if (strlen(local) > ADDRESS_LOCAL_MOST_B)
        return refuse(f, "The part before the @ is too long. It has at most 64 characters.");
    bool any = false;
    for (const char *p = local; *p; p++) {
        if (!is_atext(*p) && *p != '.')
            return refuse(f, "The mail address holds a space or another character that no mail "
                             "address has.");
        any |= *p != '.';
    }
    return any || refuse(f, "Nothing stands before the @.");
}

/* ---------------------------------------------------------------- the domain */

/* One label of letters, digits and inner hyphens (RFC 5890 §2.3.1). */
static bool label_good(const char *label, size_t len_b) {
    if (len_b == 0 || len_b > LABEL_MOST_B || label[0] == '-' || label[len_b - 1] == '-')
        return false;
    for (size_t i = 0; i < len_b; i++)
        if (!isalnum((unsigned char)label[i]) && label[i] != '-')
            return false;
    return true;
}

/* At least two labels, the last of them no number: 192.0.2.1 is no domain. */
static bool labels_good(const char *domain) {
    size_t labels = 0;
    const char *label = domain;
    for (;; labels++) {
        size_t len_b = strcspn(label, ".");
        if (!label_good(label, len_b))
            return false;
        if (!label[len_b])
            break;
        label += len_b + 1;
    }
    return labels > 0 && label[strspn(label, "0123456789")] != '\0';
}

static char *lower(struct arena *a, const char *s) {
    char *copy = arena_strdup(a, s);
    for (char *p = copy; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    return copy;
}

/* The domain in lower-case ASCII; NULL when it is none. */
static char *domain_ascii(struct arena *a, const char *domain) {
    char *ascii = NULL;
    int flags = IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL;
    if (idn2_lookup_u8((const uint8_t *)domain, (uint8_t **)&ascii, flags) != IDN2_OK)
        return NULL;
    char *copy = lower(a, ascii);
    idn2_free(ascii);
    return strlen(copy) <= DOMAIN_MOST_B && labels_good(copy) ? copy : NULL;
}

bool address_parse(struct arena *a, const char *raw, const char *own_domain, struct address *out,
                   struct fault *f) {
    if (has_control(raw) || !text_utf8_valid(raw, strlen(raw)))
        return refuse(f, "The mail address holds a space or another character that no mail "
                         "address has.");
    const char *s = text_trim(a, raw);
    if (!whole_good(s, f))
        return false;
    const char *at = strchr(s, '@');
    const char *local = arena_strndup(a, s, (size_t)(at - s));
    if (!local_good(local, f))
        return false;
    const char *domain = domain_ascii(a, at + 1);
    if (!domain)
        return refuse(f, "What stands after the @ is no domain name.");
    if (*own_domain && strcasecmp(domain, own_domain) == 0)
        return refuse(f, "This is an address of the municipality itself. Use one of your own.");
    *out = (struct address){.send = arena_printf(a, "%s@%s", local, domain), .domain = domain};
    out->normal = lower(a, out->send);
    return strlen(out->send) <= ADDRESS_MOST_B ||
           refuse(f, "The mail address is too long. It has at most 254 characters.");
}

/* ---------------------------------------------------------------- phones */

/* Next digit or '+' of the number as ASCII, 0 for what people put between, -1 for anything else. */
static int phone_char(int32_t cp) {
    if ((cp >= '0' && cp <= '9') || cp == '+')
        return cp;
    if (cp >= 0xFF10 && cp <= 0xFF19)
        return cp - 0xFF10 + '0';
    if (cp == 0xFF0B)
        return '+';
    static const int32_t between[] = {' ', '-', 0x3000, 0x2010, 0x2011, 0x2212, 0xFF0D, 0x30FC};
    for (size_t i = 0; i < COUNT(between); i++)
        if (cp == between[i])
            return 0;
    return -1;
}

/* Digits (and '+') alone; false when something else is in it. */
static bool phone_digits(const char *raw, struct buf *digits) {
    const char *end = raw + strlen(raw);
    while (raw < end) {
        int32_t cp = text_utf8_next(&raw, end);
        int c = cp < 0 ? -1 : phone_char(cp);
        if (c < 0)
            return false;
        if (c > 0)
            buf_char(digits, (char)c);
    }
    return !digits->over;
}

static bool mobile(const char *d) {
    return strlen(d) == 11 && strspn(d, "0123456789") == 11 && d[0] == '0' && d[1] >= '6' &&
           d[1] <= '9' && d[2] == '0' && d[3] != '0';
}

bool address_phone_parse(struct arena *a, const char *raw, char **out, struct fault *f) {
    static const char bad[] = "This is no mobile phone number. It begins with 060, 070, 080 or 090 "
                              "and has 11 digits.";
    CLEANUP(buf_done) struct buf digits = buf_init(32);
    if (!*raw)
        return fault_field(f, FAULT_INVALID, "phone", "Enter a mobile phone number.");
    if (!phone_digits(raw, &digits))
        return fault_field(f, FAULT_INVALID, "phone", bad);
    const char *d = buf_text(&digits);
    char *number = strncmp(d, "+81", 3) == 0 ? arena_printf(a, "0%s", d + 3) : arena_strdup(a, d);
    if (!mobile(number))
        return fault_field(f, FAULT_INVALID, "phone", bad);
    *out = number;
    return true;
}
