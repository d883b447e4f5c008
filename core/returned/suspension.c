/* Suspended addresses: read, and turned on again. */
#include "returned/suspension.h"

#include "text.h"

static const struct db_column SUSPENSION[] = {
    DB_COLUMN(struct suspension, contact), DB_COLUMN(struct suspension, address),
    DB_COLUMN(struct suspension, reason),  DB_COLUMN(struct suspension, since),
    DB_COLUMN(struct suspension, status),  DB_COLUMN(struct suspension, reply),
};

bool suspension_list(struct db *db, struct arena *a, const char *token, int64_t before, int most,
                     struct suspension **out, size_t *count, struct fault *f) {
    const char *below = before ? text_number(a, before) : NULL;
    return DB_LIST(db, SQL_SUSPENSION_LIST, a, SUSPENSION, out, count, f, token, below,
                   text_number(a, most));
}

static const struct db_column COUNTED[] = {
    DB_COLUMN(struct suspension_count, what),
    DB_COLUMN(struct suspension_count, n),
};

bool suspension_counts(struct db *db, struct arena *a, const char *token,
                       struct suspension_count **out, size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_SUSPENSION_COUNTS, a, COUNTED, out, count, f, token);
}

static const struct db_column STORM[] = {
    DB_COLUMN(struct suspension_storm, alert), DB_COLUMN(struct suspension_storm, title),
    DB_COLUMN(struct suspension_storm, at),    DB_COLUMN(struct suspension_storm, failed),
    DB_COLUMN(struct suspension_storm, total), DB_COLUMN(struct suspension_storm, verdict),
};

bool suspension_storms(struct db *db, struct arena *a, const char *token,
                       struct suspension_storm **out, size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_SUSPENSION_STORMS, a, STORM, out, count, f, token);
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
