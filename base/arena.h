/* Memory of one request, job or start: taken piece by piece, given back at once.
 * Running out of memory aborts the process (design: no OOM branches). */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base.h"

struct arena;

/* A new, empty arena; give it back with arena_free. */
RETURNS_NONNULL struct arena *arena_new(void);

/* Frees the arena and all that was taken from it; accepts NULL, nulls *a. For CLEANUP too. */
void arena_free(struct arena **a);

/* Forgets all that was taken, keeps the first block for the next use. */
NONNULL void arena_reset(struct arena *a);

/* size_b zeroed bytes, aligned for any type; lives as long as the arena. */
NONNULL RETURNS_NONNULL void *arena_alloc(struct arena *a, size_t size_b);

/* count zeroed elements of size_b bytes; aborts when the product overflows. */
NONNULL RETURNS_NONNULL void *arena_array(struct arena *a, size_t count, size_t size_b);

/* Copies of a string, of its first len_b bytes (NUL added), of bytes. */
NONNULL RETURNS_NONNULL char *arena_strdup(struct arena *a, const char *s);
NONNULL RETURNS_NONNULL char *arena_strndup(struct arena *a, const char *s, size_t len_b);
NONNULL RETURNS_NONNULL void *arena_memdup(struct arena *a, const void *data, size_t len_b);

/* A formatted string. */
NONNULL RETURNS_NONNULL char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);

/* Says that size_b bytes were not to be had and aborts; for the few who allocate elsewhere. */
NORETURN void arena_exhausted(size_t size_b);

#endif
