/* The operation log (004 §8): on whose behalf, requests, strangers, looks at personal data, search,
 * how long rows are kept, removal by two persons, checks. */
#include <time.h>

#include "town.h"

static PGconn *owner, *staff, *house;
static char administrator[64], auditor[64];

/* Rows of a fiscal year long ago lie before all others. */
static int open_town(void **state) {
    (void)state;
    owner = town_connect("kairan_owner");
    staff = town_connect("kairan_staff");
    house = town_connect("kairan_house");
    town_value(owner, "SELECT oplog_partition(2020)");
    town_value(owner,
               "DO $$ DECLARE h oplog_head; r oplog; BEGIN SELECT * INTO h FROM oplog_head; "
               "r.login := 'operator'; r.act := 'old.act'; r.result := 'done'; r.reason := ''; "
               "FOR i IN 1..10 LOOP r.at := '2021-03-31 23:59:59.9+09'; r.object := 'thing ' || i; "
               "h := oplog_link(r, h); END LOOP; "
               "UPDATE oplog_head SET seq = h.seq, hash = h.hash, at = h.at; END $$");
    town_make(owner);
    snprintf(administrator, sizeof administrator, "%s", town_sign_in(staff, "c1"));
    snprintf(auditor, sizeof auditor, "%s", town_sign_in(staff, "c2"));
    return 0;
}

static int close_town(void **state) {
    (void)state;
    PQfinish(owner);
    PQfinish(staff);
    PQfinish(house);
    return 0;
}

static const char *newest(const char *column) {
    return town_valuef(owner, "SELECT %s FROM oplog ORDER BY seq DESC LIMIT 1", column);
}

/* ---- rows ---- */

/* A delegate acts for the approver of that moment, else for the last one. */
static void test_004_4_3_on_whose_behalf(void **state) {
    (void)state;
    static const char act[] =
        "SELECT oplog_append(1, 'x', 1, '%s', 1, 'test', '', 'done', '', NULL)";
    const char *approver = town_value(owner, "SELECT id FROM person WHERE login = 'a3'");
    town_value(owner, "BEGIN");
    town_valuef(owner, act, "delegate");
    assert_string_equal(newest("behalf"), approver);
    town_valuef(owner, act, "drafter");
    assert_string_equal(newest("behalf"), "");
    town_value(owner, "ALTER TABLE post DISABLE TRIGGER USER");
    town_value(owner,
               "UPDATE post SET during = tstzrange(now() - interval '1 day', now() - interval "
               "'1 hour') WHERE role = 'approver' AND department = 1");
    town_valuef(owner, act, "delegate");
    assert_string_equal(newest("behalf"), approver);
    town_value(owner,
               "INSERT INTO post (person, department, role, during) SELECT id, 1, 'approver', "
               "tstzrange(now() - interval '1 minute', NULL) FROM person WHERE login = 'b3'");
    town_valuef(owner, act, "delegate");
    assert_string_equal(newest("behalf"),
                        town_value(owner, "SELECT id FROM person WHERE login = 'b3'"));
    town_value(owner, "ROLLBACK"); /* the triggers are back with it */
}

static void test_004_8_1_rows_name_their_request(void **state) {
    (void)state;
    PGconn *conn = town_connect("kairan_staff");
    town_value(conn, "SELECT oplog_request('r-1')");
    town_draft(conn, town_sign_in(conn, "a1"));
    assert_string_equal(newest("act || ' ' || request"), "alert.save r-1");
    town_value(conn, "SELECT oplog_request('')");
    town_draft(conn, town_sign_in(conn, "a1"));
    assert_string_equal(newest("request IS NULL"), "t");
    PQfinish(conn);
}

/* Who looks at personal data is on record; one page that reloads itself is one look. */
static void test_004_8_1_looks_at_personal_data(void **state) {
    (void)state;
    static const char look[] = "SELECT oplog_view('%s', '%s', '%s', '192.0.2.9')";
    int64_t before = town_number(owner, "SELECT seq FROM oplog_head");
    for (int i = 0; i < 3; i++)
        town_valuef(staff, look, administrator, "contact.read", "/suspended");
    town_valuef(staff, look, administrator, "contact.read", "/suspended?before=50");
    assert_int_equal(town_number(owner, "SELECT seq FROM oplog_head"), before + 2);
    assert_string_equal(newest("login || act || object || host(network)"),
                        "c1contact.read/suspended?before=50192.0.2.9");
    assert_string_equal(town_statef(staff, look, administrator, "alert.approve", "x"), INVALID);
    assert_string_equal(town_statef(staff, look, "nobody", "contact.read", "x"), UNSIGNED);
}

