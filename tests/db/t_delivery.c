/* The audience, chunks, outcomes and their sums as the database keeps them (P3, P4, P7; design §4,
 * §5). */
#include "town.h"

static PGconn *owner, *staff, *sender, *house;

static int open_town(void **state) {
    (void)state;
    owner = town_connect("kairan_owner");
    staff = town_connect("kairan_staff");
    sender = town_connect("kairan_sender");
    house = town_connect("kairan_house");
    town_make(owner);
    town_residents(owner, 10);
    return 0;
}

static int close_town(void **state) {
    (void)state;
    PQfinish(owner);
    PQfinish(staff);
    PQfinish(sender);
    PQfinish(house);
    return 0;
}

#define NO_QUIET "'0:00', '0:00'"
/* category, areas, everybody, urgent, reason */
#define PLAIN "'{1}', '{}', false, false, ''"

/* Approves a new alert with these choices; its id, in a buffer of the caller's. */
static void approve(const char *choices, const char *valid, char id[32]) {
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

/* approve, then fan-out in chunks of `members`. */
static void broadcast(const char *choices, int members, char id[32]) {
    approve(choices, "now() + interval '1 day'", id);
    assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), id);
    while (strcmp(town_valuef(sender, "SELECT fanout_step(%s, 100, %d)", id, members), "done") !=
           0) {
    }
}

/* Claims all there is for a sender; "chunk token" of the first chunk. */
static const char *claim(const char *host, int slot) {
    return town_valuef(sender,
                       "SELECT chunk || ' ' || token FROM chunk_claim('%s', %d, '{other}', "
                       "'{1000}', 100, " NO_QUIET ") LIMIT 1",
                       host, slot);
}

/* Records one outcome for the members of a chunk that match `which`. */
static const char *record(const char *alert, const char *chunk, const char *which,
                          const char *result, bool final) {
    return town_statef(
        owner,
        "SELECT outcome_record(%s, array_agg(m), array_agg(1::smallint), array_agg('%s'::result), "
        "array_agg(%s), array_agg(false), array_agg(250::smallint), array_agg('ok'::text), 'r', "
        "array_agg(clock_timestamp())) FROM chunk, unnest(members) AS m WHERE id = %s AND %s",
        alert, result, final ? "true" : "false", chunk, which);
}

static const char *close_chunk(const char *chunk, const char *token, const char *temporary,
                               const char *unknown) {
    return town_valuef(sender, "SELECT chunk_close(%s, %s, '%s', 60, '%s')", chunk, token,
                       temporary, unknown);
}

static const char *sums(const char *alert) {
    return town_valuef(
        owner,
        "SELECT concat_ws(' ', a.state, total, accepted, refused, expired, cancelled, unknown) "
        "FROM broadcast JOIN alert a ON a.id = alert WHERE alert = %s",
        alert);
}

/* Ends all that is over, as the elected process does. */
static void sweep(void) {
    static const char *const duties[] = {"broadcast_sweep(100)", "broadcast_settle()",
                                         "alert_expire()"};
    for (size_t i = 0; i < COUNT(duties); i++)
        while (strcmp(town_valuef(house, "SELECT %s", duties[i]), "t") == 0) {
        }
}

/* Ends what a test left under way. */
static void clear(void) {
    town_value(owner, "DELETE FROM chunk");
    town_value(owner, "ALTER TABLE alert DISABLE TRIGGER alert_check");
    town_value(owner, "UPDATE alert SET state = 'done' WHERE state NOT IN ('draft', 'done')");
    town_value(owner, "UPDATE broadcast SET total = coalesce(total, 0)");
    town_value(owner, "ALTER TABLE alert ENABLE TRIGGER alert_check");
}

/* One of the categories AND (one of the areas, or no area given); 全員; confirmed before the
 * approval, not suspended, not gone. */
