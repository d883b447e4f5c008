/* Runs statements under our own deadline, turns the server's errors into faults, transacts. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "db/db.h"
#include "db/db_impl.h"
#include "settings/conf.h"

/* The server ends a statement in time by itself; only a frozen one is left to our clock. */
enum { GRACE_MS = 250 };

#define BUSY   "The service cannot do this at the moment. Please try again shortly."
#define BROKEN "Something went wrong on our side. It has been recorded; please try again later."

/* ---- faults ---- */

/* SQLSTATE, or its beginning, to a kind: the first row that fits. */
static const struct {
    const char *state;
    enum fault_kind kind;
} states[] = {
    {"KR001", FAULT_DENIED},  {"KR002", FAULT_CONFLICT}, {"KR003", FAULT_INVALID},
    {"KR004", FAULT_MISSING}, {"KR005", FAULT_LIMIT},    {"KR006", FAULT_UNSIGNED},
    {"KR007", FAULT_STALE},   {"08", FAULT_RETRY}, /* connection exceptions */
    {"25006", FAULT_RETRY}, /* read-only: a standby that is to be the primary soon */
    {"25P03", FAULT_RETRY}, /* idle in transaction for too long */
    {"40", FAULT_RETRY},    /* serialisation failure, deadlock */
    {"53", FAULT_RETRY},    /* out of connections, memory, disk */
    {"55P03", FAULT_RETRY}, /* lock not to be had */
    {"57014", FAULT_RETRY}, /* statement_timeout */
    {"57P", FAULT_RETRY},   /* the server stops, or starts */
};

static enum fault_kind kind_of(const char *state) {
    for (size_t i = 0; i < COUNT(states); i++)
        if (strncmp(state, states[i].state, strlen(states[i].state)) == 0)
            return states[i].kind;
    return FAULT_BROKEN;
}

static const char *diagnosis(const PGresult *res, int field) {
    const char *text = PQresultErrorField(res, field);
    return text ? text : "";
}

static bool is_ours(const char *state) {
    return strncmp(state, "KR", 2) == 0;
}

/* The file and line of a statement, for the log; the empty last row for a plain command. */
static const struct sql_text *place_of(const char *what) {
    const struct sql_text *sql = sql_texts;
    while (*sql->name && strcmp(sql->name, what) != 0)
        sql++;
    return sql;
}

/* Our functions' errors carry sentence, field and detail; of others only the log learns. The
 * server's own DETAIL is left out: it quotes rows, that is people. */
static bool fault_of(struct db *db, const PGresult *res, struct fault *f) {
    const char *state = diagnosis(res, PG_DIAG_SQLSTATE);
    const char *message = diagnosis(res, PG_DIAG_MESSAGE_PRIMARY);
    if (!*state)
        return db_lost(db, PQresultErrorMessage(res), f);
    enum fault_kind kind = kind_of(state);
    if (is_ours(state)) {
        fault_detail(f, kind, message, "%s", diagnosis(res, PG_DIAG_MESSAGE_DETAIL));
        snprintf(f->field, sizeof f->field, "%s", diagnosis(res, PG_DIAG_COLUMN_NAME));
        return false;
    }
    const struct sql_text *sql = place_of(db->what);
    return fault_detail(f, kind, kind == FAULT_RETRY ? BUSY : BROKEN, "%s (%s:%d): %s %s", db->what,
                        sql->file, sql->line, state, message);
}

/* ---- waiting ---- */

void db_set_deadline(struct db *db) {
    db->deadline_ms = clock_ms() + conf.statement_timeout_ms + GRACE_MS;
}

/* Waits till the socket is ready; false past the deadline. */
static bool wait_for(const struct db *db, short events) {
    struct pollfd p = {.fd = PQsocket(db->conn), .events = events};
    for (;;) {
        int64_t left_ms = db->deadline_ms - clock_ms();
        if (left_ms <= 0)
            return false;
        int ready = poll(&p, 1, (int)left_ms);
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
    }
}

void db_drop(struct db *db) {
    PQclear(db->result);
    PQfinish(db->conn);
    db->result = NULL;
    db->conn = NULL;
    db->under_way = false;
    db->in_tx = false;
    buf_clear(&db->copy);
}

/* libpq's own words (the server's come with an SQLSTATE or behind other words): to ask again would
 * be of no use, and out of memory ends a process everywhere. */
static void end_without_memory(const char *why) {
    static const char WORDS[] = "out of memory";
    if (strncmp(why, WORDS, sizeof WORDS - 1) == 0)
        abort();
}

bool db_lost(struct db *db, const char *why, struct fault *f) {
    end_without_memory(why);
    fault_detail(f, FAULT_RETRY, BUSY, "%.*s", (int)strcspn(why, "\n"), why);
    db_drop(db);
    return false;
}

