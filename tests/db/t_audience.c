/* How many an alert would reach: always what counting one by one would say, also when residents,
 * files and the house change contacts at the same moment. */
#include "town.h"

static PGconn *owner, *other, *public, *staff;

static int open_town(void **state) {
    (void)state;
    owner = town_connect("kairan_owner");
    other = town_connect("kairan_owner");
    public = town_connect("kairan_public");
    staff = town_connect("kairan_staff");
    town_make(owner);
    town_residents(owner, 30);
    return 0;
}

static int close_town(void **state) {
    (void)state;
    PQfinish(owner);
    PQfinish(other);
    PQfinish(public);
    PQfinish(staff);
    return 0;
}

/* "" when the sums are what counting says. */
static const char *difference(void) {
    return town_value(
        owner,
        "SELECT coalesce((SELECT d::text FROM ((SELECT s.categories, s.areas, c.channel, "
        "count(*) FROM contact c JOIN subscriber s ON s.id = c.subscriber WHERE c.gone_at IS "
        "NULL AND c.suspended_at IS NULL GROUP BY 1, 2, 3 EXCEPT SELECT categories, areas, "
        "channel, sum(n) FROM audience GROUP BY 1, 2, 3) UNION ALL (SELECT categories, areas, "
        "channel, sum(n) FROM audience GROUP BY 1, 2, 3 HAVING sum(n) <> 0 EXCEPT SELECT "
        "s.categories, s.areas, c.channel, count(*) FROM contact c JOIN subscriber s ON s.id = "
        "c.subscriber WHERE c.gone_at IS NULL AND c.suspended_at IS NULL GROUP BY 1, 2, 3)) AS "
        "d LIMIT 1), '')");
}

/* What may happen to residents, to some at random. */
static const char *const ACTS[] = {
    "UPDATE contact SET suspended_at = now() WHERE random() < 0.2",
    "UPDATE contact SET suspended_at = NULL WHERE random() < 0.3",
    "UPDATE contact SET gone_at = now(), address = NULL WHERE gone_at IS NULL AND random() < 0.1",
    "UPDATE contact SET gone_at = NULL, address = 'r' || id || '@resident.example' WHERE gone_at "
    "IS "
    "NOT NULL AND channel = 'mail' AND random() < 0.5",
    "UPDATE subscriber SET categories = ARRAY[1 + (random() * 2)::int]::smallint[], areas = CASE "
    "WHEN "
    "random() < 0.5 THEN '{1}' ELSE '{1,2}' END::smallint[] WHERE random() < 0.3",
    "UPDATE subscriber SET own = true WHERE random() < 0.3",
    "INSERT INTO contact (subscriber, channel, address, hash, confirmed_at) SELECT id, 'sms', "
    "'090' || 10000000 + id, sha256(id::text::bytea), now() FROM subscriber WHERE random() < 0.1 "
    "ON CONFLICT DO NOTHING",
    "SELECT audience_fold()",
};

static void test_the_sums_follow_any_history(void **state) {
    (void)state;
    town_value(owner, "SELECT setseed(0.5)");
    for (int i = 0; i < 100; i++) {
        const char *act = ACTS[town_number(owner, "SELECT floor(random() * 8)")];
        town_value(owner, act);
        const char *odd = difference();
        if (*odd != '\0')
            fail_msg("after %s: %s", act, odd);
    }
}

/* Sends a statement that has to wait for another; returns when it waits. */
static void send_waiting(PGconn *conn, const char *sql) {
    assert_int_equal(PQsendQuery(conn, sql), 1);
    char look[256];
    snprintf(look, sizeof look, "SELECT count(*) FROM pg_locks WHERE pid = %d AND NOT granted",
             PQbackendPID(conn));
    for (int tries = 0; strcmp(town_value(staff, look), "0") == 0; tries++)
        assert_true(tries < 10000);
}

static void end_well(PGconn *conn) {
    for (PGresult *res; (res = PQgetResult(conn)) != NULL; PQclear(res)) {
        ExecStatusType status = PQresultStatus(res);
        if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
            fail_msg("%s", PQerrorMessage(conn));
    }
}

