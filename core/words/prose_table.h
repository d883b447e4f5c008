/* The tables that tools/prosegen.awk makes for core/words/prose.c (build/gen/prose_table.c). */
#ifndef CORE_PROSE_TABLE_H
#define CORE_PROSE_TABLE_H

#include "base.h"

/* One bit a code point of the BMP: is it in JIS X 0208? */
extern const uint32_t prose_jis[2048];

/* Code points removed before NFC; ends with 0. */
extern const int32_t prose_drops[];

/* Code points changed silently after NFC; ends with from == 0. */
struct prose_fold {
    int32_t from, to;
    bool japanese; /* in Japanese texts only */
};
extern const struct prose_fold prose_folds[];

/* Allowed beside JIS X 0208 (ja, en), refused (other); ends with last == 0. */
struct prose_range {
    int32_t first, last;
};
extern const struct prose_range prose_ja[], prose_en[], prose_other[];

/* What one press puts in the place of first (and second, unless 0); sorted by first, a pair before
 * its single character. */
struct prose_cure {
    int32_t first, second;
    const char *text;
};
extern const struct prose_cure prose_cures[];
extern const size_t prose_cure_count;

#endif
