/* The SMTP conversation: replies, dots, faults of mails, rules, hostile input. Every dialogue is
 * fed whole and byte by byte, and must come out the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"

struct stage {
    struct store *store;
    struct rules rules;
    struct tally tally;
    struct talk *talk;
    struct buf said;
};

static struct stage *stage_new(void) {
    struct stage *s = calloc(1, sizeof *s);
    s->store = store_new(10, 16 << 20);
    s->said = buf_init(1 << 20);
    s->talk = talk_new(&(struct talk_world){s->store, &s->rules, &s->tally, NULL});
    return s;
}

static void stage_free(struct stage **s) {
    talk_free(&(*s)->talk);
    store_free(&(*s)->store);
    buf_done(&(*s)->said);
    free(*s);
}

static void hear(struct stage *s) {
    struct buf *out = talk_out(s->talk);
    buf_add(&s->said, buf_text(out), out->len_b);
    buf_clear(out);
}

/* Feeds in pieces of step_b bytes, ending each pause at once; forgets the greeting. */
static void feed(struct stage *s, const char *data, size_t len_b, size_t step_b) {
    buf_clear(talk_out(s->talk));
    for (size_t used = 0; used < len_b && !talk_over(s->talk);) {
        size_t left = len_b - used;
        used += talk_feed(s->talk, data + used, left < step_b ? left : step_b);
        if (talk_pause_ms(s->talk))
            talk_resume(s->talk);
    }
    hear(s);
}

static void add_rule(struct stage *s, const char *domain, enum rule_act act, enum rule_at at) {
    struct rule rule = {.act = act, .at = at, .code = 451, .text = "4.3.0 wait", .delay_ms = 40};
    struct fault f = {0};
    uint64_t id;
    snprintf(rule.domain, sizeof rule.domain, "%s", domain);
    assert_true(rules_add(&s->rules, &rule, &id, &f));
}

#define START "EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"

/* One dialogue, its replies (their codes alone), and the mail that is kept. */
struct scene {
    const char *text;
    size_t text_b;
    const char *codes;
    const char *raw; /* NULL: no mail */
    size_t raw_b;
    unsigned faults; /* without MAIL_EARLY */
};
#define TEXT(s) (s), sizeof(s) - 1
#define TAKEN   "250 250 250 354 250 "

static const struct scene scenes[] = {
    {TEXT("EHLO x\r\nQUIT\r\n"), "250 221 ", NULL, 0, 0},
    {TEXT("HELO x\r\nNOOP\r\nVRFY y\r\nRSET\r\n"), "250 250 252 250 ", NULL, 0, 0},
    {TEXT("ehlo x\r\nmail from:<>\r\nrcpt to:<c@d.example> \r\ndata\r\n.\r\n"), TAKEN, TEXT(""), 0},
    {TEXT(START "Subject: x\r\n\r\nhi\r\n.\r\n"), TAKEN, TEXT("Subject: x\r\n\r\nhi\r\n"), 0},
    /* dots */
    {TEXT(START "..\r\n...\r\n.x\r\n.\r\n"), TAKEN, TEXT(".\r\n..\r\nx\r\n"), 0},
    {TEXT(START "a\n.\nb\r\n.\r\n"), TAKEN, TEXT("a\n.\nb\r\n"), MAIL_BARE_LF},
    {TEXT(START "a\r\n.\nb\r\n.\r\n"), TAKEN, TEXT("a\r\n\nb\r\n"), MAIL_BARE_LF},
    {TEXT(START "a\n.\r\nb\r\n.\r\n"), TAKEN, TEXT("a\n.\r\nb\r\n"), MAIL_BARE_LF},
    {TEXT(START "a\r.\r\nb\r\n.\r\n"), TAKEN, TEXT("a\r.\r\nb\r\n"), MAIL_BARE_CR},
    {TEXT(START "a\r\n.\rb\r\n.\r\n"), TAKEN, TEXT("a\r\n\rb\r\n"), MAIL_BARE_CR},
    {TEXT(START "a\r\r\n.\r\n"), TAKEN, TEXT("a\r\r\n"), MAIL_BARE_CR},
    {TEXT(START "a\0b\r\n.\r\n"), TAKEN, TEXT("a\0b\r\n"), MAIL_NUL},
    {TEXT(START "\xe3\x81\x82\r\n.\r\n"), TAKEN, TEXT("\xe3\x81\x82\r\n"), MAIL_8BIT},
    {TEXT("EHLO x\r\nMAIL FROM:<a@b.example> BODY=8BITMIME SIZE=9\r\nRCPT TO:<c@d.example>\r\n"
          "DATA\r\n\xe3\x81\x82\r\n.\r\n"),
     TAKEN, TEXT("\xe3\x81\x82\r\n"), 0},
    /* order */
    {TEXT("MAIL FROM:<a@b.example>\r\n"), "503 ", NULL, 0, 0},
    {TEXT("EHLO x\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"), "250 503 503 ", NULL, 0, 0},
    {TEXT("EHLO x\r\nMAIL FROM:<>\r\nDATA\r\nMAIL FROM:<>\r\n"), "250 250 554 503 ", NULL, 0, 0},
    {TEXT("EHLO\r\nEHLO x\r\nDATA now\r\n"), "501 250 501 ", NULL, 0, 0},
    /* addresses: phones' dots are good, brackets, controls and missing domains are not */
    {TEXT("EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a..b.@d.example>\r\nRCPT TO:<.a@d.example>\r\n"
          "RCPT TO:<\"a b\\\"c>\"@d.example>\r\nDATA\r\n.\r\n"),
     "250 250 250 250 250 354 250 ", TEXT(""), 0},
    {TEXT("EHLO x\r\nMAIL FROM:<a>\r\nMAIL FROM:a@b\r\nMAIL FROM:<a@b\r\nMAIL FROM:<a@b>x\r\n"
          "MAIL FROM:<a b@c>\r\nMAIL FROM:<\"a@b>\r\nMAIL TO:<a@b>\r\n"),
     "250 501 501 501 501 501 501 501 ", NULL, 0, 0},
    {TEXT("EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<>\r\nRCPT TO:<a>\r\nRCPT TO:<a@b> X=1\r\n"),
     "250 250 501 501 555 ", NULL, 0, 0},
    {TEXT("EHLO x\r\nMAIL FROM:<> SIZE=2097153\r\nMAIL FROM:<> SIZE=x\r\nMAIL FROM:<> AUTH=<>\r\n"),
     "250 552 555 555 ", NULL, 0, 0},
    /* lines */
    {TEXT("EHLO x\nEHLO\ty\r\nEHLO \x7f\r\nEHLO a\0b\r\nEHLO a\rb\r\n\r\nWHAT\r\nEHLOx y\r\n"),
     "500 501 501 501 501 500 500 500 ", NULL, 0, 0},
};