/* New choices and a suspension of one person at the same moment, in both orders. */
static void test_two_changes_at_once_are_both_counted(void **state) {
    (void)state;
    static const char *const CHANGES[] = {
        "UPDATE subscriber SET categories = '{3}' WHERE id = 1",
        "UPDATE contact SET suspended_at = now() WHERE subscriber = 1",
    };
    for (size_t first = 0; first < COUNT(CHANGES); first++) {
        town_value(owner, "UPDATE contact SET suspended_at = NULL, gone_at = NULL, address = "
                          "'r1@resident.example' WHERE subscriber = 1 AND channel = 'mail'");
        town_value(owner, "UPDATE subscriber SET categories = '{1}' WHERE id = 1");
        town_value(owner, "BEGIN");
        town_value(owner, CHANGES[first]);
        send_waiting(other, CHANGES[1 - first]);
        town_value(owner, "COMMIT");
        end_well(other);
        assert_string_equal(difference(), "");
    }
}

static const char *sign_up(const char *address, const char *category) {
    const char *token = town_value(owner, "SELECT encode(gen_random_bytes(20), 'hex')");
    town_valuef(public,
                "SELECT signup_request('%s', 'ja', '{%s}', '{1}', 'v1', '%s', '192.0.2.1', 24, "
                "9, 99)",
                address, category, token);
    return token;
}

/* Two links of one new address, pressed at the same instant. */
static void test_two_links_at_once_are_one_registration(void **state) {
    (void)state;
    const char *one = sign_up("twice@resident.example", "1");
    const char *two = sign_up("twice@resident.example", "2");
    char press[128];
    town_value(public, "BEGIN");
    town_valuef(public, "SELECT signup_confirm('%s')", one);
    snprintf(press, sizeof press, "SELECT signup_confirm('%s')", two);
    send_waiting(other, press);
    town_value(public, "COMMIT");
    end_well(other);
    assert_string_equal(
        town_value(owner,
                   "SELECT string_agg(s.categories::text, ' ') FROM contact c JOIN subscriber s "
                   "ON s.id = c.subscriber WHERE c.address = 'twice@resident.example'"),
        "{2}");
    assert_string_equal(town_value(owner,
                                   "SELECT count(*) FROM subscriber s WHERE NOT EXISTS (SELECT "
                                   "FROM contact c WHERE c.subscriber = s.id)"),
                        "0");
    assert_string_equal(difference(), "");
}

/* A file and a link with one new address at the same instant: the resident's own choice stays. */
static void test_a_file_waits_for_a_resident_and_leaves_him(void **state) {
    (void)state;
    const char *token = sign_up("both@resident.example", "2");
    town_value(owner, "INSERT INTO import (reason, file_name) VALUES ('test', 'test')");
    town_value(owner,
               "INSERT INTO import_row (import, line, address, areas, categories, lang) SELECT "
               "max(id), 1, 'both@resident.example', '{1}', '{1}', 'ja' FROM import");
    town_value(public, "BEGIN");
    town_valuef(public, "SELECT signup_confirm('%s')", token);
    send_waiting(other, "SELECT import_run(max(id)) FROM import");
    town_value(public, "COMMIT");
    end_well(other);
    assert_string_equal(
        town_value(owner, "SELECT string_agg(s.categories::text || s.own, ' ') FROM contact c JOIN "
                          "subscriber s ON s.id = c.subscriber WHERE c.address = "
                          "'both@resident.example'"),
        "{2}true");
    assert_string_equal(
        town_value(owner, "SELECT added || ' ' || kept FROM import ORDER BY id DESC LIMIT 1"),
        "0 1");
    assert_string_equal(difference(), "");
}

static void test_addresses_and_numbers_are_masked(void **state) {
    (void)state;
    static const struct {
        const char *address, *masked;
    } rows[] = {
        {"hanako@resident.example", "h***@resident.example"},
        {"h@resident.example", "h***@resident.example"},
        {"09012345678", "090******78"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(town_valuef(owner, "SELECT mask_address('%s')", rows[i].address),
                            rows[i].masked);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_sums_follow_any_history),
        cmocka_unit_test(test_two_changes_at_once_are_both_counted),
        cmocka_unit_test(test_two_links_at_once_are_one_registration),
        cmocka_unit_test(test_a_file_waits_for_a_resident_and_leaves_him),
        cmocka_unit_test(test_addresses_and_numbers_are_masked),
    };
    return cmocka_run_group_tests_name("audience", tests, open_town, close_town);
}
