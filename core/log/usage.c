/* The usage report: rows to structs. */
#include "log/usage.h"

static const struct db_column ROW[] = {
    DB_COLUMN(struct usage_row, level),
    DB_COLUMN_OR(struct usage_row, department, 0),
    DB_COLUMN(struct usage_row, department_name),
    DB_COLUMN(struct usage_row, department_en),
    DB_COLUMN(struct usage_row, login),
    DB_COLUMN(struct usage_row, name),
    DB_COLUMN(struct usage_row, guest),
    DB_COLUMN(struct usage_row, roles),
    DB_COLUMN(struct usage_row, people),
    DB_COLUMN_OR(struct usage_row, wait_s, -1),
    DB_COLUMN(struct usage_row, last_sign_in),
    /* its figures */
    DB_COLUMN_AS(struct usage_row, figures[USAGE_SIGN_INS], sign_ins),
    DB_COLUMN_AS(struct usage_row, figures[USAGE_FAILED], failed),
    DB_COLUMN_AS(struct usage_row, figures[USAGE_ODD], odd),
    DB_COLUMN_AS(struct usage_row, figures[USAGE_DRAFTS], drafts),
    DB_COLUMN_AS(struct usage_row, figures[USAGE_SUBMITTED], submitted),
    DB_COLUMN_AS(struct usage_row, figures[USAGE_APPROVED], approved),
    DB_COLUMN_AS(struct usage_row, figures[USAGE_RETURNED], returned),
    DB_COLUMN_AS(struct usage_row, figures[USAGE_SENT], sent),
    DB_COLUMN_AS(struct usage_row, figures[USAGE_RECIPIENTS], recipients),
};

bool usage_read(struct db *db, struct arena *a, const struct usage_what *what,
                struct usage_row **out, size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_USAGE_READ, a, ROW, out, count, f, what->token, what->department,
                   what->since, what->until);
}

bool usage_export(struct db *db, struct arena *a, const struct usage_what *what,
                  struct usage_row **out, size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_USAGE_EXPORT, a, ROW, out, count, f, what->token, what->department,
                   what->since, what->until, what->network);
}

static const struct db_column BAR[] = {
    DB_COLUMN(struct usage_bar, at),
    DB_COLUMN(struct usage_bar, acts),
};

bool usage_days(struct db *db, struct arena *a, const struct usage_what *what,
                struct usage_bar **out, size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_USAGE_DAYS, a, BAR, out, count, f, what->token, what->department,
                   what->since, what->until);
}

static const struct db_column CHOICE[] = {
    DB_COLUMN(struct usage_choice, id),      DB_COLUMN(struct usage_choice, name),
    DB_COLUMN(struct usage_choice, name_en), DB_COLUMN(struct usage_choice, since),
    DB_COLUMN(struct usage_choice, until),
};

bool usage_choices(struct db *db, struct arena *a, const char *token, struct usage_choice **out,
                   size_t *count, struct fault *f) {
    if (!DB_LIST(db, SQL_USAGE_CHOICES, a, CHOICE, out, count, f, token))
        return false;
    assert(*count >= USAGE_PERIODS);
    return true;
}
