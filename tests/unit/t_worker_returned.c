/* Returned mail: every sample of tests/data/bounces gives its verdict, with LF and with CRLF;
 * hostile ones give none and cost little. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "buf.h"
#include "intake/returned.h"
#include "intake/returned_impl.h"
#include "settings/conf.h"

#define TOKEN "ajqvckyaaaaaajuqaaaaarksshp6qa6axangc4as"

static int start(void **state) {
    (void)state;
    conf.bounce_local = "bounce";
    conf.domain = "city.kairan.example";
    returned_init();
    return 0;
}

/* The file, with these line ends; its size in *size_b. */
static char *load(struct arena *a, const char *name, const char *line_end, size_t *size_b) {
    CLEANUP(buf_done) struct buf mail = buf_init(1 << 20);
    FILE *file = fopen(arena_printf(a, "tests/data/bounces/%s.eml", name), "rb");
    if (!file)
        fail_msg("no sample %s", name);
    for (int c; (c = fgetc(file)) != EOF;)
        if (c == '\n')
            buf_str(&mail, line_end);
        else
            buf_char(&mail, (char)c);
    fclose(file);
    *size_b = mail.len_b;
    return arena_memdup(a, buf_text(&mail), mail.len_b + 1);
}

/* "kind status address; …" */
static const char *say(struct arena *a, const struct returned *b) {
    const char *out = "";
    for (size_t i = 0; i < b->count; i++)
        out =
            arena_printf(a, "%s%s%s %s %s", out, i ? "; " : "", returned_kind_name(b->list[i].kind),
                         b->list[i].status, b->list[i].address);
    return out;
}

static void every_sample_gives_its_verdict(void **state) {
    (void)state;
    static const struct {
        const char *name, *verdict, *token;
    } rows[] = {
        {"dsn-unknown-user", "permanent 5.1.1 taro@resident.example", ""},
        {"dsn-two-recipients",
         "permanent 5.1.1 taro@resident.example; temporary 4.2.2 jiro@resident.example", ""},
        {"dsn-delayed", "", ""},
        {"dsn-delayed-permanent-code", "", ""},
        {"dsn-delivered", "", ""},
        {"dsn-expired", "temporary 4.4.1 taro@resident.example", ""},
        {"dsn-policy", "policy 5.7.1 taro@resident.example", ""},
        {"dsn-vague-status", "permanent 5.1.1 taro@docomo.example", ""},
        {"dsn-vague-full", "temporary 5.2.2 taro@resident.example", ""},
        {"dsn-vague-silent", "permanent 5.0.0 taro@resident.example", ""},
        {"dsn-no-status", "permanent 5.2.1 taro@resident.example", ""},
        {"dsn-rewritten",
         "permanent 5.1.1 taro@forward.example; permanent 5.1.1 taro+mail@resident.example", ""},
        {"dsn-quoted-local", "permanent 5.1.1 a..b@docomo.example", ""},
        {"dsn-international", "permanent 5.1.6 太郎@resident.example", ""},
        {"dsn-base64", "permanent 5.1.1 taro@resident.example", ""},
        {"dsn-wrapped", "permanent 5.1.1 taro@resident.example", ""},
        {"dsn-not-a-report", "", ""},
        {"dsn-no-boundary", "", ""},
        {"mdn-read-receipt", "", ""},
        {"qmail", "permanent 5.1.1 taro@resident.example", ""},
        {"qmail-full", "temporary 5.2.2 taro@resident.example", ""},
        {"exim", "permanent 5.1.2 taro@resident.example", ""},
        {"exim-delay", "", ""},
        {"sendmail", "permanent 5.1.1 taro@resident.example", ""},
        {"sendmail-warning", "", ""},
        {"carrier-rejected", "permanent 5.1.1 taro@ezweb.example", ""},
        {"carrier-japanese", "permanent 5.1.1 taro@softbank.example", ""},
        {"carrier-japanese-refusal", "policy 5.7.1 hanako@docomo.example", ""},
        {"auto-reply", "", ""},
        {"vacation", "", ""},
        {"person", "", ""},
        {"arf-abuse", "complaint  taro@resident.example", TOKEN},
        {"arf-by-return-path", "complaint  ", TOKEN},
        {"arf-headers-only", "complaint  ", TOKEN},
        {"arf-not-spam", "", TOKEN},
        {"arf-nobody", "complaint  ", ""},
        {"empty", "", ""},
        {"nul-and-cr", "permanent 5.1.1 taro@resident.example", ""},
    };
    static const char *const ends[] = {"\n", "\r\n"};
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t e = 0; e < COUNT(ends); e++) {
            CLEANUP(arena_free) struct arena *a = arena_new();
            bool null_sender = strncmp(rows[i].name, "person", 6) != 0;
            struct returned b;
            size_t size_b;
            const char *mail = load(a, rows[i].name, ends[e], &size_b);
            returned_read(a, mail, size_b, null_sender, &b);
            /* reports that carry the returned mail name its envelope sender, too */
            const char *token = strncmp(rows[i].name, "arf", 3) == 0 ? b.token : "";
            if (strcmp(say(a, &b), rows[i].verdict) != 0 || strcmp(token, rows[i].token) != 0)
                ROW_FAIL(i, "%s: \"%s\", token \"%s\"", rows[i].name, say(a, &b), b.token);
        }
}

