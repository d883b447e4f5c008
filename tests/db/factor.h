/* Second factors in database tests: the town, codes, sessions that are proved. */
#ifndef TESTS_DB_FACTOR_H
#define TESTS_DB_FACTOR_H

#include "town.h"

#define STALE "KR007"
#define LIMIT "KR005"

static PGconn *owner, *staff;

static inline int factor_open_town(void **state) {
    (void)state;
    owner = town_connect("kairan_owner");
    staff = town_connect("kairan_staff");
    town_make(owner);
    town_value(owner,
               "SELECT access_rules_take('administrator,approver', 15, '00:00', '00:00', false)");
    return 0;
}

static inline int factor_close_town(void **state) {
    (void)state;
    PQfinish(owner);
    PQfinish(staff);
    return 0;
}

/* The code of a person's seed, so many steps from now. */
static inline const char *code_at(const char *column, const char *login, int steps) {
    return town_valuef(owner,
                       "SELECT totp_code(factor_open(f.%s), totp_step(clock_timestamp()) + %d) "
                       "FROM factor f JOIN person p ON p.id = f.person WHERE p.login = '%s'",
                       column, steps, login);
}

static inline const char *stage(const char *token) {
    return town_valuef(staff, "SELECT stage FROM session_who('%s')", token);
}

static inline const char *prove(const char *token, const char *code) {
    return town_valuef(staff, "SELECT fresh FROM factor_prove('%s', '%s', '127.0.0.1')", token,
                       code);
}

/* Nobody has a factor, no code was tried. */
static inline int factor_none(void **state) {
    (void)state;
    town_value(owner, "SELECT factor_forget(id) FROM person");
    town_value(owner, "DELETE FROM throttle");
    return 0;
}

/* As if the codes of the last steps had not been used. */
static inline void age(const char *login) {
    town_valuef(owner,
                "UPDATE factor SET last_step = 0, seed = factor_seal(factor_open(seed)) "
                "WHERE person = (SELECT id FROM person WHERE login = '%s')",
                login);
}

/* Signs in and sets a factor up; the session's token. *recovery: the first recovery code. */
static inline const char *enrolled(const char *login, const char **recovery) {
    const char *token = town_sign_in(staff, login);
    town_valuef(staff, "SELECT factor_enrol('%s', '127.0.0.1')", token);
    const char *both = town_valuef(
        staff, "SELECT fresh || ' ' || codes[1] FROM factor_confirm('%s', '%s', '127.0.0.1')",
        token, code_at("pending", login, 0));
    assert_int_equal(strlen(both), 43 + 1 + 19);
    *recovery = both + 44;
    return town_valuef(owner, "SELECT left('%s', 43)", both);
}

static inline const char *signed_in_proved(const char *login) {
    const char *recovery;
    return enrolled(login, &recovery);
}

#endif
