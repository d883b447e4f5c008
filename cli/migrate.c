/* `kairan migrate`: brings a database to this release. Numbered migrations make the tables
 * (migrate_plan.c); the law (functions, views, triggers, grants) is what its files say, whatever
 * was there (law_*.c). All of it is one transaction, alone by an advisory lock; where somebody
 * holds what it needs, it gives up within a second and tries again. */
#include <getopt.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "door/access.h"
#include "migrate.h"
#include "settings/conf.h"
#include "text.h"
#include "version.h"

enum { TRIES = 120, TRIES_MOST = 100000, PAUSE_MS = 1000 };

struct job {
    PGconn *conn;
    struct arena *arena;
    struct plan plan;
    struct law law;
    /* what was done */
    size_t done, changed;
    bool rules;
};

/* ---- one transaction ---- */

/* The session's lock outlives the tries: a second migrate waits, then finds nothing to do. */
static bool prepare(PGconn *conn, struct fault *f) {
    return run(conn, "SET statement_timeout = 0; SET client_min_messages = warning", f) &&
           run(conn, "SELECT pg_advisory_lock(hashtext('kairan migrate'))", f) &&
           run(conn, "SET lock_timeout = '1s'", f);
}

/* The records of what was applied; of the law a row each time that it was loaded, the newest
 * counts. */
static bool begin(PGconn *conn, struct fault *f) {
    return run(conn, "BEGIN", f) &&
           run(conn,
               "CREATE SCHEMA IF NOT EXISTS kairan; "
               "CREATE TABLE IF NOT EXISTS kairan.migration (number integer PRIMARY KEY, "
               "name text NOT NULL, sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'), "
               "applied timestamptz NOT NULL DEFAULT now()); "
               "CREATE TABLE IF NOT EXISTS kairan.law ("
               "loaded timestamptz PRIMARY KEY DEFAULT clock_timestamp(), "
               "release text NOT NULL, oldest text NOT NULL, "
               "files text NOT NULL, catalogue text NOT NULL)",
               f);
}

static bool is_recorded(struct job *j, const char *catalogue, bool *same, struct fault *f) {
    CLEANUP(result_done) PGresult *res = NULL;
    const char *params[] = {RELEASE, RELEASE_OLDEST, j->law.sha256, catalogue};
    if (!ask(j->conn,
             "SELECT (release, oldest, files, catalogue) = ($1, $2, $3, $4) FROM kairan.law "
             "ORDER BY loaded DESC LIMIT 1",
             params, COUNT(params), &res, f))
        return false;
    *same = PQntuples(res) == 1 && strcmp(PQgetvalue(res, 0, 0), "t") == 0;
    return true;
}

static bool record(struct job *j, const char *catalogue, struct fault *f) {
    CLEANUP(result_done) PGresult *res = NULL;
    const char *params[] = {RELEASE, RELEASE_OLDEST, j->law.sha256, catalogue};
    return ask(j->conn,
               "INSERT INTO kairan.law (release, oldest, files, catalogue) VALUES ($1, $2, $3, $4)",
               params, COUNT(params), &res, f);
}

/* Loads the law unless everything is as it was when it was loaded last. */
static bool load_law(struct job *j, struct fault *f) {
    struct law_items live, wanted;
    bool same;
    if (!law_live(j->conn, j->arena, &live, f) || !is_recorded(j, live.sha256, &same, f))
        return false;
    if (same && j->done == j->plan.count)
        return true;
    return law_build(j->conn, j->arena, &j->law, &wanted, f) &&
           law_apply(j->conn, j->arena, &j->law, &wanted, &live, &j->changed, f) &&
           record(j, live.sha256, f);
}

/* What changed in a town that was there before is a row of its operation log; the first migration
 * of a new one is none. */
static bool log_changes(struct job *j, struct fault *f) {
    size_t fresh = j->plan.count - j->done;
    if (j->done == 0 || fresh + j->changed == 0)
        return true;
    CLEANUP(result_done) PGresult *res = NULL;
    const char *params[] = {RELEASE, arena_printf(j->arena, "%zu", fresh),
                            arena_printf(j->arena, "%zu", j->changed)};
    return ask(j->conn,
               "SELECT oplog_operator('release.migrate', $1, facts => "
               "jsonb_build_object('migrations', $2::int, 'law', $3::int))",
               params, COUNT(params), &res, f);
}

/* The settings of access become the database's rule: looser ones, too, which is for nobody but the
 * operator to say. Last, with what else is written to the operation log, whose head it holds. */
static bool rules_take(struct job *j, struct fault *f) {
    CLEANUP(result_done) PGresult *res = NULL;
    const char *rule[ACCESS_RULES];
    access_settings(j->arena, rule);
    if (!ask(j->conn, "SELECT access_rules_take($1, $2::int, $3::time, $4::time, $5::boolean)",
             rule, ACCESS_RULES, &res, f))
        return false;
    j->rules = strcmp(PQgetvalue(res, 0, 0), "t") == 0;
    return true;
}

static bool apply(struct job *j, struct fault *f) {
    return begin(j->conn, f) && plan_compare(j->conn, &j->plan, &j->done, f) &&
           plan_apply(j->conn, &j->plan, j->done, f) && load_law(j, f) &&
           run(j->conn, "SET LOCAL search_path = kairan, pg_temp; SELECT house_ahead()", f) &&
           log_changes(j, f) && rules_take(j, f) && run(j->conn, "COMMIT", f);
}

/* ---- the command ---- */