/* A thousand failures of a stranger are one row, and one that counts them. */
static void test_14_strangers_are_counted(void **state) {
    (void)state;
    int64_t before = town_number(owner, "SELECT seq FROM oplog_head");
    for (int i = 0; i < 1000; i++)
        town_valuef(staff, "SELECT log_refused('', 'sign-in', '', 'wrong', '192.0.2.%d')", i % 2);
    assert_int_equal(town_number(owner, "SELECT seq FROM oplog_head"), before + 2);
    town_value(house, "SELECT house_strangers()"); /* the hour is not over */
    assert_int_equal(town_number(owner, "SELECT seq FROM oplog_head"), before + 2);
    town_value(owner, "SELECT strangers_tell(clock_timestamp() + interval '2 hours')");
    assert_int_equal(town_number(owner,
                                 "SELECT sum(oplog_times(facts)) FROM oplog WHERE act = 'sign-in' "
                                 "AND network <<= '192.0.2.0/31'"),
                     1000);
    assert_int_equal(town_number(owner, "SELECT seq FROM oplog_head"), before + 4);
    town_value(owner, "SELECT strangers_tell(clock_timestamp() + interval '2 hours')");
    assert_int_equal(town_number(owner, "SELECT seq FROM oplog_head"), before + 4);
}

/* ---- search ---- */

/* Rows of every kind, so that filters match much, little and nothing. */
static void make_rows(int n) {
    town_valuef(
        owner,
        "DO $$ DECLARE h oplog_head; r oplog; BEGIN "
        "SELECT * INTO h FROM oplog_head FOR UPDATE; FOR i IN 1..%d LOOP "
        "r.at := clock_timestamp(); r.person := 1 + i %% 8; r.login := 'p' || r.person; "
        "r.role := (ARRAY['drafter', 'approver', 'auditor'])[1 + i %% 3]; "
        "r.department := 1 + i %% 2; r.act := 'act.' || i %% 7; r.object := 'alert ' || i / 10; "
        "r.result := CASE i %% 50 WHEN 0 THEN 'refused' ELSE 'done' END; "
        "r.reason := CASE i %% 997 WHEN 0 THEN '堤防が危険' ELSE '' END; "
        "r.facts := CASE WHEN i %% 3 > 0 THEN jsonb_build_object('version', i %% 5) END "
        "|| CASE i %% 991 WHEN 0 THEN '{\"post\": {\"role\": \"drafter\", \"department\": "
        "\"架空課\"}}' ELSE '{}' END::jsonb; "
        "r.network := '198.51.100.1'::inet + i %% 100; h := oplog_link(r, h); END LOOP; "
        "UPDATE oplog_head SET seq = h.seq, hash = h.hash, at = h.at; END $$",
        n);
}

/* What the search finds, page by page, is what a plain look at every row finds. */
static void test_004_8_4_search_finds_what_there_is(void **state) {
    (void)state;
    static const struct {
        const char *what, *plain;
    } rows[] = {
        {"'','','','','','','','','',''", "true"},
        {"'a1','','','','','','','','',''", "person = 1"},
        {"'','auditor','','','','','','','',''", "role = 'auditor'"},
        {"'','','2','','','','','','',''", "department = 2"},
        {"'','drafter','1','act.3','','','','','',''",
         "role = 'drafter' AND department = 1 AND act = 'act.3'"},
        {"'','','','','alert 77','','','','',''", "object = 'alert 77'"},
        {"'','','','','','refused','','','',''", "result = 'refused'"},
        {"'','','','','','done','','','','version 4'",
         "result = 'done' AND facts ->> 'version' = '4'"},
        {"'','','','','','','','','','Post Role Drafter'", "facts ? 'post'"},
        {"'','','','','','','','','','架空課'", "facts ? 'post'"},
        {"'','','','','','','198.51.100.9','','',''", "network = '198.51.100.9'"},
        {"'','','','','','','','','','堤防'", "strpos(reason, '堤防') > 0"},
        {"'','','','','','','','','','険'", "strpos(reason, '険') > 0"},
        {"'','','','','','','','','','ALERT 1999'", "strpos(object, 'alert 1999') > 0"},
        {"'a2','','','','','refused','','','','危険'",
         "person = 2 AND result = 'refused' AND strpos(reason, '危険') > 0"},
        {"'','','','','','','','','2021-03-31T23:59',''", "at < '2021-04-01 00:00+09'"},
        {"'','','','','','','','2021-04-01T00:00','',''", "at >= '2021-04-01 00:00+09'"},
        {"'','','2','act.0','','refused','','2021-04-01T00:00','2100-01-01T00:00','version'",
         "department = 2 AND act = 'act.0' AND result = 'refused' AND facts ? 'version'"},
        {"'','auditor','1','','','','','','',''", "role = 'auditor' AND department = 1"},
        {"'','','','nothing.such','','','','','',''", "false"},
    };
    make_rows(20000);
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t due = town_number(
            owner, town_valuef(owner,
                               "SELECT $$SELECT coalesce(sum(seq), 0) FROM oplog WHERE $$ || "
                               "$q$%s$q$",
                               rows[i].plain));
        int64_t got = 0, below = INT64_MAX / 2;
        while (below > 0) {
            char sql[1024];
            snprintf(
                sql, sizeof sql,
                "SELECT coalesce(sum(seq) FILTER (WHERE act IS NOT NULL), 0) || ' ' || "
                "CASE WHEN count(*) < 100 AND bool_and(act IS NOT NULL) IS NOT false THEN 0 ELSE "
                "min(seq) END FROM oplog_search('%s', ARRAY[%s], %lld, 100)",
                auditor, rows[i].what, (long long)below);
            long long sum, next;
            assert_int_equal(sscanf(town_value(staff, sql), "%lld %lld", &sum, &next), 2);
            got += sum;
            below = next;
        }
        if (got != due)
            ROW_FAIL(i, "%s: %lld, not %lld", rows[i].plain, (long long)got, (long long)due);
    }
}

