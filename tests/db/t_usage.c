/* The usage report (000 §9): sums, days in the town's time zone, disuse, who may read. */
#include "town.h"

static PGconn *owner, *staff;
static char admin[64], auditor[64];

/* A row of the log in May 2025 or near it, in the person's own post of a role ('': no post). */
static void row_at(const char *at, const char *login, const char *role, const char *act,
                   const char *result, const char *facts) {
    town_valuef(
        owner,
        "DO $$ DECLARE h oplog_head; r oplog; BEGIN SELECT * INTO h FROM oplog_head FOR UPDATE; "
        "r.at := '%s+09'; r.login := '%s'; r.role := nullif('%s', ''); r.act := '%s'; "
        "r.object := 'alert 1'; r.result := '%s'; r.reason := ''; r.facts := nullif('%s', "
        "'')::jsonb; "
        "r.person := CASE WHEN '%s' <> 'refused' THEN (SELECT id FROM person WHERE login = "
        "r.login) "
        "END; SELECT o.id, o.department INTO r.post, r.department FROM post o "
        "WHERE o.person = r.person AND o.role = r.role ORDER BY o.id LIMIT 1; "
        "h := oplog_link(r, h); "
        "UPDATE oplog_head SET seq = h.seq, hash = h.hash; END $$",
        at, login, role, act, result, facts, result);
}

static int open_town(void **state) {
    (void)state;
    owner = town_connect("kairan_owner");
    staff = town_connect("kairan_staff");
    town_value(owner, "SELECT oplog_partition(2024), oplog_partition(2025)");
    town_make(owner);
    town_value(owner, "ALTER TABLE post DISABLE TRIGGER post_check");
    town_value(owner, "UPDATE post SET during = tstzrange('2025-01-01 00:00+09', NULL)");
    town_value(owner, "ALTER TABLE post ENABLE TRIGGER post_check");
    snprintf(admin, sizeof admin, "%s", town_sign_in(staff, "c1"));
    snprintf(auditor, sizeof auditor, "%s", town_sign_in(staff, "c2"));
    return 0;
}

static int close_town(void **state) {
    (void)state;
    PQfinish(owner);
    PQfinish(staff);
    return 0;
}

#define FIGURES "sign_ins, failed, odd, drafts, submitted, approved, returned, sent, recipients"
#define SUMS                                                                                       \
    "sum(sign_ins), sum(failed), sum(odd), sum(drafts), sum(submitted), sum(approved), "           \
    "sum(returned), sum(sent), sum(recipients)"

/* The figures of somebody in May 2025, as "1 0 …"; "" when there is no row. */
static const char *figures(const char *login) {
    return town_valuef(staff,
                       "SELECT concat_ws(' ', " FIGURES ") FROM usage_read('%s', NULL, "
                       "'2025-05-01', '2025-05-31') WHERE login = '%s'",
                       auditor, login);
}

/* Acts of all kinds by everybody, at random moments around May 2025; sends and approvals of today.
 */
static void make_history(void) {
    static const char *const acts[] = {"sign-in",      "sign-in.odd",   "alert.save",
                                       "alert.submit", "alert.approve", "alert.return",
                                       "staff.read"};
    static const char *const who[][2] = {
        {"a1", "drafter"},  {"a2", "drafter"},       {"a3", "approver"}, {"b1", "drafter"},
        {"b3", "approver"}, {"c1", "administrator"}, {"c2", "auditor"},  {"a1", ""}};
    for (int i = 0; i < 400; i++) {
        char at[32];
        const char *const *one = who[i * 7 % (int)COUNT(who)];
        bool failed = i % 11 == 0;
        snprintf(at, sizeof at, "2025-%02d-%02d %02d:30", 4 + i % 3, 1 + i * 13 % 30, i % 24);
        row_at(at, one[0], failed ? "" : one[1], failed ? "sign-in" : acts[i % (int)COUNT(acts)],
               failed ? "refused" : "done",
               failed  ? "{\"times\": 3}"
               : i % 2 ? "{\"version\": 1}"
                       : "{\"version\": 2}");
    }
    const char *drafter = town_sign_in(staff, "a1"), *approver = town_sign_in(staff, "a3");
    for (int i = 0; i < 3; i++) {
        const char *id = town_submitted(staff, drafter);
        assert_string_equal(
            town_approve(staff, approver, id, town_fingerprint(staff, approver, id)), DONE);
        town_valuef(owner,
                    "INSERT INTO broadcast (alert, month, total, accepted, first_accepted_at) "
                    "VALUES (%s, '2025-05-01', 9, %d, '2025-05-0%d 12:00+09')",
                    id, 7 + i, 1 + i);
    }
}

