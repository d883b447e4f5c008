/* The role `sweep`: on every host it brings home the journals of senders that are no more; one of
 * all hosts, elected, ends what is over, takes chunks from silent hosts and keeps the house. */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "clock.h"
#include "db/drift.h"
#include "house/house_log.h"
#include "house/watch.h"
#include "journal/journal.h"
#include "journal/replay.h"
#include "letters/letter.h"
#include "log.h"
#include "loop.h"
#include "proc.h"
#include "process/channels.h"
#include "process/role.h"
#include "sending/delivery.h"
#include "settings/conf.h"
#include "text.h"

enum {
    ROUND_MS = 500,
    ENDED_AT_ONCE = 20000, /* deliveries ended by one statement: well within its deadline */
    CHUNKS_AT_ONCE = 2000, /* removed by one statement */
    TURN_MS = 1500,        /* of one duty in a round: the others' turn comes */
    OFTEN_MS = 2000,       /* signs of life */
    SELDOM_MS = 10000,     /* silent hosts, orphan journals, letters, closed chunks */
    MINUTE_MS = 60000,     /* returned mail */
    DROP_MS = 600000,      /* months whose time is over */
    CARE_MS = 3600000
};

static const char *const SETS[] = {"house", "delivery", "letter", "drift"};

struct house {
    struct db *db;
    struct arena *arena; /* of one duty */
    struct delivery_who who;
    struct watch watch;
    bool elected;
    bool more; /* a duty has not done all of its work */
};

static const char *number(struct house *h, int64_t n) {
    return arena_printf(h->arena, "%lld", (long long)n);
}

/* Runs a statement that does a slice of its work till there is no more of it. */
static bool all_of(struct house *h, enum sql which, const char *most, struct fault *f) {
    int64_t until_ms = clock_ms() + TURN_MS;
    for (bool more = true; more && !proc_stop;) {
        CLEANUP(db_rows_done) struct db_rows rows = {0};
        if (!db_run(h->db, which, &most, most != NULL, &rows, f))
            return false;
        more = db_bool(&rows, 0, 0);
        if (more && clock_ms() > until_ms)
            return h->more = true;
    }
    return true;
}

static bool beat(struct house *h, struct fault *f) {
    return delivery_beat(h->db, &h->who, f);
}

static bool sweep(struct house *h, struct fault *f) {
    return all_of(h, SQL_HOUSE_SWEEP, number(h, ENDED_AT_ONCE / conf.chunk_members + 1), f);
}

static bool settle(struct house *h, struct fault *f) {
    return all_of(h, SQL_HOUSE_SETTLE, NULL, f);
}

static bool expire(struct house *h, struct fault *f) {
    return all_of(h, SQL_HOUSE_EXPIRE, NULL, f);
}

/* ---- silent hosts ---- */

static bool look(struct house *h, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN0(h->db, SQL_HOUSE_CLOCK, &rows, f))
        return false;
    watch_look(&h->watch, clock_ms(), db_int(&rows, 0, 0));
    return true;
}

static bool free_silent(struct house *h, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!watch_long(&h->watch, clock_ms()))
        return true;
    if (!DB_RUN0(h->db, SQL_HOUSE_FREE_SILENT, &rows, f))
        return false;
    if (db_int(&rows, 0, 0) > 0)
        log_warn("%lld chunks were taken from hosts that are silent",
                 (long long)db_int(&rows, 0, 0));
    return true;
}

/* ---- keeping ---- */

static bool end_letters(struct house *h, struct fault *f) {
    return letter_sweep(h->db, f);
}

static bool remove_chunks(struct house *h, struct fault *f) {
    return all_of(h, SQL_HOUSE_CHUNKS, number(h, CHUNKS_AT_ONCE), f);
}

static bool make_ahead(struct house *h, struct fault *f) {
    return DB_RUN0(h->db, SQL_HOUSE_AHEAD, NULL, f);
}

/* Where somebody reads in a month that is to go, the next time will do. */
static bool drop_months(struct house *h, struct fault *f) {
    for (bool more = true; more && !proc_stop;) {
        CLEANUP(db_rows_done) struct db_rows rows = {0};
        if (!DB_RUN(h->db, SQL_HOUSE_DROP, &rows, f, number(h, conf.keep_years)))
            return false;
        const char *month = db_text(&rows, 0, 0);
        more = *month != '\0' && strcmp(month, "busy") != 0;
        if (more)
            log_info("the deliveries of %s were dropped: their time is over", month);
    }
    return true;
}

