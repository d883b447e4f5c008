/* Housekeeping: what is kept and how long (002 §23(9)), partitions that make nobody wait, closed
 * chunks. */
#include <time.h>

#include "sending.h"

static int open_town(void **state) {
    (void)state;
    return sending_open(10);
}

/* ---- how long records are kept ---- */

/* The end of the fiscal year after the one of a day, worked out apart from the database:
 * "2028-04-01". */
static const char *legal_end(int year, int month) {
    static char end[24];
    snprintf(end, sizeof end, "%d-04-01", (month >= 4 ? year : year - 1) + 2);
    return end;
}

/* Every day of three fiscal years, from its first to its last microsecond in Japan: its month is
 * dropped when its own time is over, and not before. */
static void test_002_23_9_no_day_is_dropped_early(void **state) {
    (void)state;
    struct tm day = {.tm_year = 2026 - 1900, .tm_mon = 3, .tm_mday = 1, .tm_hour = 12};
    for (int i = 0; i < 3 * 365 + 1; i++) {
        struct tm d = day;
        d.tm_mday += i;
        time_t at = timegm(&d);
        gmtime_r(&at, &d);
        char date[64];
        snprintf(date, sizeof date, "%d-%02d-%02d", d.tm_year + 1900, d.tm_mon + 1, d.tm_mday);
        const char *got = town_valuef(
            owner,
            "SELECT string_agg(DISTINCT to_char(month_kept_until(month_of(at), 1), 'YYYY-MM-DD "
            "HH24:MI:SS'), ' ') FROM unnest(ARRAY[timestamptz '%s 00:00:00+09', "
            "timestamptz '%s 23:59:59.999999+09']) AS at",
            date, date);
        char expect[64];
        snprintf(expect, sizeof expect, "%s 00:00:00", legal_end(d.tm_year + 1900, d.tm_mon + 1));
        if (strcmp(got, expect) != 0)
            fail_msg("%s: %s, not %s", date, got, expect);
    }
}

/* An alert of March whose last outcome is of April belongs to the year that began then. */
static void test_002_23_9_the_last_record_of_a_month_counts(void **state) {
    (void)state;
    static const struct {
        const char *last, *ended, *until;
    } rows[] = {
        {"2026-03-31 23:59:59+09", "2026-03-31 23:59:59.9+09", "2027-04-01"},
        {"2026-03-31 23:59:59+09", "2026-04-01 00:00:00+09", "2028-04-01"},
        {"2026-04-01 00:00:00+09", "2026-04-01 00:00:00+09", "2028-04-01"},
        {"2026-04-01 00:00:00+09", "", ""},
    };
    char id[32];
    sending_start(PLAIN, 10, id);
    sending_claim("h");
    for (int i = 1; i <= 10; i++)
        sending_record(id, i, "accepted", true, false);
    for (size_t i = 0; i < COUNT(rows); i++) {
        town_valuef(
            owner,
            "UPDATE broadcast SET month = '2026-03-01', started_at = '2026-03-31 23:00+09', "
            "last_outcome_at = '%s', ended_at = nullif('%s', '')::timestamptz WHERE alert = %s",
            rows[i].last, rows[i].ended, id);
        const char *got = town_value(
            owner, "SELECT coalesce(to_char(month_kept_until('2026-03-01', 1), 'YYYY-MM-DD'), '')");
        if (strcmp(got, rows[i].until) != 0)
            ROW_FAIL(i, "%s", got);
    }
    town_valuef(owner,
                "UPDATE broadcast SET month = month_of(now()), ended_at = now() WHERE alert = %s",
                id);
}

/* Fewer years than the law's are no setting; more are. */
static void test_002_23_9_the_legal_minimum(void **state) {
    (void)state;
    assert_string_equal(
        town_value(owner, "SELECT string_agg(to_char(kept_until('2026-05-01', years), 'YYYY'), ' ' "
                          "ORDER BY years) FROM unnest('{-5,0,1,2,30}'::int[]) AS years"),
        "2028 2028 2028 2029 2057");
}

/* ---- dropping and making ---- */

static void make_month(const char *month) {
    town_valuef(owner, "SELECT delivery_partition('%s')", month);
    town_valuef(owner, "INSERT INTO delivery (month, alert, contact) VALUES ('%s', 1, 1)", month);
}

static const char *months(void) {
    return town_value(
        owner, "SELECT string_agg(right(relname, 6), ' ' ORDER BY relname) FROM pg_class "
               "WHERE relname ~ '^(delivery|outcome)_20[12][0-5][0-9]{2}$' AND relkind = 'r'");
}

