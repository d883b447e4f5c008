/* A set of strings seen before, in 16 bytes each: the first half of their SHA-256. */
#ifndef CORE_SEEN_H
#define CORE_SEEN_H

#include "base.h"

struct seen {
    unsigned char (*keys)[16]; /* a power of two of them, open addressing; all zero is free */
    size_t size, count;
};

/* Adds s; true when it was not there yet. An empty set is {0}; end it with seen_done. */
NONNULL bool seen_add(struct seen *set, const char *s);

/* Frees what it holds; for CLEANUP too. */
NONNULL void seen_done(struct seen *set);

#endif
