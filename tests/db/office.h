/* The administrator's desk for database tests: what is refused, in which sentence; people by name.
 */
#ifndef TESTS_DB_OFFICE_H
#define TESTS_DB_OFFICE_H

#include "town.h"

static PGconn *owner, *staff;
static const char *admin; /* the administrator's session */

static inline int office_open(void **state) {
    (void)state;
    owner = town_connect("kairan_owner");
    staff = town_connect("kairan_staff");
    town_make(owner);
    admin = town_sign_in(staff, "c1");
    return 0;
}

static inline int office_close(void **state) {
    (void)state;
    PQfinish(owner);
    PQfinish(staff);
    return 0;
}

/* "" when the statement went well, else its sentence, with the code before it when it is none of
 * ours. */
PRINTF(1, 2) static inline const char *refusal(const char *fmt, ...) {
    static char said[8][1024];
    static size_t next;
    char *out = said[next++ % COUNT(said)];
    char sql[8192];
    va_list args;
    va_start(args, fmt);
    vsnprintf(sql, sizeof sql, fmt, args);
    va_end(args);
    PGresult *res = PQexec(staff, sql);
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    bool ours = state && strncmp(state, "KR", 2) == 0;
    snprintf(out, sizeof said[0], "%s%s", !state || ours ? "" : state,
             state ? PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY) : "");
    PQclear(res);
    return out;
}

static inline int64_t person(const char *login) {
    return town_number(
        owner, town_valuef(owner, "SELECT format('SELECT id FROM person WHERE login = %%L', '%s')",
                           login));
}

/* The newest post of a person. */
static inline int64_t post_of(const char *login) {
    return town_number(owner,
                       town_valuef(owner,
                                   "SELECT format('SELECT max(o.id) FROM post o JOIN person p "
                                   "ON p.id = o.person WHERE p.login = %%L', '%s')",
                                   login));
}

/* A new person of a department, by the console's function; role NULL: no post. */
/* The person has changed the one-time password. */
static inline void settle(const char *login) {
    town_valuef(
        owner,
        "UPDATE credential SET one_time = false, one_time_until = NULL, one_time_used = NULL "
        "FROM person p WHERE p.id = person AND p.login = '%s'",
        login);
}

static inline int64_t hire(const char *login, int department, const char *role) {
    int64_t who = town_number(
        staff, town_valuef(owner,
                           "SELECT format('SELECT staff_new(%%L, %%L, %%L, '''', %d, nullif(%%L, "
                           "''''), NULL, NULL, "
                           "'''', substr(sha256(''salt''), 1, 16), ''scrypt:17:8:1'', sha256(%%L), "
                           "''127.0.0.1'')', '%s', '%s', '%s', '%s', '%s')",
                           department, admin, login, login, role ? role : "", login));
    settle(login);
    return who;
}

/* The newest log row of an act, as "login role object result". */
static inline const char *logged(const char *act) {
    return town_valuef(
        owner,
        "SELECT concat_ws(' ', login, role, object, result) FROM oplog WHERE act = '%s' "
        "ORDER BY seq DESC LIMIT 1",
        act);
}

#endif
