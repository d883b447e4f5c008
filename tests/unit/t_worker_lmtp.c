/* LMTP (RFC 2033): the conversation line by line, one answer a recipient, limits, and that nothing
 * but CR LF . CR LF ends a mail; the same in pieces of any size. */
#include "check.h"

#include <stdio.h>

#include "intake/lmtp.h"

static bool is_wanted(void *ctx, const char *address) {
    (void)ctx;
    return strstr(address, "yes") != NULL;
}

static const struct lmtp_rules rules = {
    .name = "here.example", .size_b = 1000, .keep_b = 600, .wanted = is_wanted};

/* What a whole client says is answered with, mails taken unless `later`; the mails' bytes, each
 * with a '|' behind it, go to `mails`. */
static const char *talk(const char *said, size_t said_b, size_t piece_b, bool later,
                        struct buf *mails) {
    static char answers[128 * 1024];
    struct lmtp *s = lmtp_new(&rules);
    enum lmtp_step step = LMTP_MORE;
    for (size_t at = 0; at < said_b && step != LMTP_OVER;) {
        size_t n = said_b - at < piece_b ? said_b - at : piece_b, used_b;
        step = lmtp_read(s, said + at, n, &used_b);
        assert_true(used_b > 0 && (step != LMTP_MORE || used_b == n));
        at += used_b;
        if (step == LMTP_MAIL) {
            buf_add(mails, lmtp_mail(s)->data, lmtp_mail(s)->data_b);
            buf_char(mails, '|');
            lmtp_answer(s, !later);
        }
    }
    snprintf(answers, sizeof answers, "%s", buf_text(lmtp_out(s)));
    lmtp_free(&s);
    assert_null(s);
    return answers;
}

#define GREETING "220 here.example LMTP\r\n"
#define GREETED                                                                                    \
    "250-here.example\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n"            \
    "250 SIZE 1000\r\n"
#define HELLO  GREETING GREETED
#define OPEN   "LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<yes@x>\r\nDATA\r\n"
#define OPENED HELLO "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 Go ahead\r\n"