static void roll_back(PGconn *conn) {
    struct fault ignored; /* the first fault is the one to tell */
    if (!run(conn, "ROLLBACK", &ignored))
        PQreset(conn);
}

/* Whoever works meanwhile gets a turn between two tries. */
static bool apply_patiently(struct job *j, int64_t tries, struct fault *f) {
    if (!prepare(j->conn, f))
        return false;
    for (int64_t n = 1; !apply(j, f); n++) {
        roll_back(j->conn);
        if (f->kind != FAULT_RETRY || n >= tries)
            return false;
        fprintf(stderr, "kairan: %s Trying again, %lld of %lld. (%s)\n", f->text, (long long)n,
                (long long)tries, f->detail);
        poll(NULL, 0, PAUSE_MS);
    }
    return true;
}

static void say_done(const struct job *j) {
    for (size_t i = j->done; i < j->plan.count; i++)
        printf("applied %s\n", j->plan.all[i].name);
    if (j->rules)
        printf("the rules of access are those of the settings\n");
    printf("the database is of release " RELEASE ": %zu migrations, %zu of them new, %zu changes "
           "of the law\n",
           j->plan.count, j->plan.count - j->done, j->changed);
}

/* Prints what the owner's role does not own; *found: how many. */
static bool print_owners(struct job *j, size_t *found, struct fault *f) {
    CLEANUP(result_done) PGresult *owners = NULL;
    if (!ask(j->conn, sql_texts[SQL_LAW_OWNERS].text, NULL, 0, &owners, f))
        return false;
    for (int i = 0; i < PQntuples(owners); i++)
        printf("%s\n", PQgetvalue(owners, i, 0));
    *found = (size_t)PQntuples(owners);
    return true;
}

/* Prints what of the law differs; *found: how many. */
static bool print_law(struct job *j, size_t *found, struct fault *f) {
    struct law_items live, wanted;
    if (!law_build(j->conn, j->arena, &j->law, &wanted, f) ||
        !law_live(j->conn, j->arena, &live, f))
        return false;
    struct differences all = law_compare(j->arena, &wanted, &live);
    for (size_t i = 0; i < all.count; i++)
        printf("%s\n", law_say(j->arena, &j->law, &all.all[i]));
    *found = all.count;
    return true;
}

/* In a transaction that is rolled back. While migrations are missing, or something is another's,
 * the law cannot be compared. */
static bool check(struct job *j, size_t *found, struct fault *f) {
    if (!begin(j->conn, f) || !plan_compare(j->conn, &j->plan, &j->done, f))
        return false;
    *found = j->plan.count - j->done;
    for (size_t i = j->done; i < j->plan.count; i++)
        printf("%s: not applied\n", j->plan.all[i].name);
    return (*found > 0 || print_owners(j, found, f)) && (*found > 0 || print_law(j, found, f)) &&
           run(j->conn, "ROLLBACK", f);
}

static int check_and_say(struct job *j, struct fault *f) {
    size_t found = 0;
    if (!run(j->conn, "SET statement_timeout = 0; SET lock_timeout = '1s'", f) ||
        !check(j, &found, f))
        return cli_fail(f);
    if (found > 0)
        return CLI_FOUND;
    printf("the database is as the files of release " RELEASE " say\n");
    return CLI_DONE;
}

static const char usage[] =
    "kairan migrate [--dir DIR] [--check] [--tries N]\n"
    "Brings the database to this release, as the role kairan_owner: applies the numbered\n"
    "migrations of DIR/migrations, then loads what differs of DIR/law (DIR: the setting web_dir),\n"
    "and takes the settings of access (second_factor_roles, second_factor_minutes, usual_from,\n"
    "usual_to, operating_hours) as the database's rule. All or nothing; safe to run again, and\n"
    "while mails are sent: it waits for nobody longer than a second and tries again (N times,\n"
    "120 by default). Two at a time wait for one another.\n"
    "--check changes nothing; it says what in the database is not as in the files, one\n"
    "difference a line, with exit status 3 when there is one.";

struct wish {
    const char *dir;
    bool check;
    int64_t tries;
};

static bool read_files(struct job *j, const struct wish *w, struct fault *f) {
    struct arena *a = j->arena;
    return plan_read(a, arena_printf(a, "%s/migrations", w->dir), &j->plan, f) &&
           law_read(a, arena_printf(a, "%s/law", w->dir), &j->plan, &j->law, f);
}

static int migrate(struct arena *a, const struct wish *w) {
    CLEANUP(db_close) struct db *db = NULL;
    struct fault f = {0};
    struct job j = {.arena = a};
    if (!read_files(&j, w, &f) || !db_open("kairan_owner", NULL, 0, &db, &f))
        return cli_fail(&f);
    j.conn = db_raw(db);
    if (w->check)
        return check_and_say(&j, &f);
    if (!apply_patiently(&j, w->tries, &f))
        return cli_fail(&f);
    say_done(&j);
    return CLI_DONE;
}

int cli_migrate(struct arena *a, int argc, char **argv) {
    static const struct option options[] = {{"dir", required_argument, NULL, 'd'},
                                            {"check", no_argument, NULL, 'c'},
                                            {"tries", required_argument, NULL, 't'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    struct wish w = {.dir = conf.web_dir, .tries = TRIES};
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;)
        if (o == 'd')
            w.dir = optarg;
        else if (o == 'c')
            w.check = true;
        else if (o != 't' || !text_int(optarg, 1, TRIES_MOST, &w.tries))
            return o == 'h' ? (puts(usage), CLI_DONE) : CLI_USAGE;
    return optind == argc ? migrate(a, &w) : cli_usage(usage);
}
