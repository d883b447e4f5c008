/* Anchors: the operation log's head, written down outside the database with a key that the database
 * does not have. Who rewrites or cuts the log afterwards no longer fits them. A file of anchors has
 * one line each, every line with the MAC of the one before in BEFORE, so that none can be left out:
 *   kairan-anchor 1 TIME SEQ HASH COUNT BEFORE MAC
 * A line alone, as it is mailed, proves itself by its own MAC. */
#ifndef CORE_ANCHOR_H
#define CORE_ANCHOR_H

#include "arena.h"
#include "base.h"
#include "fault.h"

enum { ANCHOR_LINE_B = 384 };

struct anchor {
    const char *at; /* UTC */
    int64_t seq;
    const char *hash; /* of row seq, 64 hex digits */
    int64_t count;    /* rows there were */
};

/* Makes the key in a new file of mode 0600; CONFLICT when there is one. */
MUST_USE NONNULL bool anchor_key_make(const char *path, struct fault *f);

/* Whether there is a key; false when there is none, and when it may not be read. */
MUST_USE NONNULL bool anchor_key_there(const char *path);

/* Adds a line to the file "anchors" of a folder, on disk when it returns; `line` is what was
 * written. INVALID: the key or the file is not as it should be; RETRY: it could not be written. */
MUST_USE NONNULL bool anchor_write(const char *dir, const char *key_path,
                                   const struct anchor *anchor, char line[ANCHOR_LINE_B],
                                   struct fault *f);

/* All anchors of a file, oldest first, in the arena. INVALID names the first line that was not
 * written with this key, or does not follow the one before. */
MUST_USE NONNULL bool anchor_read(struct arena *a, const char *path, const char *key_path,
                                  struct anchor **out, size_t *count, struct fault *f);

/* The anchors among the lines of a text, such as mails put together: in any order, with gaps, other
 * lines passed over; by their rows. INVALID: there is none, or one was not written with this key.
 */
MUST_USE NONNULL bool anchor_read_mailed(struct arena *a, const char *path, const char *key_path,
                                         struct anchor **out, size_t *count, struct fault *f);

#endif
