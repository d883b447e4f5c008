/* The role `sweep`: on every host it brings home the journals of senders that are no more; one of
 * all hosts, elected, ends what is over, takes chunks from silent hosts and keeps the house. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "conf.h"
#include "delivery.h"
#include "journal.h"
#include "letter.h"
#include "log.h"
#include "loop.h"
#include "proc.h"
#include "role.h"
#include "sender.h"
#include "text.h"

enum {
    ROUND_MS = 500,
    ENDED_AT_ONCE = 20000, /* deliveries ended by one statement: well within its deadline */
    OFTEN_MS = 2000,       /* beat */
    SELDOM_MS = 10000,     /* silent hosts, orphan journals, letters */
    MINUTE_MS = 60000,     /* returned mail */
    CARE_MS = 3600000
};

static const char *const SETS[] = {"house", "delivery", "letter"};

/* A duty and when it was last done. */
struct duty {
    bool (*act)(struct duty *d, struct fault *f);
    int64_t every_ms;
    bool elected_only;
    struct db *db;
    struct delivery_who who;
    int64_t done_ms;
};

static bool ask(struct db *db, enum sql which, struct db_rows *rows, struct fault *f) {
    return DB_RUN0(db, which, rows, f);
}

static bool beat(struct duty *d, struct fault *f) {
    return delivery_beat(d->db, &d->who, f);
}

static bool end_what_is_over(struct duty *d, struct fault *f) {
    char most[24];
    snprintf(most, sizeof most, "%lld", (long long)ENDED_AT_ONCE / conf.chunk_members + 1);
    for (bool more = true; more && !proc_stop;) {
        CLEANUP(db_rows_done) struct db_rows rows = {0};
        if (!DB_RUN(d->db, SQL_HOUSE_SWEEP, &rows, f, most))
            return false;
        more = db_bool(&rows, 0, 0);
    }
    return true;
}

static bool free_silent(struct duty *d, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!ask(d->db, SQL_HOUSE_FREE_SILENT, &rows, f))
        return false;
    if (db_int(&rows, 0, 0) > 0)
        log_warn("%lld chunks were taken from hosts that are silent",
                 (long long)db_int(&rows, 0, 0));
    return true;
}

static bool end_letters(struct duty *d, struct fault *f) {
    return letter_sweep(d->db, f);
}

/* Warns and suspends; a slice at a time, as above. */
static bool judge_bounces(struct duty *d, struct fault *f) {
    for (bool more = true; more && !proc_stop;) {
        CLEANUP(db_rows_done) struct db_rows rows = {0};
        if (!DB_RUN(d->db, SQL_HOUSE_BOUNCES, &rows, f, "200"))
            return false;
        more = db_bool(&rows, 0, 0);
    }
    return true;
}

static bool forget_bounces(struct duty *d, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return ask(d->db, SQL_HOUSE_FORGET_BOUNCES, &rows, f);
}

static bool keep_house(struct duty *d, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return ask(d->db, SQL_HOUSE_CARE, &rows, f);
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
static bool bring_orphan(struct duty *d, int64_t slot, struct fault *f) {
    struct fault held = {0};
    struct journal *j = role_journal(slot, &held);
    if (!j)
        return true; /* somebody has it after all */
    struct delivery_who who = {.host = d->who.host, .role = "send", .slot = slot};
    bool good = replay_journal(d->db, &who, j, conf.relay, f) &&
                letter_release(d->db, who.host, (int)slot, f);
    journal_close(&j);
    return good;
}

static bool bring_orphans(struct duty *d, struct fault *f) {
    DIR *dir = opendir(conf.journal_dir);
    if (!dir)
        return fault_detail(f, FAULT_RETRY, "The folder of journals cannot be read.", "%s: %s",
                            conf.journal_dir, strerror(errno));
    bool good = true;
    for (struct dirent *e; good && (e = readdir(dir));) {
        int64_t slot;
        if (slot_of(e->d_name, &slot) && slot >= role_senders())
            good = bring_orphan(d, slot, f);
    }
    closedir(dir);
    return good;
}

/* ---- rounds ---- */

static const struct duty DUTIES[] = {
    {.act = beat, .every_ms = OFTEN_MS},
    {.act = end_what_is_over, .every_ms = 0, .elected_only = true},
    {.act = free_silent, .every_ms = SELDOM_MS, .elected_only = true},
    {.act = end_letters, .every_ms = SELDOM_MS, .elected_only = true},
    {.act = judge_bounces, .every_ms = MINUTE_MS, .elected_only = true},
    {.act = forget_bounces, .every_ms = CARE_MS, .elected_only = true},
    {.act = keep_house, .every_ms = CARE_MS, .elected_only = true},
    {.act = bring_orphans, .every_ms = SELDOM_MS},
};

/* A duty that fails does not keep the others from being done. */
static void go_round(struct duty *duties, bool elected) {
    for (size_t i = 0; i < COUNT(DUTIES) && !proc_stop; i++) {
        struct duty *d = &duties[i];
        struct fault f = {0};
        int64_t now_ms = clock_ms();
        if ((d->elected_only && !elected) || now_ms - d->done_ms < d->every_ms)
            continue;
        d->done_ms = now_ms;
        if (d->act(d, &f))
            continue;
        if (fault_retry(f.kind))
            log_warn("%s %s", f.text, f.detail);
        else
            log_error("%s %s", f.text, f.detail);
    }
}

/* The lock goes with the connection, so it is asked for anew in every round it is not held. */
static bool elect(struct db *db, bool elected, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (elected || !ask(db, SQL_HOUSE_ELECT, &rows, f))
        return elected;
    if (db_bool(&rows, 0, 0))
        log_info("elected to keep the house");
    return db_bool(&rows, 0, 0);
}

int role_sweep(int64_t slot) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct fault f = {0};
    struct db *db = NULL;
    if (!db_open_wait("kairan_house", SETS, COUNT(SETS), &db, &f) ||
        (!db_listen(db, "kairan_alert", &f) && !fault_retry(f.kind)))
        die("%s %s", f.text, f.detail);
    struct duty duties[COUNT(DUTIES)];
    memcpy(duties, DUTIES, sizeof duties);
    for (size_t i = 0; i < COUNT(duties); i++) {
        duties[i].db = db;
        duties[i].who = (struct delivery_who){.host = role_host(a), .role = "sweep", .slot = slot};
        duties[i].done_ms = -CARE_MS;
    }
    proc_ready();
    log_info("ready");
    for (bool elected = false; !proc_stop; db_wait(db, ROUND_MS)) {
        elected = elected && db_socket(db) >= 0;
        if (!db_alive(db, &f)) {
            elected = false;
            log_warn("%s %s", f.text, f.detail);
            continue;
        }
        elected = elect(db, elected, &f);
        go_round(duties, elected);
    }
    db_close(&db);
    return 0;
}
