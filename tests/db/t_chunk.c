/* Chunks: leased, closed, taken from hosts that are silent; nobody in them is forgotten (P3, P4).
 */
#include "sending.h"

static int open_town(void **state) {
    (void)state;
    return sending_open(10);
}

/* Closing a chunk finds by itself who is left. */
static void test_nobody_is_forgotten_when_a_chunk_closes(void **state) {
    (void)state;
    char id[32], chunk[32], token[32];
    sending_start(PLAIN, 10, id);
    sscanf(sending_lease("h", 0), "%31s %31s", chunk, token);
    assert_string_equal(sending_record_some(id, chunk, "m <= 4", "accepted", true), DONE);
    assert_string_equal(sending_record_some(id, chunk, "m = 5", "temporary", false), DONE);
    assert_string_equal(sending_close_chunk(chunk, "999999", "{5}", "{6}"),
                        "f"); /* a stale token */
    assert_string_equal(sending_close_chunk(chunk, token, "{5}", "{6}"), "t");
    assert_string_equal(sending_close_chunk(chunk, token, "{5}", "{6}"), "f");
    assert_string_equal(
        town_valuef(
            owner,
            "SELECT string_agg(members::text || attempt || again || "
            "(not_before > clock_timestamp() + interval '50 seconds'), ' ' ORDER BY members) "
            "FROM chunk WHERE alert = %s AND state = 'waiting'",
            id),
        "{5}2falsetrue {6}2truefalse {7,8,9,10}1falsefalse");
    assert_string_equal(sending_sums(id), "sending 10 4 0 0 0 0");
    sending_clear(NULL);
}

/* Work of a host is taken by others only when the host has been silent for 60 s; then it is
 * flagged. */
static void test_only_silent_hosts_lose_their_work(void **state) {
    (void)state;
    char id[32];
    sending_start(PLAIN, 10, id);
    town_value(sender, "SELECT worker_beat('dead', 'send', 0, 1)");
    town_value(sender, "SELECT worker_beat('alive', 'send', 0, 1)");
    sending_lease("dead", 0);
    assert_string_equal(town_value(house, "SELECT chunk_free_silent()"), "0");
    town_value(owner, "UPDATE worker SET seen = now() - interval '61 seconds' WHERE host = 'dead'");
    assert_string_equal(town_value(house, "SELECT chunk_free_silent()"), "1");
    assert_string_equal(town_value(sender, "SELECT bool_and(again)::text FROM chunk_claim('alive', "
                                           "0, '{other}', '{99}', 9, " NO_QUIET ")"),
                        "true");
    sending_clear(NULL);
}

/* Who has an end is not sent to again, and the host that comes back has no lease any more. */
static void test_a_silent_hosts_ends_are_kept(void **state) {
    (void)state;
    char id[32], chunk[32], token[32];
    sending_start(PLAIN, 10, id);
    town_value(sender, "SELECT worker_beat('lost', 'send', 0, 1)");
    assert_int_equal(sscanf(sending_lease("lost", 0), "%31s %31s", chunk, token), 2);
    assert_string_equal(sending_record_some(id, chunk, "m <= 4", "accepted", true), DONE);
    town_value(owner, "UPDATE worker SET seen = now() - interval '61 seconds' WHERE host = 'lost'");
    assert_string_equal(town_value(house, "SELECT chunk_free_silent()"), "1");
    assert_string_equal(
        town_valuef(sender,
                    "SELECT string_agg(contact::text, ',' ORDER BY contact) || ' ' || "
                    "bool_and(again AND chunk <> %s) FROM chunk_claim('other', 0, '{other}', "
                    "'{99}', 9, " NO_QUIET ")",
                    chunk),
        "5,6,7,8,9,10 true");
    assert_string_equal(sending_close_chunk(chunk, token, "{}", "{}"), "f");
    assert_string_equal(town_value(house, "SELECT chunk_free_silent()"), "0");
    sending_clear(NULL);
}

/* A chunk whose members all have their ends leaves nothing to do. */
static void test_a_silent_hosts_finished_chunk_is_gone(void **state) {
    (void)state;
    char id[32], chunk[32], token[32];
    sending_start(PLAIN, 10, id);
    town_value(sender, "SELECT worker_beat('ready', 'send', 0, 1)");
    assert_int_equal(sscanf(sending_lease("ready", 0), "%31s %31s", chunk, token), 2);
    assert_string_equal(sending_record_some(id, chunk, "true", "accepted", true), DONE);
    town_value(owner,
               "UPDATE worker SET seen = now() - interval '61 seconds' WHERE host = 'ready'");
    assert_string_equal(town_value(house, "SELECT chunk_free_silent()"), "1");
    assert_string_equal(
        town_valuef(owner, "SELECT count(*) FROM chunk WHERE alert = %s AND state <> 'closed'", id),
        "0");
    sending_clear(NULL);
}

/* The disk is not waited for when a chunk is closed: a database that dies then knows nothing of it,
 * and what it has leased still is closed anew, whose ends are all there. */
static void test_a_close_that_is_lost_is_repeated(void **state) {
    (void)state;
    char id[32], chunk[32], token[32];
    sending_start(PLAIN, 10, id);
    assert_int_equal(sscanf(sending_lease("host", 0), "%31s %31s", chunk, token), 2);
    assert_string_equal(sending_record_some(id, chunk, "true", "accepted", true), DONE);
    town_value(sender, "BEGIN");
    assert_string_equal(sending_close_chunk(chunk, token, "{}", "{}"), "t");
    town_value(sender, "ROLLBACK");
    assert_string_equal(
        town_value(sender, "SELECT chunk || ' ' || token FROM chunk_held('host', 0)"),
        town_valuef(owner, "SELECT '%s %s'", chunk, token));
    assert_string_equal(sending_close_chunk(chunk, token, "{}", "{}"), "t");
    sending_sweep();
    assert_string_equal(sending_sums(id), "done 10 10 0 0 0 0");
    sending_clear(NULL);
}

/* Who left between fan-out and sending is handed out without an address. */
static void test_who_leaves_meanwhile_is_not_mailed(void **state) {
    (void)state;
    char id[32];
    sending_start(PLAIN, 10, id);
    town_value(owner, "UPDATE contact SET gone_at = now(), address = NULL WHERE id = 7");
    town_value(owner, "UPDATE contact SET suspended_at = now() WHERE id = 8");
    assert_string_equal(town_value(sender,
                                   "SELECT string_agg(contact::text, ',' ORDER BY contact) "
                                   "FROM chunk_claim('h', 0, '{other}', '{99}', 9, " NO_QUIET
                                   ") WHERE address IS NULL"),
                        "7,8");
    sending_clear(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody_is_forgotten_when_a_chunk_closes),
        cmocka_unit_test(test_only_silent_hosts_lose_their_work),
        cmocka_unit_test(test_a_silent_hosts_ends_are_kept),
        cmocka_unit_test(test_a_silent_hosts_finished_chunk_is_gone),
        cmocka_unit_test(test_a_close_that_is_lost_is_repeated),
        cmocka_unit_test(test_who_leaves_meanwhile_is_not_mailed),
    };
    return cmocka_run_group_tests(tests, open_town, sending_close);
}
