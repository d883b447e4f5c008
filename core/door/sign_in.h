/* Signing in, the session that acts in one post, signing out. */
#ifndef CORE_SIGN_IN_H
#define CORE_SIGN_IN_H

#include "arena.h"
#include "db/db.h"

/* Who knocks, and from where. */
struct sign_in_try {
    const char *login;
    const char *device; /* token of a browser that signed in before, "" when none */
    const char *network, *agent;
};

/* What a password must be proved under. */
struct sign_in_salt {
    const char *hex; /* as the database says it */
    unsigned char *salt;
    size_t salt_b;
    const char *cost;
};

/* Its bytes, in the arena. BROKEN: they are none. */
MUST_USE NONNULL bool sign_in_salt_decode(struct arena *a, struct sign_in_salt *salt,
                                          struct fault *f);

/* A session just opened. */
struct sign_in_entry {
    const char *token, *device;
    int64_t posts; /* with one, the session acts in it already; else one is to be chosen */
};

struct sign_in_session {
    int64_t person, post, department; /* post 0: not chosen yet; department 0: a post without one */
    const char *name, *role, *department_name, *department_name_en;
    const char *stage; /* "open", or what the person has to do first: "password" */
    const char *lang;  /* that the person chose */
    bool has_end;      /* there is a password, and so an end to it */
    int64_t days_left; /* of the password, 0 on its last day, less when it is over */
    const char *acting_for, *acting_until; /* of a delegate; else "" */
};

struct sign_in_post {
    int64_t post;
    const char *role, *department_name, *department_name_en;
};

/* For any name whatever, known or not; LIMIT when there were too many tries. */
MUST_USE NONNULL bool sign_in_salt_get(struct db *db, struct arena *a, const struct sign_in_try *t,
                                       struct sign_in_salt *out, struct fault *f);

/* Opens a session; UNSIGNED when name and proof (PASSWORD_PROOF_B bytes) do not belong together.
 * Writes the log row and counts the try either way. */
MUST_USE NONNULL bool sign_in_open(struct db *db, struct arena *a, const struct sign_in_try *t,
                                   const unsigned char *proof, struct sign_in_entry *out,
                                   struct fault *f);

/* Who acts under this token; UNSIGNED when the session is over. What is put on record from now on
 * belongs to `request`, as oplog_request says it. */
MUST_USE NONNULL bool sign_in_session_find(struct db *db, struct arena *a, const char *token,
                                           const char *request, struct sign_in_session *out,
                                           struct fault *f);

/* The posts the session's person may act in; *out has *count rows. */
MUST_USE NONNULL bool sign_in_posts(struct db *db, struct arena *a, const char *token,
                                    struct sign_in_post **out, size_t *count, struct fault *f);

/* Goes on in another post under a new token; the old one is dead. DENIED: not theirs. */
MUST_USE NONNULL bool sign_in_choose(struct db *db, struct arena *a, const char *token,
                                     int64_t post, const char *network, const char **fresh,
                                     struct fault *f);

/* Ends the session; fine when it is over already. */
MUST_USE NONNULL bool sign_in_close(struct db *db, const char *token, const char *network,
                                    struct fault *f);

#endif
