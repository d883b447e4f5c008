/* Recording outcomes and what reports are made of: the tally equals the rows, whatever happens. */
#include "town.h"

static PGconn *owner, *staff, *sender;

static int open_town(void **state) {
    (void)state;
    owner = town_connect("kairan_owner");
    staff = town_connect("kairan_staff");
    sender = town_connect("kairan_sender");
    town_make(owner);
    town_residents(owner, 40);
    return 0;
}

static int close_town(void **state) {
    (void)state;
    PQfinish(owner);
    PQfinish(staff);
    PQfinish(sender);
    return 0;
}

/* An approved alert after fan-out; its id, in a buffer of the caller's. */
static void broadcast(char id[32]) {
    const char *drafter = town_sign_in(staff, "a1"), *approver = town_sign_in(staff, "a3");
    snprintf(id, 32, "%s", town_submitted(staff, drafter));
    assert_string_equal(town_approve(staff, approver, id, town_fingerprint(staff, approver, id)),
                        DONE);
    assert_string_equal(town_value(sender, "SELECT fanout_next('0:00', '0:00')"), id);
    while (strcmp(town_valuef(sender, "SELECT fanout_step(%s, 100, 7)", id), "more") == 0) {
    }
}

/* SQLSTATE of recording for these contacts one kind: result, final, lane. */
static const char *record(const char *id, const char *contacts, const char *kind) {
    return town_statef(
        sender,
        "SELECT outcome_record(%s, c, array_fill(1700000000999, ARRAY[cardinality(c)]), "
        "array_fill(1, ARRAY[cardinality(c)]), array_fill('OK'::text, ARRAY[cardinality(c)]), "
        "'{1}', "
        "%s) FROM (SELECT '{%s}'::bigint[]) AS t (c)",
        id, kind, contacts);
}
#define ACCEPTED "'{accepted}', '{t}', '{f}', '{250}', '{2.0.0}', '{other}', '{r:25}'"
#define REFUSED  "'{refused}', '{t}', '{f}', '{550}', '{5.1.1}', '{other}', '{r:25}'"

/* "" when the totals and the tally of an alert say what its rows say. */
static const char *difference(const char *id) {
    return town_valuef(
        owner,
        "WITH rows AS (SELECT date_trunc('second', at) AS second, result, final, lane, relay, "
        "count(*)::int AS n FROM outcome WHERE alert = %s GROUP BY 1, 2, 3, 4, 5), "
        "tally AS (SELECT second, result, final, lane, relay, sum(n)::int AS n FROM "
        "broadcast_tally "
        "WHERE alert = %s GROUP BY 1, 2, 3, 4, 5), "
        "odd AS ((TABLE rows EXCEPT TABLE tally) UNION ALL (TABLE tally EXCEPT TABLE rows)) "
        "SELECT coalesce((SELECT 'tally: ' || odd::text FROM odd LIMIT 1), "
        "(SELECT 'totals: ' || b::text FROM broadcast b WHERE alert = %s AND "
        "concat_ws(' ', accepted, refused, expired, cancelled, unknown, retried) <> "
        "(SELECT concat_ws(' ', count(*) FILTER (WHERE final AND result = 'accepted'), "
        "count(*) FILTER (WHERE final AND result = 'refused'), "
        "count(*) FILTER (WHERE final AND result = 'expired'), "
        "count(*) FILTER (WHERE final AND result = 'cancelled'), "
        "count(*) FILTER (WHERE final AND result = 'unknown'), "
        "count(*) FILTER (WHERE NOT final)) FROM outcome WHERE alert = %s)), '')",
        id, id, id, id);
}

/* Random batches: contacts that ended and that did not, kinds of all sorts, over several seconds.
 */
static void record_at_random(const char *id) {
    const char *state = town_statef(
        sender,
        "SELECT outcome_record(%s, array_agg(c), array_agg(1700000000000 + (random() * "
        "5000)::int), "
        "array_agg(1 + (random() * 5)::int), array_agg(repeat('語', (random() * 400)::int)), "
        "'{1,2,3,1,1,2}', '{accepted,refused,temporary,unknown,unknown,cancelled}', "
        "'{t,t,f,f,t,t}', "
        "'{f,f,f,f,t,f}', '{250,550,451,0,0,0}', '{2.0.0,5.1.1,4.2.0,\"\",\"\",\"\"}', "
        "'{other,docomo,docomo,\"\",other,\"\"}', '{a:25,b:25,a:25,b:25,a:25,\"\"}') "
        "FROM (SELECT c FROM generate_series(1, 40) AS c WHERE random() < 0.2) AS chosen",
        id);
    assert_string_equal(state, DONE);
}

static void test_the_tally_equals_the_rows_after_any_history(void **state) {
    (void)state;
    for (int seed = 1; seed <= 5; seed++) {
        char id[32], set[64];
        broadcast(id);
        snprintf(set, sizeof set, "SELECT setseed(0.%d)", seed);
        town_value(sender, set);
        for (int i = 0; i < 40; i++) {
            record_at_random(id);
            const char *odd = difference(id);
            if (*odd != '\0')
                fail_msg("seed %d, batch %d: %s", seed, i, odd);
        }
        assert_string_equal(
            town_valuef(owner, "SELECT sum(n) FROM broadcast_tally WHERE alert = %s AND final", id),
            "40");
        assert_string_equal(
            town_valuef(owner, "SELECT ended_at IS NOT NULL FROM broadcast WHERE alert = %s", id),
            "t");
    }
}

