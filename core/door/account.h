/* A person's own account: the password's age, posts, sessions, sign-ins, language. */
#ifndef CORE_ACCOUNT_H
#define CORE_ACCOUNT_H

#include "arena.h"
#include "db/db.h"

/* Dates and times as shown, in Japan time; "" where there is none. */
struct account {
    const char *login, *mail, *lang, *set_on, *ends_on;
    int64_t days_left, tries; /* tries: refused sign-ins of the last 30 days */
};

/* A post held, or a delegation: given on the person's behalf to other, or received for other. */
struct account_duty {
    const char *kind;  /* "post", "given", "received" */
    const char *role;  /* a post's */
    const char *other; /* a delegation's */
    const char *department, *department_en, *from, *to;
    const char *reason; /* a delegation's */
    bool now;           /* else dated ahead */
};

struct account_session {
    int64_t id;
    bool here, new_place;
    const char *network, *agent, *made, *seen, *role, *department, *department_en;
};

struct account_sign_in {
    const char *at, *network;
    bool done; /* else refused */
};

/* Each: UNSIGNED when the session is over, DENIED while it is not open; lists have *count rows. */
MUST_USE NONNULL bool account_read(struct db *db, struct arena *a, const char *token,
                                   struct account *out, struct fault *f);
MUST_USE NONNULL bool account_duties(struct db *db, struct arena *a, const char *token,
                                     struct account_duty **out, size_t *count, struct fault *f);
MUST_USE NONNULL bool account_sessions(struct db *db, struct arena *a, const char *token,
                                       struct account_session **out, size_t *count,
                                       struct fault *f);
MUST_USE NONNULL bool account_sign_ins(struct db *db, struct arena *a, const char *token, int most,
                                       struct account_sign_in **out, size_t *count,
                                       struct fault *f);

/* Ends one of the person's sessions (MISSING: it is over, or another's), or all but this one. */
MUST_USE NONNULL bool account_end_one(struct db *db, struct arena *a, const char *token, int64_t id,
                                      const char *network, struct fault *f);
MUST_USE NONNULL bool account_end_others(struct db *db, const char *token, const char *network,
                                         struct fault *f);

/* Keeps the language, "ja" or "en". */
MUST_USE NONNULL bool account_lang(struct db *db, const char *token, const char *lang,
                                   const char *network, struct fault *f);

#endif