static void test_what_cannot_be_looked_for(void **state) {
    (void)state;
    static const char *const rows[] = {
        "'nobody','','','','','','','','',''", "'','','x','','','','','','',''",
        "'','','','','','','host','','',''", "'','','','','','','','yesterday?','',''",
        "'','','','','','','','','2026-13-01T00:00',''"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(town_statef(staff,
                                        "SELECT * FROM oplog_search('%s', ARRAY[%s], NULL, 9)",
                                        auditor, rows[i]),
                            INVALID);
    }
    assert_string_equal(
        town_statef(staff,
                    "SELECT * FROM oplog_search('%s', array_fill(''::text, '{10}'), NULL, 9)",
                    town_sign_in(staff, "a1")),
        DENIED);
}

static void test_an_export_is_on_record(void **state) {
    (void)state;
    static const char page[] =
        "SELECT count(*) FROM oplog_export('%s', ARRAY['','','','act.1','','',"
        "'','','',''], %s, 50, '192.0.2.7')";
    assert_string_equal(town_statef(staff, page, auditor, "1000"), CONFLICT);
    assert_string_equal(town_valuef(staff, page, auditor, "NULL"), "50");
    assert_string_equal(newest("login || ' ' || act || ' ' || (facts ->> 'filter')"),
                        "c2 log.export act.1");
    assert_string_equal(town_valuef(staff, page, auditor, "15000"), "50");
    assert_string_equal(town_statef(staff, page, town_sign_in(staff, "a1"), "NULL"), DENIED);
}

/* ---- how long ---- */

/* The end of the fiscal year after the one of a day, worked out apart from the database. */
static void test_004_8_2_every_day_of_three_fiscal_years(void **state) {
    (void)state;
    struct tm day = {.tm_year = 2026 - 1900, .tm_mon = 3, .tm_mday = 1, .tm_hour = 12};
    for (int i = 0; i < 3 * 365 + 1; i++) {
        struct tm d = day;
        d.tm_mday += i;
        timegm(&d);
        char date[40], end[40];
        snprintf(date, sizeof date, "%04d-%02d-%02d", d.tm_year + 1900, d.tm_mon + 1, d.tm_mday);
        snprintf(end, sizeof end, "%04d-04-01 00:00:00",
                 (d.tm_mon >= 3 ? d.tm_year : d.tm_year - 1) + 1900 + 2);
        const char *got =
            town_valuef(owner,
                        "SELECT string_agg(DISTINCT (oplog_kept_until(t::timestamptz) AT TIME ZONE "
                        "'Asia/Tokyo')"
                        "::text, ' ') FROM (VALUES ('%s 00:00:00+09'), ('%s 23:59:59+09'), "
                        "('%s 23:59:59.999999+09')) AS v (t)",
                        date, date, date);
        if (strcmp(got, end) != 0)
            ROW_FAIL((size_t)i, "%s: %s, not %s", date, got, end);
    }
}