static bool too_late(struct db *db, struct fault *f) {
    char why[128];
    snprintf(why, sizeof why, "no answer in time to %s", db->what);
    return db_lost(db, why, f);
}

/* ---- one statement ---- */

bool db_sent(struct db *db, const char *what, int sent, struct fault *f) {
    assert(!db->under_way);
    if (!sent)
        return db_lost(db, PQerrorMessage(db->conn), f);
    db->what = what;
    db->under_way = true;
    db_set_deadline(db);
    return db_flush(db, f);
}

bool db_flush(struct db *db, struct fault *f) {
    for (int left; (left = PQflush(db->conn)) != 0;) {
        if (left < 0)
            return db_lost(db, PQerrorMessage(db->conn), f);
        if (!wait_for(db, POLLIN | POLLOUT))
            return too_late(db, f);
        if (!PQconsumeInput(db->conn))
            return db_lost(db, PQerrorMessage(db->conn), f);
    }
    return true;
}

/* The statement is over: its result to the caller, or as a fault. */
static int conclude(struct db *db, struct db_rows *rows, struct fault *f) {
    PGresult *res = db->result;
    db->result = NULL;
    db->under_way = false;
    switch (PQresultStatus(res)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_COPY_IN:
        *rows = (struct db_rows){.res = res, .count = PQntuples(res)};
        return 1;
    default:
        fault_of(db, res, f);
        PQclear(res);
        return -1;
    }
}

int db_result(struct db *db, struct db_rows *rows, struct fault *f) {
    *rows = (struct db_rows){0};
    if (!db->under_way || !PQconsumeInput(db->conn)) {
        db_lost(db, PQerrorMessage(db->conn), f);
        return -1;
    }
    while (!PQisBusy(db->conn)) {
        PGresult *res = PQgetResult(db->conn);
        if (!res)
            return conclude(db, rows, f);
        PQclear(db->result); /* an error that follows a result voids it */
        db->result = res;
        if (PQresultStatus(res) == PGRES_COPY_IN)
            return conclude(db, rows, f);
    }
    if (clock_ms() < db->deadline_ms)
        return 0;
    too_late(db, f);
    return -1;
}

bool db_await(struct db *db, struct db_rows *rows, struct fault *f) {
    struct db_rows unwanted = {0}, *into = rows ? rows : &unwanted;
    int state;
    while ((state = db_result(db, into, f)) == 0)
        wait_for(db, POLLIN); /* past the deadline db_result says so */
    db_rows_done(&unwanted);
    return state > 0;
}

bool db_send(struct db *db, enum sql which, const char *const *params, size_t count,
             struct fault *f) {
    const struct sql_text *sql = &sql_texts[which];
    assert(db->prepared[which] && (size_t)sql->params == count);
    return db_sent(db, sql->name,
                   PQsendQueryPrepared(db->conn, sql->name, (int)count, params, NULL, NULL, 0), f);
}

bool db_run(struct db *db, enum sql which, const char *const *params, size_t count,
            struct db_rows *rows, struct fault *f) {
    if (rows)
        *rows = (struct db_rows){0};
    return db_send(db, which, params, count, f) && db_await(db, rows, f);
}

bool db_command(struct db *db, const char *text, struct fault *f) {
    return db_sent(db, text, PQsendQuery(db->conn, text), f) && db_await(db, NULL, f);
}

int db_socket(const struct db *db) {
    return PQsocket(db->conn);
}

/* ---- transactions ---- */

bool db_begin(struct db *db, struct db_tx *tx, struct fault *f) {
    assert(!db->in_tx);
    if (!db_command(db, "BEGIN", f))
        return false;
    db->in_tx = true;
    tx->db = db;
    return true;
}

bool db_commit(struct db_tx *tx, struct fault *f) {
    struct db *db = tx->db;
    if (!db || !db->in_tx)
        return fault_detail(f, FAULT_RETRY, BUSY, "the transaction went with its connection");
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!db_sent(db, "COMMIT", PQsendQuery(db->conn, "COMMIT"), f) || !db_await(db, &rows, f))
        return false;
    db->in_tx = false;
    tx->db = NULL;
    /* COMMIT of a transaction in which a statement has failed succeeds, as a ROLLBACK */
    if (strcmp(PQcmdStatus(rows.res), "COMMIT") != 0)
        return fault_detail(f, FAULT_BROKEN, BROKEN, "a failed transaction was to be committed");
    return true;
}

void db_tx_end(struct db_tx *tx) {
    struct db *db = tx->db;
    struct fault unheard;
    if (!db || !db->in_tx) /* committed, or gone with its connection */
        return;
    if (db->under_way || !db_command(db, "ROLLBACK", &unheard))
        db_drop(db);
    db->in_tx = false;
    tx->db = NULL;
}
