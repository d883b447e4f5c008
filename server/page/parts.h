/* Pieces that the trees of many pages share: what roles are called, numbers, errors of forms. */
#ifndef SERVER_PARTS_H
#define SERVER_PARTS_H

#include "http/http.h"

/* A role by its code ("drafter") in the request's language; "" for none. */
NONNULL const char *parts_role(const struct req *r, const char *code);

/* What a code is called in the request's language; the code itself when the table lacks it. */
NONNULL const char *parts_said(const struct req *r, const struct word *words, const char *code);

/* The frame's `role` (its name) and roles as truths (is_drafter, …) of who is signed in. */
NONNULL void parts_put_roles(const struct req *r, json_t *frame);

/* A count for people: "12,345". */
NONNULL const char *parts_number(struct arena *a, int64_t n);

/* Adds {field, text in the request's language} to tree["errors"]. */
NONNULL void parts_error(struct req *r, json_t *tree, const char *field, const char *msgid);
NONNULL void parts_error_fault(struct req *r, json_t *tree, const struct fault *f);

#endif
