/* A mail as a phone shows it: decoded, cleaned, never trusted. GMime reads it. */
#ifndef INBOX_SHOW_H
#define INBOX_SHOW_H

#include "arena.h"
#include "base.h"
#include "store.h"

struct show_header {
    const char *name, *value; /* the value with RFC 2047 words decoded */
};

/* All strings are valid UTF-8 without control bytes (the body: but LF), "" where absent. */
struct show {
    const char *from_name, *from_address, *subject, *date, *message_id;
    const char *body;      /* the first text part; of an HTML-only mail its source */
    bool html;             /* body is HTML source */
    const char *leave_url; /* http or https address of List-Unsubscribe */
    bool one_click;        /* List-Unsubscribe-Post stands beside it (RFC 8058) */
    struct show_header *headers;
    size_t header_count;
};

/* Once before the first show_read. */
void show_init(void);

/* Decodes the mail; everything lives in the arena. */
NONNULL void show_read(struct arena *a, const struct mail *m, struct show *out);

/* The bytes as valid UTF-8: what is malformed or a control (but LF when lines) becomes U+FFFD;
 * cut at cap_b bytes. */
NONNULL char *show_clean(struct arena *a, const char *s, size_t len_b, size_t cap_b, bool lines);

/* Length of the http(s) address that begins at s, 0 when none does: ASCII only, without the
 * punctuation that ends a sentence. */
NONNULL size_t show_url_length(const char *s);

/* Short name of one fault for JSON ("bare_lf") by its bit number, NULL past the last; and its
 * sentence for people. */
const char *show_fault_name(unsigned bit);
const char *show_fault_text(unsigned bit);

#endif