static void test_the_audience_is_exact(void **state) {
    (void)state;
    static const struct {
        const char *choices, *expect;
    } rows[] = {
        {"'{1}', '{}', false, false, ''", "11,12,13,17"},
        {"'{1}', '{1}', false, false, ''", "11,13,17"},
        {"'{1}', '{2}', false, false, ''", "12,13"},
        {"'{2}', '{}', false, false, ''", "13,14"},
        {"'{1,2}', '{1,2}', false, false, ''", "11,12,13,14,17"},
        {"'{2}', '{}', true, true, '危険'", "11,12,13,14,17"},
    };
    static const struct {
        int id;
        const char *categories, *areas, *extra;
    } people[] = {
        {11, "{1}", "{1}", ""},
        {12, "{1}", "{2}", ""},
        {13, "{1,2}", "{1,2}", ""},
        {14, "{2}", "{1}", ""},
        {15, "{1}", "{1}", "suspended_at = now()"},
        {16, "{1}", "{1}", "gone_at = now(), address = NULL"},
        {17, "{1}", "{1}", "confirmed_at = now() - interval '1 second'"},
        {18, "{1}", "{1}", "confirmed_at = now() + interval '1 hour'"},
    };
    town_value(owner, "UPDATE contact SET suspended_at = now() WHERE id <= 10");
    for (size_t i = 0; i < COUNT(people); i++) {
        town_valuef(owner,
                    "INSERT INTO subscriber (lang, categories, areas, own, import) VALUES ('ja', "
                    "'%s', '%s', false, 1)",
                    people[i].categories, people[i].areas);
        town_valuef(
            owner,
            "INSERT INTO contact (subscriber, channel, address, hash, confirmed_at) SELECT "
            "max(id), 'mail', "
            "'p%d@resident.example', address_hash('p%d@resident.example'), now() FROM subscriber",
            people[i].id, people[i].id);
        if (*people[i].extra != '\0') {
            town_valuef(owner, "UPDATE contact SET %s WHERE id = %d", people[i].extra,
                        people[i].id);
        }
    }
    for (size_t i = 0; i < COUNT(rows); i++) {
        char id[32];
        broadcast(rows[i].choices, 2, id);
        const char *got = town_valuef(
            owner,
            "SELECT string_agg(contact::text, ',' ORDER BY contact) FROM delivery WHERE alert = %s",
            id);
        if (strcmp(got, rows[i].expect) != 0)
            ROW_FAIL(i, "%s, not %s", got, rows[i].expect);
        const char *in_chunks = town_valuef(owner,
                                            "SELECT string_agg(m::text, ',' ORDER BY m) FROM "
                                            "chunk, unnest(members) AS m WHERE alert = %s",
                                            id);
        assert_string_equal(in_chunks, got);
        clear();
    }
    town_value(owner, "UPDATE contact SET suspended_at = now() WHERE id > 10");
    town_value(owner, "UPDATE contact SET suspended_at = NULL WHERE id <= 10");
}

/* A fan-out that starts again after a crash goes on where its last commit was. */
static void test_fanout_resumes(void **state) {
    (void)state;
    char id[32];
    approve(PLAIN, "now() + interval '1 day'", id);
    town_value(sender, "SELECT fanout_next(" NO_QUIET ")");
    assert_string_equal(town_valuef(sender, "SELECT fanout_step(%s, 4, 2)", id), "more");
    assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), id);
    while (strcmp(town_valuef(sender, "SELECT fanout_step(%s, 4, 2)", id), "done") != 0) {
    }
    assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), "");
    assert_string_equal(sums(id), "sending 10 0 0 0 0 0");
    clear();
}

/* Closing a chunk finds by itself who is left. */
static void test_nobody_is_forgotten_when_a_chunk_closes(void **state) {
    (void)state;
    char id[32], chunk[32], token[32];
    broadcast(PLAIN, 10, id);
    sscanf(claim("h", 0), "%31s %31s", chunk, token);
    assert_string_equal(record(id, chunk, "m <= 4", "accepted", true), DONE);
    assert_string_equal(record(id, chunk, "m = 5", "temporary", false), DONE);
    assert_string_equal(close_chunk(chunk, "999999", "{5}", "{6}"), "f"); /* a stale token */
    assert_string_equal(close_chunk(chunk, token, "{5}", "{6}"), "t");
    assert_string_equal(close_chunk(chunk, token, "{5}", "{6}"), "f");
    assert_string_equal(
        town_valuef(
            owner,
            "SELECT string_agg(members::text || attempt || again || "
            "(not_before > clock_timestamp() + interval '50 seconds'), ' ' ORDER BY members) "
            "FROM chunk WHERE alert = %s AND state = 'waiting'",
            id),
        "{5}2falsetrue {6}2truefalse {7,8,9,10}1falsefalse");
    assert_string_equal(sums(id), "sending 10 4 0 0 0 0");
    clear();
}

