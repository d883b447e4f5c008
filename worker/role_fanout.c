/* The role `fanout`: expands approved alerts into deliveries and chunks, slice by slice. */
#include "clock.h"
#include "conf.h"
#include "delivery.h"
#include "log.h"
#include "loop.h"
#include "proc.h"
#include "role.h"

enum {
    FIRST_SPAN = 1000, /* subscribers of an alert's first slice: small, so that sending begins */
    SPAN = 20000,
    POLL_MS = 1000, /* where a NOTIFY was missed */
    BEAT_MS = 2000
};

static const char *const SETS[] = {"fanout", "delivery"};

/* The alert to expand next into *alert, 0: none. */
static bool next_alert(struct db *db, int64_t *alert, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_FANOUT_NEXT, &rows, f, conf.quiet_from, conf.quiet_to))
        return false;
    *alert = db_null(&rows, 0, 0) ? 0 : db_int(&rows, 0, 0);
    return true;
}

static bool slice(struct db *db, struct arena *a, int64_t alert, int span, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_FANOUT_SLICE, &rows, f, arena_printf(a, "%lld", (long long)alert),
                arena_printf(a, "%d", span),
                arena_printf(a, "%lld", (long long)conf.chunk_members)))
        return false;
    if (db_bool(&rows, 0, 0))
        log_info("the audience of alert %lld is complete", (long long)alert);
    return true;
}

/* All there is to do now. The next alert is asked for before every slice: an urgent one goes first.
 */
static bool expand(struct db *db, struct arena *a, struct fault *f) {
    int64_t alert = 0, last = 0;
    while (!proc_stop) {
        arena_reset(a);
        if (!next_alert(db, &alert, f))
            return false;
        if (alert == 0)
            return true;
        if (!slice(db, a, alert, alert == last ? SPAN : FIRST_SPAN, f))
            return false;
        last = alert;
    }
    return true;
}

static bool beat(struct db *db, const struct delivery_who *who, int64_t *beat_ms, struct fault *f) {
    if (clock_ms() - *beat_ms < BEAT_MS)
        return true;
    *beat_ms = clock_ms();
    return delivery_beat(db, who, f);
}

int role_fanout(int64_t slot) {
    CLEANUP(arena_free) struct arena *names = arena_new();
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct delivery_who who = {.host = role_host(names), .role = "fanout", .slot = slot};
    struct fault f = {0};
    struct db *db = NULL;
    if (!db_open_wait("kairan_sender", SETS, COUNT(SETS), &db, &f) ||
        (!db_listen(db, "kairan_alert", &f) && !fault_retry(f.kind)))
        die("%s %s", f.text, f.detail);
    proc_ready();
    log_info("ready");
    for (int64_t beat_ms = -BEAT_MS; !proc_stop; db_wait(db, POLL_MS)) {
        bool good = db_alive(db, &f) && beat(db, &who, &beat_ms, &f) && expand(db, a, &f);
        if (!good && !fault_retry(f.kind))
            log_error("%s %s", f.text, f.detail);
        else if (!good)
            log_warn("%s %s", f.text, f.detail);
    }
    db_close(&db);
    return 0;
}
