/* A chain of blocks, filled one after the other; under ASan the gaps between pieces are poisoned,
 * so that an overrun within a block is seen as well. */
#include "arena.h"

#include <sanitizer/asan_interface.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failpoint.h"

enum {
    FIRST_BLOCK_B = 4096,
    MOST_BLOCK_B = 256 * 1024, /* blocks double up to this; a larger piece gets its own */
    ALIGN_B = alignof(max_align_t),
};

struct block {
    struct block *before;
    size_t size_b, used_b;
    alignas(max_align_t) char data[];
};

struct arena {
    struct block *last;
};

void arena_exhausted(size_t size_b) {
    fprintf(stderr, "error: out of memory (%zu bytes wanted)\n", size_b);
    abort();
}

static struct block *block_new(size_t size_b, struct block *before) {
    bool possible = size_b <= SIZE_MAX / 2 && !FAILPOINT_ERROR("no-memory");
    struct block *b = possible ? malloc(offsetof(struct block, data) + size_b) : NULL;
    if (!b)
        arena_exhausted(size_b);
    *b = (struct block){.before = before, .size_b = size_b};
    ASAN_POISON_MEMORY_REGION(b->data, size_b);
    return b;
}

struct arena *arena_new(void) {
    struct arena *a = malloc(sizeof *a);
    if (!a)
        arena_exhausted(sizeof *a);
    a->last = block_new(FIRST_BLOCK_B, NULL);
    return a;
}

static void block_free(struct block *b) {
    ASAN_UNPOISON_MEMORY_REGION(b->data, b->size_b);
    free(b);
}

void arena_reset(struct arena *a) {
    while (a->last->before) {
        struct block *b = a->last;
        a->last = b->before;
        block_free(b);
    }
    a->last->used_b = 0;
    ASAN_POISON_MEMORY_REGION(a->last->data, a->last->size_b);
}

void arena_free(struct arena **a) {
    if (!a || !*a)
        return;
    arena_reset(*a);
    block_free((*a)->last);
    free(*a);
    *a = NULL;
}

/* A block with room for size_b more: twice the last one, or as large as it takes. */
static void grow(struct arena *a, size_t size_b) {
    size_t next_b = a->last->size_b < MOST_BLOCK_B ? a->last->size_b * 2 : MOST_BLOCK_B;
    a->last = block_new(size_b > next_b ? size_b : next_b, a->last);
}

void *arena_alloc(struct arena *a, size_t size_b) {
    if (size_b > SIZE_MAX / 2)
        arena_exhausted(size_b);
    /* one byte more than asked, so that a poisoned gap follows every piece */
    size_t step_b = (size_b + ALIGN_B) / ALIGN_B * ALIGN_B;
    if (step_b > a->last->size_b - a->last->used_b)
        grow(a, step_b);
    char *piece = a->last->data + a->last->used_b;
    a->last->used_b += step_b;
    ASAN_UNPOISON_MEMORY_REGION(piece, size_b);
    return memset(piece, 0, size_b);
}

void *arena_array(struct arena *a, size_t count, size_t size_b) {
    size_t total_b;
    if (__builtin_mul_overflow(count, size_b, &total_b))
        arena_exhausted(SIZE_MAX);
    return arena_alloc(a, total_b);
}

void *arena_memdup(struct arena *a, const void *data, size_t len_b) {
    return memcpy(arena_alloc(a, len_b), data, len_b);
}

char *arena_strndup(struct arena *a, const char *s, size_t len_b) {
    len_b = strnlen(s, len_b);
    return memcpy(arena_alloc(a, len_b + 1), s, len_b);
}

char *arena_strdup(struct arena *a, const char *s) {
    return arena_memdup(a, s, strlen(s) + 1);
}

char *arena_printf(struct arena *a, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    int len_b = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    assert(len_b >= 0);

    char *s = arena_alloc(a, (size_t)len_b + 1);
    va_start(args, fmt);
    vsnprintf(s, (size_t)len_b + 1, fmt, args);
    va_end(args);
    return s;
}