/* A delivery has one end: the first. The sums follow the rows, and the last end closes the alert.
 */
static void test_the_first_end_stays(void **state) {
    (void)state;
    char id[32], chunk[32], token[32];
    broadcast(PLAIN, 10, id);
    sscanf(claim("h", 0), "%31s %31s", chunk, token);
    record(id, chunk, "m <= 9", "accepted", true);
    record(id, chunk, "m <= 9", "refused", true);
    assert_string_equal(sums(id), "sending 10 9 0 0 0 0");
    assert_string_equal(
        town_statef(sender,
                    "SELECT outcome_record(%s, '{99}', '{1}', '{accepted}', '{t}', '{f}', '{250}', "
                    "'{ok}', 'r', ARRAY[now()])",
                    id),
        INVALID);
    record(id, chunk, "m = 10", "refused", true);
    assert_string_equal(sums(id), "done 10 9 1 0 0 0");
    assert_string_equal(close_chunk(chunk, token, "{}", "{}"), "t");
    assert_string_equal(
        town_valuef(owner, "SELECT count(*) FROM chunk WHERE alert = %s AND state <> 'closed'", id),
        "0");
    clear();
}

/* An end is declared only when the rows, counted once more, say so. */
static void test_sums_that_lie_do_not_end_a_broadcast(void **state) {
    (void)state;
    char id[32];
    broadcast(PLAIN, 10, id);
    town_lie(owner, id, 10, 0);
    town_valuef(owner, "SELECT broadcast_finish(%s)", id);
    assert_string_equal(
        town_valuef(owner, "SELECT halted FROM broadcast WHERE alert = %s AND ended_at IS NULL",
                    id),
        "Accounting differs: total 10, deliveries 10, ends 0.");
    assert_string_equal(
        town_statef(owner, "UPDATE broadcast SET accepted = 9, ended_at = now() WHERE alert = %s",
                    id),
        "23514");
    clear();
}

static void test_stop_and_pause_hold_back_what_waits(void **state) {
    (void)state;
    char id[32], chunk[32], token[32];
    broadcast(PLAIN, 5, id);
    const char *drafter = town_sign_in(staff, "a2"), *approver = town_sign_in(staff, "a3");
    assert_string_equal(town_statef(staff, "SELECT alert_pause('%s', %s, NULL)", drafter, id),
                        DONE);
    assert_string_equal(claim("h", 0), "");
    assert_string_equal(town_statef(staff, "SELECT alert_resume('%s', %s, NULL)", drafter, id),
                        DENIED);
    assert_string_equal(town_statef(staff, "SELECT alert_resume('%s', %s, NULL)", approver, id),
                        DONE);
    sscanf(
        town_value(
            sender,
            "SELECT chunk || ' ' || token FROM chunk_claim('h', 0, '{other}', '{5}', 1, " NO_QUIET
            ") LIMIT 1"),
        "%31s %31s", chunk, token);
    record(id, chunk, "m = 1", "accepted", true);
    assert_string_equal(town_statef(staff, "SELECT alert_stop('%s', %s, NULL)", drafter, id), DONE);
    assert_string_equal(claim("h", 1), "");
    sweep();
    assert_string_equal(sums(id), "stopped 10 1 0 0 5 0");
    close_chunk(chunk, token, "{}", "{2}"); /* 2 was under way when the connection broke */
    sweep();
    assert_string_equal(sums(id), "stopped 10 1 0 0 8 1");
    assert_string_not_equal(
        town_valuef(owner, "SELECT ended_at FROM broadcast WHERE alert = %s", id), "");
    clear();
}

