/* A broadcast by hand, for database tests: approve, expand, claim, record, close. */
#ifndef TESTS_DB_SENDING_H
#define TESTS_DB_SENDING_H

#include <string.h>

#include "town.h"

static PGconn *owner, *staff, *sender, *house;

#define NO_QUIET "'0:00', '0:00'"
/* category, areas, everybody, urgent, reason */
#define PLAIN  "'{1}', '{}', false, false, ''"
#define URGENT "'{1}', '{}', false, true, '氾濫'"
#define A_DAY  "now() + interval '1 day'"

static inline int sending_open(int residents) {
    owner = town_connect("kairan_owner");
    staff = town_connect("kairan_staff");
    sender = town_connect("kairan_sender");
    house = town_connect("kairan_house");
    town_make(owner);
    town_residents(owner, residents);
    return 0;
}

static inline int sending_close(void **state) {
    (void)state;
    PQfinish(owner);
    PQfinish(staff);
    PQfinish(sender);
    PQfinish(house);
    return 0;
}

/* Ends what a test left under way. */
static inline void sending_end(void) {
    town_value(owner, "DELETE FROM chunk");
    town_value(owner, "DELETE FROM worker");
    town_value(owner, "ALTER TABLE alert DISABLE TRIGGER alert_check");
    town_value(owner, "UPDATE alert SET state = 'done' WHERE state NOT IN ('draft', 'done')");
    town_value(owner, "UPDATE broadcast SET total = 0, accepted = 0, refused = 0, expired = 0, "
                      "cancelled = 0, unknown = 0, ended_at = now() WHERE ended_at IS NULL");
    town_value(owner, "ALTER TABLE alert ENABLE TRIGGER alert_check");
}

/* The same, and everybody is a resident again. */
static inline int sending_clear(void **state) {
    (void)state;
    sending_end();
    town_value(owner,
               "UPDATE contact SET address = 'r' || id || '@resident.example', gone_at = NULL, "
               "suspended_at = NULL");
    return 0;
}

/* Approves a new alert with these choices; its id, in a buffer of the caller's. */
static inline void sending_approve(const char *choices, const char *valid, char id[32]) {
    const char *drafter = town_sign_in(staff, "a1"), *approver = town_sign_in(staff, "a3");
    snprintf(
        id, 32, "%s",
        town_valuef(
            staff,
            "SELECT alert FROM alert_save('%s', NULL, 0, '{ja}', '{題}', '{本文}', %s, %s, NULL)",
            drafter, choices, valid));
    town_valuef(staff, "SELECT alert_submit('%s', %s, 1, NULL)", drafter, id);
    assert_string_equal(town_approve(staff, approver, id, town_fingerprint(staff, approver, id)),
                        DONE);
}

/* The answer of one slice of fan-out. */
static inline const char *sending_step(const char *id, int span, int members) {
    return town_valuef(sender, "SELECT fanout_step(%s, %d, %d)", id, span, members);
}

/* Fan-out of the alert that is next, which must be this one, to its end. */
static inline void sending_expand(const char *id, int members) {
    assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), id);
    while (strcmp(sending_step(id, 100, members), "more") == 0) {
    }
    assert_string_not_equal(town_valuef(owner, "SELECT total FROM broadcast WHERE alert = %s", id),
                            "");
}

static inline void sending_start(const char *choices, int members, char id[32]) {
    sending_approve(choices, A_DAY, id);
    sending_expand(id, members);
}

/* Claims all there is. */
static inline const char *sending_claim(const char *host) {
    return town_valuef(
        sender, "SELECT count(*) FROM chunk_claim('%s', 0, '{other}', '{1000}', 100, " NO_QUIET ")",
        host);
}

/* The same, of one of a host's senders; "chunk token" of the first chunk. */
static inline const char *sending_lease(const char *host, int slot) {
    return town_valuef(sender,
                       "SELECT chunk || ' ' || token FROM chunk_claim('%s', %d, '{other}', "
                       "'{1000}', 100, " NO_QUIET ") LIMIT 1",
                       host, slot);
}

/* Closes a leased chunk: "f" when the lease is over. */
static inline const char *sending_close_chunk(const char *chunk, const char *token,
                                              const char *temporary, const char *unknown) {
    return town_valuef(sender, "SELECT chunk_close(%s, %s, '%s', 60, '%s')", chunk, token,
                       temporary, unknown);
}

/* Records one outcome for the members of a chunk that match `which`. */
static inline const char *sending_record_some(const char *alert, const char *chunk,
                                              const char *which, const char *result, bool final) {
    return town_statef(
        owner,
        "SELECT outcome_record(%s, array_agg(m), array_agg(1::smallint), array_agg('%s'::result), "
        "array_agg(%s), array_agg(false), array_agg(250::smallint), array_agg('ok'::text), 'r', "
        "array_agg(clock_timestamp())) FROM chunk, unnest(members) AS m WHERE id = %s AND %s",
        alert, result, final ? "true" : "false", chunk, which);
}

/* Records an outcome of a contact. */
static inline void sending_record(const char *alert, int contact, const char *result, bool final,
                                  bool again) {
    town_valuef(sender,
                "SELECT outcome_record(%s, '{%d}', '{1}', '{%s}', '{%s}', '{%s}', '{250}', '{ok}', "
                "'r', ARRAY[clock_timestamp()])",
                alert, contact, result, final ? "t" : "f", again ? "t" : "f");
}

/* Closes the leased chunk that has the contact; it comes again later (temporary), flagged
 * (unknown), or as before. */
static inline void sending_put_back(const char *alert, int contact, const char *temporary,
                                    const char *unknown) {
    char chunk[32], token[32];
    assert_int_equal(sscanf(town_valuef(owner,
                                        "SELECT id || ' ' || token FROM chunk WHERE alert = %s AND "
                                        "members @> '{%d}' AND state = 'leased'",
                                        alert, contact),
                            "%31s %31s", chunk, token),
                     2);
    assert_string_equal(sending_close_chunk(chunk, token, temporary, unknown), "t");
}

/* Ends all that is over, as the elected process does. */
static inline void sending_sweep(void) {
    while (strcmp(town_value(house, "SELECT broadcast_sweep(100)"), "t") == 0) {
    }
    while (strcmp(town_value(house, "SELECT broadcast_settle()"), "t") == 0) {
    }
    while (strcmp(town_value(house, "SELECT alert_expire()"), "t") == 0) {
    }
}

/* State and totals: "sending 10 0 0 0 0 0". */
static inline const char *sending_sums(const char *alert) {
    return town_valuef(
        owner,
        "SELECT concat_ws(' ', a.state, total, accepted, refused, expired, cancelled, unknown) "
        "FROM broadcast JOIN alert a ON a.id = alert WHERE alert = %s",
        alert);
}

#endif
