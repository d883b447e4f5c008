/* Settings that are lists: "name=item,item name=item", pairs parted by blanks. */
#ifndef BASE_CONF_PAIRS_H
#define BASE_CONF_PAIRS_H

#include "arena.h"
#include "base.h"

struct conf_pair {
    const char *name;
    char **items; /* NULL-terminated */
    size_t count;
};

/* The pairs of a setting; lives in the arena. A word without "=" has no items. */
NONNULL RETURNS_NONNULL struct conf_pair *conf_pairs(struct arena *a, const char *text,
                                                     size_t *count);

/* The pair of this name; NULL: there is none. */
NONNULL const struct conf_pair *conf_pair_find(const struct conf_pair *pairs, size_t count,
                                               const char *name);

#endif
