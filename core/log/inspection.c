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

static struct inspection read_row(const struct db_rows *rows, int i, struct arena *a) {
    return (struct inspection){
        .id = db_int(rows, i, 0),
        .kind = arena_strdup(a, db_text(rows, i, 1)),
        .since = arena_strdup(a, db_text(rows, i, 2)),
        .until = arena_strdup(a, db_text(rows, i, 3)),
        .reason = arena_strdup(a, db_text(rows, i, 4)),
        .inspector = arena_strdup(a, db_text(rows, i, 5)),
        .opened = arena_strdup(a, db_text(rows, i, 6)),
        .findings = db_int(rows, i, 7),
        .result = arena_strdup(a, db_text(rows, i, 8)),
        .note = arena_strdup(a, db_text(rows, i, 9)),
        .closed = arena_strdup(a, db_text(rows, i, 10)),
        .closed_by = arena_strdup(a, db_text(rows, i, 11)),
    };
}

bool inspection_list(struct db *db, struct arena *a, const char *token, int64_t id,
                     struct inspection **out, size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_INSPECTION_LIST, &rows, f, token, id ? text_number(a, id) : NULL))
        return false;
    *count = (size_t)rows.count;
    *out = arena_array(a, *count + 1, sizeof **out);
    for (int i = 0; i < rows.count; i++)
        (*out)[i] = read_row(&rows, i, a);
    return !id || *count > 0 || fault_set(f, FAULT_MISSING, N_("There is no such inspection."));
}

bool inspection_findings(struct db *db, struct arena *a, const char *token, int64_t id,
                         struct inspection_finding **out, size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_INSPECTION_FINDINGS, &rows, f, token, text_number(a, id)))
        return false;
    *count = (size_t)rows.count;
    *out = arena_array(a, *count + 1, sizeof **out);
    for (int i = 0; i < rows.count; i++) {
        (*out)[i] = (struct inspection_finding){
            .position = db_int(&rows, i, 0),
            .kind = arena_strdup(a, db_text(&rows, i, 1)),
            .subject = arena_strdup(a, db_text(&rows, i, 2)),
            .n = db_int(&rows, i, 3),
            .last = arena_strdup(a, db_text(&rows, i, 4)),
            .note = arena_strdup(a, db_text(&rows, i, 5)),
        };
    }
    return true;
}

bool inspection_overdue(struct db *db, const char *token, int64_t *days, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_INSPECTION_OVERDUE, &rows, f, token))
        return false;
    *days = db_int(&rows, 0, 0);
    return true;
}
