/* worker/smtp against a peer that plays a script: what is said, what is made of every answer, and
 * of none. Also the guard before the wire. */
#include <signal.h>

#include "check.h"
#include "worker_smtp_peer.h"

/* ---- the guard ---- */

static void test_addresses(void **state) {
    (void)state;
    static const struct {
        const char *address;
        bool ok;
    } rows[] = {
        {"a@b.example", true},
        {"a..b.@docomo.example", true},
        {"\"a b\"@c.example", false},
        {"", false},
        {"a@b\r\nRCPT TO:<x>", false},
        {"a@b\n", false},
        {"a\tb@c", false},
        {"a>b@c", false},
        {"<a@c", false},
        {"a\x7F@c", false},
        {"宛先@例.example", true},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (smtp_address_ok(rows[i].address) != rows[i].ok)
            ROW_FAIL(i, "%s", rows[i].address);
    char longest[322];
    memset(longest, 'a', 321);
    longest[321] = '\0';
    assert_false(smtp_address_ok(longest));
    longest[320] = '\0';
    assert_true(smtp_address_ok(longest));
}

static void test_bytes(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        bool ok;
    } rows[] = {
        {"A: b\r\n\r\nc\r\n", true},
        {"", false},
        {"a", false},
        {"a\n", false},
        {"a\r\n.\r\n", false},
        {".a\r\n", false},
        {"a\rb\r\n", false},
        {"a\r\n\nb\r\n", false},
        {"\r\n", true},
        {"a\r\n.\n", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (smtp_bytes_ok(rows[i].bytes, strlen(rows[i].bytes)) != rows[i].ok)
            ROW_FAIL(i, "%s", rows[i].bytes);
    assert_false(smtp_bytes_ok("a\0b\r\n", 5));
    char line[1002];
    memset(line, 'x', sizeof line);
    memcpy(line + 998, "\r\n", 2);
    assert_true(smtp_bytes_ok(line, 1000));
    memcpy(line + 999, "\r\n", 2);
    line[998] = 'x';
    assert_false(smtp_bytes_ok(line, 1001));
}

#define ENVELOPE "<MAIL FROM:<f@a.example> SIZE=8\r\nRCPT TO:<t0@b.example>\r\nDATA\r\n"
#define OKS      ">250 ok\r\n250 ok\r\n354 go\r\n"

static void test_next_envelope_rides_behind_the_dot(void **state) {
    (void)state;
    struct seen s = CONVERSE(
        2, 1, GREET, ENVELOPE, OKS,
        "<hello!\r\n.\r\nMAIL FROM:<f@a.example> SIZE=8\r\nRCPT TO:<t0@b.example>\r\nDATA\r\n",
        ">250 taken one\r\n", OKS, TEXT, ">250 taken two\r\n", "<QUIT\r\n", ">221 bye\r\n");
    assert_int_equal(s.ends, 2);
    assert_int_equal(s.fate[0], SMTP_ACCEPTED);
    assert_int_equal(s.fate[1], SMTP_ACCEPTED);
    assert_string_equal(s.text[1], "taken two");
    assert_string_equal(s.why, "closed after QUIT");
}

/* What one mail comes to. Each script begins after the EHLO reply. */
static void test_fates(void **state) {
    (void)state;
    static const struct {
        const char *script[12];
        enum smtp_fate fate;
        enum reply_phase phase;
        int code;
    } rows[] = {
        /* refusals at each step; the first one counts */
        {{"<DATA\r\n", ">550 no\r\n503 what\r\n503 what\r\n", "<QUIT", ">221 x\r\n"},
         SMTP_REFUSED,
         PHASE_MAIL,
         550},
        {{"<DATA\r\n", ">250 ok\r\n451 later\r\n554 none\r\n", "<QUIT", ">221 x\r\n"},
         SMTP_REFUSED,
         PHASE_RCPT,
         451},
        {{"<DATA\r\n", ">250 ok\r\n250 ok\r\n452 full\r\n", "<QUIT", ">221 x\r\n"},
         SMTP_REFUSED,
         PHASE_DATA,
         452},
        {{"<DATA\r\n", OKS, TEXT, ">554 bad text\r\n", "<QUIT", ">221 x\r\n"},
         SMTP_REFUSED,
         PHASE_DOT,
         554},
        /* DATA accepted though nobody is: an empty text ends it */
        {{"<DATA\r\n", ">250 ok\r\n550 no\r\n354 go\r\n", "<\r\n.\r\n", ">554 none\r\n", "<QUIT",
          ">221 x\r\n"},
         SMTP_REFUSED,
         PHASE_RCPT,
         550},
        /* 421 is a refusal, and the end of the connection */
        {{"<DATA\r\n", ">421 bye\r\n"}, SMTP_REFUSED, PHASE_MAIL, 421},
        {{"<DATA\r\n", OKS, TEXT, ">421 bye\r\n"}, SMTP_REFUSED, PHASE_DOT, 421},
        /* gone before the dot */
        {{"<DATA\r\n"}, SMTP_UNTRIED, PHASE_MAIL, ANSWER_NONE},
        {{"<DATA\r\n", ">250 ok\r\n"}, SMTP_UNTRIED, PHASE_RCPT, ANSWER_NONE},
        {{"<DATA\r\n", ">250 ok\r\n250 o"}, SMTP_UNTRIED, PHASE_RCPT, ANSWER_NONE},
        /* silent before the dot */
        {{"<DATA\r\n", ">250 ok\r\n", "="}, SMTP_UNTRIED, PHASE_RCPT, ANSWER_NONE},
        /* senseless before the dot */
        {{"<DATA\r\n", ">250 ok\r\n250 ok\r\n250 ok\r\n", "="},
         SMTP_UNTRIED,
         PHASE_DATA,
         ANSWER_NONE},
        {{"<DATA\r\n", ">HTTP/1.1 400 Bad Request\r\n", "="},
         SMTP_UNTRIED,
         PHASE_MAIL,
         ANSWER_NONE},
        /* after the dot only a whole reply decides */
        {{"<DATA\r\n", OKS, TEXT}, SMTP_UNKNOWN, PHASE_DOT, ANSWER_NONE},
        {{"<DATA\r\n", OKS, TEXT, "="}, SMTP_UNKNOWN, PHASE_DOT, ANSWER_NONE},
        {{"<DATA\r\n", OKS, TEXT, ">250 2.0"}, SMTP_UNKNOWN, PHASE_DOT, ANSWER_NONE},
        {{"<DATA\r\n", OKS, TEXT, ">250-2.0\r\n"}, SMTP_UNKNOWN, PHASE_DOT, ANSWER_NONE},
        {{"<DATA\r\n", OKS, TEXT, ">yes\r\n", "="}, SMTP_UNKNOWN, PHASE_DOT, ANSWER_NONE},
        {{"<DATA\r\n", OKS, TEXT, ">354 more\r\n", "="}, SMTP_UNKNOWN, PHASE_DOT, 354},
        {{"<DATA\r\n", OKS, TEXT, ">250-2.0 a\r\n250 2.0 b\r\n", "<QUIT", ">221 x\r\n"},
         SMTP_ACCEPTED,
         PHASE_DOT,
         250},
    };
    static const char *const greet[] = {GREET};
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *script[16] = {0};
        memcpy(script, greet, sizeof greet);
        memcpy(script + COUNT(greet), rows[i].script, sizeof rows[i].script);
        struct seen s = converse(script, 1, 1);
        if (s.ends != 1 || s.fate[0] != rows[i].fate || s.phase[0] != rows[i].phase ||
            s.code[0] != rows[i].code || s.closed != 1 || !s.was_open)
            ROW_FAIL(i, "%d ends, fate %d, phase %d, code %d, %s", s.ends, s.fate[0], s.phase[0],
                     s.code[0], s.why);
    }
}

/* The mail whose envelope rode behind is untouched by what happens to the one before. */
static void test_the_one_behind(void **state) {
    (void)state;
    struct seen s = CONVERSE(2, 1, GREET, "<DATA\r\n", OKS, TEXT, "<DATA\r\n", ">421 bye\r\n");
    assert_int_equal(s.ends, 2);
    assert_int_equal(s.fate[0], SMTP_REFUSED);
    assert_int_equal(s.fate[1], SMTP_UNTRIED);
    s = CONVERSE(2, 1, GREET, "<DATA\r\n", OKS, TEXT, "<DATA\r\n");
    assert_int_equal(s.ends, 2);
    assert_int_equal(s.fate[0], SMTP_UNKNOWN);
    assert_int_equal(s.fate[1], SMTP_UNTRIED);
    s = CONVERSE(2, 1, GREET, "<DATA\r\n", OKS, TEXT, "<DATA\r\n", ">452 full\r\n", OKS, TEXT,
                 ">250 ok\r\n", "<QUIT", ">221 x\r\n");
    assert_int_equal(s.fate[0], SMTP_REFUSED);
    assert_int_equal(s.fate[1], SMTP_ACCEPTED);
}

static void test_rset_after_a_refused_recipient(void **state) {
    (void)state;
    struct seen s = CONVERSE(2, 1, GREET, "<DATA\r\n", ">250 ok\r\n550 no\r\n554 none\r\n",
                             "<RSET\r\nMAIL FROM", "<DATA\r\n", ">250 reset\r\n", OKS, TEXT,
                             ">250 ok\r\n", "<QUIT", ">221 x\r\n");
    assert_int_equal(s.ends, 2);
    assert_int_equal(s.fate[0], SMTP_REFUSED);
    assert_int_equal(s.fate[1], SMTP_ACCEPTED);
}

static void test_opening_that_fails(void **state) {
    (void)state;
    static const char *const scripts[][4] = {{">554 5.3.2 not today\r\n"},
                                             {"="},
                                             {">SSH-2.0-x\r\n", "="},
                                             {">220 hi\r\n", "<EHLO", ">5"}};
    for (size_t i = 0; i < COUNT(scripts); i++) {
        const char *script[5] = {0};
        memcpy(script, scripts[i], sizeof scripts[i]);
        struct seen s = converse(script, 1, 1);
        if (s.ends != 0 || s.closed != 1 || s.was_open || !s.why[0])
            ROW_FAIL(i, "%d ends, %d closed, %s", s.ends, s.closed, s.why);
        if (i == 0 && !strstr(s.why, "not today"))
            ROW_FAIL(i, "%s", s.why);
    }
}

/* TLS that is asked for and not offered: nothing is said in clear. */
static void test_stripped_starttls(void **state) {
    (void)state;
    struct peer peer = start_peer((const char *const[]){GREET, "=", NULL});
    struct smtp_setup setup = {.host_port = peer.host_port,
                               .ehlo = "me.example",
                               .user = "",
                               .password = "",
                               .tls = TLS_REQUIRED,
                               .timeout_s = 1,
                               .dot_timeout_s = 1};
    struct seen s = {0};
    struct fault f = {0};
    struct loop *loop = NULL;
    struct smtp_relay *relay = NULL;
    assert_true(loop_open(&loop, &f));
    assert_true(smtp_relay_open(loop, &setup, &HOOKS, &s, &relay, &f));
    smtp_open(smtp_new(relay, &s));
    while (!s.closed)
        loop_wait(loop, smtp_relay_tick(relay));
    assert_false(s.was_open);
    smtp_relay_close(&relay);
    loop_close(&loop);
    kill(peer.pid, SIGKILL);
    waitpid(peer.pid, NULL, 0);
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_next_envelope_rides_behind_the_dot),
        cmocka_unit_test(test_fates),
        cmocka_unit_test(test_the_one_behind),
        cmocka_unit_test(test_rset_after_a_refused_recipient),
        cmocka_unit_test(test_opening_that_fails),
        cmocka_unit_test(test_stripped_starttls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