static void test_000_9_sums_by_department_equal_the_sums_over_persons(void **state) {
    (void)state;
    make_history();
    static const char *const days[][2] = {
        {"2025-05-01", "2025-05-31"}, {"2025-04-01", "2026-03-31"}, {"2025-05-07", "2025-05-07"}};
    for (size_t i = 0; i < COUNT(days); i++) {
        assert_string_equal(
            town_valuef(staff,
                        "WITH u AS (SELECT * FROM usage_read('%s', NULL, '%s', '%s')), "
                        "persons AS (SELECT department, " SUMS
                        " FROM u WHERE level = 0 GROUP BY 1), "
                        "departments AS (SELECT department, " FIGURES " FROM u WHERE level = 1 AND "
                        "people > 0), "
                        "odd AS ((TABLE persons EXCEPT TABLE departments) UNION ALL "
                        "(TABLE departments EXCEPT TABLE persons)) "
                        "SELECT coalesce((SELECT odd::text FROM odd LIMIT 1), '')",
                        auditor, days[i][0], days[i][1]),
            "");
        assert_string_equal(
            town_valuef(staff,
                        "WITH u AS (SELECT * FROM usage_read('%s', NULL, '%s', '%s')) SELECT "
                        "(SELECT (" SUMS ")::text FROM u WHERE level = 1) = "
                        "(SELECT (" FIGURES ")::text FROM u WHERE level = 3)",
                        auditor, days[i][0], days[i][1]),
            "t");
    }
}

/* The same numbers, counted another way. */
static void test_000_9_the_whole_is_what_the_log_says(void **state) {
    (void)state;
    static const char done[] =
        "SELECT concat_ws(' ', count(*) FILTER (WHERE act = 'sign-in'), "
        "(SELECT 3 * count(*) FROM oplog WHERE act = 'sign-in' AND result = "
        "'refused' AND (at AT TIME ZONE 'Asia/Tokyo')::date BETWEEN "
        "'2025-05-01' AND '2025-05-31'), "
        "count(*) FILTER (WHERE act = 'sign-in.odd'), "
        "count(*) FILTER (WHERE act = 'alert.save' AND (facts ->> 'version')::int = 1), "
        "count(*) FILTER (WHERE act = 'alert.submit'), "
        "count(*) FILTER (WHERE act = 'alert.approve'), "
        "count(*) FILTER (WHERE act = 'alert.return'), 3, 7 + 8 + 9) "
        "FROM oplog WHERE result = 'done' AND "
        "to_char(at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM') = '2025-05'";
    assert_string_equal(town_valuef(staff,
                                    "SELECT concat_ws(' ', " FIGURES ") FROM usage_read('%s', "
                                    "NULL, '2025-05-01', '2025-05-31') WHERE level = 3",
                                    auditor),
                        town_value(owner, done));
}

/* Sign-ins outside the hours are those of the inspection; both outlive the sessions. */
static void test_000_9_odd_sign_ins_are_the_inspections(void **state) {
    (void)state;
    assert_string_equal(
        town_valuef(
            staff,
            "SELECT string_agg(login || ' ' || odd, ', ' ORDER BY login) FROM "
            "usage_read('%s', NULL, '2025-05-01', '2025-05-31') WHERE level = 0 AND odd > 0",
            auditor),
        town_value(owner, "SELECT string_agg(subject || ' ' || n, ', ' ORDER BY subject) FROM "
                          "oplog_findings('2025-05-01', '2025-05-31', 10) WHERE kind = 'odd'"));
    assert_string_equal(town_value(owner, "SELECT count(*) > 0 FROM odd_sign_ins('2025-05-01', "
                                          "'2025-06-01')"),
                        "t");
}

