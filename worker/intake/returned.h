/* What a mail that came to one of our return addresses says: which recipients were not reached, and
 * why. Reads
 *   - delivery status notifications (RFC 3464 in RFC 6522), also the international ones (RFC 6533);
 *   - complaints (ARF, RFC 5965);
 *   - the common returned mails that are neither: qmail's (QSBMF), Exim's, old sendmail's, those of
 *     Japanese carriers.
 * Anything else says nothing, above all automatic replies (RFC 3834) and notices of delay. What
 * comes in is hostile until proven otherwise: the first RETURNED_READ_B bytes are looked at, to a
 * bounded depth and number of parts, and nothing of it is trusted to say whose mail it was but the
 * token of the address it came to. */
#ifndef WORKER_RETURNED_H
#define WORKER_RETURNED_H

#include "arena.h"
#include "base.h"
#include "tokens/verp.h"

enum {
    RETURNED_READ_B = 128 * 1024, /* a report stands before the returned mail */
    RETURNED_MOST = 200,          /* recipients of one report */
    RETURNED_STATUS_B = 12        /* "5.100.100" and its NUL */
};

/* How a delivery failed; the names are the database's (table bounce). */
enum returned_kind {
    RETURNED_POLICY, /* refused for what we are or sent, or a server's fault: no word on the address
                      */
    RETURNED_TEMPORARY, /* given up after tries */
    RETURNED_PERMANENT, /* there is no such address, or it is dead */
    RETURNED_COMPLAINT, /* its reader reported the mail as unwanted */
    RETURNED_LAST
};

struct returned_recipient {
    enum returned_kind kind;
    char status[RETURNED_STATUS_B]; /* RFC 3463; "" for complaints */
    const char *address;            /* as the report names it, "" when it does not */
    const char *reply; /* the server's words: UTF-8 without controls, 500 bytes at most */
};

struct returned {
    size_t count; /* 0: the mail says nothing */
    struct returned_recipient *list;
    char token[VERP_B]; /* of a complaint: that of the mail complained of; "" when it names none */
};

NONNULL const char *returned_kind_name(enum returned_kind kind);

/* Once in a process, before the first returned_read. */
void returned_init(void);

/* Reads a mail. null_sender: it came from <>, as reports do (RFC 3464 2). *out lives in the arena.
 */
NONNULL void returned_read(struct arena *a, const char *mail, size_t mail_b, bool null_sender,
                           struct returned *out);

#endif
