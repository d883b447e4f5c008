/* Forms 1 to 3 as pages: their fields, signed in and without, and words for what the database gives
 * as codes. */
#ifndef SERVER_APPLICATION_H
#define SERVER_APPLICATION_H

#include "page/office_form.h"

enum { APPLICATION_KINDS = 3 };

enum application_way {
    APPLICATION_SIGNED_IN, /* people are chosen from lists */
    APPLICATION_OPEN,      /* without sign-in: who applies is typed, and so are people */
    APPLICATION_REPLY      /* the same once it is known who applies */
};

/* kind: 1 to 3. */
const struct office_form *application_form(size_t kind, enum application_way way);

/* The form's kind, from JSON of the database. */
NONNULL size_t application_kind(const json_t *form);

/* Adds title, role_text, is_1 to is_3; number and department in the request's language. */
NONNULL void application_put_words(const struct req *r, json_t *form);

/* Adds state_text and badge for `state`. */
NONNULL void application_put_state(const struct req *r, json_t *row);

#endif