static void test_000_9_days_are_the_towns(void **state) {
    (void)state;
    static const char *const edges[] = {"2024-12-31 23:59:59.999999", "2025-01-01 00:00",
                                        "2025-01-31 23:59:59.999999", "2025-02-01 00:00"};
    static const char *const whole[] = {"0", "2", "2"};
    static const char *const days[][2] = {
        {"2025-01-02", "2025-01-30"}, {"2025-01-01", "2025-01-31"}, {"2025-01-01", "2025-01-31"}};
    for (size_t i = 0; i < COUNT(edges); i++)
        row_at(edges[i], "b2", "drafter", "sign-in", "done", "");
    for (size_t i = 0; i < COUNT(days); i++) {
        assert_string_equal(town_valuef(staff,
                                        "SELECT sign_ins FROM usage_read('%s', NULL, '%s', '%s') "
                                        "WHERE login = 'b2'",
                                        auditor, days[i][0], days[i][1]),
                            whole[i]);
    }
    assert_string_equal(
        town_valuef(staff,
                    "SELECT string_agg(at || ' ' || acts, ', ') FROM usage_days('%s', NULL, "
                    "'2024-12-31', '2025-02-01') WHERE acts > 0",
                    auditor),
        "2024-12-31 1, 2025-01-01 1, 2025-01-31 1, 2025-02-01 1");
    assert_string_equal(town_valuef(staff,
                                    "SELECT count(*) FROM usage_days('%s', NULL, "
                                    "'2024-12-31', '2025-02-01')",
                                    auditor),
                        "33");
}

/* 62 days are days, more are months; those to come are left out. */
static void test_000_9_acts_by_day_or_month(void **state) {
    (void)state;
    static const char count[] = "SELECT count(*) FROM usage_days('%s', NULL, '%s', '%s')";
    assert_string_equal(town_valuef(staff, count, auditor, "2025-01-01", "2025-03-03"), "62");
    assert_string_equal(
        town_valuef(staff,
                    "SELECT string_agg(at || ' ' || acts, ', ') FROM usage_days('%s', NULL, "
                    "'2024-12-31', '2025-03-03')",
                    auditor),
        "2024-12 1, 2025-01 2, 2025-02 1, 2025-03 0");
    assert_string_equal(town_valuef(staff, count, auditor, "2125-01-01", "2125-03-03"), "0");
    assert_string_equal(
        town_valuef(staff,
                    "SELECT sum(acts) FROM usage_days('%s', NULL, '2025-05-01', '2025-05-31')",
                    auditor),
        town_value(owner, "SELECT count(*) FROM oplog WHERE result = 'done' AND person IS NOT NULL "
                          "AND to_char(at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM') = '2025-05'"));
    /* those of the departments and of who belongs to none are all */
    assert_string_equal(
        town_valuef(
            staff,
            "SELECT (SELECT sum(acts) FROM usage_days('%s', 1, '2025-05-01', '2025-05-31')) + "
            "(SELECT sum(acts) FROM usage_days('%s', 2, '2025-05-01', '2025-05-31'))",
            auditor, auditor),
        town_value(owner, "SELECT count(*) FROM oplog WHERE result = 'done' AND login ~ '^[ab]' "
                          "AND to_char(at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM') = '2025-05'"));
}