/* Warns and suspends. */
static bool judge_bounces(struct house *h, struct fault *f) {
    return all_of(h, SQL_HOUSE_BOUNCES, "200", f);
}

/* Staff whose password ends soon are told by letter. */
static bool warn_passwords(struct house *h, struct fault *f) {
    for (bool more = true; more && !proc_stop;) {
        CLEANUP(db_rows_done) struct db_rows rows = {0};
        if (!DB_RUN(h->db, SQL_HOUSE_WARN_PASSWORDS, &rows, f, number(h, conf.password_days),
                    "200"))
            return false;
        more = db_bool(&rows, 0, 0);
    }
    return true;
}

static bool forget_bounces(struct house *h, struct fault *f) {
    return all_of(h, SQL_HOUSE_FORGET_BOUNCES, "5000", f);
}

static bool forget_forms(struct house *h, struct fault *f) {
    return all_of(h, SQL_HOUSE_FORGET_FORMS, "5000", f);
}

static bool keep_house(struct house *h, struct fault *f) {
    return all_of(h, SQL_HOUSE_CARE, NULL, f);
}

/* ---- the operation log ---- */

static bool tell_strangers(struct house *h, struct fault *f) {
    return house_log_strangers(h->db, f);
}

static bool write_anchor(struct house *h, struct fault *f) {
    return house_log_anchor(h->db, f);
}

static bool check_log(struct house *h, struct fault *f) {
    return house_log_check(h->db, &h->more, f);
}

static bool purge_log(struct house *h, struct fault *f) {
    return house_log_purge(h->db, f);
}

/* Nothing here goes by this host's clock but the times in its log; still one of two is wrong. */
static bool tell_drift(struct house *h, struct fault *f) {
    return drift_bearable(h->db, f);
}

/* ---- journals without a sender ---- */

/* The slot in "send-7.journal"; false for other names. */
static bool slot_of(const char *name, int64_t *slot) {
    static const char HEAD[] = "send-", TAIL[] = ".journal";
    char digits[8];
    size_t length = strlen(name), around = sizeof HEAD - 1 + sizeof TAIL - 1;
    if (length <= around || length - around >= sizeof digits || strncmp(name, HEAD, 5) != 0 ||
        strcmp(name + length - (sizeof TAIL - 1), TAIL) != 0)
        return false;
    memcpy(digits, name + sizeof HEAD - 1, length - around);
    digits[length - around] = '\0';
    return text_int(digits, 0, 9999, slot);
}

/* Slots above the number of senders have none to come back. */
static bool bring_orphan(struct house *h, int64_t slot, struct fault *f) {
    struct fault held = {0};
    struct journal *j = role_journal(slot, &held);
    if (!j)
        return true; /* somebody has it after all */
    struct delivery_who who = {.host = h->who.host, .role = "send", .slot = slot};
    CLEANUP(arena_free) struct arena *a = arena_new();
    bool good = replay_journal(h->db, &who, j, channels_servers(a), f) &&
                letter_release(h->db, who.host, (int)slot, f);
    journal_close(&j);
    return good;
}

static bool bring_files(struct house *h, struct fault *f) {
    DIR *dir = opendir(conf.journal_dir);
    if (!dir)
        return fault_detail(f, FAULT_RETRY, "The folder of journals cannot be read.", "%s: %s",
                            conf.journal_dir, strerror(errno));
    bool good = true;
    for (struct dirent *e; good && (e = readdir(dir));) {
        int64_t slot;
        if (slot_of(e->d_name, &slot) && slot >= role_senders())
            good = bring_orphan(h, slot, f);
    }
    closedir(dir);
    return good;
}

/* Leases whose journal is gone as well: whoever is left of them is in doubt (journal/replay.c). */
static bool bring_leases(struct house *h, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(h->db, SQL_HOUSE_SLOTS, &rows, f, h->who.host))
        return false;
    for (int i = 0; i < rows.count; i++)
        if (db_int(&rows, i, 0) >= role_senders() && !bring_orphan(h, db_int(&rows, i, 0), f))
            return false;
    return true;
}

static bool bring_orphans(struct house *h, struct fault *f) {
    return bring_files(h, f) && bring_leases(h, f);
}

