/* Days and hours, by the schema's functions. */
#include "office/calendar.h"

#include "text.h"

static const struct db_column RULE[] = {
    DB_COLUMN(struct calendar_rule, from),
    DB_COLUMN(struct calendar_rule, to),
    DB_COLUMN(struct calendar_rule, all_hours),
    DB_COLUMN(struct calendar_rule, enforced),
};

bool calendar_rule(struct db *db, struct arena *a, const char *token, struct calendar_rule *out,
                   struct fault *f) {
    return DB_ONE(db, SQL_CALENDAR_RULE, a, RULE, out, f, token);
}

static const struct db_column DAY[] = {
    DB_COLUMN(struct calendar_day, day),  DB_COLUMN(struct calendar_day, weekday),
    DB_COLUMN(struct calendar_day, open), DB_COLUMN(struct calendar_day, words),
    DB_COLUMN(struct calendar_day, own),
};

bool calendar_days(struct db *db, struct arena *a, const char *token, int year,
                   struct calendar_day **out, size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_CALENDAR_DAYS, a, DAY, out, count, f, token, text_number(a, year));
}

bool calendar_set(struct db *db, const char *token, const char *day, bool open, const char *note,
                  const char *network, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_CALENDAR_SET, &rows, f, token, day, open ? "true" : "false", note,
                  network);
}

bool calendar_unset(struct db *db, const char *token, const char *day, const char *network,
                    struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_CALENDAR_UNSET, &rows, f, token, day, network);
}

static const struct db_column PERMIT[] = {
    DB_COLUMN(struct calendar_permit, id),      DB_COLUMN(struct calendar_permit, login),
    DB_COLUMN(struct calendar_permit, name),    DB_COLUMN(struct calendar_permit, from),
    DB_COLUMN(struct calendar_permit, to),      DB_COLUMN(struct calendar_permit, reason),
    DB_COLUMN(struct calendar_permit, granter),
};

bool calendar_permits(struct db *db, struct arena *a, const char *token,
                      struct calendar_permit **out, size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_CALENDAR_PERMITS, a, PERMIT, out, count, f, token);
}

bool calendar_permit_add(struct db *db, const char *token, const struct calendar_permit_new *p,
                         const char *network, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_CALENDAR_PERMIT_ADD, &rows, f, token, p->login, p->from, p->to, p->reason,
                  network);
}

bool calendar_permit_end(struct db *db, struct arena *a, const char *token, int64_t id,
                         const char *network, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_CALENDAR_PERMIT_END, &rows, f, token, text_number(a, id), network);
}

bool calendar_reason(struct db *db, struct arena *a, const char *token, const char *reason,
                     const char *network, const char **fresh, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_CALENDAR_REASON, &rows, f, token, reason, network))
        return false;
    *fresh = arena_strdup(a, db_text(&rows, 0, 0));
    return true;
}
