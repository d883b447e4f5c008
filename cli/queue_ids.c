/* `kairan queue-ids`: what Postfix is to delete from its queue, in the form that postsuper reads.
 */
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "cli.h"
#include "log.h"
#include "proc.h"
#include "settings/conf.h"
#include "text.h"

enum { LOOK_MS = 5000 };

static const char usage[] =
    "kairan queue-ids ALERT | postsuper -d -\n"
    "       kairan queue-ids --follow | postsuper -d -\n"
    "Prints the queue ids under which relays took the mails of an alert that was stopped, "
    "corrected\n"
    "or cancelled, or whose validity is over. With --follow it stays, and prints those of each\n"
    "such alert as soon as it is one, and once more when the last of its mails is on record.";

/* A relay keeps a mail no longer than the shorter of these (kairan postfix main); an hour is for
 * clocks that differ and for what is retried just then. */
static int64_t hours_kept(void) {
    int64_t hours =
        conf.valid_hours < conf.valid_hours_urgent ? conf.valid_hours : conf.valid_hours_urgent;
    return hours + 1;
}

static bool print_ids(struct arena *a, struct db *db, int64_t alert, int *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_RECALL_IDS, &rows, f, text_number(a, alert), text_number(a, hours_kept())))
        return false;
    for (int i = 0; i < rows.count; i++)
        puts(db_text(&rows, i, 0));
    *count = rows.count;
    return fflush(stdout) == 0 ||
           fault_detail(f, FAULT_BROKEN, "Nobody reads the queue ids.", "%s", strerror(errno));
}

/* ---- following ---- */

/* An alert whose ids were printed: when all of it was on record, or before. */
struct mark {
    int64_t alert;
    bool ended;
};

struct round {
    struct arena *arena;
    struct mark *marks;
    size_t count;
};

static bool is_done(const struct round *r, const struct mark *m) {
    for (size_t i = 0; i < r->count; i++)
        if (r->marks[i].alert == m->alert)
            return r->marks[i].ended || !m->ended;
    return false;
}

static bool follow_one(struct db *db, const struct round *last, struct round *now,
                       const struct mark *m, struct fault *f) {
    int count = 0;
    if (!is_done(last, m)) {
        if (!print_ids(now->arena, db, m->alert, &count, f))
            return f->kind == FAULT_CONFLICT; /* no longer due */
        log_info("alert %lld: %d mails to be taken back%s", (long long)m->alert, count,
                 m->ended ? "" : "; more may follow");
    }
    now->marks[now->count++] = *m;
    return true;
}

/* Prints what is due and was not printed in the last round; *now takes its place. */
static bool follow_round(struct db *db, const struct round *last, struct round *now,
                         struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!db_alive(db, f) || !db_listen(db, "kairan_alert", f) ||
        !DB_RUN0(db, SQL_RECALL_DUE, &rows, f))
        return false;
    now->marks = arena_array(now->arena, (size_t)rows.count, sizeof *now->marks);
    for (int i = 0; i < rows.count; i++) {
        struct mark m = {db_int(&rows, i, 0), db_bool(&rows, i, 1)};
        if (!follow_one(db, last, now, &m, f))
            return false;
    }
    return true;
}

static int follow(struct db *db) {
    struct round last = {.arena = arena_new()};
    struct fault f = {0};
    while (!proc_stop) {
        struct round now = {.arena = arena_new()};
        bool good = follow_round(db, &last, &now, &f);
        if (!good && !fault_retry(f.kind))
            return cli_fail(&f);
        if (!good)
            log_warn("%s %s", f.text, f.detail);
        struct round *old = good ? &last : &now;
        arena_free(&old->arena);
        last = good ? now : last;
        db_wait(db, LOOK_MS);
    }
    arena_free(&last.arena);
    return CLI_DONE;
}

/* ---- the command ---- */

static bool open_sender(struct db **db, struct fault *f) {
    static const char *const sets[] = {"recall"};
    return db_open("kairan_sender", sets, COUNT(sets), db, f);
}

int cli_queue_ids(struct arena *a, int argc, char **argv) {
    static const struct option options[] = {
        {"follow", no_argument, NULL, 'f'}, {"help", no_argument, NULL, 'h'}, {0}};
    bool stays = false;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1; stays = true)
        if (o != 'f')
            return o == 'h' ? (puts(usage), CLI_DONE) : CLI_USAGE;
    int64_t alert = 0;
    if (argc - optind != !stays || (!stays && !text_int(argv[optind], 1, INT64_MAX, &alert)))
        return cli_usage(usage);
    struct fault f = {0};
    int count = 0;
    CLEANUP(db_close) struct db *db = NULL;
    if (!open_sender(&db, &f))
        return cli_fail(&f);
    if (stays)
        return follow(db);
    return print_ids(a, db, alert, &count, &f) ? CLI_DONE : cli_fail(&f);
}
