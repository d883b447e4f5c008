/* The operation log: refusals and views written, pages read, checks and removals asked for. */
#include "log/oplog.h"

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

static const struct db_column ROW[] = {
    DB_COLUMN(struct oplog_row, seq),           DB_COLUMN(struct oplog_row, at),
    DB_COLUMN(struct oplog_row, login),         DB_COLUMN(struct oplog_row, name),
    DB_COLUMN(struct oplog_row, role),          DB_COLUMN(struct oplog_row, department),
    DB_COLUMN(struct oplog_row, department_en), DB_COLUMN(struct oplog_row, act),
    DB_COLUMN(struct oplog_row, object),        DB_COLUMN(struct oplog_row, object_name),
    DB_COLUMN(struct oplog_row, done),          DB_COLUMN(struct oplog_row, reason),
    DB_COLUMN(struct oplog_row, facts),         DB_COLUMN(struct oplog_row, network),
    DB_COLUMN(struct oplog_row, behalf),        DB_COLUMN(struct oplog_row, request),
};

/* The filter's texts in the order of oplog_filter_of(). */
static const char *filter_array(struct arena *a, const struct oplog_filter *what) {
    return db_array(a, what->text, OPLOG_FILTER_LAST);
}

/* The last row may be a number alone: where to go on. */
static void take_rows(struct arena *a, const struct db_rows *rows, struct oplog_part *out) {
    bool cut = rows->count > 0 && db_null(rows, rows->count - 1, db_col(rows, "act"));
    out->rows = DB_STRUCTS(a, rows, ROW, struct oplog_row);
    out->count = (size_t)rows->count - cut;
    out->next = cut ? out->rows[out->count].seq : 0;
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

static const struct db_column DEPARTMENT[] = {
    DB_COLUMN(struct oplog_department, id),
    DB_COLUMN(struct oplog_department, name),
    DB_COLUMN(struct oplog_department, name_en),
};

bool oplog_departments(struct db *db, struct arena *a, const char *token,
                       struct oplog_department **out, size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_OPLOG_DEPARTMENTS, a, DEPARTMENT, out, count, f, token);
}

/* ---- checks ---- */

bool oplog_check_start(struct db *db, const struct oplog_actor *who, struct fault *f) {
    return DB_RUN(db, SQL_OPLOG_CHECK_START, NULL, f, who->token, who->network);
}

static const struct db_column CHECK[] = {
    DB_COLUMN(struct oplog_check, head),        DB_COLUMN(struct oplog_check, head_hash),
    DB_COLUMN_OR(struct oplog_check, first, 0), DB_COLUMN_OR(struct oplog_check, last, 0),
    DB_COLUMN_OR(struct oplog_check, done, 0),  DB_COLUMN(struct oplog_check, started),
    DB_COLUMN(struct oplog_check, ended),       DB_COLUMN(struct oplog_check, person),
    DB_COLUMN(struct oplog_check, found),       DB_COLUMN_OR(struct oplog_check, clocks, 0),
};

bool oplog_check_state(struct db *db, struct arena *a, const char *token, struct oplog_check *out,
                       struct fault *f) {
    return DB_ONE(db, SQL_OPLOG_CHECK_STATE, a, CHECK, out, f, token);
}

/* ---- removals ---- */

static const struct db_column PURGE[] = {
    DB_COLUMN(struct oplog_purge, year),         DB_COLUMN(struct oplog_purge, due),
    DB_COLUMN(struct oplog_purge, asked_by),     DB_COLUMN(struct oplog_purge, asked_at),
    DB_COLUMN(struct oplog_purge, mine),         DB_COLUMN(struct oplog_purge, confirmed_by),
    DB_COLUMN(struct oplog_purge, confirmed_at), DB_COLUMN(struct oplog_purge, done_at),
    DB_COLUMN(struct oplog_purge, kept_until),
};

bool oplog_purges(struct db *db, struct arena *a, const char *token, struct oplog_purge **out,
                  size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_OPLOG_PURGES, a, PURGE, out, count, f, token);
}

bool oplog_purge_do(struct db *db, const struct oplog_actor *who, enum oplog_purge_act act,
                    int64_t year, struct fault *f) {
    static const enum sql acts[] = {[OPLOG_PURGE_REQUEST] = SQL_OPLOG_PURGE_REQUEST,
                                    [OPLOG_PURGE_CONFIRM] = SQL_OPLOG_PURGE_CONFIRM,
                                    [OPLOG_PURGE_WITHDRAW] = SQL_OPLOG_PURGE_WITHDRAW};
    CLEANUP(arena_free) struct arena *a = arena_new();
    return DB_RUN(db, acts[act], NULL, f, who->token, text_number(a, year), who->network);
}
