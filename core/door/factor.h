/* The second factor of staff: setting up, proving, recovery codes, and the loss of a device. All is
 * judged in the database. Everything takes the session's token; functions that open more give the
 * session a fresh one, and the old one is dead. */
#ifndef CORE_FACTOR_H
#define CORE_FACTOR_H

#include "arena.h"
#include "db/db.h"

struct factor_info {
    bool held, needed,
        proved;        /* needed: by the post; proved: a short while ago, or not asked for */
    const char *since; /* Japan time; "" none */
    int64_t recovery_left, wait_s;
};

/* A seed that waits for its first code. */
struct factor_seed {
    const char *base32, *login; /* "" when none waits */
};

/* What a proof gave: recovered when a recovery code was used, then *left are left. */
struct factor_proof {
    const char *token;
    bool recovered;
    int64_t left;
};

struct factor_codes {
    char **codes;
    size_t count;
};

struct factor_row {
    int64_t person, recovery_left;
    const char *login, *name, *since;
    bool needed, held, own;
};

MUST_USE NONNULL bool factor_info(struct db *db, struct arena *a, const char *token,
                                  struct factor_info *out, struct fault *f);

/* INVALID (field `code`): wrong, or used before; LIMIT: too many were. */
MUST_USE NONNULL bool factor_prove(struct db *db, struct arena *a, const char *token,
                                   const char *code, const char *network, struct factor_proof *out,
                                   struct fault *f);

/* Makes a seed that waits for its first code; STALE when the one in force was not proved lately. */
MUST_USE NONNULL bool factor_enrol(struct db *db, const char *token, const char *network,
                                   struct fault *f);
MUST_USE NONNULL bool factor_pending(struct db *db, struct arena *a, const char *token,
                                     struct factor_seed *out, struct fault *f);

/* The seed counts from here on; the recovery codes are told this once. Faults as factor_prove. */
MUST_USE NONNULL bool factor_confirm(struct db *db, struct arena *a, const char *token,
                                     const char *code, const char *network, const char **fresh,
                                     struct factor_codes *out, struct fault *f);

/* New recovery codes in place of the old ones. */
MUST_USE NONNULL bool factor_renew(struct db *db, struct arena *a, const char *token,
                                   const char *network, struct factor_codes *out, struct fault *f);

/* An administrator ends the factor of somebody else. */
MUST_USE NONNULL bool factor_reset(struct db *db, struct arena *a, const char *token,
                                   int64_t person, const char *reason, const char *network,
                                   struct fault *f);
MUST_USE NONNULL bool factor_list(struct db *db, struct arena *a, const char *token,
                                  struct factor_row **out, size_t *count, struct fault *f);

#endif
