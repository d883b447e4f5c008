/* A whole body or query to fields: urlencoded, multipart and JSON. Bytes only, no sockets. */
#ifndef SERVER_FORM_H
#define SERVER_FORM_H

#include "http/http.h"

enum { FORM_FIELDS_MOST = 1000, FORM_NAME_MOST_B = 64 };

/* Fields gathered so far; grows in the arena. */
struct form {
    struct arena *arena;
    struct field *fields;
    size_t count, room;
};

/* Each adds what it reads and returns false when the bytes are malformed: a percent sign without
 * two hex digits, NUL, a name or value that is not UTF-8, more than FORM_FIELDS_MOST fields. Names
 * have 1 to FORM_NAME_MOST_B bytes without controls. */

/* application/x-www-form-urlencoded (WHATWG URL, section 5.1). */
MUST_USE NONNULL bool form_urlencoded(struct form *out, const char *text, size_t text_b);

/* multipart/form-data (RFC 7578); `type` is the whole Content-Type. An upload's bytes are taken as
 * they are; an empty file input (no name, no bytes) is no field. */
MUST_USE NONNULL bool form_multipart(struct form *out, const char *type, const char *text,
                                     size_t text_b);

/* An object as http.h says at struct field; no real numbers, no nested objects. */
MUST_USE NONNULL bool form_json(struct form *out, const char *text, size_t text_b);

/* Adds one field; the rules above. For the readers of this module. */
MUST_USE NONNULL bool form_add(struct form *out, struct field field, size_t name_b);

/* By Content-Type. False also when the type is none of the three (then *known is false). */
MUST_USE bool form_body(struct form *out, const char *type, const char *text, size_t text_b,
                        bool *known);

#endif
