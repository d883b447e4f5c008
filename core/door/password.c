/* Passwords: rules for new ones, salt, scrypt proof and its verifier. */
#include "door/password.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "text.h"
#include "words/say.h"

struct cost {
    int64_t log2_n, r, p;
};

static const uint64_t memory_most_b = UINT64_C(256) << 20;

/* A secret of our own in NFC, malloc'ed by utf8proc. */
struct secret {
    char *text;
    size_t len_b;
};

static void secret_done(struct secret *s) {
    if (s->text)
        OPENSSL_cleanse(s->text, s->len_b);
    free(s->text);
}

static bool secret_fill(struct secret *s, const char *password, struct fault *f) {
    size_t len_b = strnlen(password, PASSWORD_MOST_B + 1);
    if (len_b > PASSWORD_MOST_B)
        return fault_field(f, FAULT_INVALID, "password",
                           "The password is too long. Use at most 128 characters.");
    if (!text_utf8_valid(password, len_b))
        return fault_field(f, FAULT_INVALID, "password",
                           "The password holds bytes that are no characters. Type it again.");
    utf8proc_uint8_t *nfc = NULL;
    utf8proc_ssize_t n =
        utf8proc_map((const utf8proc_uint8_t *)password, (utf8proc_ssize_t)len_b, &nfc,
                     (utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    if (n < 0)
        return fault_detail(f, FAULT_BROKEN, "The password could not be read.", "utf8proc: %s",
                            utf8proc_errmsg(n));
    *s = (struct secret){.text = (char *)nfc, .len_b = (size_t)n};
    return true;
}

static bool has_control(const char *s) {
    for (; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f)
            return true;
    return false;
}

static bool one_character(const char *s, size_t len_b) {
    const char *end = s + len_b;
    int32_t first = text_utf8_next(&s, end);
    while (s < end)
        if (text_utf8_next(&s, end) != first)
            return false;
    return true;
}

static bool secret_check(const struct secret *s, const char *login, size_t least, struct fault *f) {
    size_t count = text_utf8_count(s->text);
    if (count < least)
        return fault_field(f, FAULT_INVALID, "password",
                           least == PASSWORD_LEAST_FACTOR
                               ? N_("The password is too short. Use at least 12 characters.")
                               : N_("The password is too short. Use at least 15 characters."));
    if (count > PASSWORD_MOST)
        return fault_field(f, FAULT_INVALID, "password",
                           "The password is too long. Use at most 128 characters.");
    if (has_control(s->text))
        return fault_field(f, FAULT_INVALID, "password",
                           "The password holds a control character. Use visible characters.");
    if (one_character(s->text, s->len_b) || (*login && strcasestr(s->text, login)))
        return fault_field(f, FAULT_INVALID, "password",
                           "The password is easy to guess. Do not repeat one character, and do "
                           "not use the login name in it.");
    return true;
}

bool password_check(const char *password, const char *login, size_t least, struct fault *f) {
    CLEANUP(secret_done) struct secret s = {0};
    return secret_fill(&s, password, f) && secret_check(&s, login, least, f);
}

/* ---- likeness ---- */

static size_t points_of(const char *s, int32_t out[PASSWORD_MOST_B]) {
    const char *end = s + strlen(s);
    size_t n = 0;
    while (s < end && n < PASSWORD_MOST_B)
        out[n++] = text_utf8_next(&s, end);
    return n;
}

static size_t least_of(size_t a, size_t b, size_t c) {
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

size_t password_distance(const char *a, const char *b, size_t most) {
    int32_t from[PASSWORD_MOST_B], to[PASSWORD_MOST_B];
    size_t row[PASSWORD_MOST_B + 1]; /* from the first i of `from` to the first j of `to` */
    size_t from_n = points_of(a, from), to_n = points_of(b, to);
    for (size_t j = 0; j <= to_n; j++)
        row[j] = j;
    for (size_t i = 1; i <= from_n; i++) {
        size_t before = row[0]; /* one less of both */
        row[0] = i;
        for (size_t j = 1; j <= to_n; j++) {
            size_t change = before + (from[i - 1] != to[j - 1]);
            before = row[j];
            row[j] = least_of(row[j] + 1, row[j - 1] + 1, change);
        }
    }
    size_t distance = row[to_n];
    OPENSSL_cleanse(from, sizeof(from));
    OPENSSL_cleanse(to, sizeof(to));
    return distance < most ? distance : most;
}

static bool random_fill(unsigned char *out, int len_b, struct fault *f) {
    if (RAND_priv_bytes(out, len_b) != 1)
        return fault_set(f, FAULT_BROKEN, "The system has no random numbers.");
    return true;
}

bool password_salt(unsigned char salt[PASSWORD_SALT_B], struct fault *f) {
    return random_fill(salt, PASSWORD_SALT_B, f);
}

/* "scrypt:log2 N:r:p"; bounded, for the text comes out of a table. */
static bool cost_parse(const char *text, struct cost *out, struct fault *f) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    size_t n = 0;
    char **part = text_split(a, text, ':', &n);
    bool good = n == 4 && strcmp(part[0], "scrypt") == 0 &&
                text_int(part[1], 1, 20, &out->log2_n) && text_int(part[2], 1, 32, &out->r) &&
                text_int(part[3], 1, 16, &out->p);
    if (!good)
        return fault_detail(f, FAULT_BROKEN, "The stored password cannot be compared.",
                            "unknown cost %.60s", text);
    return true;
}

bool password_proof(const char *password, const unsigned char *salt, size_t salt_b,
                    const char *cost, unsigned char proof[PASSWORD_PROOF_B], struct fault *f) {
    struct cost c = {0};
    CLEANUP(secret_done) struct secret s = {0};
    if (!cost_parse(cost, &c, f) || !secret_fill(&s, password, f))
        return false;
    if (EVP_PBE_scrypt(s.text, s.len_b, salt, salt_b, UINT64_C(1) << c.log2_n, (uint64_t)c.r,
                       (uint64_t)c.p, memory_most_b, proof, PASSWORD_PROOF_B) != 1)
        return fault_detail(f, FAULT_BROKEN, "The stored password cannot be compared.",
                            "scrypt refused cost %.60s", cost);
    return true;
}

static int64_t work_of(const struct cost *c) {
    return (INT64_C(1) << c->log2_n) * c->r * c->p;
}

bool password_cost_low(const char *cost) {
    struct fault none = {0};
    struct cost had, today;
    return cost_parse(cost, &had, &none) && cost_parse(PASSWORD_COST, &today, &none) &&
           work_of(&had) < work_of(&today);
}

bool password_verifier(const unsigned char proof[PASSWORD_PROOF_B],
                       unsigned char verifier[PASSWORD_PROOF_B], struct fault *f) {
    if (EVP_Digest(proof, PASSWORD_PROOF_B, verifier, NULL, EVP_sha256(), NULL) != 1)
        return fault_set(f, FAULT_BROKEN, "SHA-256 is not available.");
    return true;
}

bool password_make(char out[PASSWORD_MADE_B], struct fault *f) {
    static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789"; /* 32: no l, o, 0, 1 */
    static_assert(sizeof(letters) == 33, "five bits a letter, each as likely");
    unsigned char raw[20];
    if (!random_fill(raw, sizeof(raw), f))
        return false;
    char *p = out;
    for (size_t i = 0; i < sizeof(raw); i++) {
        if (i && i % 5 == 0)
            *p++ = '-';
        *p++ = letters[raw[i] & 31];
    }
    *p = '\0';
    OPENSSL_cleanse(raw, sizeof(raw));
    return true;
}