/* Validity over: what was not sent expires, what is in doubt is unknown, nothing is sent late. */
static void test_nothing_is_sent_after_the_validity_end(void **state) {
    (void)state;
    char id[32], chunk[32], token[32], late[32];
    broadcast(PLAIN, 5, id);
    sscanf(
        town_value(
            sender,
            "SELECT chunk || ' ' || token FROM chunk_claim('h', 0, '{other}', '{5}', 1, " NO_QUIET
            ") LIMIT 1"),
        "%31s %31s", chunk, token);
    approve(PLAIN, "now() + interval '1 day'", late);
    town_value(owner, "ALTER TABLE alert_version DISABLE TRIGGER alert_version_history");
    town_valuef(owner,
                "UPDATE alert_version SET valid_until = now() - interval '1 second' WHERE alert IN "
                "(%s, %s)",
                id, late);
    town_value(owner, "ALTER TABLE alert_version ENABLE TRIGGER alert_version_history");
    close_chunk(chunk, token, "{1}", "{2}");
    assert_string_equal(claim("h", 0), "");
    assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), "");
    sweep();
    /* 1 waits for its ladder's rung and is past saving, too */
    assert_string_equal(sums(id), "done 10 0 0 9 0 1");
    assert_string_equal(town_valuef(owner, "SELECT state FROM alert WHERE id = %s", late),
                        "expired");
    clear();
}

/* Whoever gives an end: what it is called where a try is in doubt, in the order of the type. */
static void test_in_doubt_and_ended_is_unknown(void **state) {
    (void)state;
    static const char of_each[] = "SELECT string_agg(end_called(r, %s)::text, ' ' ORDER BY r) "
                                  "FROM unnest(enum_range(NULL::result)) AS r";
    assert_string_equal(town_valuef(owner, of_each, "true"),
                        "accepted refused unknown unknown unknown temporary");
    assert_string_equal(town_valuef(owner, of_each, "false"),
                        "accepted refused expired cancelled unknown temporary");
}

/* P2 in the engine's database half: a text that is not the approved one is never expanded. */
static void test_a_changed_text_is_halted(void **state) {
    (void)state;
    char id[32];
    approve(PLAIN, "now() + interval '1 day'", id);
    town_value(owner, "ALTER TABLE alert_text DISABLE TRIGGER alert_text_history");
    town_valuef(owner, "UPDATE alert_text SET body = '別の文' WHERE alert = %s", id);
    town_value(owner, "ALTER TABLE alert_text ENABLE TRIGGER alert_text_history");
    assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), "");
    assert_string_equal(sums(id), "stopped 0 0 0 0 0 0");
    assert_string_equal(
        town_valuef(owner,
                    "SELECT count(*) FROM oplog WHERE act = 'alert.halt' AND object = 'alert %s'",
                    id),
        "1");
    clear();
}

/* Urgent before routine; routine not at night (004 §13-2(1)). */
static void test_004_13_2_1_night_is_for_urgent_alerts_only(void **state) {
    (void)state;
    char routine[32], urgent[32];
    broadcast(PLAIN, 10, routine);
    broadcast("'{1}', '{}', false, true, '氾濫'", 10, urgent);
    const char *now =
        town_value(owner, "SELECT (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::time(0)");
    char quiet[128];
    snprintf(quiet, sizeof quiet, "time '%s' - interval '1 hour', time '%s' + interval '1 hour'",
             now, now);
    assert_string_equal(town_valuef(sender,
                                    "SELECT string_agg(DISTINCT alert::text, ' ') FROM "
                                    "chunk_claim('h', 0, '{other}', '{99}', 9, %s)",
                                    quiet),
                        urgent);
    assert_string_equal(
        town_valuef(sender, "SELECT string_agg(DISTINCT alert::text, ' ') FROM chunk_claim('h', 0, "
                            "'{other}', '{99}', 9, " NO_QUIET ")"),
        routine);
    clear();
    approve(PLAIN, "now() + interval '1 day'", routine);
    assert_string_equal(town_valuef(sender, "SELECT fanout_next(%s)", quiet), "");
    assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), routine);
    clear();
}