static void test_004_8_2_the_turn_of_the_year(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"2026-05-10 12:00+09", "2028-04-01"},           {"2027-03-31 23:59:59+09", "2028-04-01"},
        {"2027-03-31 23:59:59.999999+09", "2028-04-01"}, {"2027-04-01 00:00:00+09", "2029-04-01"},
        {"2027-03-31 15:00:00+00", "2029-04-01"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(
            town_valuef(owner, "SELECT (oplog_kept_until('%s') AT TIME ZONE 'Asia/Tokyo')::date",
                        rows[i][0]),
            rows[i][1]);
    }
}

/* ---- removal ---- */

static const char *ask(const char *token, int year, const char *now) {
    return town_statef(owner, "SELECT purge_ask('%s', %d, NULL, %s)", token, year, now);
}

static void test_004_8_2_nothing_goes_before_its_time(void **state) {
    (void)state;
    assert_string_equal(ask(administrator, 2020, "'2022-03-31 23:59:59.999999+09'"), CONFLICT);
    assert_string_equal(ask(administrator, 2026, "now()"), CONFLICT);
    assert_string_equal(ask(auditor, 2020, "now()"), DENIED);
    assert_string_equal(town_statef(staff, "SELECT purge_request('%s', 2026, NULL)", administrator),
                        CONFLICT);
    assert_string_equal(town_value(house, "SELECT house_purge_log()"), "");
}

/* D52: asked for by one, confirmed by another, done by the house; the chain goes on from there. */
static void test_d52_removal_takes_two_persons(void **state) {
    (void)state;
    static const char confirm[] = "SELECT purge_confirm('%s', 2020, NULL)";
    assert_string_equal(ask(administrator, 2020, "'2022-04-01 00:00+09'"), DONE);
    assert_string_equal(ask(administrator, 2020, "now()"), CONFLICT);
    assert_string_equal(town_value(house, "SELECT house_purge_log()"), "");
    assert_string_equal(town_statef(staff, confirm, administrator), DENIED);
    assert_string_equal(town_statef(staff, confirm, town_sign_in(staff, "a3")), DENIED);
    assert_string_equal(town_statef(staff, confirm, auditor), DONE);
    assert_string_equal(town_statef(staff, confirm, auditor), CONFLICT);
    assert_string_equal(town_value(house, "SELECT house_purge_log()"), "2020");
    assert_string_equal(town_value(house, "SELECT house_purge_log()"), "");
    assert_string_equal(town_value(owner, "SELECT min(seq) FROM oplog"), "11");
    assert_string_equal(
        town_value(owner,
                   "SELECT b.seq || ' ' || (b.hash = (SELECT prev FROM oplog WHERE seq = 11)) "
                   "|| (b.said = format('%s %s', b.seq, encode(b.hash, 'hex'))) "
                   "FROM oplog_base() b"),
        "10 truetrue");
    assert_string_equal(town_valuef(staff, "SELECT (check_start('%s', NULL))::text", auditor), "");
    while (strcmp(town_value(house, "SELECT house_check_log(5000)"), "more") == 0) {
    }
    assert_string_equal(town_valuef(staff,
                                    "SELECT found || first || (ended IS NOT NULL) || (done = "
                                    "last) FROM check_state('%s')",
                                    auditor),
                        "10truetrue");
}

static void test_d50_a_check_begins_by_itself_each_day(void **state) {
    (void)state;
    static const char HOW_OFTEN[] = "SELECT count(*) FROM oplog_check WHERE person IS NULL";
    town_value(owner, "BEGIN");
    town_value(owner, "DELETE FROM oplog_check");
    assert_string_equal(town_value(owner, "SELECT house_check_log(50000)"), "whole");
    assert_string_equal(town_value(owner, "SELECT house_check_log(50000)"), "");
    assert_string_equal(town_value(owner, HOW_OFTEN), "1");
    town_value(owner, "UPDATE oplog_check SET started = started - interval '25 hours'");
    town_value(owner, "ALTER TABLE oplog DISABLE TRIGGER USER");
    town_value(owner,
               "UPDATE oplog SET reason = 'other' WHERE seq = (SELECT max(seq) - 1 FROM oplog)");
    assert_string_equal(town_value(owner, "SELECT house_check_log(50000)"), "content");
    assert_string_equal(town_value(owner, "SELECT house_check_log(50000)"), "");
    assert_string_equal(town_value(owner, HOW_OFTEN), "2");
    town_value(owner, "ROLLBACK");
}

/* Where there is one administrator, the operator on the host is the second; where there are two,
 * not. */
