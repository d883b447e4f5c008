/* Numbered migrations: DIR/NNNN_what.sql in order, each once. What was applied is recorded with its
 * SHA-256; a file that changed since, or a record this release does not know, stops it: then
 * release and database do not belong together. */
#include <dirent.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "db/release.h"
#include "migrate.h"
#include "text.h"
#include "version.h"

enum { FILE_MOST_B = 4 << 20, MIGRATIONS_MOST = 999 };

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
bool plan_read(struct arena *a, const char *dir, struct plan *plan, struct fault *f) {
    if (!plan_list(a, dir, plan, f))
        return false;
    for (size_t i = 0; i < plan->count; i++) {
        struct migration *m = &plan->all[i];
        if (m->number != (int64_t)i + 1)
            return fault_detail(f, FAULT_INVALID, "Migrations are missing or doubled.",
                                "%s stands where number %zu is due", m->name, i + 1);
        if (!migration_load(a, dir, m, f))
            return false;
    }
    if (plan->count == 0)
        return fault_detail(f, FAULT_INVALID, "There are no migrations.", "%s", dir);
    return true;
}

/* ---- the database ---- */

static bool migration_apply(PGconn *conn, const struct migration *m, struct fault *f) {
    CLEANUP(result_done) PGresult *res = PQexec(conn, m->sql);
    ExecStatusType status = PQresultStatus(res);
    char place[128];
    const char *position = PQresultErrorField(res, PG_DIAG_STATEMENT_POSITION);
    snprintf(place, sizeof(place), "%.100s line %zu", m->name, line_of(m->sql, position));
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        return result_fault(res, place, f);
    if (PQtransactionStatus(conn) != PQTRANS_INTRANS)
        return fault_detail(f, FAULT_BROKEN, "A migration ended the transaction.", "%s", m->name);
    return true;
}

static bool migration_record(PGconn *conn, const struct migration *m, struct fault *f) {
    CLEANUP(result_done) PGresult *res = NULL;
    char number[24];
    snprintf(number, sizeof(number), "%lld", (long long)m->number);
    const char *params[] = {number, m->name, m->sha256};
    return ask(conn, "INSERT INTO kairan.migration (number, name, sha256) VALUES ($1, $2, $3)",
               params, COUNT(params), &res, f);
}

bool plan_apply(PGconn *conn, const struct plan *plan, size_t done, struct fault *f) {
    for (size_t i = done; i < plan->count; i++)
        if (!run(conn, "SET LOCAL search_path = kairan, pg_temp", f) ||
            !migration_apply(conn, &plan->all[i], f) || !migration_record(conn, &plan->all[i], f))
            return false;
    return true;
}

/* Every database of a release has a row of its law beside its migrations. */
static bool is_older(const PGresult *migrations, const PGresult *law, struct fault *f) {
    if (PQntuples(migrations) == 0 || PQntuples(law) > 0)
        return false;
    fault_detail(f, FAULT_CONFLICT,
                 "The database is older than the first release, and no way leads from it: make a "
                 "new one (a demo town: make clean-demo).",
                 "its first migration is %s", PQgetvalue(migrations, 0, 0));
    return true;
}

static bool is_newer(const PGresult *law, struct fault *f) {
    if (PQntuples(law) == 0 || release_order(PQgetvalue(law, 0, 0), RELEASE) <= 0)
        return false;
    fault_detail(f, FAULT_CONFLICT, "The database is newer than this release: use the newer one.",
                 "release %s, this is %s", PQgetvalue(law, 0, 0), RELEASE);
    return true;
}

static bool is_recorded(const struct plan *plan, const PGresult *res, int row, struct fault *f) {
    const char *name = PQgetvalue(res, row, 0);
    const struct migration *m = &plan->all[row];
    if ((size_t)row >= plan->count)
        return fault_detail(f, FAULT_CONFLICT,
                            "The database is newer than this release: use the newer one.",
                            "%s is applied and unknown here", name);
    if (strcmp(m->name, name) != 0 || strcmp(m->sha256, PQgetvalue(res, row, 1)) != 0)
        return fault_detail(f, FAULT_CONFLICT,
                            "A migration changed after it was applied: use the release it "
                            "came from.",
                            "%s, recorded as %s", m->name, name);
    return true;
}

bool plan_compare(PGconn *conn, const struct plan *plan, size_t *done, struct fault *f) {
    CLEANUP(result_done) PGresult *res = NULL;
    CLEANUP(result_done) PGresult *law = NULL;
    if (!ask(conn, "SELECT name, sha256 FROM kairan.migration ORDER BY number", NULL, 0, &res, f) ||
        !ask(conn, "SELECT release FROM kairan.law ORDER BY loaded DESC LIMIT 1", NULL, 0, &law,
             f) ||
        is_older(res, law, f) || is_newer(law, f))
        return false;
    *done = (size_t)PQntuples(res);
    for (int i = 0; i < PQntuples(res); i++)
        if (!is_recorded(plan, res, i, f))
            return false;
    return true;
}
