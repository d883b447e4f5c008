/* `kairan migrate`: applies migrations/NNNN_what.sql in order, each once, each in a transaction.
 * What was applied is recorded with its SHA-256; a file that changed since, or a record this
 * release does not know, stops it: then release and database do not belong together. */
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "door/access.h"
#include "settings/conf.h"
#include "text.h"

enum { FILE_MOST_B = 4 << 20, MIGRATIONS_MOST = 999 };

struct migration {
    int64_t number;
    const char *name; /* file name */
    char *sql;
    const char *sha256;
};

struct plan {
    struct migration *all;
    size_t count;
};

static void result_done(PGresult **res) {
    PQclear(*res);
}

/* ---- the files ---- */

static bool name_number(struct arena *a, const char *name, int64_t *number) {
    size_t len_b = strlen(name);
    const char *digits = name + strspn(name, "0");
    return len_b > 9 && strspn(name, "0123456789") == 4 && name[4] == '_' &&
           strcmp(name + len_b - 4, ".sql") == 0 &&
           text_int(arena_strndup(a, digits, (size_t)(name + 4 - digits)), 1, 9999, number);
}

static bool migration_load(struct arena *a, const char *dir, struct migration *m, struct fault *f) {
    unsigned char digest[32];
    size_t len_b;
    if (!cli_read_file(a, arena_printf(a, "%s/%s", dir, m->name), FILE_MOST_B, &m->sql, &len_b, f))
        return false;
    if (strlen(m->sql) != len_b)
        return fault_detail(f, FAULT_INVALID, "A migration holds a NUL byte.", "%s", m->name);
    if (EVP_Digest(m->sql, len_b, digest, NULL, EVP_sha256(), NULL) != 1)
        return fault_set(f, FAULT_BROKEN, "SHA-256 is not available.");
    m->sha256 = text_hex(a, digest, sizeof(digest));
    return true;
}

static int by_number(const void *a, const void *b) {
    const struct migration *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static void dir_close(DIR **dir) {
    if (*dir)
        closedir(*dir);
}

static bool plan_list(struct arena *a, const char *path, struct plan *plan, struct fault *f) {
    CLEANUP(dir_close) DIR *dir = opendir(path);
    if (!dir)
        return fault_detail(f, FAULT_INVALID, "The folder of migrations cannot be read.", "%s: %s",
                            path, strerror(errno));
    plan->all = arena_array(a, MIGRATIONS_MOST, sizeof(*plan->all));
    for (const struct dirent *e; (e = readdir(dir)) && plan->count < MIGRATIONS_MOST;) {
        struct migration *m = &plan->all[plan->count];
        if (!name_number(a, e->d_name, &m->number))
            continue;
        m->name = arena_strdup(a, e->d_name);
        plan->count++;
    }
    qsort(plan->all, plan->count, sizeof(*plan->all), by_number);
    return true;
}

/* Numbers run from 1 without a gap: a lost or doubled file is found before anything runs. */
static bool plan_read(struct arena *a, const char *path, struct plan *plan, struct fault *f) {
    if (!plan_list(a, path, plan, f))
        return false;
    for (size_t i = 0; i < plan->count; i++) {
        struct migration *m = &plan->all[i];
        if (m->number != (int64_t)i + 1)
            return fault_detail(f, FAULT_INVALID, "Migrations are missing or doubled.",
                                "%s stands where number %zu is due", m->name, i + 1);
        if (!migration_load(a, path, m, f))
            return false;
    }
    if (plan->count == 0)
        return fault_detail(f, FAULT_INVALID, "There are no migrations.", "%s", path);
    return true;
}

/* ---- the database ---- */

static bool run(PGconn *conn, const char *sql, struct fault *f) {
    CLEANUP(result_done) PGresult *res = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(res);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
        return true;
    const char *primary = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
    return fault_detail(f, FAULT_BROKEN, "The database refused.", "%s",
                        primary ? primary : PQerrorMessage(conn));
}

/* The line of a file in which the server found the error. */
static size_t error_line(const char *sql, const PGresult *res) {
    const char *position = PQresultErrorField(res, PG_DIAG_STATEMENT_POSITION);
    int64_t at = 0;
    size_t line = 1;
    if (!position || !text_int(position, 1, FILE_MOST_B, &at))
        return 0;
    for (const char *p = sql, *end = sql + strlen(sql); at > 1 && p < end; at--)
        if (text_utf8_next(&p, end) == '\n')
            line++;
    return line;
}

static bool migration_apply(PGconn *conn, const struct migration *m, struct fault *f) {
    CLEANUP(result_done) PGresult *res = PQexec(conn, m->sql);
    ExecStatusType status = PQresultStatus(res);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        const char *primary = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
        const char *context = PQresultErrorField(res, PG_DIAG_CONTEXT);
        return fault_detail(f, FAULT_BROKEN, "A migration failed; nothing of it stays.",
                            "%s line %zu: %s %s", m->name, error_line(m->sql, res),
                            primary ? primary : PQerrorMessage(conn), context ? context : "");
    }
    if (PQtransactionStatus(conn) != PQTRANS_INTRANS)
        return fault_detail(f, FAULT_BROKEN, "A migration ended its own transaction.", "%s",
                            m->name);
    return true;
}

static bool migration_record(PGconn *conn, const struct migration *m, struct fault *f) {
    char number[24];
    snprintf(number, sizeof(number), "%lld", (long long)m->number);
    const char *params[] = {number, m->name, m->sha256};
    CLEANUP(result_done)
    PGresult *res = PQexecParams(
        conn, "INSERT INTO kairan.migration (number, name, sha256) VALUES ($1, $2, $3)", 3, NULL,
        params, NULL, NULL, 0);
    if (PQresultStatus(res) != PGRES_COMMAND_OK)
        return fault_detail(f, FAULT_BROKEN, "The migration could not be recorded.", "%s",
                            PQerrorMessage(conn));
    return true;
}