/* Who held a post in those days is there, whatever was done; nobody else is. */
static void test_000_9_disuse_shows(void **state) {
    (void)state;
    assert_string_equal(figures("b2"), "0 0 0 0 0 0 0 0 0");
    town_value(owner, "INSERT INTO person (login, name) VALUES ('past', 'past'), ('guest', "
                      "'guest'), ('later', 'later')");
    town_value(owner,
               "INSERT INTO guest (person, purpose, organisation, head, reason, during, made_by) "
               "SELECT id, 'x', 'x', 'x', 'x', tstzrange('2025-05-31 12:00+09', '2025-06-30'), 1 "
               "FROM person WHERE login = 'guest'");
    town_value(owner,
               "INSERT INTO post (person, department, role, during) SELECT p.id, 2, 'drafter', "
               "CASE p.login WHEN 'past' THEN tstzrange('2025-04-01', '2025-05-01 00:00+09') "
               "WHEN 'later' THEN tstzrange('2025-06-01 00:00+09', NULL) "
               "ELSE tstzrange('2025-05-31 12:00+09', '2025-06-30') END FROM person p "
               "WHERE p.login IN ('past', 'guest', 'later')");
    assert_string_equal(figures("guest"), "0 0 0 0 0 0 0 0 0");
    assert_string_equal(figures("past"), "");
    assert_string_equal(figures("later"), "");
    assert_string_equal(
        town_valuef(staff,
                    "SELECT string_agg(concat_ws(' ', login, array_to_string(roles, ' '), guest), "
                    "', ' ORDER BY login) "
                    "FROM usage_read('%s', 2, '2025-05-01', '2025-05-31') WHERE level = 0",
                    auditor),
        "b1 drafter f, b2 drafter f, b3 approver f, guest drafter t");
    town_value(owner, "INSERT INTO department (code, name) VALUES ('sleepy', '休眠課')");
    assert_string_equal(town_valuef(staff,
                                    "SELECT concat_ws(' ', people, " FIGURES ") FROM usage_read("
                                    "'%s', NULL, '2025-05-01', '2025-05-31') WHERE level = 1 AND "
                                    "department_name = '休眠課'",
                                    auditor),
                        "0 0 0 0 0 0 0 0 0 0");
}

/* Of somebody with posts in two departments each has its own; what has no post counts once. */
static void test_000_9_two_posts_are_two_rows(void **state) {
    (void)state;
    town_value(owner,
               "INSERT INTO post (person, department, role, during) SELECT id, 1, 'drafter', "
               "tstzrange('2025-01-01', NULL) FROM person WHERE login = 'b2'");
    row_at("2025-05-10 09:00", "b2", "", "sign-in", "done", "");
    row_at("2025-05-10 09:00", "b2", "", "sign-in", "refused", "{\"times\": 5}");
    row_at("2025-05-10 09:01", "b2", "drafter", "alert.submit", "done", "");
    assert_string_equal(
        town_valuef(staff,
                    "SELECT string_agg(concat_ws(' ', department, sign_ins, failed, submitted), "
                    "', ' ORDER BY department) FROM usage_read('%s', NULL, '2025-05-01', "
                    "'2025-05-31') WHERE login = 'b2'",
                    auditor),
        "1 0 0 0, 2 1 5 1");
    assert_string_equal(
        town_valuef(staff,
                    "SELECT people - (SELECT sum(people) FROM usage_read('%s', NULL, '2025-05-01', "
                    "'2025-05-31') WHERE level = 1) FROM usage_read('%s', NULL, '2025-05-01', "
                    "'2025-05-31') WHERE level = 3",
                    auditor, auditor),
        "-1");
}

/* Who held no post in those days counts where he or she belonged: after a transfer, there. */
static void test_000_9_home_is_where_a_transfer_led(void **state) {
    (void)state;
    town_value(owner, "BEGIN");
    town_value(owner, "ALTER TABLE post DISABLE TRIGGER post_check");
    town_value(owner,
               "UPDATE post SET during = tstzrange('2025-01-01', '2025-03-01') WHERE person = "
               "(SELECT id FROM person WHERE login = 'a1')");
    assert_string_not_equal(
        town_value(
            owner,
            "SELECT department FROM usage_homes('2025-05-01', '2025-06-01') WHERE login = 'a1'"),
        "2");
    town_value(
        owner,
        "INSERT INTO post (person, department, role, during, moves_home) SELECT id, 2, 'drafter', "
        "tstzrange('2025-04-01', '2025-04-15'), true FROM person WHERE login = 'a1'");
    assert_string_equal(
        town_value(
            owner,
            "SELECT department FROM usage_homes('2025-05-01', '2025-06-01') WHERE login = 'a1'"),
        "2");
    town_value(owner, "ROLLBACK");
}

