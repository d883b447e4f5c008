/* Lanes and relays through the database: parameters out, rows in. */
#include "sending/lane.h"

#include <string.h>

#define SEND(db, which, f, ...)                                                                    \
    db_send((db), (which), (const char *const[]){__VA_ARGS__},                                     \
            COUNT(((const char *const[]){__VA_ARGS__})), (f))

/* An array parameter; an empty one has no items to point at. */
static const char *texts(struct arena *a, const char *const *items, size_t count) {
    return count ? db_array(a, items, count) : "{}";
}

static const char *numbers(struct arena *a, const int64_t *items, size_t count) {
    return count ? db_int_array(a, items, count) : "{}";
}

/* ---- settings to the database, and back ---- */

bool lane_sync(struct db *db, struct arena *a, const struct lane_setting *lanes, size_t count,
               struct fault *f) {
    size_t total = 0, n = 0;
    for (size_t i = 0; i < count; i++)
        total += lanes[i].count;
    const char **names = arena_array(a, count + 1, sizeof *names);
    int64_t *paces = arena_array(a, count + 1, sizeof *paces);
    const char **domains = arena_array(a, total + 1, sizeof *domains);
    const char **of = arena_array(a, total + 1, sizeof *of);
    for (size_t i = 0; i < count; i++) {
        names[i] = lanes[i].name;
        paces[i] = lanes[i].pace;
        for (size_t j = 0; j < lanes[i].count; j++) {
            domains[n] = lanes[i].domains[j];
            of[n++] = lanes[i].name;
        }
    }
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_LANE_SYNC, &rows, f, texts(a, names, count), numbers(a, paces, count),
                  texts(a, domains, n), texts(a, of, n));
}

bool lane_read_send(struct db *db, struct fault *f) {
    return db_send(db, SQL_LANE_READ, NULL, 0, f);
}

static const struct db_column ROW[] = {
    DB_COLUMN_LENT(struct lane_row, lane),
    DB_COLUMN(struct lane_row, pace),
    DB_COLUMN_LENT(struct lane_row, domain),
};

struct lane_row *lane_read_rows(struct arena *a, const struct db_rows *rows) {
    return DB_STRUCTS(a, rows, ROW, struct lane_row);
}

bool lane_split_send(struct db *db, const char *domain, struct fault *f) {
    return SEND(db, SQL_LANE_SPLIT, f, domain);
}

/* ---- states ---- */

/* Columns of healths as array parameters. */
struct columns {
    const char *name, *up, *reason, *wait, *connections, *relay, *most, *in_hand, *latency;
};

static struct columns columns_of(struct arena *a, const struct lane_health *h, size_t count) {
    const char **name = arena_array(a, count + 1, sizeof *name);
    const char **up = arena_array(a, count + 1, sizeof *up);
    const char **reason = arena_array(a, count + 1, sizeof *reason);
    const char **relay = arena_array(a, count + 1, sizeof *relay);
    int64_t *number[5];
    for (size_t i = 0; i < COUNT(number); i++)
        number[i] = arena_array(a, count + 1, sizeof *number[i]);
    for (size_t i = 0; i < count; i++) {
        name[i] = h[i].name;
        up[i] = h[i].up ? "t" : "f";
        reason[i] = h[i].reason;
        relay[i] = h[i].relay;
        number[0][i] = h[i].wait_ms;
        number[1][i] = h[i].connections;
        number[2][i] = h[i].most;
        number[3][i] = h[i].in_hand;
        number[4][i] = h[i].latency_ms;
    }
    return (struct columns){.name = texts(a, name, count),
                            .up = texts(a, up, count),
                            .reason = texts(a, reason, count),
                            .relay = count && relay[0] ? texts(a, relay, count) : "{}",
                            .wait = numbers(a, number[0], count),
                            .connections = numbers(a, number[1], count),
                            .most = numbers(a, number[2], count),
                            .in_hand = numbers(a, number[3], count),
                            .latency = numbers(a, number[4], count)};
}

bool lane_report_send(struct db *db, struct arena *a, const struct delivery_who *who,
                      const struct lane_health *relays, size_t relay_count,
                      const struct lane_health *lanes, size_t lane_count, struct fault *f) {
    struct columns r = columns_of(a, relays, relay_count), l = columns_of(a, lanes, lane_count);
    return SEND(db, SQL_LANE_REPORT, f, who->host, arena_printf(a, "%lld", (long long)who->slot),
                r.name, r.up, r.reason, r.connections, r.wait, l.name, l.relay, l.connections,
                l.most, l.in_hand, l.latency, l.up, l.reason, l.wait);
}