/* Senders do not wait for each other, nor for fan-out: what one has recorded and not committed, or
 * a lock on the broadcast's row, keeps no other from recording; and the totals are whole once all
 * is done. */
static void test_recorders_do_not_wait_for_each_other(void **state) {
    (void)state;
    char id[32], all[256] = "";
    PGconn *other = town_connect("kairan_sender");
    broadcast(id);
    if (PQbackendPID(other) % 64 == PQbackendPID(sender) % 64) {
        PGconn *same = other; /* a stripe is shared then: another connection has another */
        other = town_connect("kairan_sender");
        PQfinish(same);
    }
    town_value(other, "SET statement_timeout = '10s'");
    town_value(sender, "BEGIN");
    assert_string_equal(record(id, "1,2", ACCEPTED), DONE);
    assert_string_equal(
        town_statef(other,
                    "SELECT outcome_record(%s, '{3,4}', '{1700000000999,1700000000999}', '{1,1}', "
                    "'{OK,OK}', '{1}', " ACCEPTED ")",
                    id),
        DONE);
    town_value(sender, "COMMIT");
    town_value(owner, "BEGIN");
    town_valuef(owner, "SELECT FROM broadcast WHERE alert = %s FOR UPDATE", id);
    for (int c = 5; c <= 40; c++)
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%d", c > 5 ? "," : "", c);
    assert_string_equal(record(id, all, ACCEPTED), DONE);
    town_value(owner, "COMMIT");
    assert_string_equal(town_value(owner, "SELECT broadcast_settle()"), "t");
    assert_string_equal(difference(id), "");
    assert_string_equal(town_valuef(owner, "SELECT state FROM alert WHERE id = %s", id), "done");
    PQfinish(other);
}

/* P3, judged by the database: one end a delivery, no outcome without a delivery. */
static void test_a_delivery_ends_once(void **state) {
    (void)state;
    char id[32];
    broadcast(id);
    assert_string_equal(record(id, "1,2,3", ACCEPTED), DONE);
    assert_string_equal(record(id, "2,3,4", REFUSED), DONE);
    assert_string_equal(difference(id), "");
    assert_string_equal(
        town_valuef(owner, "SELECT accepted || ' ' || refused FROM broadcast WHERE alert = %s", id),
        "3 1");
    assert_string_equal(record(id, "5,99", ACCEPTED), INVALID);
    assert_string_equal(record(id, "6,6", ACCEPTED), "23505");
    assert_string_equal(difference(id), "");
}

/* What came of an attempt is kept whole (issue: the relay's code, enhanced code and text). */
static void test_the_relays_reply_is_kept(void **state) {
    (void)state;
    char id[32];
    broadcast(id);
    assert_string_equal(record(id, "1", REFUSED), DONE);
    assert_string_equal(
        town_valuef(owner,
                    "SELECT concat_ws(' ', code, enhanced, reply, relay, lane, attempt, "
                    "extract(epoch FROM at)) FROM outcome WHERE alert = %s",
                    id),
        "550 5.1.1 OK r:25 other 1 1700000000.999000");
}

/* A lane that is not named is the one the address belongs to today. */
static void test_an_unnamed_lane_is_that_of_today(void **state) {
    (void)state;
    char id[32];
    broadcast(id);
    town_value(owner, "INSERT INTO lane (name) VALUES ('residents')");
    town_value(owner, "INSERT INTO lane_domain (domain, lane) VALUES ('resident.example', "
                      "'residents')");
    assert_string_equal(
        record(id, "1,2", "'{accepted}', '{t}', '{f}', '{250}', '{\"\"}', '{\"\"}', '{r:25}'"),
        DONE);
    assert_string_equal(
        town_valuef(owner, "SELECT lane || n FROM broadcast_tally WHERE alert = %s", id),
        "residents2");
    town_value(owner, "DELETE FROM lane_domain");
}

/* The recount at the end goes by slices and starts again where it differed. */
static void test_the_recount_goes_on_where_it_was(void **state) {
    (void)state;
    char id[32];
    broadcast(id);
    town_valuef(
        owner,
        "UPDATE broadcast SET counted_to = 20, counted = 20, counted_ends = 19 WHERE alert = "
        "%s",
        id);
    for (int c = 1; c <= 40; c += 10) {
        char some[128];
        snprintf(some, sizeof some, "%d,%d,%d,%d,%d,%d,%d,%d,%d,%d", c, c + 1, c + 2, c + 3, c + 4,
                 c + 5, c + 6, c + 7, c + 8, c + 9);
        assert_string_equal(record(id, some, ACCEPTED), DONE);
    }
    assert_string_equal(
        town_valuef(owner, "SELECT halted FROM broadcast WHERE alert = %s AND ended_at IS NULL",
                    id),
        "Accounting differs: total 40, deliveries 40, ends 39.");
    town_valuef(owner, "SELECT broadcast_finish(%s)", id);
    assert_string_equal(town_valuef(owner, "SELECT state FROM alert WHERE id = %s", id), "done");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_tally_equals_the_rows_after_any_history),
        cmocka_unit_test(test_recorders_do_not_wait_for_each_other),
        cmocka_unit_test(test_a_delivery_ends_once),
        cmocka_unit_test(test_the_relays_reply_is_kept),
        cmocka_unit_test(test_an_unnamed_lane_is_that_of_today),
        cmocka_unit_test(test_the_recount_goes_on_where_it_was),
    };
    return cmocka_run_group_tests_name("report", tests, open_town, close_town);
}
