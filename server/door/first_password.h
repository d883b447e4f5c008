/* First passwords: made here, shown once, good for one sign-in (004 §12-1(2), §12-3). */
#ifndef SERVER_FIRST_PASSWORD_H
#define SERVER_FIRST_PASSWORD_H

#include "http/http.h"
#include "office/people.h"

/* Makes one and asks the helper for its proof; then() goes on. */
MUST_USE NONNULL bool first_password_ask(struct req *r, struct reply *out, handler *then,
                                         struct fault *f);

/* In then(): what the database keeps of it, in the request's arena. */
MUST_USE NONNULL bool first_password_secret(const struct req *r, const struct reply *out,
                                            struct people_secret *secret, struct fault *f);

/* In then(): the password itself, for the one page that shows it. */
NONNULL const char *first_password_text(const struct reply *out);

#endif
