/* Which letters there are, and what the link in each is made of. */
#ifndef CORE_LETTER_KIND_H
#define CORE_LETTER_KIND_H

#include "base.h"
#include "tokens/link.h"

enum letter_link {
    LETTER_SECRET, /* a page of the residents' face, with the token that the letter's row keeps */
    LETTER_MINTED, /* the same, with a token made for the contact */
    LETTER_PAGE,   /* a page of the console */
    LETTER_FORM, /* the console's page that the row's secret names, which says more: see letter.h */
    LETTER_LINE  /* no page: the row's secret as it is */
};

struct letter_kind {
    const char *name; /* in the database, and of web/letters/NAME.txt */
    enum letter_link link;
    const char *path;
    enum link_purpose purpose; /* of LETTER_MINTED */
};

extern const struct letter_kind letter_kinds[];
extern const size_t letter_kind_count;

/* The one of that name; NULL: none of ours. */
NONNULL const struct letter_kind *letter_kind_find(const char *name);

#endif
