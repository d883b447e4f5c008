/* Cookies of both faces, the session behind one, and the token that forms must carry.
 *
 * A session's cookie holds the token that the database made at sign-in. Who is not signed in has a
 * form cookie: random bytes that say nothing. Either way a form carries HMAC-SHA256(cookie,
 * "csrf"): who cannot read our pages cannot know it, and one session's token is no use to another.
 * Cookies are __Host- over https: no neighbouring host name can set them. */
#ifndef SERVER_SESSION_H
#define SERVER_SESSION_H

#include "http/http.h"

enum { SESSION_TOKEN_MOST_B = 128 };

/* The value of the cookie `name` in a Cookie header (NULL: none); *out is NULL when absent or no
 * token of ours (base64url). False when it comes twice: somebody planted one. */
MUST_USE bool session_cookie(struct arena *a, const char *header, const char *name,
                             const char **out);

/* Names, by the face's URL: with https "__Host-kairan" and "__Host-kairan-form". */
const char *session_name(enum face face);
const char *session_form_name(enum face face);
const char *session_device_name(void);

/* Set-Cookie values: the session's, the one that ends it, the form's, the device's, the
 * language's. */
NONNULL const char *session_set(const struct req *r, const char *token);
NONNULL const char *session_unset(const struct req *r);
NONNULL const char *session_set_form(const struct req *r, const char *value);
NONNULL const char *session_set_device(const struct req *r, const char *value);
NONNULL const char *session_set_lang(const struct req *r);

/* A new random form cookie. */
MUST_USE NONNULL bool session_form_new(struct arena *a, const char **value, struct fault *f);

/* What forms carry under this cookie. */
NONNULL const char *session_csrf(struct arena *a, const char *cookie);

/* Whether the request's field `csrf` is who.csrf; in constant time. */
MUST_USE NONNULL bool session_csrf_right(const struct req *r);

/* Fills r->who from the token: who stays empty when the session is over. Where it is not, the
 * database knows the request by its id from then on. False: *f (database). */
MUST_USE NONNULL bool session_find(struct req *r, const char *token, struct fault *f);

#endif
