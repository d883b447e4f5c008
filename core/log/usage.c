/* The usage report: rows to structs. */
#include "log/usage.h"

#include "text.h"

static const char *kept(struct arena *a, const struct db_rows *rows, int row, int col) {
    return arena_strdup(a, db_text(rows, row, col));
}

static int64_t int_or(const struct db_rows *rows, int row, int col, int64_t none) {
    return db_null(rows, row, col) ? none : db_int(rows, row, col);
}

static struct usage_row read_row(const struct db_rows *rows, int i, struct arena *a) {
    enum { FIRST_FIGURE = 9 };
    size_t roles;
    struct usage_row out = {
        .level = (enum usage_level)db_int(rows, i, 0),
        .department = int_or(rows, i, 1, 0),
        .department_name = kept(a, rows, i, 2),
        .department_en = kept(a, rows, i, 3),
        .login = kept(a, rows, i, 4),
        .name = kept(a, rows, i, 5),
        .guest = db_bool(rows, i, 6),
        .roles = db_texts(a, rows, i, 7, &roles),
        .people = db_int(rows, i, 8),
        .wait_s = int_or(rows, i, FIRST_FIGURE + USAGE_FIGURE_LAST, -1),
        .last_sign_in = kept(a, rows, i, FIRST_FIGURE + USAGE_FIGURE_LAST + 1),
    };
    for (int k = 0; k < USAGE_FIGURE_LAST; k++)
        out.figures[k] = db_int(rows, i, FIRST_FIGURE + k);
    return out;
}

static void take_rows(struct arena *a, const struct db_rows *rows, struct usage_row **out,
                      size_t *count) {
    *count = (size_t)rows->count;
    *out = arena_array(a, *count + 1, sizeof **out);
    for (int i = 0; i < rows->count; i++)
        (*out)[i] = read_row(rows, i, a);
}

bool usage_read(struct db *db, struct arena *a, const struct usage_what *what,
                struct usage_row **out, size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_USAGE_READ, &rows, f, what->token, what->department, what->since,
                what->until))
        return false;
    take_rows(a, &rows, out, count);
    return true;
}

bool usage_export(struct db *db, struct arena *a, const struct usage_what *what,
                  struct usage_row **out, size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_USAGE_EXPORT, &rows, f, what->token, what->department, what->since,
                what->until, what->network))
        return false;
    take_rows(a, &rows, out, count);
    return true;
}

bool usage_days(struct db *db, struct arena *a, const struct usage_what *what,
                struct usage_bar **out, size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_USAGE_DAYS, &rows, f, what->token, what->department, what->since,
                what->until))
        return false;
    *count = (size_t)rows.count;
    *out = arena_array(a, *count + 1, sizeof **out);
    for (int i = 0; i < rows.count; i++)
        (*out)[i] = (struct usage_bar){.at = kept(a, &rows, i, 0), .acts = db_int(&rows, i, 1)};
    return true;
}

bool usage_periods(struct db *db, struct arena *a, struct usage_period out[USAGE_PERIODS],
                   struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN0(db, SQL_USAGE_PERIODS, &rows, f))
        return false;
    for (int i = 0; i < USAGE_PERIODS; i++) {
        out[i] = (struct usage_period){.name = kept(a, &rows, i, 0),
                                       .since = kept(a, &rows, i, 1),
                                       .until = kept(a, &rows, i, 2)};
    }
    return true;
}

bool usage_departments(struct db *db, struct arena *a, const char *token,
                       struct usage_department **out, size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_USAGE_DEPARTMENTS, &rows, f, token))
        return false;
    *count = (size_t)rows.count;
    *out = arena_array(a, *count + 1, sizeof **out);
    for (int i = 0; i < rows.count; i++) {
        (*out)[i] = (struct usage_department){.id = kept(a, &rows, i, 0),
                                              .name = kept(a, &rows, i, 1),
                                              .name_en = kept(a, &rows, i, 2)};
    }
    return true;
}
