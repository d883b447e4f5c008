/* The order of locks (ARCHITECTURE.md): staff, fan-out, senders, sweeps, letters and
 * residents at once, on the same few alerts, and nobody ever waits in a ring. */
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sending.h"

enum { RUN_S = 4 };

static int open_town(void **state) {
    (void)state;
    return sending_open(60);
}

/* One process' connection, its luck, and what it has seen. */
struct hand {
    PGconn *conn;
    unsigned seed;
    int deadlocks, done, strange;
    const char *drafter, *approver;
};

static int luck(struct hand *h, int sides) {
    return rand_r(&h->seed) % sides;
}

/* Runs a statement that may be refused, never deadlock; its first value, "" for none. */
PRINTF(2, 3) static const char *act(struct hand *h, const char *fmt, ...) {
    static char value[64];
    char sql[4096];
    va_list args;
    va_start(args, fmt);
    vsnprintf(sql, sizeof sql, fmt, args);
    va_end(args);
    PGresult *res = PQexec(h->conn, sql);
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    bool good = state == NULL;
    h->done += good;
    h->deadlocks += !good && strcmp(state, "40P01") == 0;
    if (!good && strncmp(state, "KR0", 3) != 0 && strcmp(state, "55P03") != 0) {
        fprintf(stderr, "%s: %s", sql, PQerrorMessage(h->conn));
        h->strange++;
    }
    snprintf(value, sizeof value, "%s",
             good && PQntuples(res) > 0 && PQnfields(res) > 0 ? PQgetvalue(res, 0, 0) : "");
    PQclear(res);
    return value;
}

static char newest[32]; /* what pick found */

/* Some alert of the newest few in these states. */
static void pick(struct hand *h, PGconn *eyes, const char *states) {
    PGresult *res;
    char sql[256];
    snprintf(sql, sizeof sql,
             "SELECT id FROM alert WHERE state IN (%s) ORDER BY id DESC OFFSET %d LIMIT 1", states,
             luck(h, 4));
    res = PQexec(eyes, sql);
    snprintf(newest, sizeof newest, "%s", PQntuples(res) > 0 ? PQgetvalue(res, 0, 0) : "0");
    PQclear(res);
}

static void approve(struct hand *h, const char *id) {
    act(h, "SELECT alert_submit('%s', %s, 1, NULL)", h->drafter, id);
    act(h, "SELECT alert_approve('%s', id, fingerprint, NULL) FROM alert_read('%s', %s)",
        h->approver, h->approver, id);
}

static void write_alerts(struct hand *h) {
    char id[32];
    snprintf(
        id, sizeof id, "%s",
        act(h,
            "SELECT alert FROM alert_save('%s', NULL, 0, '{ja}', '{題}', '{本文}', '{1}', '{}', "
            "false, %s, now() + interval '1 %s', NULL)",
            h->drafter, luck(h, 2) ? "true, '氾濫'" : "false, ''", luck(h, 4) ? "day" : "second"));
    approve(h, id);
}

static void correct(struct hand *h, PGconn *eyes) {
    char id[32];
    pick(h, eyes, "'approved', 'sending', 'paused', 'done', 'stopped'");
    snprintf(id, sizeof id, "%s",
             act(h,
                 "SELECT alert FROM alert_correct('%s', %s, NULL, 0, 'correction', '{ja}', '{題}', "
                 "'{一}', "
                 "'{題}', '{二}', false, '', now() + interval '1 day', NULL)",
                 h->drafter, newest));
    if (*id != '\0')
        approve(h, id);
}

static void as_writer(struct hand *h, PGconn *eyes) {
    if (luck(h, 2))
        write_alerts(h);
    else
        correct(h, eyes);
}

static void as_stopper(struct hand *h, PGconn *eyes) {
    static const char *const acts[] = {"pause", "resume", "pause", "resume", "stop"};
    pick(h, eyes, "'approved', 'sending', 'paused'");
    int which = luck(h, COUNT(acts));
    act(h, "SELECT alert_%s('%s', %s, NULL)", acts[which], which % 2 ? h->approver : h->drafter,
        newest);
}

static void as_fanout(struct hand *h, PGconn *eyes) {
    (void)eyes;
    char id[32];
    snprintf(id, sizeof id, "%s", act(h, "SELECT fanout_next(" NO_QUIET ")"));
    if (*id == '\0')
        return;
    if (luck(h, 20) == 0)
        act(h, "SELECT fanout_skip(%s, 'by chance')", id);
    else
        act(h, "SELECT fanout_step(%s, 17, 3)", id);
}

