/* The operation log: refusals written, pages read. */
#include "oplog.h"

#include <string.h>

#include "text.h"

bool oplog_refused(struct db *db, const char *token, const char *act, const char *object,
                   const char *reason, const char *network, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_OPLOG_REFUSED, &rows, f, token, act, object, reason, network);
}

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
    };
}

bool oplog_page(struct db *db, struct arena *a, const char *token, int64_t before, int most,
                struct oplog_row **out, size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    const char *before_text = before ? text_number(a, before) : NULL;
    if (!DB_RUN(db, SQL_OPLOG_PAGE, &rows, f, token, before_text, arena_printf(a, "%d", most))) {
        return false;
    }
    *count = (size_t)rows.count;
    *out = arena_array(a, *count + 1, sizeof **out);
    for (int i = 0; i < rows.count; i++) {
        (*out)[i] = read_row(&rows, i, a);
    }
    return true;
}
