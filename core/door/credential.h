/* Changing a password: what must be proved, what may not be chosen, the change itself. */
#ifndef CORE_CREDENTIAL_H
#define CORE_CREDENTIAL_H

#include "arena.h"
#include "db/db.h"
#include "door/password.h"
#include "door/sign_in.h"

enum { CREDENTIAL_SALTS_MOST = 8 };

/* What is known of somebody who changes a password. */
struct credential_owner {
    const char *login;
    bool factor;        /* proves a second factor, too */
    const char **words; /* in lower case, NULL-terminated: name, login, department … */
};

/* What is stored of a password. */
struct credential_new {
    unsigned char salt[PASSWORD_SALT_B];
    const char *cost;
    unsigned char verifier[PASSWORD_PROOF_B];
    const char **past; /* of a change: its proofs in hex under the former salts, NULL-terminated */
};

/* Under what the new password is to be proved: out[0] is the present one's, the others are those of
 * former ones. UNSIGNED: the session is over. */
MUST_USE NONNULL bool credential_salts(struct db *db, struct arena *a, const char *token,
                                       struct sign_in_salt **out, size_t *count, struct fault *f);

/* UNSIGNED: the session is over. */
MUST_USE NONNULL bool credential_owner(struct db *db, struct arena *a, const char *token,
                                       struct credential_owner *out, struct fault *f);

/* INVALID on the field "old" when the proof (PASSWORD_PROOF_B bytes) is not the present password's:
 * that is counted and on record. LIMIT after too many of them. */
MUST_USE NONNULL bool credential_right(struct db *db, struct arena *a, const char *token,
                                       const unsigned char *proof, const char *network,
                                       struct fault *f);

/* Stores the new password. *fresh is the session's new token; all other sessions are over. INVALID:
 * one of the last five. */
MUST_USE NONNULL bool credential_change(struct db *db, struct arena *a, const char *token,
                                        const unsigned char *proof,
                                        const struct credential_new *new, const char *network,
                                        const char **fresh, struct fault *f);

/* Stores the password just signed in with at another cost; fine when it was changed meanwhile. */
MUST_USE NONNULL bool credential_raise(struct db *db, struct arena *a, const char *token,
                                       const unsigned char *proof, const struct credential_new *new,
                                       struct fault *f);

#endif
