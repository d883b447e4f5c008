/* Fields of a request body: form-encoded, or a flat JSON object. */
#ifndef INBOX_FORM_H
#define INBOX_FORM_H

#include "arena.h"
#include "base.h"
#include "fault.h"

enum { FORM_FIELDS_MAX = 20 };

struct form {
    struct {
        const char *name, *value;
    } fields[FORM_FIELDS_MAX];
    size_t count;
};

/* Reads the body; is_json says which of the two it is. False: malformed, a field twice, too many
 * fields, a NUL, or a JSON value that is neither text nor whole number. */
MUST_USE NONNULL bool form_read(struct arena *a, const char *body, size_t len_b, bool is_json,
                                struct form *out, struct fault *f);

/* A field's value, "" when absent. */
NONNULL const char *form_get(const struct form *form, const char *name);

#endif
