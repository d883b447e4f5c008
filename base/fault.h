/* What went wrong, as one value: its kind, a sentence for people, and the field it concerns. */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include "base.h"

enum fault_kind {
    FAULT_NONE,
    FAULT_INVALID,  /* what was given breaks a rule; 422 */
    FAULT_DENIED,   /* the person may not do this; 403 */
    FAULT_UNSIGNED, /* nobody is signed in, or the session is over; 401 */
    FAULT_MISSING,  /* there is no such thing; 404 */
    FAULT_STALE,    /* the person must prove again who it is, then may do it; 403 */
    FAULT_CONFLICT, /* somebody was faster, or the state forbids it; 409 */
    FAULT_LIMIT,    /* too many tries; 429 */
    FAULT_RETRY,    /* not now: database or helper away; 503 with Retry-After */
    FAULT_BROKEN,   /* our own defect; 500, details only in the log */
    FAULT_KIND_LAST
};

enum { FAULT_TEXT_B = 512 };

struct fault {
    enum fault_kind kind;
    char field[48];            /* form field, setting or column concerned; "" when none */
    char text[FAULT_TEXT_B];   /* English sentence, a gettext msgid: what happened and what to do */
    char detail[FAULT_TEXT_B]; /* for the log, or data for the sentence; never shown for BROKEN */
};

/* Fills *f and returns false, so that a function can end with `return fault_set(f, …)`.
 * The text is the sentence itself (a msgid): it is not a format and holds no data. */
NONNULL bool fault_set(struct fault *f, enum fault_kind kind, const char *text);

/* As fault_set, with the field it concerns. */
NONNULL bool fault_field(struct fault *f, enum fault_kind kind, const char *field,
                         const char *text);

/* As fault_set, with a formatted detail beside the sentence. */
bool fault_detail(struct fault *f, enum fault_kind kind, const char *text, const char *fmt, ...)
    PRINTF(4, 5) __attribute__((nonnull(1, 3, 4)));

/* HTTP status of a kind. */
int fault_status(enum fault_kind kind);

/* Whether the same act may succeed when tried again later. */
bool fault_retry(enum fault_kind kind);

/* Short fixed name of a kind ("invalid"), for logs and JSON. */
const char *fault_name(enum fault_kind kind);

#endif
