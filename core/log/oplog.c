/* The operation log: refusals and views written, pages read, checks and removals asked for. */
#include "log/oplog.h"

#include <string.h>

#include "text.h"

bool oplog_refused(struct db *db, const char *token, const char *act, const char *object,
                   const char *reason, const char *network, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_OPLOG_REFUSED, &rows, f, token, act, object, reason, network);
}

bool oplog_request(struct db *db, const char *id, struct fault *f) {
    return DB_RUN(db, SQL_OPLOG_REQUEST, NULL, f, id);
}

bool oplog_view(struct db *db, const char *token, const char *act, const char *object,
                const char *network, struct fault *f) {
    return DB_RUN(db, SQL_OPLOG_VIEW, NULL, f, token, act, object, network);
}

/* ---- search ---- */

static struct oplog_row read_row(const struct db_rows *rows, int i, struct arena *a) {
    return (struct oplog_row){
        .seq = db_int(rows, i, 0),
        .at = arena_strdup(a, db_text(rows, i, 1)),
        .login = arena_strdup(a, db_text(rows, i, 2)),
        .name = arena_strdup(a, db_text(rows, i, 3)),
        .role = arena_strdup(a, db_text(rows, i, 4)),
        .department = arena_strdup(a, db_text(rows, i, 5)),
        .department_en = arena_strdup(a, db_text(rows, i, 6)),
        .act = arena_strdup(a, db_text(rows, i, 7)),
        .object = arena_strdup(a, db_text(rows, i, 8)),
        .object_name = arena_strdup(a, db_text(rows, i, 9)),
        .done = strcmp(db_text(rows, i, 10), "done") == 0,
        .reason = arena_strdup(a, db_text(rows, i, 11)),
        .network = arena_strdup(a, db_text(rows, i, 12)),
        .behalf = arena_strdup(a, db_text(rows, i, 13)),
        .request = arena_strdup(a, db_text(rows, i, 14)),
    };
}

/* The filter's texts in the order of oplog_filter_of(). */
static const char *filter_array(struct arena *a, const struct oplog_filter *what) {
    return db_array(a, what->text, OPLOG_FILTER_LAST);
}

/* The last row may be a number alone: where to go on. */
static void take_rows(struct arena *a, const struct db_rows *rows, struct oplog_part *out) {
    bool cut = rows->count > 0 && db_null(rows, rows->count - 1, 7);
    out->count = (size_t)rows->count - cut;
    out->next = cut ? db_int(rows, rows->count - 1, 0) : 0;
    out->rows = arena_array(a, out->count + 1, sizeof *out->rows);
    for (size_t i = 0; i < out->count; i++)
        out->rows[i] = read_row(rows, (int)i, a);
}

bool oplog_search(struct db *db, struct arena *a, const char *token,
                  const struct oplog_filter *what, int64_t before, int most, struct oplog_part *out,
                  struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    const char *before_text = before ? text_number(a, before) : NULL;
    if (!DB_RUN(db, SQL_OPLOG_SEARCH, &rows, f, token, filter_array(a, what), before_text,
                arena_printf(a, "%d", most)))
        return false;
    take_rows(a, &rows, out);
    return true;
}

bool oplog_export(struct db *db, struct arena *a, const struct oplog_actor *who,
                  const struct oplog_filter *what, int64_t before, int most, struct oplog_part *out,
                  struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    const char *before_text = before ? text_number(a, before) : NULL;
    if (!DB_RUN(db, SQL_OPLOG_EXPORT, &rows, f, who->token, filter_array(a, what), before_text,
                arena_printf(a, "%d", most), who->network))
        return false;
    take_rows(a, &rows, out);
    return true;
}

bool oplog_departments(struct db *db, struct arena *a, const char *token,
                       struct oplog_department **out, size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_OPLOG_DEPARTMENTS, &rows, f, token))
        return false;
    *count = (size_t)rows.count;
    *out = arena_array(a, *count + 1, sizeof **out);
    for (int i = 0; i < rows.count; i++) {
        (*out)[i] = (struct oplog_department){.id = arena_strdup(a, db_text(&rows, i, 0)),
                                              .name = arena_strdup(a, db_text(&rows, i, 1)),
                                              .name_en = arena_strdup(a, db_text(&rows, i, 2))};
    }
    return true;
}

/* ---- checks ---- */

bool oplog_check_start(struct db *db, const struct oplog_actor *who, struct fault *f) {
    return DB_RUN(db, SQL_OPLOG_CHECK_START, NULL, f, who->token, who->network);
}

bool oplog_check_state(struct db *db, struct arena *a, const char *token, struct oplog_check *out,
                       struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_OPLOG_CHECK_STATE, &rows, f, token))
        return false;
    *out = (struct oplog_check){
        .head = db_int(&rows, 0, 0),
        .head_hash = arena_strdup(a, db_text(&rows, 0, 1)),
        .first = db_int(&rows, 0, 2),
        .last = db_int(&rows, 0, 3),
        .done = db_int(&rows, 0, 4),
        .started = arena_strdup(a, db_text(&rows, 0, 5)),
        .ended = arena_strdup(a, db_text(&rows, 0, 6)),
        .person = arena_strdup(a, db_text(&rows, 0, 7)),
        .found = arena_strdup(a, db_text(&rows, 0, 8)),
        .clocks = db_int(&rows, 0, 9),
    };
    return true;
}

/* ---- removals ---- */

bool oplog_purges(struct db *db, struct arena *a, const char *token, struct oplog_purge **out,
                  size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_OPLOG_PURGES, &rows, f, token))
        return false;
    *count = (size_t)rows.count;
    *out = arena_array(a, *count + 1, sizeof **out);
    for (int i = 0; i < rows.count; i++) {
        (*out)[i] = (struct oplog_purge){
            .year = db_int(&rows, i, 0),
            .due = db_bool(&rows, i, 1),
            .asked_by = arena_strdup(a, db_text(&rows, i, 2)),
            .asked_at = arena_strdup(a, db_text(&rows, i, 3)),
            .mine = db_bool(&rows, i, 4),
            .confirmed_by = arena_strdup(a, db_text(&rows, i, 5)),
            .confirmed_at = arena_strdup(a, db_text(&rows, i, 6)),
            .done_at = arena_strdup(a, db_text(&rows, i, 7)),
            .kept_until = arena_strdup(a, db_text(&rows, i, 8)),
        };
    }
    return true;
}

bool oplog_purge_do(struct db *db, const struct oplog_actor *who, enum oplog_purge_act act,
                    int64_t year, struct fault *f) {
    static const enum sql acts[] = {[OPLOG_PURGE_REQUEST] = SQL_OPLOG_PURGE_REQUEST,
                                    [OPLOG_PURGE_CONFIRM] = SQL_OPLOG_PURGE_CONFIRM,
                                    [OPLOG_PURGE_WITHDRAW] = SQL_OPLOG_PURGE_WITHDRAW};
    CLEANUP(arena_free) struct arena *a = arena_new();
    return DB_RUN(db, acts[act], NULL, f, who->token, text_number(a, year), who->network);
}
