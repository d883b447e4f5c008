/* Open and closed days, the usual hours, and who may sign in outside them (002 §13). */
#ifndef CORE_CALENDAR_H
#define CORE_CALENDAR_H

#include "arena.h"
#include "db/db.h"

struct calendar_rule {
    const char *from, *to;
    bool all_hours, enforced;
};

struct calendar_day {
    const char *day;   /* 2026-11-28 */
    int64_t weekday;   /* 1 Monday to 7 Sunday */
    const char *words; /* a msgid, or the town's own words */
    bool open, own;
};

struct calendar_permit {
    int64_t id;
    const char *login, *name, *from, *to, *reason, *granter; /* times of Japan */
};

/* What an administrator permits; times as "2026-11-28 17:00", of Japan. */
struct calendar_permit_new {
    const char *login, *from, *to, *reason;
};

MUST_USE NONNULL bool calendar_rule(struct db *db, struct arena *a, const char *token,
                                    struct calendar_rule *out, struct fault *f);

/* Closed days of a year (weekends aside), and the town's own. */
MUST_USE NONNULL bool calendar_days(struct db *db, struct arena *a, const char *token, int year,
                                    struct calendar_day **out, size_t *count, struct fault *f);
MUST_USE NONNULL bool calendar_set(struct db *db, const char *token, const char *day, bool open,
                                   const char *note, const char *network, struct fault *f);
MUST_USE NONNULL bool calendar_unset(struct db *db, const char *token, const char *day,
                                     const char *network, struct fault *f);

MUST_USE NONNULL bool calendar_permits(struct db *db, struct arena *a, const char *token,
                                       struct calendar_permit **out, size_t *count,
                                       struct fault *f);
MUST_USE NONNULL bool calendar_permit_add(struct db *db, const char *token,
                                          const struct calendar_permit_new *p, const char *network,
                                          struct fault *f);
MUST_USE NONNULL bool calendar_permit_end(struct db *db, struct arena *a, const char *token,
                                          int64_t id, const char *network, struct fault *f);

/* Says why the session was opened outside the hours; it goes on under *fresh. */
MUST_USE NONNULL bool calendar_reason(struct db *db, struct arena *a, const char *token,
                                      const char *reason, const char *network, const char **fresh,
                                      struct fault *f);

#endif