static bool migration_run(PGconn *conn, const struct migration *m, struct fault *f) {
    if (run(conn, "BEGIN", f) && migration_apply(conn, m, f) && migration_record(conn, m, f) &&
        run(conn, "COMMIT", f)) {
        printf("applied %s\n", m->name);
        return true;
    }
    struct fault ignored = {0}; /* the first fault is the one to tell */
    run(conn, "ROLLBACK", &ignored);
    return false;
}

/* Whether what is recorded is a beginning of what this release has; *done = how many. */
static bool plan_compare(PGconn *conn, const struct plan *plan, size_t *done, struct fault *f) {
    CLEANUP(result_done)
    PGresult *res = PQexec(conn, "SELECT name, sha256 FROM kairan.migration ORDER BY number");
    if (PQresultStatus(res) != PGRES_TUPLES_OK)
        return fault_detail(f, FAULT_BROKEN, "The record of migrations cannot be read.", "%s",
                            PQerrorMessage(conn));
    *done = (size_t)PQntuples(res);
    for (int i = 0; i < PQntuples(res); i++) {
        const char *name = PQgetvalue(res, i, 0);
        if ((size_t)i >= plan->count)
            return fault_detail(f, FAULT_CONFLICT,
                                "The database is newer than this release: use the newer one.",
                                "%s is applied and unknown here", name);
        if (strcmp(plan->all[i].name, name) != 0 ||
            strcmp(plan->all[i].sha256, PQgetvalue(res, i, 1)) != 0)
            return fault_detail(f, FAULT_CONFLICT,
                                "A migration changed after it was applied: use the release it "
                                "came from.",
                                "%s, recorded as %s", plan->all[i].name, name);
    }
    return true;
}

/* Alone by an advisory lock: a second migrate waits, then finds nothing to do. */
static bool prepare(PGconn *conn, struct fault *f) {
    return run(conn,
               "SET client_min_messages = warning; SET statement_timeout = 0; "
               "SET search_path = kairan, pg_temp; SET check_function_bodies = on",
               f) &&
           run(conn, "SELECT pg_advisory_lock(hashtext('kairan migrate'))", f) &&
           run(conn,
               "CREATE SCHEMA IF NOT EXISTS kairan; "
               "CREATE TABLE IF NOT EXISTS kairan.migration (number integer PRIMARY KEY, "
               "name text NOT NULL, sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'), "
               "applied timestamptz NOT NULL DEFAULT now())",
               f);
}

static bool plan_run(PGconn *conn, const struct plan *plan, struct fault *f) {
    size_t done = 0;
    if (!prepare(conn, f) || !plan_compare(conn, plan, &done, f))
        return false;
    for (size_t i = done; i < plan->count; i++)
        if (!migration_run(conn, &plan->all[i], f))
            return false;
    printf("the schema is up to date: %zu migrations, %zu of them new\n", plan->count,
           plan->count - done);
    return true;
}

/* The settings of access become the database's rule: looser ones, too, which is for nobody but the
 * operator to say. A schema from before the rule has none. */
static bool rules_take(PGconn *conn, struct arena *a, struct fault *f) {
    static const char known[] =
        "SELECT FROM pg_proc WHERE proname = 'access_rules_take' AND pronamespace = "
        "'kairan'::regnamespace";
    const char *rule[ACCESS_RULES];
    CLEANUP(result_done) PGresult *there = PQexec(conn, known);
    if (PQresultStatus(there) == PGRES_TUPLES_OK && PQntuples(there) == 0)
        return true;
    access_settings(a, rule);
    CLEANUP(result_done)
    PGresult *res = PQexecParams(
        conn, "SELECT kairan.access_rules_take($1, $2::int, $3::time, $4::time, $5::boolean)",
        ACCESS_RULES, NULL, rule, NULL, NULL, 0);
    if (PQresultStatus(res) != PGRES_TUPLES_OK)
        return fault_detail(f, FAULT_BROKEN, "The rules of access could not be stored.", "%s",
                            PQerrorMessage(conn));
    if (strcmp(PQgetvalue(res, 0, 0), "t") == 0)
        printf("the rules of access are those of the settings\n");
    return true;
}

static const char usage[] =
    "kairan migrate [--dir DIR]\n"
    "Applies the migrations in DIR (default: migrations beside the setting web_dir's pages)\n"
    "as the role kairan_owner, and takes the settings of access (second_factor_roles,\n"
    "second_factor_minutes, usual_from, usual_to, operating_hours) as the database's rule. Safe to "
    "run again; two at a time wait for one another.";

int cli_migrate(struct arena *a, int argc, char **argv) {
    static const struct option options[] = {
        {"dir", required_argument, NULL, 'd'}, {"help", no_argument, NULL, 'h'}, {0}};
    const char *dir = arena_printf(a, "%s/migrations", conf.web_dir);
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o != 'd')
            return o == 'h' ? (puts(usage), CLI_DONE) : CLI_USAGE;
        dir = optarg;
    }
    struct fault f = {0};
    struct plan plan = {0};
    CLEANUP(db_close) struct db *db = NULL;
    if (optind != argc)
        return cli_usage(usage);
    if (!plan_read(a, dir, &plan, &f) || !db_open("kairan_owner", NULL, 0, &db, &f) ||
        !plan_run(db_raw(db), &plan, &f) || !rules_take(db_raw(db), a, &f))
        return cli_fail(&f);
    return CLI_DONE;
}
