/* What came of an alert, and how sending stands: rows to structs. */
#include "sending/report.h"

#include "text.h"

/* ---- one alert ---- */

static const struct db_column TIME[] = {
    DB_COLUMN(struct report_time, approved),
    DB_COLUMN(struct report_time, name),
    DB_COLUMN(struct report_time, at),
    DB_COLUMN_OR(struct report_time, after_s, 0),
};

bool report_times(struct db *db, struct arena *a, const char *token, int64_t alert,
                  const char **approved, struct report_time **out, size_t *count, struct fault *f) {
    if (!DB_LIST(db, SQL_REPORT_TIMES, a, TIME, out, count, f, token, text_number(a, alert)))
        return false;
    *approved = *count > 0 ? (*out)->approved : "";
    return true;
}

static const struct db_column SUM[] = {
    DB_COLUMN(struct report_sum, lane),    DB_COLUMN(struct report_sum, relay),
    DB_COLUMN(struct report_sum, result),  DB_COLUMN(struct report_sum, final),
    DB_COLUMN_OR(struct report_sum, n, 0),
};

bool report_sums(struct db *db, struct arena *a, const char *token, int64_t alert,
                 struct report_sum **out, size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_REPORT_SUMS, a, SUM, out, count, f, token, text_number(a, alert));
}

static const struct db_column SPAN[] = {
    DB_COLUMN_OR(struct report_span, span, 0),
    DB_COLUMN_OR(struct report_span, length_s, 0),
    DB_COLUMN(struct report_span, at),
    DB_COLUMN_OR(struct report_span, accepted, 0),
    DB_COLUMN_OR(struct report_span, refused, 0),
    DB_COLUMN_OR(struct report_span, others, 0),
    DB_COLUMN_OR(struct report_span, again, 0),
};

bool report_series(struct db *db, struct arena *a, const char *token, int64_t alert, int64_t most,
                   struct report_span **out, size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_REPORT_SERIES, a, SPAN, out, count, f, token, text_number(a, alert),
                   text_number(a, most));
}

/* ---- its recipients ---- */

static const struct db_column ROW[] = {
    DB_COLUMN(struct report_row, contact), DB_COLUMN(struct report_row, channel),
    DB_COLUMN(struct report_row, address), DB_COLUMN(struct report_row, result),
    DB_COLUMN(struct report_row, code),    DB_COLUMN(struct report_row, enhanced),
    DB_COLUMN(struct report_row, reply),   DB_COLUMN(struct report_row, relay),
    DB_COLUMN(struct report_row, lane),    DB_COLUMN(struct report_row, attempt),
    DB_COLUMN(struct report_row, at),
};

bool report_list(struct db *db, struct arena *a, const char *token, const struct report_page *page,
                 struct report_row **out, size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_REPORT_LIST, a, ROW, out, count, f, token, text_number(a, page->alert),
                   text_number(a, page->after), text_number(a, page->most));
}

bool report_export(struct db *db, struct arena *a, const char *token, const char *network,
                   const struct report_page *page, struct report_row **out, size_t *count,
                   struct fault *f) {
    return DB_LIST(db, SQL_REPORT_EXPORT, a, ROW, out, count, f, token, text_number(a, page->alert),
                   text_number(a, page->after), text_number(a, page->most), network);
}

/* ---- how sending stands ---- */

static const struct db_column RELAY[] = {
    DB_COLUMN(struct report_state, name),
    DB_COLUMN(struct report_state, relays),
    DB_COLUMN_OR(struct report_state, senders, 0),
    DB_COLUMN_OR(struct report_state, well, 0),
    DB_COLUMN_OR(struct report_state, connections, 0),
    DB_COLUMN(struct report_state, host),
    DB_COLUMN(struct report_state, reason),
    DB_COLUMN(struct report_state, since),
    DB_COLUMN(struct report_state, next_try),
};

bool report_relays(struct db *db, struct arena *a, const char *token, struct report_state **out,
                   size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_REPORT_RELAYS, a, RELAY, out, count, f, token);
}

static const struct db_column LANE[] = {
    DB_COLUMN(struct report_state, name),
    DB_COLUMN(struct report_state, host),
    DB_COLUMN_OR(struct report_state, senders, 0),
    DB_COLUMN_OR(struct report_state, well, 0),
    DB_COLUMN_OR(struct report_state, connections, 0),
    DB_COLUMN(struct report_state, reason),
    DB_COLUMN(struct report_state, since),
    DB_COLUMN(struct report_state, next_try),
    DB_COLUMN(struct report_state, relays),
    DB_COLUMN_OR(struct report_state, pace, 0),
    DB_COLUMN_OR(struct report_state, waiting, 0),
    DB_COLUMN_OR(struct report_state, leased, 0),
    DB_COLUMN_OR(struct report_state, most, 0),
    DB_COLUMN_OR(struct report_state, latency_ms, 0),
    DB_COLUMN_OR(struct report_state, oldest_s, 0),
};

bool report_lanes(struct db *db, struct arena *a, const char *token, struct report_state **out,
                  size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_REPORT_LANES, a, LANE, out, count, f, token);
}

static const struct db_column WORKER[] = {
    DB_COLUMN(struct report_worker, host),        DB_COLUMN(struct report_worker, role),
    DB_COLUMN(struct report_worker, seen),        DB_COLUMN_OR(struct report_worker, alive, 0),
    DB_COLUMN_OR(struct report_worker, known, 0),
};

bool report_workers(struct db *db, struct arena *a, const char *token, struct report_worker **out,
                    size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_REPORT_WORKERS, a, WORKER, out, count, f, token);
}