/* The codes of the replies' last lines. */
static void read_codes(const char *said, char *out, size_t out_b) {
    size_t n = 0;
    for (const char *line = said; *line; line = strstr(line, "\r\n") + 2)
        if (line[3] == ' ')
            n += (size_t)snprintf(out + n, out_b - n, "%.3s ", line);
    out[n] = '\0';
}

static void play(const struct scene *scene, size_t step_b) {
    CLEANUP(stage_free) struct stage *s = stage_new();
    char codes[512];
    feed(s, scene->text, scene->text_b, step_b);
    read_codes(buf_text(&s->said), codes, sizeof codes);
    assert_string_equal(codes, scene->codes);
    const struct mail *m = store_find(s->store, 1);
    assert_int_equal(m != NULL, scene->raw != NULL);
    if (!m)
        return;
    assert_int_equal(m->raw_b, scene->raw_b);
    assert_memory_equal(m->raw, scene->raw, m->raw_b);
    assert_int_equal(m->faults & ~(unsigned)MAIL_EARLY, scene->faults);
}

static void plays_every_scene(void **state) {
    static const size_t steps[] = {100000, 1, 2, 3, 7};
    (void)state;
    for (size_t i = 0; i < COUNT(scenes); i++)
        for (size_t j = 0; j < COUNT(steps); j++)
            play(&scenes[i], steps[j]);
}

static void notes_text_before_354(void **state) {
    static const char text[] = START "x\r\n.\r\n";
    (void)state;
    CLEANUP(stage_free) struct stage *s = stage_new();
    feed(s, text, sizeof text - 1, 100000);
    feed(s, text, sizeof text - 1, 1);
    assert_int_equal(store_find(s->store, 1)->faults, MAIL_EARLY);
    assert_int_equal(store_find(s->store, 2)->faults, 0);
    assert_int_equal(s->tally.faulty, 1);
}

/* 998 octets are the most a line may hold; a stuffed dot is not counted. */
static void measures_lines(void **state) {
    char line[1001];
    (void)state;
    memset(line, 'x', sizeof line);
    line[0] = line[1] = '.';
    for (size_t len = 999; len <= 1000; len++) {
        CLEANUP(stage_free) struct stage *s = stage_new();
        feed(s, TEXT(START), 1);
        feed(s, line, len, 100);
        feed(s, TEXT("\r\n.\r\n"), 1);
        const struct mail *m = store_find(s->store, 1);
        assert_int_equal(m->raw_b, len - 1 + 2);
        assert_int_equal(m->faults, len == 1000 ? MAIL_LONG_LINE : 0);
    }
}

static void bounds_command_lines(void **state) {
    char line[5000];
    (void)state;
    CLEANUP(stage_free) struct stage *s = stage_new();
    memset(line, 'x', sizeof line);
    feed(s, line, sizeof line, 1000);
    feed(s, TEXT("\r\nEHLO x\r\n"), 1);
    assert_memory_equal(buf_text(&s->said), "500 ", 4);
    assert_non_null(strstr(buf_text(&s->said), "\r\n250 8BITMIME\r\n"));
}

