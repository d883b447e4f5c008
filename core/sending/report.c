/* What came of an alert, and how sending stands: rows to structs. */
#include "sending/report.h"

#include "text.h"

static const char *kept(struct arena *a, const struct db_rows *rows, int row, const char *column) {
    int col = db_col(rows, column);
    return db_null(rows, row, col) ? "" : arena_strdup(a, db_text(rows, row, col));
}

static int64_t int_of(const struct db_rows *rows, int row, const char *column) {
    int col = db_col(rows, column);
    return db_null(rows, row, col) ? 0 : db_int(rows, row, col);
}

/* Room for all rows; *count is their number. */
#define ROOM(a, rows, out, count)                                                                  \
    (*(count) = (size_t)(rows).count, *(out) = arena_array((a), *(count) + 1, sizeof **(out)))

/* ---- one alert ---- */

bool report_times(struct db *db, struct arena *a, const char *token, int64_t alert,
                  const char **approved, struct report_time **out, size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_REPORT_TIMES, &rows, f, token, text_number(a, alert)))
        return false;
    *approved = rows.count > 0 ? kept(a, &rows, 0, "approved") : "";
    ROOM(a, rows, out, count);
    for (int i = 0; i < rows.count; i++)
        (*out)[i] = (struct report_time){.name = kept(a, &rows, i, "name"),
                                         .at = kept(a, &rows, i, "at"),
                                         .after_s = int_of(&rows, i, "after_s")};
    return true;
}

bool report_sums(struct db *db, struct arena *a, const char *token, int64_t alert,
                 struct report_sum **out, size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_REPORT_SUMS, &rows, f, token, text_number(a, alert)))
        return false;
    ROOM(a, rows, out, count);
    for (int i = 0; i < rows.count; i++)
        (*out)[i] = (struct report_sum){.lane = kept(a, &rows, i, "lane"),
                                        .relay = kept(a, &rows, i, "relay"),
                                        .result = kept(a, &rows, i, "result"),
                                        .final = db_bool(&rows, i, db_col(&rows, "final")),
                                        .n = int_of(&rows, i, "n")};
    return true;
}

bool report_series(struct db *db, struct arena *a, const char *token, int64_t alert, int64_t most,
                   struct report_span **out, size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_REPORT_SERIES, &rows, f, token, text_number(a, alert),
                text_number(a, most)))
        return false;
    ROOM(a, rows, out, count);
    for (int i = 0; i < rows.count; i++)
        (*out)[i] = (struct report_span){.span = int_of(&rows, i, "span"),
                                         .length_s = int_of(&rows, i, "length_s"),
                                         .at = kept(a, &rows, i, "at"),
                                         .accepted = int_of(&rows, i, "accepted"),
                                         .refused = int_of(&rows, i, "refused"),
                                         .others = int_of(&rows, i, "others"),
                                         .again = int_of(&rows, i, "again")};
    return true;
}

/* ---- its recipients ---- */

bool report_list(struct db *db, struct arena *a, const char *token, const struct report_page *page,
                 struct db_rows *rows, struct fault *f) {
    return DB_RUN(db, SQL_REPORT_LIST, rows, f, token, text_number(a, page->alert),
                  text_number(a, page->after), text_number(a, page->most));
}

bool report_export(struct db *db, struct arena *a, const char *token, const char *network,
                   const struct report_page *page, struct db_rows *rows, struct fault *f) {
    return DB_RUN(db, SQL_REPORT_EXPORT, rows, f, token, text_number(a, page->alert),
                  text_number(a, page->after), text_number(a, page->most), network);
}

void report_row_read(const struct db_rows *rows, int row, struct report_row *out) {
    *out = (struct report_row){.contact = db_int(rows, row, 0),
                               .channel = db_text(rows, row, 1),
                               .address = db_text(rows, row, 2),
                               .result = db_text(rows, row, 3),
                               .code = db_int(rows, row, 4),
                               .enhanced = db_text(rows, row, 5),
                               .reply = db_text(rows, row, 6),
                               .relay = db_text(rows, row, 7),
                               .lane = db_text(rows, row, 8),
                               .attempt = db_int(rows, row, 9),
                               .at = db_null(rows, row, 10) ? "" : db_text(rows, row, 10)};
}

/* ---- how sending stands ---- */

static struct report_state state_of(struct arena *a, const struct db_rows *rows, int i,
                                    const char *name) {
    return (struct report_state){.name = kept(a, rows, i, name),
                                 .host = "",
                                 .relays = "",
                                 .senders = int_of(rows, i, "senders"),
                                 .well = int_of(rows, i, "well"),
                                 .connections = int_of(rows, i, "connections"),
                                 .reason = kept(a, rows, i, "reason"),
                                 .since = kept(a, rows, i, "since"),
                                 .next_try = kept(a, rows, i, "next_try")};
}

bool report_relays(struct db *db, struct arena *a, const char *token, struct report_state **out,
                   size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_REPORT_RELAYS, &rows, f, token))
        return false;
    ROOM(a, rows, out, count);
    for (int i = 0; i < rows.count; i++) {
        (*out)[i] = state_of(a, &rows, i, "relay");
        (*out)[i].host = kept(a, &rows, i, "host");
    }
    return true;
}

bool report_lanes(struct db *db, struct arena *a, const char *token, struct report_state **out,
                  size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_REPORT_LANES, &rows, f, token))
        return false;
    ROOM(a, rows, out, count);
    for (int i = 0; i < rows.count; i++) {
        struct report_state *s = &(*out)[i];
        *s = state_of(a, &rows, i, "lane");
        s->relays = kept(a, &rows, i, "relays");
        s->pace = int_of(&rows, i, "pace");
        s->waiting = int_of(&rows, i, "waiting");
        s->leased = int_of(&rows, i, "leased");
        s->most = int_of(&rows, i, "most");
        s->latency_ms = int_of(&rows, i, "latency_ms");
        s->oldest_s = int_of(&rows, i, "oldest_s");
    }
    return true;
}

bool report_workers(struct db *db, struct arena *a, const char *token, struct report_worker **out,
                    size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_REPORT_WORKERS, &rows, f, token))
        return false;
    ROOM(a, rows, out, count);
    for (int i = 0; i < rows.count; i++)
        (*out)[i] = (struct report_worker){.host = kept(a, &rows, i, "host"),
                                           .role = kept(a, &rows, i, "role"),
                                           .seen = kept(a, &rows, i, "seen"),
                                           .alive = int_of(&rows, i, "alive"),
                                           .known = int_of(&rows, i, "known")};
    return true;
}
