/* Lanes as the database keeps them: by setting, split off and folded back; chunks of one lane each,
 * claimed by lane, never orphaned; an alert that the engine pauses (P5; design §5). */
#include "town.h"

static PGconn *owner, *staff, *sender, *house;

#define NO_QUIET "'0:00', '0:00'"

static int open_town(void **state) {
    (void)state;
    owner = town_connect("kairan_owner");
    staff = town_connect("kairan_staff");
    sender = town_connect("kairan_sender");
    house = town_connect("kairan_house");
    town_make(owner);
    town_residents(owner, 12);
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

/* Residents 1 to 4 at red.example, 5 to 8 at blue.example, the others elsewhere. */
static int clear(void **state) {
    (void)state;
    town_value(owner, "DELETE FROM chunk");
    town_value(owner, "DELETE FROM lane_domain");
    town_value(owner, "DELETE FROM lane WHERE name <> 'other'");
    town_value(owner, "DELETE FROM worker");
    town_value(owner, "ALTER TABLE alert DISABLE TRIGGER alert_check");
    town_value(owner, "UPDATE alert SET state = 'done' WHERE state NOT IN ('draft', 'done')");
    town_value(owner, "UPDATE broadcast SET total = coalesce(total, 0)");
    town_value(owner, "ALTER TABLE alert ENABLE TRIGGER alert_check");
    town_value(owner,
               "UPDATE contact SET address = 'r' || id || CASE WHEN id <= 4 THEN '@red.example' "
               "WHEN id <= 8 THEN '@blue.example' ELSE '@resident.example' END");
    town_value(sender, "SELECT lane_sync('{red}', '{5}', '{red.example}', '{red}')");
    return 0;
}

/* Approves a new alert and expands it in chunks of `members`; its id, in a buffer of the caller's.
 */
static void broadcast(bool urgent, int members, char id[32]) {
    const char *drafter = town_sign_in(staff, "a1"), *approver = town_sign_in(staff, "a3");
    snprintf(
        id, 32, "%s",
        town_valuef(staff,
                    "SELECT alert FROM alert_save('%s', NULL, 0, '{ja}', '{題}', '{本文}', '{1}', "
                    "'{}', false, %s, now() + interval '1 day', NULL)",
                    drafter, urgent ? "true, '氾濫'" : "false, ''"));
    town_valuef(staff, "SELECT alert_submit('%s', %s, 1, NULL)", drafter, id);
    assert_string_equal(town_approve(staff, approver, id, town_fingerprint(staff, approver, id)),
                        DONE);
    assert_string_equal(town_value(sender, "SELECT fanout_next(" NO_QUIET ")"), id);
    while (strcmp(town_valuef(sender, "SELECT fanout_step(%s, 100, %d)", id, members), "done") !=
           0) {
    }
}

/* The waiting chunks of an alert: "lane members" of each, in order. */
static const char *waiting(const char *id) {
    return town_valuef(
        owner,
        "SELECT string_agg(lane || ' ' || members::text, ' ' ORDER BY lane, members) "
        "FROM chunk WHERE alert = %s AND state = 'waiting'",
        id);
}

/* Claims of lanes with their wants: the contacts got, in order. */
static const char *claim(const char *lanes, const char *wants, int chunks) {
    return town_valuef(sender,
                       "SELECT string_agg(contact::text, ',' ORDER BY contact) FROM "
                       "chunk_claim('h', 0, '%s', '%s', %d, " NO_QUIET ")",
                       lanes, wants, chunks);
}

static void record(const char *alert, int from, int to, const char *result) {
    town_valuef(
        owner,
        "SELECT outcome_record(%s, array_agg(m), array_agg(1::smallint), "
        "array_agg('%s'::result), array_agg(true), array_agg(false), "
        "array_agg(550::smallint), array_agg('no'::text), 'r', array_agg(clock_timestamp())) "
        "FROM generate_series(%d, %d) AS m",
        alert, result, from, to);
}

static void test_a_chunk_is_of_one_lane(void **state) {
    (void)state;
    char id[32];
    broadcast(false, 3, id);
    assert_string_equal(waiting(id),
                        "other {5,6,7} other {8,9,10} other {11,12} red {1,2,3} red {4}");
}

static void test_claims_are_by_lane(void **state) {
    (void)state;
    char id[32];
    broadcast(false, 2, id);
    assert_string_equal(claim("{red}", "{1}", 4), "1,2");
    assert_string_equal(claim("{red,other}", "{0,3}", 4), "5,6,7,8");
    assert_string_equal(claim("{red,other}", "{100,100}", 1), "3,4,9,10");
    assert_string_equal(claim("{red,other,none}", "{100,100,100}", 9), "11,12");
    assert_string_equal(claim("{red,other}", "{100,100}", 9), "");
}

static void test_urgent_first_in_every_lane(void **state) {
    (void)state;
    char routine[32], urgent[32];
    broadcast(false, 4, routine);
    broadcast(true, 4, urgent);
    assert_string_equal(
        town_value(sender, "SELECT string_agg(DISTINCT alert::text, ' ') || ' ' || count(*) FROM "
                           "chunk_claim('h', 0, '{red,other}', '{4,8}', 9, " NO_QUIET ")"),
        town_valuef(owner, "SELECT '%s 12'", urgent));
    assert_string_equal(claim("{red,other}", "{99,99}", 9), "1,2,3,4,5,6,7,8,9,10,11,12");
}

/* A domain that is split off while its members are in hand: they come again in their own lane. */
static void test_the_rest_of_a_chunk_goes_to_the_lanes_of_today(void **state) {
    (void)state;
    char id[32], chunk[32], token[32];
    broadcast(false, 12, id);
    assert_int_equal(
        sscanf(town_value(sender, "SELECT chunk || ' ' || token FROM chunk_claim('h', 0, "
                                  "'{other}', '{1}', 1, " NO_QUIET ") LIMIT 1"),
               "%31s %31s", chunk, token),
        2);
    assert_string_equal(town_value(sender, "SELECT lane_split('blue.example')"), "t");
    record(id, 5, 5, "accepted");
    record(id, 9, 9, "accepted");
    town_valuef(sender, "SELECT chunk_close(%s, %s, '{6,10}', 60, '{7}')", chunk, token);
    assert_string_equal(waiting(id),
                        "blue.example {6} blue.example {7} blue.example {8} other {10} "
                        "other {11,12} red {1,2,3,4}");
}

/* Who is in doubt hears the same mail again, so the hand-over stays; all else is a new one. */
static void test_a_handover_stays_with_doubt(void **state) {
    (void)state;
    char id[32], chunk[32], token[32], handover[32];
    broadcast(true, 4, id);
    assert_int_equal(
        sscanf(town_value(sender,
                          "SELECT chunk || ' ' || token || ' ' || handover FROM chunk_claim('h', "
                          "0, '{red}', '{1}', 1, " NO_QUIET ") LIMIT 1"),
               "%31s %31s %31s", chunk, token, handover),
        3);
    town_valuef(sender, "SELECT chunk_close(%s, %s, '{1}', 60, '{2}')", chunk, token);
    assert_string_equal(
        town_valuef(owner,
                    "SELECT string_agg(members::text || (handover = %s), ' ' ORDER BY members) "
                    "FROM chunk WHERE alert = %s AND lane = 'red' AND state = 'waiting'",
                    handover, id),
        "{1}false {2}true {3,4}false");
    /* and with what is taken from a silent host */
    town_value(sender, "SELECT worker_beat('h', 'send', 0, 1)");
    claim("{red}", "{99}", 9);
    town_value(owner, "UPDATE worker SET seen = now() - interval '61 seconds'");
    town_value(house, "SELECT chunk_free_silent()");
    assert_string_equal(town_valuef(owner,
                                    "SELECT count(DISTINCT handover) FROM chunk WHERE alert = %s "
                                    "AND lane = 'red' AND state = 'waiting' AND again",
                                    id),
                        "2");
}

static void test_lanes_follow_the_settings(void **state) {
    (void)state;
    const char *all =
        "SELECT string_agg(concat_ws(' ', lane, pace, domain), ', ') FROM lane_read()";
    assert_string_equal(town_value(sender, all), "other 0, red 5 red.example");
    town_value(sender,
               "SELECT lane_sync('{red,sea}', '{0,9}', '{red.example,blue.example,x.example}', "
               "'{red,sea,sea}')");
    assert_string_equal(town_value(sender, all),
                        "other 0, red 0 red.example, sea 9 blue.example, sea 9 x.example");
    assert_string_equal(town_value(sender, "SELECT lane_split('blue.example')"), "f");
}

/* A lane that leaves the settings is served till it is empty; its row goes an hour later. */
static void test_no_chunk_is_orphaned(void **state) {
    (void)state;
    char id[32];
    broadcast(false, 12, id);
    town_value(sender, "SELECT lane_sync('{}', '{}', '{}', '{}')");
    assert_string_equal(town_value(sender, "SELECT string_agg(lane, ' ') FROM lane_read()"),
                        "other red");
    town_value(owner, "UPDATE lane SET retired_at = retired_at - interval '61 minutes'");
    assert_string_equal(town_value(sender, "SELECT string_agg(lane, ' ') FROM lane_read()"),
                        "other");
    assert_string_equal(waiting(id), "other {1,2,3,4} other {5,6,7,8,9,10,11,12}");
    assert_string_equal(town_statef(owner, "UPDATE chunk SET lane = 'nobody' WHERE alert = %s", id),
                        "23503");
}

static void test_a_split_folds_back_after_an_hour(void **state) {
    (void)state;
    const char *domains = "SELECT string_agg(domain, ' ' ORDER BY domain) FROM lane_domain";
    assert_string_equal(town_value(sender, "SELECT lane_split('blue.example')"), "t");
    town_value(owner, "UPDATE lane_domain SET split_until = split_until - interval '59 minutes' "
                      "WHERE split_until IS NOT NULL");
    town_value(sender, "SELECT * FROM lane_read()");
    assert_string_equal(town_value(owner, domains), "blue.example red.example");
    /* trouble again: an hour from then on */
    assert_string_equal(town_value(sender, "SELECT lane_split('blue.example')"), "t");
    town_value(owner, "UPDATE lane_domain SET split_until = split_until - interval '59 minutes' "
                      "WHERE split_until IS NOT NULL");
    town_value(sender, "SELECT * FROM lane_read()");
    assert_string_equal(town_value(owner, domains), "blue.example red.example");
    town_value(owner, "UPDATE lane_domain SET split_until = split_until - interval '2 minutes' "
                      "WHERE split_until IS NOT NULL");
    town_value(sender, "SELECT * FROM lane_read()");
    assert_string_equal(town_value(owner, domains), "red.example");
    assert_string_equal(town_value(owner, "SELECT count(*) FROM lane WHERE retired_at IS NOT NULL"),
                        "1");
}

static void test_not_everything_is_split_off(void **state) {
    (void)state;
    assert_string_equal(
        town_value(sender, "SELECT count(*) FILTER (WHERE lane_split('d' || i || '.example')) "
                           "FROM generate_series(1, 40) AS i"),
        "30");
}

/* A contact without its person, or none at all, comes as one who has left, and the chunk can close.
 */
static void test_a_lost_member_does_not_hold_a_chunk(void **state) {
    (void)state;
    char id[32];
    broadcast(false, 12, id);
    town_valuef(
        owner,
        "UPDATE chunk SET members = members || 999::bigint WHERE alert = %s AND lane = 'red'", id);
    assert_string_equal(
        town_value(sender, "SELECT string_agg(contact || coalesce(address, '-'), ' ' ORDER BY "
                           "contact) FROM chunk_claim('h', 0, '{red}', '{9}', 9, " NO_QUIET
                           ") WHERE contact > 3"),
        "4r4@red.example 999-");
}

/* ---- the engine's pause ---- */

static const char *state_of(const char *id) {
    return town_valuef(owner, "SELECT state FROM alert WHERE id = %s", id);
}

/* Of an alert's progress page. */
static const char *shown(const char *token, const char *id) {
    return town_valuef(
        staff, "SELECT concat_ws('|', state, halted, relay_trouble) FROM broadcast_read('%s', %s)",
        token, id);
}

/* Read in one go or one by one, by how close together they stand. */
static void test_who_is_left_of_a_chunk(void **state) {
    static const struct {
        const char *members, *left;
    } CASES[] = {{"{1,2,3,4}", "{1,4}"},       {"{2,3}", ""},      {"{1,3,100000}", "{1,100000}"},
                 {"{3,2,100000}", "{100000}"}, {"{3,2,1}", "{1}"}, {"{5}", "{5}"}};
    (void)state;
    char id[32];
    broadcast(false, 12, id);
    town_valuef(sender,
                "SELECT outcome_record(%s, '{2,3,5}', '{1,1,1}', '{accepted,refused,temporary}', "
                "'{t,t,f}', '{f,f,f}', '{250,550,450}', '{a,b,c}', 'r', "
                "array_fill(clock_timestamp(), '{3}'))",
                id);
    for (size_t i = 0; i < COUNT(CASES); i++)
        assert_string_equal(
            town_valuef(owner, "SELECT members_left(%s, '%s')", id, CASES[i].members),
            CASES[i].left);
}

static void test_the_engine_pauses_and_an_approver_resumes(void **state) {
    (void)state;
    char id[32];
    broadcast(false, 12, id);
    const char *drafter = town_sign_in(staff, "a2"), *approver = town_sign_in(staff, "a3");
    assert_string_equal(town_valuef(owner, "SELECT broadcast_pause(%s, 'Why.', '554 no')", id),
                        "t");
    assert_string_equal(town_valuef(owner, "SELECT broadcast_pause(%s, 'Why.', '554 no')", id),
                        "f");
    assert_string_equal(shown(drafter, id), "paused|Why.|554 no");
    assert_string_equal(claim("{red,other}", "{9,9}", 9), "");
    assert_string_equal(
        town_valuef(owner,
                    "SELECT count(*) FROM oplog WHERE act = 'alert.pause' AND object = "
                    "'alert %s' AND facts = '{\"trouble\": \"Why.\", \"reply\": \"554 no\"}'",
                    id),
        "1");
    assert_string_equal(town_statef(staff, "SELECT alert_resume('%s', %s, NULL)", drafter, id),
                        DENIED);
    assert_string_equal(town_statef(staff, "SELECT alert_resume('%s', %s, NULL)", approver, id),
                        DONE);
    assert_string_equal(shown(drafter, id), "sending|");
    /* a person's pause has none of the engine's reasons */
    assert_string_equal(town_statef(staff, "SELECT alert_pause('%s', %s, NULL)", drafter, id),
                        DONE);
    assert_string_equal(shown(drafter, id), "paused|");
}

/* Totals as they would stand, then a look. */
static const char *look(const char *id, int accepted, int refused) {
    town_valuef(owner, "UPDATE broadcast SET total = 100000 WHERE alert = %s", id);
    town_lie(owner, id, accepted, refused);
    town_valuef(sender, "SELECT broadcast_judge(%s)", id);
    return state_of(id);
}

static void later(const char *id, int seconds) {
    town_valuef(
        owner,
        "UPDATE broadcast SET look_at = look_at - make_interval(secs => %d) WHERE alert = %s",
        seconds, id);
}

/* A fifth refused within a minute, but not before 30 were. */
static void test_many_refusals_pause_the_alert(void **state) {
    (void)state;
    char id[32];
    broadcast(false, 12, id);
    assert_string_equal(look(id, 0, 29), "sending");
    assert_string_equal(look(id, 121, 30), "sending"); /* 19.9 % */
    assert_string_equal(look(id, 120, 30), "paused");
    const char *approver = town_sign_in(staff, "a3");
    /* who resumes has decided: four times as many, counted from then */
    assert_string_equal(town_statef(staff, "SELECT alert_resume('%s', %s, NULL)", approver, id),
                        DONE);
    assert_string_equal(look(id, 120, 149), "sending");
    assert_string_equal(look(id, 120, 150), "paused");
}

/* What went well a minute ago does not hide what goes wrong now, and the other way round. */
static void test_only_the_last_minute_counts(void **state) {
    (void)state;
    char id[32];
    broadcast(false, 12, id);
    assert_string_equal(look(id, 50000, 0), "sending");
    later(id, 31);
    assert_string_equal(look(id, 50000, 0), "sending");
    later(id, 31);
    assert_string_equal(look(id, 50100, 20), "sending");
    later(id, 31);
    assert_string_equal(look(id, 50200, 29), "sending");
    assert_string_equal(look(id, 50200, 50), "paused");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_chunk_is_of_one_lane, clear),
        cmocka_unit_test_setup(test_claims_are_by_lane, clear),
        cmocka_unit_test_setup(test_urgent_first_in_every_lane, clear),
        cmocka_unit_test_setup(test_the_rest_of_a_chunk_goes_to_the_lanes_of_today, clear),
        cmocka_unit_test_setup(test_a_handover_stays_with_doubt, clear),
        cmocka_unit_test_setup(test_lanes_follow_the_settings, clear),
        cmocka_unit_test_setup(test_no_chunk_is_orphaned, clear),
        cmocka_unit_test_setup(test_a_split_folds_back_after_an_hour, clear),
        cmocka_unit_test_setup(test_not_everything_is_split_off, clear),
        cmocka_unit_test_setup(test_a_lost_member_does_not_hold_a_chunk, clear),
        cmocka_unit_test_setup(test_who_is_left_of_a_chunk, clear),
        cmocka_unit_test_setup(test_the_engine_pauses_and_an_approver_resumes, clear),
        cmocka_unit_test_setup(test_many_refusals_pause_the_alert, clear),
        cmocka_unit_test_setup(test_only_the_last_minute_counts, clear),
    };
    return cmocka_run_group_tests(tests, open_town, close_town);
}
