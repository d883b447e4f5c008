/* Days and hours, by the schema's functions. */
#include "office/calendar.h"

#include "text.h"

bool calendar_rule(struct db *db, struct arena *a, const char *token, struct calendar_rule *out,
                   struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_CALENDAR_RULE, &rows, f, token))
        return false;
    *out = (struct calendar_rule){
        .from = arena_strdup(a, db_text(&rows, 0, 0)),
        .to = arena_strdup(a, db_text(&rows, 0, 1)),
        .all_hours = db_bool(&rows, 0, 2),
        .enforced = db_bool(&rows, 0, 3),
    };
    return true;
}

bool calendar_days(struct db *db, struct arena *a, const char *token, int year,
                   struct calendar_day **out, size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_CALENDAR_DAYS, &rows, f, token, text_number(a, year)))
        return false;
    *count = (size_t)rows.count;
    *out = arena_array(a, *count + 1, sizeof **out);
    for (int i = 0; i < rows.count; i++)
        (*out)[i] = (struct calendar_day){
            .day = arena_strdup(a, db_text(&rows, i, 0)),
            .weekday = db_int(&rows, i, 1),
            .open = db_bool(&rows, i, 2),
            .words = arena_strdup(a, db_text(&rows, i, 3)),
            .own = db_bool(&rows, i, 4),
        };
    return true;
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

bool calendar_permits(struct db *db, struct arena *a, const char *token,
                      struct calendar_permit **out, size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_CALENDAR_PERMITS, &rows, f, token))
        return false;
    *count = (size_t)rows.count;
    *out = arena_array(a, *count + 1, sizeof **out);
    for (int i = 0; i < rows.count; i++)
        (*out)[i] = (struct calendar_permit){
            .id = db_int(&rows, i, 0),
            .login = arena_strdup(a, db_text(&rows, i, 1)),
            .name = arena_strdup(a, db_text(&rows, i, 2)),
            .from = arena_strdup(a, db_text(&rows, i, 3)),
            .to = arena_strdup(a, db_text(&rows, i, 4)),
            .reason = arena_strdup(a, db_text(&rows, i, 5)),
            .granter = arena_strdup(a, db_text(&rows, i, 6)),
        };
    return true;
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
