/* A town whose mails come back, for database tests. The clock is an argument: day 0 lies 100 days
 * back, an alert goes out on the day a test names. */
#ifndef TESTS_DB_RETURNED_H
#define TESTS_DB_RETURNED_H

#include "town.h"

#include "settings/conf.h"
#include "text.h"
#include "tokens/verp.h"

enum { RESIDENTS = 40, DAY_S = 86400 };

static PGconn *owner, *staff, *sender, *house, *intake;
static struct link_keys *keys;
static int64_t day_zero_s;

static inline int64_t number(const char *text) {
    int64_t n = 0;
    assert_true(text_int(text, 0, INT64_MAX, &n));
    return n;
}

static inline int open_town(void **state) {
    (void)state;
    struct fault f = {0};
    struct db *db = NULL;
    owner = town_connect("kairan_owner");
    staff = town_connect("kairan_staff");
    sender = town_connect("kairan_sender");
    house = town_connect("kairan_house");
    intake = town_connect("kairan_intake");
    assert_true(conf_load(NULL, &f));
    assert_true(db_open("kairan_sender", (const char *const[]){"verp"}, 1, &db, &f));
    assert_true(verp_keys_load(db, &keys, &f));
    db_close(&db);
    town_make(owner);
    town_residents(owner, RESIDENTS);
    day_zero_s = number(
        town_value(owner, "SELECT extract(epoch FROM date_trunc('day', now()))::bigint - 8640000"));
    return 0;
}

static inline int close_town(void **state) {
    (void)state;
    link_keys_free(&keys);
    PQfinish(owner);
    PQfinish(staff);
    PQfinish(sender);
    PQfinish(house);
    PQfinish(intake);
    return 0;
}

/* Nothing has come back of anybody, and everybody gets everything. */
static inline int clear(void **state) {
    (void)state;
    town_value(owner, "UPDATE contact SET suspended_at = NULL");
    town_value(owner, "DELETE FROM doubt");
    town_value(owner, "DELETE FROM bounce");
    town_value(owner, "DELETE FROM bounce_storm");
    town_value(owner, "DELETE FROM bounce_collected");
    town_value(owner, "DELETE FROM letter");
    town_value(owner, "UPDATE subscriber SET categories = '{1}'");
    town_value(owner, "UPDATE broadcast SET started_at = now() - interval '1 year', ended_at = "
                      "now() - interval '1 year'");
    town_value(owner, "UPDATE outcome SET at = now() - interval '1 year'");
    return 0;
}

/* ---- helpers ---- */

static inline int64_t at_s(double day) {
    return day_zero_s + (int64_t)(day * DAY_S);
}

/* A moment as SQL. */
static inline const char *moment(double day) {
    static char out[16][48];
    static size_t next;
    char *text = out[next++ % COUNT(out)];
    snprintf(text, sizeof out[0], "to_timestamp(%lld)", (long long)at_s(day));
    return text;
}

static inline void age(int64_t alert, double day) {
    town_valuef(owner, "UPDATE broadcast SET started_at = %s, ended_at = %s WHERE alert = %lld",
                moment(day), moment(day), (long long)alert);
    town_valuef(owner, "UPDATE outcome SET at = %s WHERE alert = %lld", moment(day),
                (long long)alert);
}

/* An alert, `rest` of its choices given, that went out on a day; everybody's mail was `result` with
 * these words. */
static inline int64_t sent_as(double day, const char *rest, const char *result, const char *reply) {
    const char *drafter = town_sign_in(staff, "a1"), *approver = town_sign_in(staff, "a3");
    const char *id =
        town_valuef(staff,
                    "SELECT alert FROM alert_save('%s', NULL, 0, '{ja}', '{題}', '{本文}', %s, "
                    "now() + interval '1 day', NULL)",
                    drafter, rest);
    town_valuef(staff, "SELECT alert_submit('%s', %s, 1, NULL)", drafter, id);
    assert_string_equal(town_approve(staff, approver, id, town_fingerprint(staff, approver, id)),
                        DONE);
    assert_string_equal(town_value(sender, "SELECT fanout_next('0:00', '0:00')"), id);
    while (strcmp(town_valuef(sender, "SELECT fanout_step(%s, 1000, 500)", id), "done") != 0) {
    }
    town_valuef(
        owner,
        "SELECT outcome_record(%s, array_agg(d.contact), array_agg(1::smallint), "
        "array_agg('%s'::result), array_agg(true), array_agg(false), array_agg(250::smallint), "
        "array_agg('%s'::text), 'r', array_agg(now())) FROM delivery d WHERE d.alert = %s",
        id, result, reply, id);
    age(number(id), day);
    return number(id);
}

static inline int64_t sent(double day) {
    return sent_as(day, "'{1}', '{}', false, false, ''", "accepted", "ok");
}

static inline void mint(enum verp_kind kind, int64_t alert, int64_t part, double day,
                        char out[VERP_B]) {
    struct verp what = {kind, alert, part};
    struct fault f = {0};
    assert_true(verp_mint(keys, &what, at_s(day), out, &f));
}

static inline const char *take(const char *token, const char *kind, const char *status,
                               double day) {
    return town_valuef(
        owner, "SELECT bounce_take_at('%s', '{%s}', '{\"%s\"}', '{x@y.example}', '{no}', %s)",
        token, kind, status, moment(day));
}

/* A report of one contact's mail of an alert, on the alert's day. */
static inline const char *returned(int64_t alert, int64_t contact, const char *kind,
                                   const char *status, double day) {
    char token[VERP_B];
    mint(VERP_ALERT, alert, contact, day, token);
    return take(token, kind, status, day);
}

static inline void judge(double day) {
    while (strcmp(town_valuef(house, "SELECT bounce_judge(7, %s)", moment(day)), "t") == 0) {
    }
}

/* "warned", "suspended" or "" of a contact. */
static inline const char *state_of(int64_t contact) {
    return town_valuef(owner,
                       "SELECT CASE WHEN c.suspended_at IS NOT NULL THEN 'suspended' "
                       "WHEN d.warned_at IS NOT NULL THEN 'warned' ELSE '' END "
                       "FROM contact c LEFT JOIN doubt d ON d.contact = c.id WHERE c.id = %lld",
                       (long long)contact);
}

static inline const char *count_of(const char *table) {
    return town_valuef(owner, "SELECT count(*) FROM %s", table);
}

/* Two failures of contact 5, a week apart, that led to a warning on day 8. */
static inline void warn_five(void) {
    int64_t first = sent(0), second = sent(7);
    returned(first, 5, "permanent", "5.1.1", 0.1);
    returned(second, 5, "permanent", "5.1.1", 7.2);
    judge(8);
    assert_string_equal(state_of(5), "warned");
}

static inline const char *suspended(void) {
    return town_value(owner, "SELECT count(*) FROM contact WHERE suspended_at IS NOT NULL");
}

#define TEST(name) cmocka_unit_test_setup(name, clear)

#endif