/* The edges of the night, to the second. */
static void test_004_13_2_1_edges(void **state) {
    (void)state;
    static const struct {
        const char *from, *to, *now, *open;
    } rows[] = {
        {"21:00", "07:00", "20:59:59", "t"}, {"21:00", "07:00", "21:00:00", "f"},
        {"21:00", "07:00", "00:00:00", "f"}, {"21:00", "07:00", "06:59:59", "f"},
        {"21:00", "07:00", "07:00:00", "t"}, {"00:00", "06:00", "05:59:59", "f"},
        {"00:00", "06:00", "06:00:00", "t"}, {"00:00", "00:00", "00:00:00", "t"},
        {"12:30", "12:31", "12:30:00", "f"}, {"12:30", "12:31", "12:31:00", "t"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = town_valuef(owner, "SELECT routine_hours('%s', '%s', '%s')", rows[i].from,
                                      rows[i].to, rows[i].now);
        if (strcmp(got, rows[i].open) != 0)
            ROW_FAIL(i, "%s at %s", got, rows[i].now);
    }
}

/* A sender asks once and knows when the night begins, also while the database is away. */
static void test_004_13_2_1_the_next_evening(void **state) {
    (void)state;
    static const struct {
        const char *from, *to, *now, *until;
    } rows[] = {
        {"21:00", "07:00", "2027-02-10 20:59:59", "2027-02-10 21:00"},
        {"21:00", "07:00", "2027-02-10 07:00:00", "2027-02-10 21:00"},
        {"21:00", "07:00", "2027-02-10 21:00:00", ""},
        {"21:00", "07:00", "2027-02-11 06:59:59", ""},
        {"00:00", "06:00", "2027-02-10 06:00:00", "2027-02-11 00:00"},
        {"00:00", "06:00", "2027-02-10 05:59:59", ""},
        {"00:00", "00:00", "2027-02-10 12:00:00", "2027-02-11 00:00"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = town_valuef(
            owner,
            "SELECT coalesce(to_char(to_timestamp(nullif(routine_until('%s', '%s', '%s'), 0) / "
            "1000.0) AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI'), '')",
            rows[i].from, rows[i].to, rows[i].now);
        if (strcmp(got, rows[i].until) != 0)
            ROW_FAIL(i, "%s at %s", got, rows[i].now);
    }
}

/* Work of a host is taken by others only when the host has been silent for 60 s; then it is
 * flagged. */
static void test_only_silent_hosts_lose_their_work(void **state) {
    (void)state;
    char id[32];
    broadcast(PLAIN, 10, id);
    town_value(sender, "SELECT worker_beat('dead', 'send', 0, 1)");
    town_value(sender, "SELECT worker_beat('alive', 'send', 0, 1)");
    claim("dead", 0);
    assert_string_equal(town_value(house, "SELECT chunk_free_silent()"), "0");
    town_value(owner, "UPDATE worker SET seen = now() - interval '61 seconds' WHERE host = 'dead'");
    assert_string_equal(town_value(house, "SELECT chunk_free_silent()"), "1");
    assert_string_equal(town_value(sender, "SELECT bool_and(again)::text FROM chunk_claim('alive', "
                                           "0, '{other}', '{99}', 9, " NO_QUIET ")"),
                        "true");
    clear();
}

/* Who has an end is not sent to again, and the host that comes back has no lease any more. */
static void test_a_silent_hosts_ends_are_kept(void **state) {
    (void)state;
    char id[32], chunk[32], token[32];
    broadcast(PLAIN, 10, id);
    town_value(sender, "SELECT worker_beat('lost', 'send', 0, 1)");
    assert_int_equal(sscanf(claim("lost", 0), "%31s %31s", chunk, token), 2);
    assert_string_equal(record(id, chunk, "m <= 4", "accepted", true), DONE);
    town_value(owner, "UPDATE worker SET seen = now() - interval '61 seconds' WHERE host = 'lost'");
    assert_string_equal(town_value(house, "SELECT chunk_free_silent()"), "1");
    assert_string_equal(
        town_valuef(sender,
                    "SELECT string_agg(contact::text, ',' ORDER BY contact) || ' ' || "
                    "bool_and(again AND chunk <> %s) FROM chunk_claim('other', 0, '{other}', "
                    "'{99}', 9, " NO_QUIET ")",
                    chunk),
        "5,6,7,8,9,10 true");
    assert_string_equal(close_chunk(chunk, token, "{}", "{}"), "f");
    assert_string_equal(town_value(house, "SELECT chunk_free_silent()"), "0");
    clear();
}

/* A chunk whose members all have their ends leaves nothing to do. */
static void test_a_silent_hosts_finished_chunk_is_gone(void **state) {
    (void)state;
    char id[32], chunk[32], token[32];
    broadcast(PLAIN, 10, id);
    town_value(sender, "SELECT worker_beat('ready', 'send', 0, 1)");
    assert_int_equal(sscanf(claim("ready", 0), "%31s %31s", chunk, token), 2);
    assert_string_equal(record(id, chunk, "true", "accepted", true), DONE);
    town_value(owner,
               "UPDATE worker SET seen = now() - interval '61 seconds' WHERE host = 'ready'");
    assert_string_equal(town_value(house, "SELECT chunk_free_silent()"), "1");
    assert_string_equal(
        town_valuef(owner, "SELECT count(*) FROM chunk WHERE alert = %s AND state <> 'closed'", id),
        "0");
    clear();
}

/* The disk is not waited for when a chunk is closed: a database that dies then knows nothing of it,
 * and what it has leased still is closed anew, whose ends are all there. */
static void test_a_close_that_is_lost_is_repeated(void **state) {
    (void)state;
    char id[32], chunk[32], token[32];
    broadcast(PLAIN, 10, id);
    assert_int_equal(sscanf(claim("host", 0), "%31s %31s", chunk, token), 2);
    assert_string_equal(record(id, chunk, "true", "accepted", true), DONE);
    town_value(sender, "BEGIN");
    assert_string_equal(close_chunk(chunk, token, "{}", "{}"), "t");
    town_value(sender, "ROLLBACK");
    assert_string_equal(
        town_value(sender, "SELECT chunk || ' ' || token FROM chunk_held('host', 0)"),
        town_valuef(owner, "SELECT '%s %s'", chunk, token));
    assert_string_equal(close_chunk(chunk, token, "{}", "{}"), "t");
    sweep();
    assert_string_equal(sums(id), "done 10 10 0 0 0 0");
    clear();
}

/* Who left between fan-out and sending is handed out without an address. */
static void test_who_leaves_meanwhile_is_not_mailed(void **state) {
    (void)state;
    char id[32];
    broadcast(PLAIN, 10, id);
    town_value(owner, "UPDATE contact SET gone_at = now(), address = NULL WHERE id = 7");
    town_value(owner, "UPDATE contact SET suspended_at = now() WHERE id = 8");
    assert_string_equal(town_value(sender,
                                   "SELECT string_agg(contact::text, ',' ORDER BY contact) "
                                   "FROM chunk_claim('h', 0, '{other}', '{99}', 9, " NO_QUIET
                                   ") WHERE address IS NULL"),
                        "7,8");
    clear();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_audience_is_exact),
        cmocka_unit_test(test_fanout_resumes),
        cmocka_unit_test(test_nobody_is_forgotten_when_a_chunk_closes),
        cmocka_unit_test(test_the_first_end_stays),
        cmocka_unit_test(test_sums_that_lie_do_not_end_a_broadcast),
        cmocka_unit_test(test_stop_and_pause_hold_back_what_waits),
        cmocka_unit_test(test_nothing_is_sent_after_the_validity_end),
        cmocka_unit_test(test_in_doubt_and_ended_is_unknown),
        cmocka_unit_test(test_a_changed_text_is_halted),
        cmocka_unit_test(test_004_13_2_1_night_is_for_urgent_alerts_only),
        cmocka_unit_test(test_004_13_2_1_edges),
        cmocka_unit_test(test_004_13_2_1_the_next_evening),
        cmocka_unit_test(test_only_silent_hosts_lose_their_work),
        cmocka_unit_test(test_a_silent_hosts_ends_are_kept),
        cmocka_unit_test(test_a_silent_hosts_finished_chunk_is_gone),
        cmocka_unit_test(test_a_close_that_is_lost_is_repeated),
        cmocka_unit_test(test_who_leaves_meanwhile_is_not_mailed),
    };
    return cmocka_run_group_tests(tests, open_town, close_town);
}
