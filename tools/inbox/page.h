/* The inbox's pages as HTML. Every datum is escaped where it is written. */
#ifndef INBOX_PAGE_H
#define INBOX_PAGE_H

#include "arena.h"
#include "base.h"
#include "buf.h"
#include "fault.h"
#include "form.h"
#include "rules.h"
#include "store.h"
#include "tally.h"

enum { PAGE_ROWS = 50 };

/* The newest mails older than `below` whose recipients contain `part`. */
NONNULL void page_list(struct buf *out, const struct store *s, const struct tally *t,
                       const char *part, uint64_t below);

/* One mail as a phone shows it, with envelope, header and faults beside. */
NONNULL void page_mail(struct buf *out, struct arena *a, const struct mail *m);

/* Its bytes, control bytes and line ends made visible. */
NONNULL void page_source(struct buf *out, struct arena *a, const struct mail *m);

/* The rules and the form for a new one; form and fault are of a refused try, else NULL. */
__attribute__((nonnull(1, 2))) void page_rules(struct buf *out, const struct rules *r,
                                               const struct form *form, const struct fault *f);

/* A page that says one thing. */
NONNULL void page_note(struct buf *out, const char *text);

#endif
