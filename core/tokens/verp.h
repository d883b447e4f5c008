/* The envelope senders of our mails: an address that says by itself which mail comes back, and
 * proves that we made it (VERP with BATV's idea of a tag). <bounce_local>+<token>@<domain>, where
 *   token = lower-case base32 (RFC 4648 6, no padding) of
 *           key id, 1 byte | kind, 1 byte | day, 2 bytes | alert, 5 bytes | part, 6 bytes |
 *           first 10 bytes of HMAC-SHA256 over the 15 bytes before
 * numbers big-endian, the day counted from 1970-01-01 UTC. 25 bytes are 40 letters without a spare
 * bit; a relay that turns their case does no harm. With the longest bounce_local a local part has
 * 64 letters (RFC 5321 4.5.3.1.1).
 *
 * The keys are made from those of the links (verp_keys() in the database), so that who can check a
 * returned mail can make no link. The database's verp_open() reads the same format. */
#ifndef CORE_VERP_H
#define CORE_VERP_H

#include "base.h"
#include "db/db.h"
#include "fault.h"
#include "tokens/link.h"

enum {
    VERP_B = 41, /* a token with its NUL */
    VERP_ADDRESS_B = 320,
    VERP_DAYS = 14, /* so long a token is good: longer than any relay keeps trying */
    VERP_LOCAL_MOST = 23
};

/* What comes back; the letters are part of the format. */
enum verp_kind { VERP_ALERT = 'a', VERP_EXPRESS = 'x', VERP_LETTER = 'l' };

/* ALERT: part is the contact; EXPRESS: the hand-over; LETTER: the letter, alert is 0. */
struct verp {
    enum verp_kind kind;
    int64_t alert, part;
};

/* The keys for envelope senders; free with link_keys_free. */
MUST_USE NONNULL bool verp_keys_load(struct db *db, struct link_keys **out, struct fault *f);

/* The token of a mail sent at now_s (Unix seconds). BROKEN: no key, or a number does not fit. */
MUST_USE NONNULL bool verp_mint(struct link_keys *keys, const struct verp *what, int64_t now_s,
                                char out[VERP_B], struct fault *f);

/* The whole address: conf.bounce_local, the token, conf.domain. As verp_mint. */
MUST_USE NONNULL bool verp_address(struct link_keys *keys, const struct verp *what, int64_t now_s,
                                   char out[VERP_ADDRESS_B], struct fault *f);

/* What a token speaks of; false when we did not make it, or VERP_DAYS before now_s or longer ago,
 * or for a day after tomorrow. The MAC is compared in constant time. */
MUST_USE NONNULL bool verp_open(struct link_keys *keys, const char *token, int64_t now_s,
                                struct verp *out);

/* Copies the token of a recipient's address, letter case aside; false when the address is none for
 * returned mail of ours. What is copied may be anything: verp_open judges. */
MUST_USE NONNULL bool verp_find(const char *address, char token[VERP_B]);

#endif