static void as_sender(struct hand *h, PGconn *eyes) {
    static const char *const results[] = {"accepted", "accepted", "refused", "temporary",
                                          "unknown"};
    char held[64], chunk[32], token[32];
    snprintf(
        held, sizeof held, "%s",
        act(h,
            "SELECT chunk || ' ' || token FROM chunk_claim('h', %d, '{other}', '{3}', 1, " NO_QUIET
            ") LIMIT 1",
            (int)getpid()));
    if (sscanf(held, "%31s %31s", chunk, token) != 2)
        return;
    int which = luck(h, COUNT(results));
    char members[256];
    PGresult *res;
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT alert || ' ' || members::text FROM chunk WHERE id = %s",
             chunk);
    res = PQexec(eyes, sql);
    char alert[32];
    int good =
        PQntuples(res) == 1 && sscanf(PQgetvalue(res, 0, 0), "%31s %255s", alert, members) == 2;
    PQclear(res);
    if (!good)
        return;
    act(h,
        "SELECT outcome_record(%s, m, array_fill((extract(epoch FROM now()) * 1000)::bigint, n), "
        "array_fill(1, n), array_fill('ok'::text, n), '{1}', '{%s}', '{%s}', '{f}', '{250}', "
        "'{\"\"}', "
        "'{other}', '{r}') FROM (SELECT m, ARRAY[cardinality(m)] AS n FROM "
        "(SELECT "
        "'%s'::bigint[] AS m) AS one) AS s",
        alert, results[which], which <= 2 ? "t" : "f", members);
    act(h, "SELECT chunk_close(%s, %s, '%s', 0, '%s')", chunk, token, which == 3 ? members : "{}",
        which == 4 ? members : "{}");
    if (luck(h, 10) == 0) {
        act(h, luck(h, 2) ? "SELECT lane_split('resident.example')"
                          : "SELECT count(*) FROM lane_read()");
    }
}

static void as_house(struct hand *h, PGconn *eyes) {
    static const char *const duties[] = {
        "broadcast_sweep(2)",  "broadcast_sweep(2)", "broadcast_settle()", "alert_expire()",
        "chunk_free_silent()", "house_chunks(50)",   "house_care()",       "letter_sweep()",
        "house_clock()",       "house_ahead()",      "house_drop(1)",      "bounce_judge(10)"};
    (void)eyes;
    act(h, "SELECT %s", duties[luck(h, COUNT(duties))]);
}

static void as_post(struct hand *h, PGconn *eyes) {
    char letter[64], id[32], token[32];
    static const char *const results[] = {"accepted", "temporary", "again", "refused"};
    PGresult *res = PQexec(
        eyes, "SELECT letter_add('confirm', 'ja', NULL, 'x@resident.example', 'secret', now() "
              "+ interval '2 seconds')");
    PQclear(res);
    snprintf(letter, sizeof letter, "%s",
             act(h, "SELECT id || ' ' || token FROM letter_claim('h', 1, 3, 1000000) LIMIT 1"));
    if (sscanf(letter, "%31s %31s", id, token) == 2) {
        act(h, "SELECT letter_record(%s, %s, '%s', 'r', 0)", id, token,
            results[luck(h, COUNT(results))]);
    }
    act(h, "SELECT letter_release('h', 1)");
}

/* Residents come and go, as their own functions do. */
static void as_resident(struct hand *h, PGconn *eyes) {
    int who = luck(h, 60) + 1;
    (void)eyes;
    act(h,
        "UPDATE contact SET gone_at = now(), address = NULL WHERE subscriber = %d AND gone_at IS "
        "NULL",
        who);
    act(h,
        "UPDATE contact SET gone_at = NULL, address = 'r' || id || '@resident.example' WHERE "
        "subscriber = %d "
        "AND gone_at IS NOT NULL",
        who);
}

static const struct {
    const char *role;
    void (*turn)(struct hand *h, PGconn *eyes);
} HANDS[] = {
    {"kairan_staff", as_writer},  {"kairan_staff", as_writer},   {"kairan_staff", as_stopper},
    {"kairan_sender", as_fanout}, {"kairan_sender", as_fanout},  {"kairan_sender", as_sender},
    {"kairan_sender", as_sender}, {"kairan_house", as_house},    {"kairan_house", as_house},
    {"kairan_sender", as_post},   {"kairan_owner", as_resident},
};

/* In a process of its own: 0 when nothing strange happened and something did. */
static int work(size_t which, const char *drafter, const char *approver) {
    struct hand h = {.conn = town_connect(HANDS[which].role),
                     .seed = (unsigned)which * 7919 + 1,
                     .drafter = drafter,
                     .approver = approver};
    PGconn *eyes = town_connect("kairan_owner");
    for (time_t end = time(NULL) + RUN_S; time(NULL) < end;)
        HANDS[which].turn(&h, eyes);
    PQfinish(h.conn);
    PQfinish(eyes);
    return h.deadlocks > 0 ? 2 : h.strange > 0 || h.done < 10 ? 1 : 0;
}

static void run_all(const char *drafter, const char *approver) {
    pid_t pids[COUNT(HANDS)];
    for (size_t i = 0; i < COUNT(HANDS); i++) {
        pids[i] = fork();
        if (pids[i] == 0)
            _exit(work(i, drafter, approver));
    }
    for (size_t i = 0; i < COUNT(HANDS); i++) {
        int status = 0;
        waitpid(pids[i], &status, 0);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
            ROW_FAIL(i, "status %x", (unsigned)status);
    }
}

