/* Passwords: what a new one must be, and the memory-hard proof that the database compares.
 * Stored are salt, cost and verifier = SHA-256 of the proof: who reads the table cannot sign in. */
#ifndef CORE_PASSWORD_H
#define CORE_PASSWORD_H

#include "base.h"
#include "fault.h"
#include "vocabulary.h"

/* What new passwords are stored with: scrypt, log2 N, r, p (OWASP ASVS 5.0 appendix C).
 * 128 MB and about 0.4 s: call it only where nobody waits for the same process. */
#define PASSWORD_COST "scrypt:17:8:1"

enum {
    PASSWORD_LEAST = LIMIT_PASSWORD_CHARS,      /* (ASVS 6.2.1 without a second factor) */
    PASSWORD_LEAST_FACTOR = LIMIT_FACTOR_CHARS, /* with one */
    PASSWORD_MOST = 128,                        /* characters a new one may have */
    PASSWORD_MOST_B = 1024,
    PASSWORD_SALT_B = 16,
    PASSWORD_PROOF_B = 32,
    PASSWORD_MADE_B = 24 /* of password_make, with its NUL */
};

/* Whether a person may choose this password: well-formed UTF-8, no control characters, of
 * least (PASSWORD_LEAST, PASSWORD_LEAST_FACTOR) to PASSWORD_MOST characters (NFC), not one
 * character over and over, and not holding the login. INVALID on the field "password" says what is
 * wrong. */
MUST_USE NONNULL bool password_check(const char *password, const char *login, size_t least,
                                     struct fault *f);

/* How many characters are to be put in, taken out or changed to make one of the other (Levenshtein,
 * in code points), or `most` when that is less. Well-formed UTF-8 of PASSWORD_MOST_B bytes at most.
 */
MUST_USE NONNULL size_t password_distance(const char *a, const char *b, size_t most);

/* PASSWORD_SALT_B fresh random bytes; BROKEN when the system has none. */
MUST_USE NONNULL bool password_salt(unsigned char salt[PASSWORD_SALT_B], struct fault *f);

/* The proof of a password (brought to NFC first, so that every keyboard types the same) under a
 * stored salt and cost. INVALID when the password is no UTF-8 or over PASSWORD_MOST_B bytes;
 * BROKEN when the cost is none we know, or would take more than 256 MB. The caller cleanses. */
MUST_USE NONNULL bool password_proof(const char *password, const unsigned char *salt, size_t salt_b,
                                     const char *cost, unsigned char proof[PASSWORD_PROOF_B],
                                     struct fault *f);

/* Whether a stored cost is less work than PASSWORD_COST; false for one that we do not know. */
MUST_USE NONNULL bool password_cost_low(const char *cost);

/* SHA-256 of the proof: what is stored. */
MUST_USE NONNULL bool password_verifier(const unsigned char proof[PASSWORD_PROOF_B],
                                        unsigned char verifier[PASSWORD_PROOF_B], struct fault *f);

/* A random password of 20 easily told apart letters and digits (over 96 bits) in out;
 * for ready-made people only. */
MUST_USE NONNULL bool password_make(char out[PASSWORD_MADE_B], struct fault *f);

#endif
