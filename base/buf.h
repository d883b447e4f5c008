/* Growing text with a cap. Overflow sticks and is tested once, at the end. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base.h"

struct buf {
    char *data;    /* NUL-terminated once anything was added; NULL while empty */
    size_t len_b;  /* without the NUL */
    size_t size_b; /* allocated */
    size_t cap_b;  /* len_b never exceeds this */
    bool over;     /* something did not fit; nothing is added any more */
};

/* An empty buffer that will hold at most cap_b bytes; end it with buf_done. */
struct buf buf_init(size_t cap_b);

/* Frees what it holds; for CLEANUP too. */
NONNULL void buf_done(struct buf *b);

/* Empties it, keeps the memory, clears `over`. */
NONNULL void buf_clear(struct buf *b);

NONNULL void buf_add(struct buf *b, const void *data, size_t len_b);
NONNULL void buf_str(struct buf *b, const char *s);
NONNULL void buf_char(struct buf *b, char c);
/* In decimal digits; for lists of thousands, where buf_printf is dear. */
NONNULL void buf_int(struct buf *b, int64_t number);
NONNULL void buf_printf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);

/* Adds in front of what is there. */
NONNULL void buf_prepend(struct buf *b, const void *data, size_t len_b);

/* Drops the first len_b bytes (all when there are fewer). */
NONNULL void buf_drop(struct buf *b, size_t len_b);

/* The text so far, "" while empty; borrowed, valid till the next change. */
NONNULL RETURNS_NONNULL const char *buf_text(const struct buf *b);

#endif