static void bounds_mails(void **state) {
    static char block[65536];
    (void)state;
    CLEANUP(stage_free) struct stage *s = stage_new();
    memset(block, 'x', sizeof block);
    feed(s, TEXT(START), 1);
    for (size_t i = 0; i <= TALK_MAIL_MAX_B / sizeof block; i++)
        feed(s, block, sizeof block, sizeof block);
    feed(s, TEXT("\r\n.\r\n"), 5);
    assert_non_null(strstr(buf_text(&s->said), "552 5.3.4"));
    assert_int_equal(store_count(s->store), 0);
    feed(s, TEXT(START "x\r\n.\r\n"), 5);
    assert_int_equal(store_count(s->store), 1);
}

static void bounds_recipients(void **state) {
    (void)state;
    CLEANUP(stage_free) struct stage *s = stage_new();
    feed(s, TEXT("EHLO x\r\nMAIL FROM:<>\r\n"), 50);
    for (int i = 0; i < TALK_RCPT_MAX + 1; i++)
        feed(s, TEXT("RCPT TO:<c@d.example>\r\n"), 50);
    assert_non_null(strstr(buf_text(&s->said), "452 4.5.3"));
    feed(s, TEXT("DATA\r\n.\r\n"), 50);
    assert_int_equal(store_find(s->store, 1)->rcpt_count, TALK_RCPT_MAX);
    assert_int_equal(tally_find(&s->tally, "D.example")->accepted, TALK_RCPT_MAX);
}

static void ends_after_too_many_mistakes(void **state) {
    (void)state;
    CLEANUP(stage_free) struct stage *s = stage_new();
    for (int i = 0; i < 30; i++)
        feed(s, TEXT("GET / HTTP/1.1\r\n"), 100);
    assert_true(talk_over(s->talk));
    assert_int_equal(s->tally.bad_commands, 20);
    assert_non_null(strstr(buf_text(&s->said), "\r\n421 4.7.0"));
}

static void refuses_by_rule(void **state) {
    (void)state;
    CLEANUP(stage_free) struct stage *s = stage_new();
    char codes[128];
    add_rule(s, "no.example", RULE_REFUSE, RULE_RCPT);
    add_rule(s, "dot.example", RULE_REFUSE, RULE_DOT);
    feed(s,
         TEXT("EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@no.example>\r\nRCPT TO:<a@ok.example>\r\n"
              "DATA\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<a@dot.example>\r\nDATA\r\n.\r\n"),
         1000);
    read_codes(buf_text(&s->said), codes, sizeof codes);
    assert_string_equal(codes, "250 250 451 250 354 250 250 250 354 451 ");
    assert_int_equal(store_count(s->store), 1);
    assert_int_equal(store_find(s->store, 1)->rcpt_count, 1);
    assert_int_equal(s->tally.refused, 2);
    assert_int_equal(tally_find(&s->tally, "dot.example")->refused, 1);
}

static void holds_the_reply_while_delayed(void **state) {
    static const char text[] = START "x\r\n.\r\nNOOP\r\n";
    (void)state;
    CLEANUP(stage_free) struct stage *s = stage_new();
    add_rule(s, "*", RULE_DELAY, RULE_DOT);
    buf_clear(talk_out(s->talk));
    size_t used = talk_feed(s->talk, text, sizeof text - 1);
    assert_int_equal(used, sizeof text - 1 - strlen("NOOP\r\n"));
    assert_int_equal(talk_pause_ms(s->talk), 40);
    assert_int_equal(store_count(s->store), 1);
    hear(s);
    assert_null(strstr(buf_text(&s->said), "kept"));
    assert_int_equal(talk_feed(s->talk, text + used, 6), 0);
    talk_resume(s->talk);
    hear(s);
    assert_non_null(strstr(buf_text(&s->said), "250 2.0.0 Ok: kept\r\n"));
    assert_int_equal(talk_feed(s->talk, text + used, 6), 6);
}

/* Dropped at DATA and at the dot nothing is kept; instead of the reply, the mail is. */
static void drops_by_rule(void **state) {
    static const size_t kept[] = {
        [RULE_RCPT] = 0, [RULE_DATA] = 0, [RULE_DOT] = 0, [RULE_REPLY] = 1};
    (void)state;
    for (size_t at = 0; at < RULE_AT_LAST; at++) {
        CLEANUP(stage_free) struct stage *s = stage_new();
        add_rule(s, "d.example", RULE_DROP, (enum rule_at)at);
        feed(s, TEXT(START "x\r\n.\r\nNOOP\r\n"), 1000);
        assert_true(talk_over(s->talk));
        assert_null(strstr(buf_text(&s->said), "kept"));
        assert_int_equal(store_count(s->store), kept[at]);
        assert_int_equal(s->tally.dropped, 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plays_every_scene),
        cmocka_unit_test(notes_text_before_354),
        cmocka_unit_test(measures_lines),
        cmocka_unit_test(bounds_command_lines),
        cmocka_unit_test(bounds_mails),
        cmocka_unit_test(bounds_recipients),
        cmocka_unit_test(ends_after_too_many_mistakes),
        cmocka_unit_test(refuses_by_rule),
        cmocka_unit_test(holds_the_reply_while_delayed),
        cmocka_unit_test(drops_by_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