static void test_a_month_goes_whole_and_on_record(void **state) {
    (void)state;
    make_month("2020-03-01");
    make_month("2020-04-01");
    assert_string_equal(months(), "202003 202004 202003 202004");
    static const struct {
        const char *now, *dropped;
    } rows[] = {
        {"2021-03-31 23:59:59.999999+09", ""},    {"2021-04-01 00:00:00+09", "2020-03-01"},
        {"2021-04-01 00:00:00+09", ""},           {"2022-03-31 23:59:59.999999+09", ""},
        {"2022-04-01 00:00:00+09", "2020-04-01"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = town_valuef(owner, "SELECT month_drop(1, '%s')", rows[i].now);
        if (strcmp(got, rows[i].dropped) != 0)
            ROW_FAIL(i, "%s", got);
    }
    assert_string_equal(months(), "");
    assert_string_equal(
        town_value(owner,
                   "SELECT string_agg(login || ' ' || object, ' ' ORDER BY seq) FROM oplog WHERE "
                   "act = 'records.drop'"),
        "system 2020-03 system 2020-04");
}

/* The program says nothing of the time. */
static void test_only_the_databases_clock_drops(void **state) {
    (void)state;
    assert_string_equal(town_state(house, "SELECT month_drop(1, now())"), NO_RIGHT);
    assert_string_equal(town_state(sender, "SELECT house_drop(1)"), NO_RIGHT);
    make_month("2024-03-01"); /* kept till the end of the fiscal year 2024 */
    make_month("2019-05-01");
    assert_string_equal(town_value(house, "SELECT house_drop(30)"), "");
    assert_string_equal(town_value(house, "SELECT house_drop(1)"), "2019-05");
}

static void test_an_alert_that_has_not_ended_keeps_its_month(void **state) {
    (void)state;
    char id[32];
    sending_start(PLAIN, 10, id);
    make_month("2018-05-01");
    town_valuef(owner, "UPDATE broadcast SET month = '2018-05-01' WHERE alert = %s", id);
    assert_string_equal(town_value(owner, "SELECT month_drop(1, '2021-04-01')"), "");
    town_valuef(
        owner,
        "UPDATE broadcast SET ended_at = '2018-06-01', started_at = '2018-05-31', total = 0 "
        "WHERE alert = %s",
        id);
    assert_string_equal(town_value(owner, "SELECT month_drop(1, '2021-04-01')"), "2018-05-01");
    assert_string_equal(
        town_valuef(owner, "SELECT dropped_at IS NOT NULL FROM broadcast WHERE alert = %s", id),
        "t");
    assert_string_equal(
        town_statef(staff,
                    "SELECT alert_correct('%s', %s, NULL, 0, 'cancellation', '{ja}', "
                    "'{題}', '{一}', NULL, NULL, false, '', " A_DAY ", NULL)",
                    town_sign_in(staff, "a1"), id),
        CONFLICT);
    town_valuef(owner, "UPDATE broadcast SET month = month_of(now()) WHERE alert = %s", id);
}

/* Whoever reads is not disturbed: the drop gives up at once, and nobody queues behind it. */
static void test_readers_do_not_wait(void **state) {
    (void)state;
    PGconn *reader = town_connect("kairan_owner");
    make_month("2017-05-01");
    town_value(reader, "BEGIN");
    town_value(reader, "SELECT count(*) FROM delivery");
    assert_string_equal(town_value(house, "SELECT house_drop(1)"), "busy");
    town_value(owner, "SET lock_timeout = '1ms'");
    assert_string_equal(town_value(owner, "SELECT count(*) > 0 FROM delivery"), "t");
    /* Making months ahead asks for nothing that a reader or a writer holds. */
    town_value(reader,
               "INSERT INTO delivery (month, alert, contact) VALUES (month_of(now()), 1, 999)");
    town_value(owner, "SELECT delivery_partition('2031-01-01')");
    town_value(owner, "DROP TABLE IF EXISTS none");
    town_value(owner, "RESET lock_timeout");
    town_value(reader, "ROLLBACK");
    assert_string_equal(town_value(house, "SELECT house_drop(1)"), "2017-05");
    PQfinish(reader);
}

/* An approval in the last second of March, sent in April; the months of both are there. */
static void test_months_and_years_turn_in_japan(void **state) {
    (void)state;
    static const struct {
        const char *at, *month, *year;
    } rows[] = {
        {"2026-03-31 23:59:59.999999+09", "2026-03-01", "2025"},
        {"2026-04-01 00:00:00+09", "2026-04-01", "2026"},
        {"2026-03-31 15:00:00+00", "2026-04-01", "2026"},
        {"2026-12-31 23:59:59+09", "2026-12-01", "2026"},
        {"2028-02-29 23:59:59+09", "2028-02-01", "2027"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = town_valuef(owner, "SELECT month_of('%s') || ' ' || fiscal_year('%s')",
                                      rows[i].at, rows[i].at);
        char expect[32];
        snprintf(expect, sizeof expect, "%s %s", rows[i].month, rows[i].year);
        if (strcmp(got, expect) != 0)
            ROW_FAIL(i, "%s", got);
    }
    town_value(house, "SELECT house_ahead()");
    assert_string_equal(
        town_value(
            owner,
            "SELECT count(*) FROM generate_series(0, 2) AS n WHERE to_regclass('outcome' || "
            "to_char(month_of(now()) + make_interval(months => n::int), '_YYYYMM')) IS NULL"),
        "0");
}

/* A month nobody made ahead (housekeeping was away) is made when an alert needs it. */
static void test_a_missing_month_stops_nobody(void **state) {
    (void)state;
    char id[32];
    town_value(owner, "DELETE FROM delivery; DELETE FROM outcome; DELETE FROM broadcast_tally; "
                      "DELETE FROM broadcast_part; DELETE FROM broadcast");
    town_value(owner,
               "DO $$ BEGIN EXECUTE 'DROP TABLE delivery' || to_char(month_of(now()), '_YYYYMM'); "
               "EXECUTE 'DROP TABLE outcome' || to_char(month_of(now()), '_YYYYMM'); END $$");
    sending_start(PLAIN, 10, id);
    assert_string_equal(sending_sums(id), "sending 10 0 0 0 0 0");
}

/* ---- chunks ---- */

static const char *closed(const char *id) {
    return town_valuef(owner, "SELECT count(*) FROM chunk WHERE alert = %s AND state = 'closed'",
                       id);
}

static void test_closed_chunks_go(void **state) {
    (void)state;
    char routine[32], urgent[32];
    sending_start(PLAIN, 1, routine);
    sending_start(URGENT, 1, urgent);
    sending_claim("h");
    for (int i = 1; i <= 10; i++) {
        sending_record(routine, i, "accepted", true, false);
        sending_record(urgent, i, "accepted", true, false);
        sending_put_back(urgent, i, "{}", "{}");
        if (i > 2)
            sending_put_back(routine, i, "{}", "{}");
    }
    assert_string_equal(town_value(house, "SELECT house_chunks(3)"), "t");
    assert_string_equal(closed(routine), "5");
    while (strcmp(town_value(house, "SELECT house_chunks(3)"), "t") == 0) {
    }
    assert_string_equal(closed(routine), "0");
    assert_string_equal(town_valuef(owner, "SELECT count(*) FROM chunk WHERE alert = %s", routine),
                        "2");
    assert_string_equal(closed(urgent), "10"); /* a returned mail may ask for them */
    town_valuef(owner,
                "UPDATE broadcast SET ended_at = now() - interval '16 days' WHERE alert = %s",
                urgent);
    while (strcmp(town_value(house, "SELECT house_chunks(3)"), "t") == 0) {
    }
    assert_string_equal(closed(urgent), "0");
}

/* Tables that change all the time keep their size, broadcast after broadcast. */
static void test_rounds_leave_nothing_behind(void **state) {
    (void)state;
    static const char *const size = "SELECT sum(pg_total_relation_size(t)) FROM "
                                    "unnest('{chunk,broadcast,letter,worker}'::regclass[]) "
                                    "AS t";
    int64_t after_two = 0;
    for (int round = 1; round <= 8; round++) {
        char id[32];
        sending_start(PLAIN, 1, id);
        for (int retry = 0; retry < 20; retry++) {
            sending_claim("h");
            town_valuef(
                sender,
                "SELECT chunk_close(id, token, members, 0, '{}') FROM chunk_held('h', 0) AS c "
                "(id, token), LATERAL (SELECT '{}'::bigint[] AS members) AS m");
        }
        sending_claim("h");
        for (int i = 1; i <= 10; i++)
            sending_record(id, i, "accepted", true, false);
        town_value(sender,
                   "SELECT chunk_close(chunk, token, '{}', 0, '{}') FROM chunk_held('h', 0)");
        while (strcmp(town_value(house, "SELECT house_chunks(100)"), "t") == 0) {
        }
        town_value(owner, "VACUUM chunk"); /* as autovacuum does, by its own clock */
        town_value(owner, "VACUUM broadcast");
        int64_t now = town_number(owner, size);
        if (round == 2)
            after_two = now;
        else if (round > 2)
            assert_in_range(now, after_two / 2, after_two + 65536);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_002_23_9_no_day_is_dropped_early),
        cmocka_unit_test_teardown(test_002_23_9_the_last_record_of_a_month_counts, sending_clear),
        cmocka_unit_test(test_002_23_9_the_legal_minimum),
        cmocka_unit_test(test_a_month_goes_whole_and_on_record),
        cmocka_unit_test(test_only_the_databases_clock_drops),
        cmocka_unit_test_teardown(test_an_alert_that_has_not_ended_keeps_its_month, sending_clear),
        cmocka_unit_test(test_readers_do_not_wait),
        cmocka_unit_test(test_months_and_years_turn_in_japan),
        cmocka_unit_test_teardown(test_a_missing_month_stops_nobody, sending_clear),
        cmocka_unit_test_teardown(test_closed_chunks_go, sending_clear),
        cmocka_unit_test_teardown(test_rounds_leave_nothing_behind, sending_clear),
    };
    return cmocka_run_group_tests(tests, open_town, sending_close);
}
