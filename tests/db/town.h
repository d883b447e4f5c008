/* A small town for database tests: connections as each role, staff, sessions, alerts. Plain SQL
 * through libpq, as the worst client would. */
#ifndef TESTS_DB_TOWN_H
#define TESTS_DB_TOWN_H

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "base.h"
#include "check.h"
#include "text.h"

/* A connection as a role of the cluster that tests/with_pg.sh started. */
static inline PGconn *town_connect(const char *role) {
    char info[1024];
    snprintf(info, sizeof info, "%s user=%s options='-c search_path=kairan'",
             getenv("KAIRAN_DATABASE"), role);
    PGconn *conn = PQconnectdb(info);
    if (PQstatus(conn) != CONNECTION_OK)
        fail_msg("%s: %s", role, PQerrorMessage(conn));
    return conn;
}

/* SQLSTATE of a statement, "00000" when it went well. */
static inline const char *town_state(PGconn *conn, const char *sql) {
    static char state[6];
    PGresult *res = PQexec(conn, sql);
    const char *field = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    snprintf(state, sizeof state, "%s", field != NULL ? field : "00000");
    PQclear(res);
    return state;
}

/* Runs a statement that must go well; returns its first value ("" for none). */
static inline const char *town_value(PGconn *conn, const char *sql) {
    static struct value {
        struct value *before;
        char text[];
    } * values; /* each stays as long as the program: who waits asks often, and spoils no token */
    PGresult *res = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(res);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        fail_msg("%s\n%s", sql, PQerrorMessage(conn));
    bool some = PQntuples(res) > 0 && PQnfields(res) > 0;
    const char *text = some ? PQgetvalue(res, 0, 0) : "";
    struct value *value = malloc(sizeof *value + strlen(text) + 1);
    assert_non_null(value);
    value->before = values;
    memcpy(value->text, text, strlen(text) + 1);
    PQclear(res);
    return (values = value)->text;
}

/* The number a statement gives. */
static inline int64_t town_number(PGconn *conn, const char *sql) {
    int64_t n;
    const char *value = town_value(conn, sql);
    if (!text_int(value, INT64_MIN, INT64_MAX, &n))
        fail_msg("%s\nis no number: %s", sql, value);
    return n;
}

/* town_value with a formatted statement. */
PRINTF(2, 3) static inline const char *town_valuef(PGconn *conn, const char *fmt, ...) {
    char sql[8192];
    va_list args;
    va_start(args, fmt);
    vsnprintf(sql, sizeof sql, fmt, args);
    va_end(args);
    return town_value(conn, sql);
}

/* town_state with a formatted statement. */
PRINTF(2, 3) static inline const char *town_statef(PGconn *conn, const char *fmt, ...) {
    char sql[8192];
    va_list args;
    va_start(args, fmt);
    vsnprintf(sql, sizeof sql, fmt, args);
    va_end(args);
    return town_state(conn, sql);
}

/* Two departments with categories 1, 2 (bousai) and 3 (suido), areas 1 and 2, an approver and two
 * drafters each, administrator, auditor. The proof of every password is the sign-in name. */
static inline void town_make(PGconn *owner) {
    town_value(
        owner,
        "INSERT INTO department (code, name) VALUES ('bousai', '防災課'), ('suido', '水道課')");
    town_value(
        owner,
        "INSERT INTO category (department, name) VALUES (1, '防災'), (1, 'くらし'), (2, '水道')");
    town_value(owner, "INSERT INTO area (name) VALUES ('北部'), ('南部')");
    static const char *const staff[][3] = {
        {"drafter", "bousai", "a1"}, {"drafter", "bousai", "a2"}, {"approver", "bousai", "a3"},
        {"drafter", "suido", "b1"},  {"drafter", "suido", "b2"},  {"approver", "suido", "b3"},
        {"administrator", "", "c1"}, {"auditor", "", "c2"},
    };
    for (size_t i = 0; i < COUNT(staff); i++) {
        town_valuef(
            owner,
            "SELECT staff_add('%s', '%s', '', substr(sha256('salt'), 1, 16), 'scrypt:17:8:1', "
            "sha256('%s'), '%s', nullif('%s', ''))",
            staff[i][2], staff[i][2], staff[i][2], staff[i][0], staff[i][1]);
    }
}

/* Signs in by name; the session's token. */
static inline const char *town_sign_in(PGconn *staff, const char *login) {
    return town_valuef(
        staff, "SELECT token FROM sign_in('%s', '%s', '', '127.0.0.1', 'test', 100, 30, 12)", login,
        login);
}

/* Registers n residents who chose category 1 and area 1. */
static inline void town_residents(PGconn *owner, int n) {
    town_value(owner, "INSERT INTO import (reason, file_name) VALUES ('test', 'test')");
    town_valuef(owner,
                "INSERT INTO import_row (import, line, address, areas, categories, lang) "
                "SELECT (SELECT max(id) FROM import), i, 'r' || i || '@resident.example', '{1}', "
                "'{1}', 'ja' "
                "FROM generate_series(1, %d) AS i",
                n);
    town_value(owner, "SELECT import_run(max(id)) FROM import");
}

/* A new draft of the token's person; its id. */
static inline const char *town_draft(PGconn *staff, const char *token) {
    return town_valuef(
        staff,
        "SELECT alert FROM alert_save('%s', NULL, 0, '{ja}', '{題}', '{本文}', '{1}', '{}', "
        "false, false, '', now() + interval '1 day', '127.0.0.1')",
        token);
}

/* A submitted alert of the token's person; its id. */
static inline const char *town_submitted(PGconn *staff, const char *token) {
    const char *id = town_draft(staff, token);
    town_valuef(staff, "SELECT alert_submit('%s', %s, 1, '127.0.0.1')", token, id);
    return id;
}

/* Fingerprint of an alert as its page carries it, as SQL text. */
static inline const char *town_fingerprint(PGconn *staff, const char *token, const char *id) {
    return town_valuef(staff, "SELECT fingerprint FROM alert_read('%s', %s)", token, id);
}

/* SQLSTATE of approving. */
static inline const char *town_approve(PGconn *staff, const char *token, const char *id,
                                       const char *fingerprint) {
    return town_statef(staff, "SELECT alert_approve('%s', %s, '%s', '127.0.0.1')", token, id,
                       fingerprint);
}

#define DENIED   "KR001"
#define CONFLICT "KR002"
#define INVALID  "KR003"
#define MISSING  "KR004"
#define UNSIGNED "KR006"
#define NO_RIGHT "42501" /* insufficient_privilege */
#define DONE     "00000"

/* Totals that the rows do not bear out, as if they had been recorded. */
static inline void town_lie(PGconn *owner, const char *alert, int accepted, int refused) {
    town_valuef(owner,
                "INSERT INTO broadcast_part (alert, stripe, accepted, refused, expired, cancelled, "
                "unknown, retried) VALUES (%s, -1, %d, %d, 0, 0, 0, 0) ON CONFLICT (alert, stripe) "
                "DO UPDATE SET accepted = EXCLUDED.accepted, refused = EXCLUDED.refused",
                alert, accepted, refused);
    town_valuef(owner, "SELECT broadcast_fold(%s)", alert);
}

#endif
