/* Anchors: the operation log's head, written down outside the database with a key that the database
 * does not have. Who rewrites or cuts the log afterwards no longer fits them. A file of anchors has
 * one line each, every line bound to the one before:
 *   kairan-anchor 1 TIME SEQ HASH COUNT MAC */
#ifndef CORE_ANCHOR_H
#define CORE_ANCHOR_H

#include "arena.h"
#include "base.h"
#include "fault.h"

enum { ANCHOR_LINE_B = 320 };

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

#endif