static void conversations(void **state) {
    (void)state;
    static const struct {
        const char *said, *answers, *mails;
    } rows[] = {
        {OPEN "a\r\n.\r\nQUIT\r\n", OPENED "250 2.0.0 Ok\r\n221 2.0.0 Bye\r\n", "a\r\n|"},
        /* one answer a recipient; nobody waits for the second, and nobody learns that */
        {"lhlo x\r\nmail from:<a@b> SIZE=900\r\nrcpt to:<yes@x>\r\nrcpt to:<no@x>\r\nrcpt "
         "to:<yes2@x>\r\n"
         "data\r\nb\r\n.\r\n",
         HELLO "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n250 2.1.5 Ok\r\n250 2.1.5 Ok\r\n354 Go ahead\r\n"
               "250 2.0.0 Ok\r\n250 2.0.0 Ok\r\n250 2.0.0 Ok\r\n",
         "b\r\n|"},
        {"LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<no@x>\r\nDATA\r\nc\r\n.\r\nNOOP\r\n",
         OPENED "250 2.0.0 Ok\r\n250 2.0.0 Ok\r\n", ""},
        /* dots: stuffed ones come off, and only CR LF . CR LF ends */
        {OPEN "..\r\n.x\r\n.\r\n", OPENED "250 2.0.0 Ok\r\n", ".\r\nx\r\n|"},
        {OPEN "a\n.\nb\n.\r\nc\r\n.\nd\r.\re\r\n.\r\n", OPENED "250 2.0.0 Ok\r\n",
         "a\n.\nb\n.\r\nc\r\n\nd\r.\re\r\n|"},
        {OPEN ".\r\r\n.\r\n", OPENED "250 2.0.0 Ok\r\n", "\r\r\n|"},
        {OPEN ".\r\n", OPENED "250 2.0.0 Ok\r\n", "|"},
        /* two mails, pipelined */
        {OPEN "1\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<yes@x>\r\nDATA\r\n2\r\n.\r\n",
         OPENED "250 2.0.0 Ok\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 Go ahead\r\n250 2.0.0 Ok\r\n",
         "1\r\n|2\r\n|"},
        /* out of place, unknown, malformed */
        {"MAIL FROM:<>\r\nEHLO x\r\nHELO x\r\nDATA\r\nRCPT TO:<a>\r\n\r\nLHLO\r\nDATA x\r\n",
         "220 here.example LMTP\r\n503 5.5.1 Not now\r\n500 5.5.1 No such command\r\n500 5.5.1 No "
         "such "
         "command\r\n503 5.5.1 No recipients\r\n503 5.5.1 Not now\r\n500 5.5.1 No such "
         "command\r\n500 "
         "5.5.1 No such command\r\n500 5.5.1 No such command\r\n",
         ""},
        {"LHLO x\r\nMAIL FROM:a\r\nMAIL FROM:<a\r\nMAIL FROM:<\x01>\r\nMAIL "
         "FROM:<\"a>b\"@c>\r\nRCPT TO:<>\r\n"
         "MAIL FROM:<>\r\nRSET\r\nRCPT TO:<a>\r\n",
         HELLO "501 5.1.7 No such address\r\n501 5.1.7 No such address\r\n501 5.1.7 No such "
               "address\r\n250 "
               "2.1.0 Ok\r\n501 5.1.3 No such address\r\n503 5.5.1 Not now\r\n250 2.0.0 Ok\r\n503 "
               "5.5.1 Not "
               "now\r\n",
         ""},
        {"LHLO x\r\nMAIL FROM:<> SIZE=1001\r\nMAIL FROM:<> SIZE=-1\r\nMAIL FROM:<> "
         "SIZE=99999999999999999999\r\n"
         "VRFY yes\r\n",
         HELLO "552 5.3.4 Too large\r\n552 5.3.4 Too large\r\n552 5.3.4 Too large\r\n252 2.5.0 "
               "Perhaps\r\n",
         ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t piece_b = 1; piece_b < 200; piece_b += piece_b < 8 ? 1 : 63) {
            CLEANUP(buf_done) struct buf mails = buf_init(1 << 16);
            const char *got = talk(rows[i].said, strlen(rows[i].said), piece_b, false, &mails);
            if (strcmp(got, rows[i].answers) != 0 || strcmp(buf_text(&mails), rows[i].mails) != 0)
                ROW_FAIL(i, "in pieces of %zu: %s\nmails: %s", piece_b, got, buf_text(&mails));
        }
}

static void later_is_said_to_those_who_wait(void **state) {
    (void)state;
    static const char said[] =
        "LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<yes@x>\r\nRCPT TO:<no@x>\r\nDATA\r\n.\r\n";
    CLEANUP(buf_done) struct buf mails = buf_init(1 << 16);
    const char *got = talk(said, sizeof said - 1, 10, true, &mails);
    assert_non_null(strstr(got, "354 Go ahead\r\n451 4.3.0 Later, please\r\n250 2.0.0 Ok\r\n"));
}

static void nuls_are_data_in_mails_and_no_command(void **state) {
    (void)state;
    static const char said[] = OPEN "a\0b\r\n.\r\nNO\0OP\r\n";
    CLEANUP(buf_done) struct buf mails = buf_init(1 << 16);
    const char *got = talk(said, sizeof said - 1, 3, false, &mails);
    assert_string_equal(got, OPENED "250 2.0.0 Ok\r\n500 5.5.2 No such line\r\n");
    assert_int_equal(mails.len_b, 6);
    assert_memory_equal(mails.data, "a\0b\r\n|", 6);
}

static void limits(void **state) {
    (void)state;
    CLEANUP(buf_done) struct buf said = buf_init(1 << 20), mails = buf_init(1 << 20);
    /* a mail over keep_b is cut, one over size_b refused, whoever it is for */
    buf_printf(&said,
               OPEN "%0900d\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<yes@x>\r\nRCPT "
                    "TO:<no@x>\r\nDATA\r\n%01000d\r\n.\r\nNOOP\r\n",
               1, 2);
    const char *got = talk(buf_text(&said), said.len_b, 100, false, &mails);
    assert_int_equal(mails.len_b, 601);
    assert_non_null(strstr(
        got, "354 Go ahead\r\n552 5.3.4 Too large\r\n552 5.3.4 Too large\r\n250 2.0.0 Ok\r\n"));
    /* a line */
    buf_clear(&said);
    buf_printf(&said, "LHLO %05000d\r\nLHLO x\r\n", 1);
    got = talk(buf_text(&said), said.len_b, 7, false, &mails);
    assert_string_equal(got, GREETING "500 5.5.2 No such line\r\n" GREETED);
    /* recipients */
    buf_clear(&said);
    buf_str(&said, "LHLO x\r\nMAIL FROM:<>\r\n");
    for (int i = 0; i <= LMTP_RCPTS; i++)
        buf_str(&said, "RCPT TO:<yes@x>\r\n");
    got = talk(buf_text(&said), said.len_b, 1000, false, &mails);
    assert_non_null(strstr(got, "250 2.1.5 Ok\r\n452 4.5.3 Too many recipients\r\n"));
    /* mistakes */
    buf_clear(&said);
    for (int i = 0; i < LMTP_MISTAKES + 5; i++)
        buf_str(&said, "GET / HTTP/1.1\r\n");
    got = talk(buf_text(&said), said.len_b, 1000, false, &mails);
    assert_string_equal(strstr(got, "421"), "421 4.3.0 too many mistakes\r\n");
    /* who never reads his answers */
    buf_clear(&said);
    for (int i = 0; i < 10000; i++)
        buf_str(&said, "NOOP\r\n");
    got = talk(buf_text(&said), said.len_b, 1000, false, &mails);
    assert_in_range(strlen(got), 60000, 65536);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conversations),
        cmocka_unit_test(later_is_said_to_those_who_wait),
        cmocka_unit_test(nuls_are_data_in_mails_and_no_command),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
