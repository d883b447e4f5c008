/* The tokens in links. Two kinds:
 *
 * Long-lived ones (leave, stay) say by themselves whom they concern and prove that we made them:
 *   base64url( key id, 1 byte | purpose, 1 byte | contact, 8 bytes big-endian |
 *              first 16 bytes of HMAC-SHA256 over the 10 bytes before )
 * 26 bytes, 35 characters. They hold for years (RFC 8058 asks for as long as the mails live): old
 * keys stay for verifying, the newest mints. The database's link_contact() reads the same format.
 *
 * Short-lived ones (confirm) are random and single use; whoever keeps them keeps only a hash. */
#ifndef CORE_LINK_H
#define CORE_LINK_H

#include "arena.h"
#include "base.h"
#include "db/db.h"
#include "fault.h"

enum {
    LINK_B = 36,
    LINK_RANDOM_B = 44,
    LINK_KEY_B = 32,
    LINK_MAC_B = 32,
    LINK_PAGE_B = 1024
}; /* with their NULs; key and MAC without */

/* What a link lets its bearer do; the numbers are part of the format. */
enum link_purpose { LINK_LEAVE = 1, LINK_STAY, LINK_PURPOSE_LAST };

struct link_key {
    int kid; /* 0..255 */
    unsigned char key[LINK_KEY_B];
};

struct link_keys;

/* Keys to mint and verify with, the newest (that mints) first; copied. Free with link_keys_free,
 * which wipes them, accepts NULL and nulls. */
NONNULL struct link_keys *link_keys_new(const struct link_key *keys, size_t count);
void link_keys_free(struct link_keys **keys);

/* The town's keys, for a program whose role may mint (sender). */
MUST_USE NONNULL bool link_keys_load(struct db *db, struct link_keys **out, struct fault *f);

/* link_keys_load with another statement that gives kid and key (hex). */
MUST_USE NONNULL bool link_keys_read(struct db *db, enum sql which, struct link_keys **out,
                                     struct fault *f);

/* The kid of the key that mints; -1 without any. */
NONNULL int link_keys_newest(const struct link_keys *keys);

/* HMAC-SHA256 over what a token says; false when there is no key of that kid. */
MUST_USE NONNULL bool link_mac(struct link_keys *keys, int kid, const unsigned char *said,
                               size_t said_b, unsigned char mac[LINK_MAC_B]);

/* Writes the link token of a contact. BROKEN without a key. */
MUST_USE NONNULL bool link_mint(struct link_keys *keys, enum link_purpose purpose, int64_t contact,
                                char out[LINK_B], struct fault *f);

/* The contact of a token that we made for this purpose. Strict: a token cut, lengthened, in other
 * letter case or with stray bits is none. The MAC is compared in constant time. */
MUST_USE NONNULL bool link_verify(struct link_keys *keys, enum link_purpose purpose,
                                  const char *token, int64_t *contact);

/* The page of a link for a reader of this language: "/leave" and a token become
 * "https://…/leave/<token>", with "?lang=en" behind it for English. */
NONNULL void link_page(const char *path, const char *token, const char *lang,
                       char out[LINK_PAGE_B]);

/* A random token: 256 bits of RAND_bytes in base64url. Dies when there is no randomness. */
NONNULL void link_random(char out[LINK_RANDOM_B]);

/* Whether a token could be one of link_random's: exactly its length and letters. */
MUST_USE NONNULL bool link_random_fits(const char *token);

#endif