/* ---- rounds ---- */

/* A duty and when it was last done. */
struct duty {
    bool (*act)(struct house *h, struct fault *f);
    int64_t every_ms;
    bool elected_only;
    int64_t done_ms;
};

static const struct duty DUTIES[] = {
    {.act = beat, .every_ms = OFTEN_MS},
    {.act = look, .every_ms = OFTEN_MS, .elected_only = true},
    {.act = make_ahead, .every_ms = CARE_MS, .elected_only = true},
    {.act = sweep, .elected_only = true},
    {.act = settle, .elected_only = true},
    {.act = expire, .elected_only = true},
    {.act = free_silent, .every_ms = SELDOM_MS, .elected_only = true},
    {.act = end_letters, .every_ms = SELDOM_MS, .elected_only = true},
    {.act = judge_bounces, .every_ms = MINUTE_MS, .elected_only = true},
    {.act = warn_passwords, .every_ms = MINUTE_MS, .elected_only = true},
    {.act = forget_bounces, .every_ms = CARE_MS, .elected_only = true},
    {.act = forget_forms, .every_ms = CARE_MS, .elected_only = true},
    {.act = remove_chunks, .every_ms = SELDOM_MS, .elected_only = true},
    {.act = drop_months, .every_ms = DROP_MS, .elected_only = true},
    {.act = keep_house, .every_ms = CARE_MS, .elected_only = true},
    {.act = tell_strangers, .every_ms = MINUTE_MS, .elected_only = true},
    {.act = write_anchor, .every_ms = CARE_MS, .elected_only = true},
    {.act = check_log, .elected_only = true},
    {.act = purge_log, .every_ms = SELDOM_MS, .elected_only = true},
    {.act = tell_drift, .every_ms = MINUTE_MS},
    {.act = bring_orphans, .every_ms = SELDOM_MS},
};

/* A duty that fails does not keep the others from being done. */
static void go_round(struct house *h, struct duty *duties) {
    for (size_t i = 0; i < COUNT(DUTIES) && !proc_stop; i++) {
        struct duty *d = &duties[i];
        struct fault f = {0};
        int64_t now_ms = clock_ms();
        if ((d->elected_only && !h->elected) || now_ms - d->done_ms < d->every_ms)
            continue;
        d->done_ms = now_ms;
        arena_reset(h->arena);
        if (d->act(h, &f))
            continue;
        if (fault_retry(f.kind))
            log_warn("%s %s", f.text, f.detail);
        else
            log_error("%s %s", f.text, f.detail);
    }
}

/* The lock goes with the connection, so it is asked for anew in every round it is not held. */
static void elect(struct house *h) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    struct fault f = {0};
    if (h->elected || !DB_RUN0(h->db, SQL_HOUSE_ELECT, &rows, &f) || !db_bool(&rows, 0, 0))
        return;
    h->elected = true;
    log_info("elected to keep the house");
}

static void resign(struct house *h) {
    h->elected = false;
    watch_stop(&h->watch);
}

static void stand_by(struct house *h, struct duty *duties) {
    struct fault f = {0};
    h->more = false;
    if (db_socket(h->db) < 0)
        resign(h);
    if (db_alive(h->db, &f)) {
        elect(h);
        go_round(h, duties);
    } else {
        resign(h);
        log_warn("%s %s", f.text, f.detail);
    }
}

int role_sweep(int64_t slot) {
    CLEANUP(arena_free) struct arena *names = arena_new();
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct house h = {.arena = a, .who = {.host = role_host(names), .role = "sweep", .slot = slot}};
    struct duty duties[COUNT(DUTIES)];
    struct fault f = {0};
    if (!db_open_wait("kairan_house", SETS, COUNT(SETS), &h.db, &f) ||
        (!db_listen(h.db, "kairan_alert", &f) && !fault_retry(f.kind)))
        die("%s %s", f.text, f.detail);
    memcpy(duties, DUTIES, sizeof duties);
    for (size_t i = 0; i < COUNT(duties); i++)
        duties[i].done_ms = -CARE_MS;
    proc_ready();
    log_info("ready");
    for (; !proc_stop; db_wait(h.db, h.more ? 0 : ROUND_MS))
        stand_by(&h, duties);
    db_close(&h.db);
    return 0;
}
