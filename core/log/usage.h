/* The usage report (000 §9): who used the system how much, by department and person. Strings live
 * in the arena; days are "2026-11-01" in Japan. DENIED: the session may not read about this. */
#ifndef CORE_USAGE_H
#define CORE_USAGE_H

#include "arena.h"
#include "base.h"
#include "db/db.h"
#include "fault.h"

/* What is read about: department NULL: all that the session may read about. */
struct usage_what {
    const char *token, *network;
    const char *department; /* decimal digits */
    const char *since, *until;
};

enum usage_level { USAGE_PERSON = 0, USAGE_DEPARTMENT = 1, USAGE_WHOLE = 3 };

enum usage_figure {
    USAGE_SIGN_INS,
    USAGE_FAILED,
    USAGE_ODD, /* outside the usual hours */
    USAGE_DRAFTS,
    USAGE_SUBMITTED,
    USAGE_APPROVED,
    USAGE_RETURNED,
    USAGE_SENT,
    USAGE_RECIPIENTS,
    USAGE_FIGURE_LAST
};

/* A person in a department, a department, or the whole; strings "" where they do not apply. */
struct usage_row {
    enum usage_level level;
    int64_t department; /* 0: none */
    const char *department_name, *department_en, *login, *name;
    char **roles; /* of the posts held in those days; NULL-terminated */
    bool guest;
    int64_t people, figures[USAGE_FIGURE_LAST];
    int64_t wait_s; /* median from the submission to the approval; -1: there was none */
    const char *last_sign_in;
};

/* Rows of a department (its own first), department by department; the whole last. INVALID: the
 * days. The export is on record, and STALE without a fresh second factor. */
MUST_USE NONNULL bool usage_read(struct db *db, struct arena *a, const struct usage_what *what,
                                 struct usage_row **out, size_t *count, struct fault *f);
MUST_USE NONNULL bool usage_export(struct db *db, struct arena *a, const struct usage_what *what,
                                   struct usage_row **out, size_t *count, struct fault *f);

/* Acts of a day ("2026-11-01") or month ("2026-11"). */
struct usage_bar {
    const char *at;
    int64_t acts;
};
MUST_USE NONNULL bool usage_days(struct db *db, struct arena *a, const struct usage_what *what,
                                 struct usage_bar **out, size_t *count, struct fault *f);

/* What can be chosen: spans of days, "month" (this one), "last" (month), "year" (fiscal); then the
 * departments that the session sees. */
enum { USAGE_PERIODS = 3 };
struct usage_choice {
    const char *id; /* a department's; "": a span */
    const char *name, *name_en;
    const char *since, *until; /* a span's */
};
/* *count is USAGE_PERIODS or more. */
MUST_USE NONNULL bool usage_choices(struct db *db, struct arena *a, const char *token,
                                    struct usage_choice **out, size_t *count, struct fault *f);

#endif
