/* Inspections of the operation log, by the schema's functions. */
#include "log/inspection.h"

#include "text.h"
#include "words/say.h"

bool inspection_open(struct db *db, const struct oplog_actor *who, const struct inspection *what,
                     int64_t *id, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_INSPECTION_OPEN, &rows, f, who->token, what->kind, what->since, what->until,
                what->reason, who->network))
        return false;
    *id = db_int(&rows, 0, 0);
    return true;
}

bool inspection_save(struct db *db, struct arena *a, const struct oplog_actor *who, int64_t id,
                     const struct inspection_notes *notes, struct fault *f) {
    return DB_RUN(db, SQL_INSPECTION_SAVE, NULL, f, who->token, text_number(a, id),
                  db_int_array(a, notes->positions, notes->count),
                  db_array(a, notes->notes, notes->count), notes->result, notes->note,
                  who->network);
}

static const struct db_column INSPECTION[] = {
    DB_COLUMN(struct inspection, id),     DB_COLUMN(struct inspection, kind),
    DB_COLUMN(struct inspection, since),  DB_COLUMN(struct inspection, until),
    DB_COLUMN(struct inspection, reason), DB_COLUMN(struct inspection, inspector),
    DB_COLUMN(struct inspection, opened), DB_COLUMN(struct inspection, findings),
    DB_COLUMN(struct inspection, result), DB_COLUMN(struct inspection, note),
    DB_COLUMN(struct inspection, closed), DB_COLUMN(struct inspection, closed_by),
};

bool inspection_list(struct db *db, struct arena *a, const char *token, int64_t id,
                     struct inspection **out, size_t *count, struct fault *f) {
    const char *one = id ? text_number(a, id) : NULL;
    if (!DB_LIST(db, SQL_INSPECTION_LIST, a, INSPECTION, out, count, f, token, one))
        return false;
    return !id || *count > 0 || fault_set(f, FAULT_MISSING, N_("There is no such inspection."));
}

static const struct db_column FINDING[] = {
    DB_COLUMN(struct inspection_finding, position), DB_COLUMN(struct inspection_finding, kind),
    DB_COLUMN(struct inspection_finding, subject),  DB_COLUMN(struct inspection_finding, n),
    DB_COLUMN(struct inspection_finding, last),     DB_COLUMN(struct inspection_finding, note),
};

bool inspection_findings(struct db *db, struct arena *a, const char *token, int64_t id,
                         struct inspection_finding **out, size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_INSPECTION_FINDINGS, a, FINDING, out, count, f, token,
                   text_number(a, id));
}

bool inspection_overdue(struct db *db, const char *token, int64_t *days, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_INSPECTION_OVERDUE, &rows, f, token))
        return false;
    *days = db_int(&rows, 0, 0);
    return true;
}
