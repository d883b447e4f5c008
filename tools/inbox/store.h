/* The mails received last: a ring in memory, bounded in number and in bytes. */
#ifndef INBOX_STORE_H
#define INBOX_STORE_H

#include "base.h"

/* What a mail did that RFC 5321 forbids; noted beside the mail, which is kept as it came. */
enum mail_fault {
    MAIL_BARE_CR = 1 << 0,   /* a CR without LF (section 2.3.8) */
    MAIL_BARE_LF = 1 << 1,   /* an LF without CR (section 2.3.8) */
    MAIL_LONG_LINE = 1 << 2, /* over 998 octets before CRLF (section 4.5.3.1.6) */
    MAIL_NUL = 1 << 3,       /* a zero octet */
    MAIL_EARLY = 1 << 4,     /* text sent before our 354 was (RFC 2920 section 3.1) */
    MAIL_8BIT = 1 << 5,      /* octets over 127 without BODY=8BITMIME (RFC 6152) */
};

struct mail {
    uint64_t id;       /* from 1, in the order of arrival, never used again */
    int64_t time_ms;   /* Unix time of the final dot */
    unsigned faults;   /* enum mail_fault, or-ed */
    size_t rcpt_count; /* accepted recipients */
    size_t rcpts_b;    /* bytes of rcpts, NULs included */
    size_t raw_b;
    const char *from;  /* envelope sender, "" for the null sender */
    const char *rcpts; /* one after another, each with its NUL */
    const char *raw;   /* header and body, dots unstuffed; raw_b bytes, may hold NUL */
};

struct store;

/* A ring for `keep` mails (at least 1) of cap_b bytes together; the oldest go first. Free it with
 * store_free, which accepts NULL and nulls. */
struct store *store_new(size_t keep, size_t cap_b);
void store_free(struct store **s);

/* Keeps a copy of m under the next id (m->id is not looked at) and returns the copy. */
NONNULL const struct mail *store_add(struct store *s, const struct mail *m);

/* The mail, or NULL when it was never there or has left. Valid till the next store_add. */
NONNULL const struct mail *store_find(const struct store *s, uint64_t id);

/* The newest mail older than `below` (UINT64_MAX: the newest of all) with a recipient that is
 * `to` and one that contains `part`, ASCII case apart ("" fits all); NULL when there is none. */
NONNULL const struct mail *store_before(const struct store *s, uint64_t below, const char *to,
                                        const char *part);

/* Id of the mail that came last, 0 before the first; number of mails kept. */
NONNULL uint64_t store_newest(const struct store *s);
NONNULL size_t store_count(const struct store *s);

/* Forgets all mails; ids go on. */
NONNULL void store_clear(struct store *s);

#endif
