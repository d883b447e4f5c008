/* Connects to PostgreSQL, prepares this program's statements, notices a lost connection. */
#include "db/db.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "db/db_impl.h"
#include "db/release.h"
#include "log.h"
#include "proc.h"
#include "settings/conf.h"
#include "version.h"

#define CONNECT_TIMEOUT_S "5"

enum {
    COPY_CAP_B = 1 << 24,  /* one row of a COPY is shorter by far */
    WAIT_STEP_MS = 500,    /* between tries to connect */
    WAIT_SAY_AGAIN = 120,  /* tries between two lines in the log */
    IDLE_IN_TX_MS = 60000, /* a transaction that nobody drives is ended by the server */
};

static void quiet(void *nothing, const char *message) {
    (void)nothing;
    log_debug("database: %s", message);
}

static bool connect_to(struct db *db, struct fault *f) {
    const struct {
        const char *keyword, *value;
    } wanted[] = {
        {"dbname", conf.database}, /* first: what follows is stronger */
        {"user", db->role},          {"application_name", db->role},
        {"client_encoding", "UTF8"}, {"connect_timeout", CONNECT_TIMEOUT_S},
        {"options", db->options},
    };
    const char *keywords[COUNT(wanted) + 1] = {0}, *values[COUNT(wanted) + 1] = {0};
    for (size_t i = 0; i < COUNT(wanted); i++) {
        keywords[i] = wanted[i].keyword;
        values[i] = wanted[i].value;
    }
    db->conn = PQconnectdbParams(keywords, values, 1);
    if (PQstatus(db->conn) != CONNECTION_OK)
        return db_lost(db, PQerrorMessage(db->conn), f);
    PQsetNoticeProcessor(db->conn, quiet, NULL);
    if (PQsetnonblocking(db->conn, 1) != 0)
        return db_lost(db, PQerrorMessage(db->conn), f);
    return true;
}

static bool in_sets(const struct db *db, const char *set) {
    for (size_t i = 0; i < db->set_count; i++)
        if (strcmp(db->sets[i], set) == 0)
            return true;
    return false;
}

static bool prepare(struct db *db, size_t which, struct fault *f) {
    const struct sql_text *sql = &sql_texts[which];
    db->prepared[which] = true;
    if (strncasecmp(sql->text, "COPY", 4) == 0)
        return true; /* cannot be prepared; db_copy_begin sends its text */
    return db_sent(db, sql->name, PQsendPrepare(db->conn, sql->name, sql->text, 0, NULL), f) &&
           db_await(db, NULL, f);
}

static bool prepare_all(struct db *db, struct fault *f) {
    for (size_t i = 0; *sql_texts[i].name; i++)
        if (in_sets(db, sql_texts[i].set) && !prepare(db, i, f)) {
            db_drop(db);
            return false;
        }
    return true;
}

static bool listen_all(struct db *db, struct fault *f) {
    for (size_t i = 0; i < db->channel_count; i++)
        if (!db_command(db, db->channels[i], f))
            return false;
    return true;
}

/* A newer law may serve this program still: a release goes out host by host, and what runs
 * finishes. */
static bool judge_schema(const struct db_rows *rows, struct fault *f) {
    if (rows->count == 0)
        return fault_detail(f, FAULT_BROKEN, "The database is older than this program.",
                            "run kairan migrate first");
    if (!release_fits(RELEASE, db_text(rows, 0, 1), db_text(rows, 0, 0), f))
        return false;
    if (conf.profile == PROFILE_PRODUCTION && !db_bool(rows, 0, 2))
        return fault_detail(f, FAULT_INVALID, "The database may lose what it has committed.",
                            "legal in PostgreSQL's settings: fsync on, synchronous_commit not off");
    return true;
}

static bool check_schema(struct db *db, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (db->set_count == 0) /* kairan migrate, which makes it fit */
        return true;
    static const char ask[] = "SELECT release, oldest, durable FROM schema_state()";
    bool asked =
        db_sent(db, "schema_state", PQsendQuery(db->conn, ask), f) && db_await(db, &rows, f);
    if (!asked && f->kind == FAULT_RETRY)
        return false;
    if (!asked)
        fault_detail(f, FAULT_BROKEN, "The database is older than this program.",
                     "run kairan migrate first");
    if (asked && judge_schema(&rows, f))
        return true;
    if (db->conn)
        db_drop(db);
    return false;
}

static bool prepare_and_listen(struct db *db, struct fault *f) {
    return prepare_all(db, f) && listen_all(db, f);
}

/* Server-side settings of the session. statement_timeout is ours as well (db_run.c); the server's
 * comes first and spares the connection. */
static const char *session_options(struct arena *a) {
    return arena_printf(a,
                        "-c statement_timeout=%lld -c idle_in_transaction_session_timeout=%d"
                        " -c TimeZone=Asia/Tokyo -c client_min_messages=warning"
                        " -c search_path=kairan,pg_temp",
                        (long long)conf.statement_timeout_ms, IDLE_IN_TX_MS);
}

static size_t count_statements(void) {
    size_t count = 0;
    while (*sql_texts[count].name)
        count++;
    return count;
}

static struct db *new_db(const char *role, const char *const *sets, size_t count) {
    struct db *db = calloc(1, sizeof *db);
    if (!db)
        arena_exhausted(sizeof *db);
    db->arena = arena_new();
    db->role = arena_strdup(db->arena, role);
    db->options = session_options(db->arena);
    db->sets = count ? arena_memdup(db->arena, sets, count * sizeof *sets) : NULL;
    db->set_count = count;
    db->prepared = arena_array(db->arena, count_statements() + 1, sizeof *db->prepared);
    db->copy = buf_init(COPY_CAP_B);
    return db;
}

bool db_open(const char *role, const char *const *sets, size_t count, struct db **out,
             struct fault *f) {
    *out = new_db(role, sets, count);
    if (connect_to(*out, f) && check_schema(*out, f) && prepare_and_listen(*out, f))
        return true;
    db_close(out);
    return false;
}

void db_close(struct db **db) {
    if (!db || !*db)
        return;
    db_drop(*db);
    buf_done(&(*db)->copy);
    arena_free(&(*db)->arena);
    free(*db);
    *db = NULL;
}

bool db_open_wait(const char *role, const char *const *sets, size_t count, struct db **out,
                  struct fault *f) {
    *out = NULL;
    for (int tries = 0; !proc_stop; tries++) {
        if (db_open(role, sets, count, out, f))
            return true;
        if (f->kind != FAULT_RETRY)
            return false;
        if (tries % WAIT_SAY_AGAIN == 0)
            log_warn("waiting for the database: %s", f->detail);
        poll(NULL, 0, WAIT_STEP_MS);
    }
    return fault_set(f, FAULT_RETRY, "The service is stopping.");
}

/* Whether the server has hung up while nobody looked: its last words first, then the end. */
static bool hung_up(struct db *db) {
    struct pollfd p = {.fd = PQsocket(db->conn), .events = POLLIN};
    while (poll(&p, 1, 0) > 0)
        if (!PQconsumeInput(db->conn) || PQstatus(db->conn) != CONNECTION_OK)
            return true;
    return false;
}

bool db_alive(struct db *db, struct fault *f) {
    if (PQstatus(db->conn) == CONNECTION_OK && !hung_up(db))
        return true;
    db_drop(db);
    return connect_to(db, f) && prepare_and_listen(db, f);
}

PGconn *db_raw(struct db *db) {
    return db->conn;
}
