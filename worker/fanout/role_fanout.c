/* The role `fanout`: expands approved alerts into deliveries and chunks, slice by slice. A slice
 * that fails does not hold up the alerts behind it: it is made smaller till the one resident whose
 * record cannot be expanded stands alone, and he or she is passed over, on record. */
#include <string.h>

#include "clock.h"
#include "fanout/pace.h"
#include "log.h"
#include "loop.h"
#include "proc.h"
#include "process/role.h"
#include "sending/delivery.h"
#include "settings/conf.h"

enum {
    POLL_MS = 1000, /* where a NOTIFY was missed */
    SOON_MS = 100,  /* while an alert waits for its turn again */
    LATER_MS = 1000,
    BEAT_MS = 2000
};

struct fanout {
    struct db *db;
    struct arena *arena; /* of one step */
    struct delivery_who who;
    struct paces paces;
    int64_t beat_ms, soon_until_ms;
};

static const char *const SETS[] = {"fanout", "delivery"};

static const char *number(struct fanout *x, int64_t n) {
    return arena_printf(x->arena, "%lld", (long long)n);
}

/* The alert to expand next into *alert, 0: none. */
static bool next_alert(struct fanout *x, int64_t *alert, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(x->db, SQL_FANOUT_NEXT, &rows, f, conf.quiet_from, conf.quiet_to))
        return false;
    *alert = db_null(&rows, 0, 0) ? 0 : db_int(&rows, 0, 0);
    return true;
}

static void look_soon(struct fanout *x) {
    x->soon_until_ms = clock_ms() + 2 * LATER_MS;
}

static bool slice(struct fanout *x, int64_t alert, int span, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(x->db, SQL_FANOUT_STEP, &rows, f, number(x, alert), number(x, span),
                number(x, conf.chunk_members)))
        return false;
    if (strcmp(db_text(&rows, 0, 0), "wait") == 0)
        look_soon(x);
    if (strcmp(db_text(&rows, 0, 0), "done") == 0)
        log_info("the audience of alert %lld is complete", (long long)alert);
    return true;
}

/* ---- a slice that fails ---- */

static bool defer(struct fanout *x, int64_t alert, int64_t wait_ms, struct fault *f) {
    look_soon(x);
    return DB_RUN(x->db, SQL_FANOUT_DEFER, NULL, f, number(x, alert), number(x, wait_ms));
}

static bool skip(struct fanout *x, int64_t alert, const struct fault *why, struct fault *f) {
    log_error("alert %lld: a resident is passed over: %s %s", (long long)alert, why->text,
              why->detail);
    return DB_RUN(x->db, SQL_FANOUT_SKIP, NULL, f, number(x, alert),
                  arena_printf(x->arena, "Could not be prepared. %s %s", why->text, why->detail));
}

/* False: the database is away, and nobody's record is to blame. */
static bool stumble(struct fanout *x, int64_t alert, struct pace *p, const struct fault *why,
                    struct fault *f) {
    *f = *why;
    if (db_socket(x->db) < 0)
        return false;
    bool ours = !fault_retry(why->kind);
    log_warn("alert %lld: a slice of %d failed: %s %s", (long long)alert, p->span, why->text,
             why->detail);
    if (pace_failed(p, ours))
        return skip(x, alert, why, f);
    return defer(x, alert, ours ? SOON_MS : LATER_MS, f);
}

static bool step(struct fanout *x, int64_t alert, struct fault *f) {
    struct pace *p = pace_of(&x->paces, alert);
    struct fault why = {0};
    if (!slice(x, alert, p->span, &why))
        return stumble(x, alert, p, &why, f);
    pace_went(p);
    return true;
}

/* ---- rounds ---- */

/* All there is to do now. The next alert is asked for before every slice: an urgent one goes first.
 */
static bool expand(struct fanout *x, struct fault *f) {
    int64_t alert = 0;
    while (!proc_stop) {
        arena_reset(x->arena);
        if (!next_alert(x, &alert, f))
            return false;
        if (alert == 0)
            return true;
        if (!step(x, alert, f))
            return false;
    }
    return true;
}

static bool beat(struct fanout *x, struct fault *f) {
    if (clock_ms() - x->beat_ms < BEAT_MS)
        return true;
    x->beat_ms = clock_ms();
    return delivery_beat(x->db, &x->who, f);
}

static void go_round(struct fanout *x) {
    struct fault f = {0};
    if (db_alive(x->db, &f) && beat(x, &f) && expand(x, &f))
        return;
    if (fault_retry(f.kind))
        log_warn("%s %s", f.text, f.detail);
    else
        log_error("%s %s", f.text, f.detail);
}

int role_fanout(int64_t slot) {
    CLEANUP(arena_free) struct arena *names = arena_new();
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct fanout x = {.arena = a,
                       .who = {.host = role_host(names), .role = "fanout", .slot = slot},
                       .beat_ms = -BEAT_MS};
    struct fault f = {0};
    if (!db_open_wait("kairan_sender", SETS, COUNT(SETS), &x.db, &f) ||
        (!db_listen(x.db, "kairan_alert", &f) && !fault_retry(f.kind)))
        die("%s %s", f.text, f.detail);
    proc_ready();
    log_info("ready");
    while (!proc_stop) {
        go_round(&x);
        db_wait(x.db, clock_ms() < x.soon_until_ms ? SOON_MS : POLL_MS);
    }
    db_close(&x.db);
    return 0;
}
