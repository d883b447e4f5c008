/* The parts of the reader of returned mail:
 *   returned.c         a mail's structure, standard reports, complaints
 *   returned_kept.c    what is kept of each recipient
 *   returned_text.c    reports in words
 *   returned_status.c  codes and words to a verdict */
#ifndef WORKER_RETURNED_IMPL_H
#define WORKER_RETURNED_IMPL_H

#include "intake/returned.h"

/* What is kept of a recipient at most. */
enum { RETURNED_ADDRESS_B = 254, RETURNED_REPLY_B = 500 };

/* ---- returned_status.c ---- */

/* The first enhanced status code (RFC 3463, class 4 or 5) that stands alone in the text; false
 * without one. */
MUST_USE NONNULL bool returned_status_find(const char *text, char out[RETURNED_STATUS_B]);

/* The status that the words of a server mean: its enhanced code, else what it says, else by its
 * reply code. False when it says nothing we know. */
MUST_USE NONNULL bool returned_status_guess(const char *words, char out[RETURNED_STATUS_B]);

/* What a status of class 4 or 5 says of the address. */
NONNULL enum returned_kind returned_status_kind(const char *status);

/* ---- returned_text.c ---- */

/* Whether the text of a mail is a report of a failure; `automatic`: its header calls it an
 * automatic reply, `failed` is the header X-Failed-Recipients ("" without). Adds its recipients to
 * *out. */
NONNULL void returned_text_read(struct arena *a, const char *text, bool automatic,
                                const char *failed, struct returned *out);

/* ---- returned_kept.c ---- */

/* Adds a recipient, while there is room. address and words are made harmless and copied. */
NONNULL void returned_add(struct arena *a, struct returned *out, enum returned_kind kind,
                          const char *status, const char *address, const char *words);

#endif