static void test_d52_the_operator_where_there_is_one_administrator(void **state) {
    (void)state;
    town_value(owner, "INSERT INTO oplog_purge (year, asked_by) SELECT 2019, id FROM person WHERE "
                      "login = 'c1'");
    town_value(owner, "BEGIN");
    town_value(owner, "SELECT staff_add('c9', 'c9', '', substr(sha256('salt'), 1, 16), "
                      "'scrypt:17:8:1', sha256('c9'), 'administrator', NULL)");
    assert_string_equal(town_state(owner, "SELECT purge_operator(2019)"), DENIED);
    town_value(owner, "ROLLBACK");
    assert_string_equal(town_state(owner, "SELECT purge_operator(2019)"), DONE);
    assert_string_equal(newest("login || ' ' || act"), "operator log.purge-confirm");
    assert_string_equal(town_statef(staff, "SELECT purge_withdraw('%s', 2019, NULL)", auditor),
                        DONE);
    assert_string_equal(town_statef(staff, "SELECT purge_withdraw('%s', 2020, NULL)", auditor),
                        CONFLICT);
}

static void test_programs_may_not_go_around(void **state) {
    (void)state;
    static const char *const tries[] = {
        "SELECT purge_operator(2019)",
        "SELECT oplog_drop(now())",
        "SELECT strangers_tell(now())",
        "SELECT check_step(5)",
        "UPDATE oplog_purge SET confirmed_at = now()",
        "INSERT INTO oplog_purge (year, asked_by) VALUES (2026, 1)",
        "DELETE FROM stranger",
        "SELECT oplog_put(NULL)",
        "SELECT * FROM oplog_find(NULL, NULL, 5, '1 s')",
        "DROP TABLE oplog_2026",
    };
    static const char *const roles[] = {"kairan_public", "kairan_staff", "kairan_sender",
                                        "kairan_intake", "kairan_house"};
    for (size_t r = 0; r < COUNT(roles); r++) {
        PGconn *conn = town_connect(roles[r]);
        for (size_t i = 0; i < COUNT(tries); i++) {
            const char *got = town_state(conn, tries[i]);
            if (strcmp(got, NO_RIGHT) != 0)
                ROW_FAIL(i, "%s got %s", roles[r], got);
        }
        PQfinish(conn);
    }
}

/* ---- the clock ---- */

/* Time steps back: the log says so itself, and the chain stays whole. */
static void test_a32_the_clock_set_back(void **state) {
    (void)state;
    town_value(owner, "BEGIN");
    town_value(owner, "UPDATE oplog_head SET at = clock_timestamp() + interval '1 hour'");
    town_value(owner, "SELECT oplog_operator('test', 'x')");
    assert_string_equal(town_value(owner,
                                   "SELECT string_agg(act || coalesce(login, '') || coalesce(facts "
                                   "->> 'seconds', ''), ' ' ORDER BY seq) FROM "
                                   "(SELECT * FROM oplog ORDER BY seq DESC LIMIT 2) AS l"),
                        "clock.backsystem3600 testoperator");
    town_value(owner, "UPDATE oplog_head SET at = clock_timestamp() + interval '500 ms'");
    town_value(owner, "SELECT oplog_operator('test', 'y')");
    assert_string_equal(
        town_value(owner, "SELECT at > clock_timestamp() FROM oplog ORDER BY seq DESC LIMIT 1"),
        "t");
    town_value(owner, "ROLLBACK");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_004_4_3_on_whose_behalf),
        cmocka_unit_test(test_004_8_1_rows_name_their_request),
        cmocka_unit_test(test_004_8_1_looks_at_personal_data),
        cmocka_unit_test(test_14_strangers_are_counted),
        cmocka_unit_test(test_004_8_4_search_finds_what_there_is),
        cmocka_unit_test(test_what_cannot_be_looked_for),
        cmocka_unit_test(test_an_export_is_on_record),
        cmocka_unit_test(test_004_8_2_every_day_of_three_fiscal_years),
        cmocka_unit_test(test_004_8_2_the_turn_of_the_year),
        cmocka_unit_test(test_004_8_2_nothing_goes_before_its_time),
        cmocka_unit_test(test_d52_removal_takes_two_persons),
        cmocka_unit_test(test_d50_a_check_begins_by_itself_each_day),
        cmocka_unit_test(test_d52_the_operator_where_there_is_one_administrator),
        cmocka_unit_test(test_programs_may_not_go_around),
        cmocka_unit_test(test_a32_the_clock_set_back),
    };
    return cmocka_run_group_tests(tests, open_town, close_town);
}