/* From the last submission to the approval; the middle one, or between the two in the middle. */
static void test_000_9_the_median_wait(void **state) {
    (void)state;
    town_value(owner, "ALTER TABLE approval DISABLE TRIGGER approval_history");
    town_value(owner, "UPDATE approval p SET at = '2025-05-20' FROM alert a WHERE a.id = p.alert");
    town_value(owner, "ALTER TABLE approval ENABLE TRIGGER approval_history");
    static const char wait[] =
        "SELECT string_agg(concat_ws(' ', level, login, wait_s), ', ' ORDER BY level, login) "
        "FROM usage_read('%s', 1, '2025-05-01', '2025-05-31') WHERE wait_s IS NOT NULL";
    town_value(owner, "UPDATE alert SET submitted_at = '2025-05-20'::timestamptz - CASE id % 3 "
                      "WHEN 0 THEN interval '1 min' WHEN 1 THEN interval '2 min' "
                      "ELSE interval '3 hours' END WHERE id IN (SELECT alert FROM approval)");
    assert_string_equal(town_valuef(staff, wait, auditor), "0 a1 120, 0 a3 120, 1 120, 3 120");
    town_value(owner, "ALTER TABLE approval DISABLE TRIGGER approval_history");
    town_value(owner, "UPDATE approval SET at = '2025-06-20' WHERE alert % 3 = 2");
    town_value(owner, "ALTER TABLE approval ENABLE TRIGGER approval_history");
    assert_string_equal(town_valuef(staff, wait, auditor), "0 a1 90, 0 a3 90, 1 90, 3 90");
}

static const char *read_by(const char *token, const char *department) {
    return town_statef(staff,
                       "SELECT count(*) FROM usage_read('%s', %s, '2025-05-01', '2025-05-31')",
                       token, department);
}

/* Administrators and auditors: the whole house; approvers and delegates: their own department. */
static void test_000_9_who_reads_what(void **state) {
    (void)state;
    static const char departments[] =
        "SELECT string_agg(DISTINCT coalesce(department, 0)::text, ' ') FROM usage_read('%s', "
        "NULL, '2025-05-01', '2025-05-31') WHERE level < 3";
    char chief[64];
    snprintf(chief, sizeof chief, "%s", town_sign_in(staff, "a3"));
    assert_string_equal(town_valuef(staff, departments, admin), "0 1 2 3");
    assert_string_equal(town_valuef(staff, departments, auditor), "0 1 2 3");
    assert_string_equal(town_valuef(staff, departments, chief), "1");
    assert_string_equal(read_by(chief, "1"), DONE);
    assert_string_equal(read_by(chief, "2"), DENIED);
    assert_string_equal(read_by(town_sign_in(staff, "a1"), "NULL"), DENIED);
    assert_string_equal(read_by(town_sign_in(staff, "a1"), "1"), DENIED);
    assert_string_equal(read_by("nobody", "NULL"), UNSIGNED);
    assert_string_equal(
        town_statef(staff, "SELECT usage_days('%s', 2, '2025-05-01', '2025-05-31')", chief),
        DENIED);
    assert_string_equal(
        town_statef(staff, "SELECT usage_export('%s', 2, '2025-05-01', '2025-05-31', NULL)", chief),
        DENIED);
    assert_string_equal(
        town_valuef(staff,
                    "SELECT sum(acts) FROM usage_days('%s', NULL, '2025-05-01', "
                    "'2025-05-31')",
                    chief),
        town_valuef(staff, "SELECT sum(acts) FROM usage_days('%s', 1, '2025-05-01', '2025-05-31')",
                    admin));
    town_value(owner, "INSERT INTO post (person, department, role) SELECT id, 2, 'delegate' "
                      "FROM person WHERE login = 'a3'");
    char acting[64];
    snprintf(acting, sizeof acting, "%s", town_sign_in(staff, "a3"));
    town_valuef(owner,
                "UPDATE session SET post = (SELECT max(id) FROM post WHERE role = 'delegate') "
                "WHERE token_hash = token_hash('%s')",
                acting);
    assert_string_equal(town_valuef(staff, departments, acting), "2");
    assert_string_equal(read_by(acting, "1"), DENIED);
    town_value(owner, "UPDATE post SET during = tstzrange(lower(during), clock_timestamp()) "
                      "WHERE role = 'delegate'");
    assert_string_equal(read_by(acting, "2"), UNSIGNED);
    static const char *const inner[] = {
        "SELECT * FROM usage_facts(now(), now())", "SELECT * FROM usage_homes(now(), now())",
        "SELECT * FROM usage_shown((true, NULL, now(), now())::usage_scope)"};
    for (size_t i = 0; i < COUNT(inner); i++)
        assert_string_equal(town_state(staff, inner[i]), NO_RIGHT);
}

