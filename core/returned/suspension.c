/* Suspended addresses: read, and turned on again. */
#include "returned/suspension.h"

#include "text.h"

bool suspension_list(struct db *db, struct arena *a, const char *token, int64_t before, int most,
                     struct suspension **out, size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    const char *below = before ? text_number(a, before) : NULL;
    if (!DB_RUN(db, SQL_SUSPENSION_LIST, &rows, f, token, below, text_number(a, most)))
        return false;
    *count = (size_t)rows.count;
    *out = arena_array(a, *count + 1, sizeof **out);
    for (int i = 0; i < rows.count; i++)
        (*out)[i] = (struct suspension){
            .contact = db_int(&rows, i, 0),
            .address = arena_strdup(a, db_text(&rows, i, 1)),
            .reason = arena_strdup(a, db_text(&rows, i, 2)),
            .since = arena_strdup(a, db_text(&rows, i, 3)),
            .status = arena_strdup(a, db_text(&rows, i, 4)),
            .reply = arena_strdup(a, db_text(&rows, i, 5)),
        };
    return true;
}

bool suspension_counts(struct db *db, struct arena *a, const char *token,
                       struct suspension_count **out, size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_SUSPENSION_COUNTS, &rows, f, token))
        return false;
    *count = (size_t)rows.count;
    *out = arena_array(a, *count + 1, sizeof **out);
    for (int i = 0; i < rows.count; i++)
        (*out)[i] = (struct suspension_count){.what = arena_strdup(a, db_text(&rows, i, 0)),
                                              .n = db_int(&rows, i, 1)};
    return true;
}

bool suspension_storms(struct db *db, struct arena *a, const char *token,
                       struct suspension_storm **out, size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_SUSPENSION_STORMS, &rows, f, token))
        return false;
    *count = (size_t)rows.count;
    *out = arena_array(a, *count + 1, sizeof **out);
    for (int i = 0; i < rows.count; i++)
        (*out)[i] = (struct suspension_storm){
            .alert = db_int(&rows, i, 0),
            .title = arena_strdup(a, db_text(&rows, i, 1)),
            .at = arena_strdup(a, db_text(&rows, i, 2)),
            .failed = db_int(&rows, i, 3),
            .total = db_int(&rows, i, 4),
            .verdict = arena_strdup(a, db_text(&rows, i, 5)),
        };
    return true;
}

bool suspension_lift(struct db *db, struct arena *a, const char *token, int64_t contact,
                     const char *network, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_SUSPENSION_LIFT, &rows, f, token, text_number(a, contact), network);
}

bool suspension_decide(struct db *db, struct arena *a, const char *token, int64_t alert,
                       const char *verdict, const char *network, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_SUSPENSION_DECIDE, &rows, f, token, text_number(a, alert), verdict,
                  network);
}
