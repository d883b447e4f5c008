/* Small pieces of HTML that every page is made of. */
#ifndef INBOX_HTML_H
#define INBOX_HTML_H

#include "arena.h"
#include "base.h"
#include "buf.h"
#include "store.h"

/* Text with & < > " ' escaped: for elements and quoted attributes. */
NONNULL void html_text(struct buf *out, const char *s);

/* Text whose web addresses are links and whose lines are kept. */
NONNULL void html_linked(struct buf *out, struct arena *a, const char *s);

/* A value for a query: all but unreserved characters percent-encoded. */
NONNULL void html_query(struct buf *out, const char *s);

/* Japan time as "11/22 18:30:05". */
NONNULL void html_time(struct buf *out, int64_t time_ms);

/* One mark for each fault. */
NONNULL void html_faults(struct buf *out, unsigned faults);

/* Everything before and after the content; `here` is the path of the page for the navigation. */
NONNULL void html_top(struct buf *out, const char *title, const char *here);
NONNULL void html_bottom(struct buf *out);

#endif