/* What is left is stopped and ends; the rows agree with the totals of every broadcast. */
static void check_all(void) {
    town_value(owner, "ALTER TABLE alert DISABLE TRIGGER alert_check");
    town_value(owner, "UPDATE alert SET state = 'stopped' WHERE state IN ('sending', 'paused')");
    town_value(owner, "UPDATE alert SET state = 'cancelled' WHERE state = 'approved'");
    town_value(owner, "ALTER TABLE alert ENABLE TRIGGER alert_check");
    town_value(
        owner,
        "UPDATE broadcast SET fanout_after = '-infinity', check_after = '-infinity', started_at "
        "= now() - interval '1 hour'");
    town_value(owner, "UPDATE worker SET seen = now() - interval '1 hour'");
    town_value(sender, "SELECT count(chunk_close(id, token, '{}', 0, '{}')) FROM kairan_leased");
    for (const char *id; *(id = town_value(sender, "SELECT fanout_next(" NO_QUIET ")")) != '\0';)
        sending_step(id, 1000, 10);
    sending_sweep();
    assert_string_equal(town_value(owner, "SELECT count(*) FROM broadcast WHERE ended_at IS NULL"),
                        "0");
    assert_string_equal(
        town_value(
            owner,
            "SELECT count(*) FROM broadcast b WHERE total <> (SELECT count(*) FROM delivery d "
            "WHERE d.alert = b.alert) OR total <> (SELECT count(*) FROM outcome o WHERE o.alert "
            "= b.alert AND final)"),
        "0");
}

static void test_nobody_waits_in_a_ring(void **state) {
    (void)state;
    char drafter[64], approver[64];
    snprintf(drafter, sizeof drafter, "%s", town_sign_in(staff, "a1"));
    snprintf(approver, sizeof approver, "%s", town_sign_in(staff, "a3"));
    town_value(owner,
               "CREATE VIEW kairan_leased AS SELECT id, token FROM chunk WHERE state = 'leased'");
    town_value(owner, "GRANT SELECT ON kairan_leased TO kairan_sender");
    const char *before = town_value(
        owner, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
    run_all(drafter, approver);
    assert_string_equal(
        town_value(owner,
                   "SELECT pg_stat_clear_snapshot()::text || deadlocks FROM pg_stat_database WHERE "
                   "datname = current_database()"),
        before);
    assert_in_range(town_number(owner, "SELECT count(*) FROM broadcast"), 10, 1000000);
    check_all();
}

/* Waits till so many sessions wait for a lock. */
static void await_waiting(int count) {
    while (town_number(owner, "SELECT count(*) FROM pg_locks WHERE NOT granted") != count) {
    }
}

PRINTF(2, 3) static void send(PGconn *conn, const char *fmt, ...) {
    char sql[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(sql, sizeof sql, fmt, args);
    va_end(args);
    assert_int_equal(PQsendQuery(conn, sql), 1);
}

/* SQLSTATE of what was sent. */
static const char *received(PGconn *conn, char state[6]) {
    for (PGresult *res; (res = PQgetResult(conn));) {
        const char *field = PQresultErrorField(res, PG_DIAG_SQLSTATE);
        snprintf(state, 6, "%s", field ? field : DONE);
        PQclear(res);
    }
    return state;
}

/* A stop of the original beside the approval of its correction, held up where each writes the log:
 * the likeliest ring there could be. */
static void test_a_stop_beside_a_correction(void **state) {
    (void)state;
    char first[32], second[32], drafter[64], approver[64], one[6], two[6];
    PGconn *other = town_connect("kairan_staff");
    snprintf(drafter, sizeof drafter, "%s", town_sign_in(staff, "a1"));
    snprintf(approver, sizeof approver, "%s", town_sign_in(staff, "a3"));
    sending_start(PLAIN, 10, first);
    snprintf(second, sizeof second, "%s",
             town_valuef(
                 staff,
                 "SELECT alert FROM alert_correct('%s', %s, NULL, 0, 'correction', '{ja}', '{題}', "
                 "'{一}', '{題}', '{二}', false, '', " A_DAY ", NULL)",
                 drafter, first));
    town_valuef(staff, "SELECT alert_submit('%s', %s, 1, NULL)", drafter, second);
    PGconn *head = town_connect("kairan_owner");
    town_value(head, "BEGIN");
    town_value(head, "UPDATE oplog_head SET seq = seq");
    char what[128];
    snprintf(what, sizeof what, "%s, '\\%s'", second,
             town_fingerprint(other, approver, second) + 1);
    send(staff, "SELECT alert_approve('%s', %s, NULL)", approver, what);
    await_waiting(1);
    send(other, "SELECT alert_stop('%s', %s, NULL)", drafter, first);
    await_waiting(2);
    town_value(head, "ROLLBACK");
    assert_string_equal(received(staff, one), DONE);
    assert_string_equal(received(other, two), CONFLICT); /* it is stopped already */
    PQfinish(head);
    PQfinish(other);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody_waits_in_a_ring),
        cmocka_unit_test(test_a_stop_beside_a_correction),
    };
    return cmocka_run_group_tests(tests, open_town, sending_close);
}
