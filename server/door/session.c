/* Cookies, sessions and form tokens. */
#include "door/session.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <string.h>

#include "door/sign_in.h"
#include "settings/conf.h"
#include "text.h"
#include "words/say.h"
#include "words/word.h"

enum { FORM_COOKIE_B = 16, DIGEST_B = 32, YEAR_S = 365 * 24 * 3600 };

static bool secure(enum face face) {
    const char *url = face == FACE_STAFF ? conf.staff_url : conf.public_url;
    return strncmp(url, "https://", 8) == 0;
}

const char *session_name(enum face face) {
    return secure(face) ? "__Host-kairan" : "kairan";
}

const char *session_form_name(enum face face) {
    return secure(face) ? "__Host-kairan-form" : "kairan-form";
}

const char *session_device_name(void) {
    return secure(FACE_STAFF) ? "__Host-kairan-device" : "kairan-device";
}

/* ---- reading ---- */

static bool token_sound(const char *s, size_t len_b) {
    for (size_t i = 0; i < len_b; i++) {
        bool letter = (s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z');
        bool digit = s[i] >= '0' && s[i] <= '9';
        if (!letter && !digit && s[i] != '-' && s[i] != '_')
            return false;
    }
    return len_b > 0 && len_b <= SESSION_TOKEN_MOST_B;
}

bool session_cookie(struct arena *a, const char *header, const char *name, const char **out) {
    *out = NULL;
    bool seen = false;
    size_t name_b = strlen(name);
    for (const char *at = header; at && *at; at += strspn(at, "; ")) {
        size_t pair_b = strcspn(at, ";");
        if (pair_b > name_b && at[name_b] == '=' && memcmp(at, name, name_b) == 0) {
            if (seen)
                return false;
            seen = true;
            const char *value = at + name_b + 1;
            size_t value_b = pair_b - name_b - 1;
            *out = token_sound(value, value_b) ? arena_strndup(a, value, value_b) : NULL;
        }
        at += pair_b;
    }
    return true;
}

/* ---- writing ---- */

/* Lax, not Strict: a link in a mail to the console must find its reader signed in; every act is a
 * POST, and those carry the form's token. */
static const char *cookie(const struct req *r, const char *name, const char *value,
                          const char *age) {
    return arena_printf(r->arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", name, value,
                        secure(r->face) ? "; Secure" : "", age);
}

static const char *year(const struct req *r) {
    return arena_printf(r->arena, "; Max-Age=%d", YEAR_S);
}

const char *session_set(const struct req *r, const char *token) {
    return cookie(r, session_name(r->face), token, "");
}

const char *session_unset(const struct req *r) {
    return cookie(r, session_name(r->face), "", "; Max-Age=0");
}

const char *session_set_form(const struct req *r, const char *value) {
    return cookie(r, session_form_name(r->face), value, "");
}

const char *session_set_device(const struct req *r, const char *value) {
    return cookie(r, session_device_name(), value, year(r));
}

const char *session_set_lang(const struct req *r) {
    return cookie(r, "lang", r->lang, year(r));
}

/* ---- form tokens ---- */

bool session_form_new(struct arena *a, const char **value, struct fault *f) {
    unsigned char bytes[FORM_COOKIE_B];
    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return fault_set(f, FAULT_BROKEN, N_("The system has no random numbers."));
    *value = text_b64url(a, bytes, sizeof bytes);
    return true;
}

const char *session_csrf(struct arena *a, const char *cookie_value) {
    unsigned char digest[DIGEST_B];
    unsigned int digest_b = 0;
    static const unsigned char purpose[] = "csrf";
    const unsigned char *done = HMAC(EVP_sha256(), cookie_value, (int)strlen(cookie_value), purpose,
                                     sizeof purpose - 1, digest, &digest_b);
    assert(done && digest_b == DIGEST_B);
    return text_b64url(a, digest, digest_b);
}

bool session_csrf_right(const struct req *r) {
    const char *given = req_field(r, "csrf");
    size_t right_b = strlen(r->who.csrf);
    return right_b > 0 && given && strlen(given) == right_b &&
           CRYPTO_memcmp(given, r->who.csrf, right_b) == 0;
}

/* ---- who is it ---- */

bool session_find(struct req *r, const char *token, struct fault *f) {
    struct sign_in_session session;
    if (!sign_in_session_find(r->db, r->arena, token, r->id, &session, f))
        return f->kind == FAULT_UNSIGNED;
    if (!r->lang_chosen)
        r->lang = strcmp(session.lang, "en") == 0 ? "en" : "ja";
    bool english = strcmp(r->lang, "en") == 0 && session.department_name_en[0];
    r->who = (struct signed_in){
        .token = token,
        .csrf = session_csrf(r->arena, token),
        .person = session.person,
        .post = session.post,
        .department = session.department,
        .name = session.name,
        .role = role_of(session.role),
        .stage = session.stage,
        .has_end = session.has_end,
        .days_left = session.days_left,
        .department_name = english ? session.department_name_en : session.department_name,
        .acting_for = session.acting_for,
        .acting_until = session.acting_until,
    };
    return true;
}