static void words_are_kept_harmless(void **state) {
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct returned b;
    size_t size_b;
    const char *mail = load(a, "dsn-unknown-user", "\r\n", &size_b);
    returned_read(a, mail, size_b, true, &b);
    assert_string_equal(b.list[0].reply, "smtp; 550 5.1.1 <taro@resident.example>: Recipient "
                                         "address    rejected: User unknown");
    mail = load(a, "nul-and-cr", "\r\n", &size_b);
    returned_read(a, mail, size_b, true, &b);
    assert_string_equal(b.list[0].reply, "smtp; 550 bad bare   control");
}

/* A report without the null sender is read all the same: some relays lose it. Words are not. */
static void words_need_a_server(void **state) {
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct returned b;
    size_t size_b;
    char *mail = load(a, "qmail", "\r\n", &size_b);
    returned_read(a, mail, size_b, false, &b);
    assert_int_equal(b.count, 1);
    memcpy(strstr(mail, "MAILER-DAEMON@"), "somebody-else@", 14);
    returned_read(a, mail, size_b, false, &b);
    assert_int_equal(b.count, 0);
}

static void statuses_say_whose_fault(void **state) {
    (void)state;
    static const struct {
        const char *status;
        enum returned_kind kind;
    } rows[] = {
        {"5.1.1", RETURNED_PERMANENT}, {"5.1.10", RETURNED_PERMANENT},
        {"5.1.7", RETURNED_POLICY},    {"5.1.8", RETURNED_POLICY},
        {"5.0.0", RETURNED_PERMANENT}, {"5.2.1", RETURNED_PERMANENT},
        {"5.2.2", RETURNED_TEMPORARY}, {"5.2.3", RETURNED_POLICY},
        {"5.3.4", RETURNED_POLICY},    {"5.4.4", RETURNED_PERMANENT},
        {"5.4.6", RETURNED_TEMPORARY}, {"5.5.1", RETURNED_POLICY},
        {"5.6.0", RETURNED_POLICY},    {"5.7.1", RETURNED_POLICY},
        {"4.1.1", RETURNED_TEMPORARY}, {"4.7.1", RETURNED_TEMPORARY},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (returned_status_kind(rows[i].status) != rows[i].kind)
            ROW_FAIL(i, "%s", rows[i].status);
}

static void codes_are_found_where_they_stand_alone(void **state) {
    (void)state;
    static const struct {
        const char *text, *status;
    } rows[] = {
        {"550 5.1.1 no", "5.1.1"},
        {"(#5.1.1)", "5.1.1"},
        {"5.1.1", "5.1.1"},
        {"192.5.1.1", ""},
        {"5.1.1.1", ""},
        {"15.1.1 5.2.1", "5.2.1"},
        {"version 5.1", ""},
        {"5.1.", ""},
        {"5..1", ""},
        {"5.1234.1", ""},
        {"5.1.1234", ""},
        {"status 4.4.1.", "4.4.1"},
        {"x5.1.1", ""},
        {"", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char status[RETURNED_STATUS_B] = "";
        bool found = returned_status_find(rows[i].text, status);
        if (found != (rows[i].status[0] != '\0') || strcmp(status, rows[i].status) != 0)
            ROW_FAIL(i, "\"%s\": \"%s\"", rows[i].text, status);
    }
}

/* ---- hostile mails ---- */

static double cpu_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void add_times(struct buf *b, const char *text, int times) {
    for (int i = 0; i < times; i++)
        buf_printf(b, "%s", text);
}

/* The worst of each kind that fits; each must end at once and say nothing. */
static void hostile_mails_say_nothing(void **state) {
    (void)state;
    for (int kind = 0; kind < 7; kind++) {
        CLEANUP(arena_free) struct arena *a = arena_new();
        CLEANUP(buf_done) struct buf mail = buf_init(2 << 20);
        struct returned b;
        switch (kind) {
        case 0:
            add_times(&mail, "Received: from a by b\r\n", 10000);
            break;
        case 1: /* multiparts a thousand deep, each with a line that could end any of them */
            for (int i = 0; i < 1000; i++)
                buf_printf(&mail, "Content-Type: multipart/report; boundary=b%d\r\n\r\n--b%d\r\n",
                           i, i);
            add_times(&mail, "--b\r\n", 20000);
            break;
        case 2: /* messages in messages */
            add_times(&mail, "Content-Type: message/rfc822\r\n\r\n", 5000);
            break;
        case 3:
            buf_str(&mail, "Content-Type: multipart/report; boundary=b\r\n\r\n");
            add_times(&mail, "--b\r\nContent-Type: message/delivery-status\r\n\r\n\r\n", 4000);
            break;
        case 4: /* one line */
            buf_str(&mail, "From: mailer-daemon@x.example\r\n\r\n");
            add_times(&mail, "undeliverable@", 70000);
            break;
        case 5:
            buf_str(&mail, "Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n");
            add_times(&mail, "\x1b$B\xff\xfe\x1b$", 100000);
            break;
        case 6:
            buf_str(&mail, "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: "
                           "message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n");
            add_times(&mail, "!@#$%^&*=", 100000);
            break;
        default:
            fail();
        }
        double before_s = cpu_s();
        returned_read(a, buf_text(&mail), mail.len_b, true, &b);
        if (b.count != 0 || cpu_s() - before_s > 2)
            ROW_FAIL(kind, "%zu verdicts, %.1f s", b.count, cpu_s() - before_s);
    }
}

static void recipients_are_bounded(void **state) {
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    CLEANUP(buf_done) struct buf mail = buf_init(1 << 20);
    struct returned b;
    buf_str(&mail, "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: "
                   "message/delivery-status\r\n\r\n");
    for (int i = 0; i < 1000; i++)
        buf_printf(
            &mail,
            "Final-Recipient: rfc822;r%d@x.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n", i);
    returned_read(a, buf_text(&mail), mail.len_b, true, &b);
    assert_int_equal(b.count, RETURNED_MOST);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sample_gives_its_verdict),
        cmocka_unit_test(words_are_kept_harmless),
        cmocka_unit_test(words_need_a_server),
        cmocka_unit_test(statuses_say_whose_fault),
        cmocka_unit_test(codes_are_found_where_they_stand_alone),
        cmocka_unit_test(hostile_mails_say_nothing),
        cmocka_unit_test(recipients_are_bounded),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