static void test_000_9_days_that_are_none(void **state) {
    (void)state;
    static const struct {
        const char *since, *until, *said;
    } days[] = {
        {"2025-04-01", "2026-03-31", DONE},
        {"2027-04-01", "2028-03-31", DONE},
        {"2025-04-01", "2026-04-02", INVALID},
        {"2025-04-02", "2025-04-01", INVALID},
        {"2025-02-29", "2025-03-01", INVALID},
        {"", "", INVALID},
        {"now", "now", INVALID},
    };
    for (size_t i = 0; i < COUNT(days); i++) {
        static const char *const functions[] = {"usage_read", "usage_days"};
        for (size_t k = 0; k < COUNT(functions); k++) {
            assert_string_equal(town_statef(staff, "SELECT %s('%s', NULL, '%s', '%s')",
                                            functions[k], admin, days[i].since, days[i].until),
                                days[i].said);
        }
    }
}

/* On record with what was taken, and not without a fresh second factor where one is asked for. */
static void test_000_9_a_download_is_on_record(void **state) {
    (void)state;
    static const char export[] =
        "SELECT count(*) FROM usage_export('%s', 1, '2025-05-01', '2025-05-31', '127.0.0.1')";
    static const char newest[] = "SELECT concat_ws('|', login, object, result, facts) FROM oplog "
                                 "WHERE act = 'usage.export' ORDER BY seq DESC LIMIT 1";
    assert_string_equal(town_statef(staff, export, auditor), DONE);
    assert_string_equal(
        town_value(owner, newest),
        "c2|department 1|done|{\"since\": \"2025-05-01\", \"until\": \"2025-05-31\"}");
    town_value(owner, "SELECT access_rules_take('administrator', 15, '00:00', '00:00', false)");
    town_valuef(owner,
                "INSERT INTO factor (person, seed, confirmed_at) SELECT person, 'x', now() FROM "
                "session WHERE token_hash = token_hash('%s')",
                admin);
    town_valuef(owner,
                "UPDATE session SET proved_at = now() - interval '16 min' "
                "WHERE token_hash = token_hash('%s')",
                admin);
    assert_string_equal(town_statef(staff, export, admin), "KR007");
    assert_string_equal(read_by(admin, "NULL"), DONE);
    town_valuef(owner, "UPDATE session SET proved_at = now() WHERE token_hash = token_hash('%s')",
                admin);
    assert_string_equal(town_statef(staff, export, admin), DONE);
    assert_string_equal(town_value(owner, "SELECT count(*) FROM oplog WHERE act = 'usage.export'"),
                        "2");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_000_9_sums_by_department_equal_the_sums_over_persons),
        cmocka_unit_test(test_000_9_the_whole_is_what_the_log_says),
        cmocka_unit_test(test_000_9_odd_sign_ins_are_the_inspections),
        cmocka_unit_test(test_000_9_days_are_the_towns),
        cmocka_unit_test(test_000_9_acts_by_day_or_month),
        cmocka_unit_test(test_000_9_disuse_shows),
        cmocka_unit_test(test_000_9_two_posts_are_two_rows),
        cmocka_unit_test(test_000_9_home_is_where_a_transfer_led),
        cmocka_unit_test(test_000_9_the_median_wait),
        cmocka_unit_test(test_000_9_who_reads_what),
        cmocka_unit_test(test_000_9_days_that_are_none),
        cmocka_unit_test(test_000_9_a_download_is_on_record),
    };
    return cmocka_run_group_tests(tests, open_town, close_town);
}
