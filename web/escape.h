/* Text as HTML. */
#ifndef WEB_ESCAPE_H
#define WEB_ESCAPE_H

#include "buf.h"

/* Adds text so that it is nothing but text, in quoted attributes too. */
NONNULL void escape_add(struct buf *out, const char *text, size_t text_b);

#endif
