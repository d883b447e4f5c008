/* SMTP replies: reading in pieces, limits, garbage; and what each reply in each phase means. */
#include "check.h"

#include <stdio.h>

#include "smtp/reply.h"
#include "text.h"

static enum reply_step read_all(const char *bytes, struct answer *out) {
    struct reply_reader r = {0};
    size_t used;
    return reply_read(&r, bytes, strlen(bytes), &used, out);
}

static void one_line(void **state) {
    (void)state;
    struct answer reply;
    char detail[12];
    assert_int_equal(read_all("250 2.0.0 Ok: queued as 4XyZ\r\n", &reply), REPLY_WHOLE);
    assert_int_equal(reply.code, 250);
    assert_string_equal(reply.text, "Ok: queued as 4XyZ");
    assert_string_equal(answer_detail(&reply, detail), "2.0.0");
    assert_int_equal(read_all("354\r\n", &reply), REPLY_WHOLE);
    assert_string_equal(reply.text, "");
    assert_string_equal(answer_detail(&reply, detail), "");
    assert_int_equal(read_all("220 ready\n", &reply), REPLY_WHOLE);
    assert_string_equal(reply.text, "ready");
}

static void many_lines_byte_by_byte(void **state) {
    (void)state;
    const char *bytes = "550-5.1.1 no such person\r\n550-5.1.1\r\n550 5.1.1 at all\r\n250 ok\r\n";
    struct reply_reader r = {0};
    struct answer reply;
    size_t used, whole = 0;
    for (const char *p = bytes; *p; p++) {
        enum reply_step step = reply_read(&r, p, 1, &used, &reply);
        assert_int_not_equal(step, REPLY_BAD);
        assert_int_equal(used, 1);
        if (step == REPLY_WHOLE && whole++ == 0) {
            assert_int_equal(reply.code, 550);
            assert_string_equal(reply.text, "no such person / at all");
        }
    }
    assert_int_equal(whole, 2);
    assert_int_equal(reply.code, 250);
    assert_string_equal(reply.text, "ok");
}

static void pipelined_one_at_a_time(void **state) {
    (void)state;
    const char *bytes = "250 a\r\n450 b\r\n354 c\r\n25";
    const int codes[] = {250, 450, 354};
    struct reply_reader r = {0};
    struct answer reply;
    size_t used, at = 0;
    for (size_t i = 0; i < COUNT(codes); i++, at += used) {
        assert_int_equal(reply_read(&r, bytes + at, strlen(bytes + at), &used, &reply),
                         REPLY_WHOLE);
        assert_int_equal(reply.code, codes[i]);
    }
    assert_int_equal(reply_read(&r, bytes + at, strlen(bytes + at), &used, &reply), REPLY_MORE);
}

static void garbage_is_bad_and_stays_bad(void **state) {
    (void)state;
    static const char *const bad[] = {
        "HTTP/1.1 400 Bad Request\r\n",
        "\r\n",
        "25\r\n",
        "2x0 a\r\n",
        "199 a\r\n",
        "600 a\n",
        "260 a\r\n",
        "250_a\r\n",
        "250-a\r\n251 b\r\n",
        "2500\n",
        "\xff\xfe\r\n",
        " 250 a\r\n",
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct reply_reader r = {0};
        struct answer reply;
        size_t used;
        assert_int_equal(reply_read(&r, bad[i], strlen(bad[i]), &used, &reply), REPLY_BAD);
        assert_int_equal(reply.code, ANSWER_GARBAGE);
        assert_true(text_utf8_valid(reply.text, strlen(reply.text)));
        assert_int_equal(reply_read(&r, "250 ok\r\n", 8, &used, &reply), REPLY_BAD);
    }
}

static void endless_is_bad(void **state) {
    (void)state;
    static const char *const pieces[] = {"x", "250-drip\r\n", "250-\r\n", "250 "};
    for (size_t i = 0; i < COUNT(pieces); i++) {
        struct reply_reader r = {0};
        struct answer reply;
        size_t used, total = 0;
        enum reply_step step = REPLY_MORE;
        while (step == REPLY_MORE && total <= 2 * REPLY_TOTAL_B) {
            step = reply_read(&r, pieces[i], strlen(pieces[i]), &used, &reply);
            total += used;
        }
        if (strcmp(pieces[i], "250 ") == 0 || strcmp(pieces[i], "x") == 0)
            assert_true(total <= REPLY_LINE_B + 1);
        assert_int_equal(step, REPLY_BAD);
        assert_true(total <= REPLY_TOTAL_B + 1);
    }
}

static void text_is_clean_and_short(void **state) {
    (void)state;
    struct answer reply;
    assert_int_equal(read_all("550 a\x01\x7f\t\xe3\x81\x82\xff\xe3\x81 \xc2\x85z\r\n", &reply),
                     REPLY_WHOLE);
    assert_string_equal(reply.text, "a   \xe3\x81\x82\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd  z");
    char line[1600] = "550 ";
    while (strlen(line) < 1500)
        strncat(line, "\xe3\x81\x82", 4);
    strncat(line, "\r\n", 3);
    assert_int_equal(read_all(line, &reply), REPLY_WHOLE);
    assert_int_equal(strlen(reply.text), ANSWER_TEXT_B / 3 * 3);
    assert_true(text_utf8_valid(reply.text, strlen(reply.text)));
    answer_say(&reply, "connection\r\ntimed out");
    assert_int_equal(reply.code, ANSWER_NONE);
    assert_string_equal(reply.text, "connection  timed out");
}

static void enhanced_codes_are_strict(void **state) {
    (void)state;
    static const struct {
        const char *line, *detail, *text;
    } rows[] = {
        {"550 5.1.1 x\r\n", "5.1.1", "x"},
        {"550 5.7.509 x\r\n", "5.7.509", "x"},
        {"550 4.1.1 x\r\n", "", "4.1.1 x"},
        {"550 5.1 x\r\n", "", "5.1 x"},
        {"550 5.1.1x\r\n", "", "5.1.1x"},
        {"550 5.1.1111 x\r\n", "", "5.1.1111 x"},
        {"550 5..1 x\r\n", "", "5..1 x"},
        {"550 5.1.1\r\n", "5.1.1", ""},
        {"550 5.\r\n", "", "5."},
        {"550 5.1.\r\n", "", "5.1."},
        {"550 10.0.0.1 x\r\n", "", "10.0.0.1 x"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct answer reply;
        char detail[12];
        assert_int_equal(read_all(rows[i].line, &reply), REPLY_WHOLE);
        assert_string_equal(answer_detail(&reply, detail), rows[i].detail);
        assert_string_equal(reply.text, rows[i].text);
    }
}

/* What a line in a phase means; "" is no reply. */
static const struct {
    const char *line;
    enum reply_phase phase;
    enum outcome_scope scope;
    enum outcome_end end;
} meanings[] = {
    {"250 2.0.0 queued", PHASE_DOT, SCOPE_RECIPIENT, END_ACCEPTED},
    {"250 ok", PHASE_MAIL, SCOPE_RECIPIENT, END_ACCEPTED},
    {"251 will forward", PHASE_RCPT, SCOPE_RECIPIENT, END_ACCEPTED},
    {"252 cannot verify", PHASE_RCPT, SCOPE_RECIPIENT, END_ACCEPTED},
    {"354 go on", PHASE_DATA, SCOPE_RECIPIENT, END_ACCEPTED},
    {"250 ok", PHASE_DATA, SCOPE_RELAY, END_TEMPORARY},
    {"354 what", PHASE_RCPT, SCOPE_RELAY, END_TEMPORARY},
    {"354 what", PHASE_DOT, SCOPE_RECIPIENT, END_UNKNOWN},
    /* No reply. */
    {"", PHASE_CONNECT, SCOPE_RELAY, END_TEMPORARY},
    {"", PHASE_EHLO, SCOPE_RELAY, END_TEMPORARY},
    {"", PHASE_MAIL, SCOPE_RELAY, END_TEMPORARY},
    {"", PHASE_RCPT, SCOPE_LANE, END_TEMPORARY},
    {"", PHASE_DATA, SCOPE_LANE, END_TEMPORARY},
    {"", PHASE_DOT, SCOPE_RECIPIENT, END_UNKNOWN},
    {"garbage", PHASE_CONNECT, SCOPE_RELAY, END_TEMPORARY},
    {"garbage", PHASE_RCPT, SCOPE_RELAY, END_TEMPORARY},
    {"garbage", PHASE_DOT, SCOPE_RECIPIENT, END_UNKNOWN},
    /* 421 is nobody's fault. */
    {"421 4.7.0 busy", PHASE_CONNECT, SCOPE_RELAY, END_TEMPORARY},
    {"421 4.3.2 closing", PHASE_MAIL, SCOPE_RELAY, END_TEMPORARY},
    {"421 4.1.1 hm", PHASE_RCPT, SCOPE_LANE, END_TEMPORARY},
    {"421 closing", PHASE_DATA, SCOPE_LANE, END_TEMPORARY},
    {"421 closing", PHASE_DOT, SCOPE_LANE, END_TEMPORARY},
    /* Before any recipient. */
    {"554 5.7.1 no service", PHASE_CONNECT, SCOPE_RELAY, END_PERMANENT},
    {"535 5.7.8 bad password", PHASE_EHLO, SCOPE_RELAY, END_PERMANENT},
    {"451 4.3.0 later", PHASE_MAIL, SCOPE_RELAY, END_TEMPORARY},
    {"553 5.1.8 sender domain", PHASE_MAIL, SCOPE_RELAY, END_PERMANENT},
    {"550 who are you", PHASE_MAIL, SCOPE_RELAY, END_PERMANENT},
    {"552 too big", PHASE_MAIL, SCOPE_ALERT, END_PERMANENT},
    {"552 5.3.4 too big", PHASE_MAIL, SCOPE_ALERT, END_PERMANENT},
    /* RCPT. */
    {"450 4.2.0 greylisted", PHASE_RCPT, SCOPE_RECIPIENT, END_TEMPORARY},
    {"450 4.1.2 domain not found", PHASE_RCPT, SCOPE_RECIPIENT, END_TEMPORARY},
    {"452 4.5.3 too many", PHASE_RCPT, SCOPE_RECIPIENT, END_TEMPORARY},
    {"452 4.3.1 disk full", PHASE_RCPT, SCOPE_RELAY, END_TEMPORARY},
    {"451 4.3.0 lookup failure", PHASE_RCPT, SCOPE_RELAY, END_TEMPORARY},
    {"550 5.1.1 unknown", PHASE_RCPT, SCOPE_RECIPIENT, END_PERMANENT},
    {"550 unknown", PHASE_RCPT, SCOPE_RECIPIENT, END_PERMANENT},
    {"553 5.1.3 syntax", PHASE_RCPT, SCOPE_RECIPIENT, END_PERMANENT},
    {"553 5.1.7 sender", PHASE_RCPT, SCOPE_RELAY, END_PERMANENT},
    {"501 syntax", PHASE_RCPT, SCOPE_RECIPIENT, END_PERMANENT},
    {"501 5.1.3 syntax", PHASE_RCPT, SCOPE_RECIPIENT, END_PERMANENT},
    {"503 5.5.1 need MAIL", PHASE_RCPT, SCOPE_RELAY, END_PERMANENT},
    {"503 need MAIL", PHASE_RCPT, SCOPE_RELAY, END_PERMANENT},
    {"552 5.2.2 full", PHASE_RCPT, SCOPE_RECIPIENT, END_PERMANENT},
    {"552 too many recipients", PHASE_RCPT, SCOPE_RECIPIENT, END_TEMPORARY},
    {"552 5.3.4 too big", PHASE_RCPT, SCOPE_ALERT, END_PERMANENT},
    {"552 5.2.3 too big for this one", PHASE_RCPT, SCOPE_RECIPIENT, END_PERMANENT},
    {"554 5.7.1 Relay access denied", PHASE_RCPT, SCOPE_RECIPIENT, END_PERMANENT},
    {"550 5.7.26 no SPF", PHASE_RCPT, SCOPE_RELAY, END_PERMANENT},
    {"554 5.7.9 login too weak", PHASE_RCPT, SCOPE_RELAY, END_PERMANENT},
    {"530 5.7.0 login first", PHASE_RCPT, SCOPE_RELAY, END_PERMANENT},
    /* DATA and the dot. */
    {"451 later", PHASE_DATA, SCOPE_LANE, END_TEMPORARY},
    {"554 no", PHASE_DATA, SCOPE_RELAY, END_PERMANENT},
    {"451 4.7.1 greylisted", PHASE_DOT, SCOPE_RECIPIENT, END_TEMPORARY},
    {"452 4.3.1 disk full", PHASE_DOT, SCOPE_RELAY, END_TEMPORARY},
    {"452 disk full", PHASE_DOT, SCOPE_RELAY, END_TEMPORARY},
    {"452 4.2.2 mailbox full", PHASE_DOT, SCOPE_RECIPIENT, END_TEMPORARY},
    {"550 5.1.1 unknown", PHASE_DOT, SCOPE_RECIPIENT, END_PERMANENT},
    {"552 5.3.4 too big", PHASE_DOT, SCOPE_ALERT, END_PERMANENT},
    {"554 5.7.1 spam", PHASE_DOT, SCOPE_ALERT, END_PERMANENT},
    {"554 5.6.0 bad MIME", PHASE_DOT, SCOPE_ALERT, END_PERMANENT},
    {"554 no", PHASE_DOT, SCOPE_ALERT, END_PERMANENT},
    {"550 5.7.23 SPF", PHASE_DOT, SCOPE_RELAY, END_PERMANENT},
};

static struct answer reply_of(const char *line) {
    struct answer reply;
    if (*line == '\0') {
        answer_say(&reply, "connection lost");
        return reply;
    }
    char bytes[200];
    snprintf(bytes, sizeof bytes, "%s\r\n", line);
    assert_int_not_equal(read_all(bytes, &reply), REPLY_MORE);
    return reply;
}

static void meanings_hold(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(meanings); i++) {
        struct answer reply = reply_of(meanings[i].line);
        struct outcome got = reply_outcome(&reply, meanings[i].phase);
        if (got.scope != meanings[i].scope || got.end != meanings[i].end)
            fail_msg("\"%s\" in phase %d: %s %s", meanings[i].line, (int)meanings[i].phase,
                     outcome_scope_name(got.scope), outcome_end_name(got.end));
    }
}

/* Whatever a relay says: an outcome comes; unknown only after the dot; acceptance only by 2xx or
 * 354; a 4xx is never permanent, and 421 never the recipient's. */
static void every_code_has_a_sane_outcome(void **state) {
    (void)state;
    for (int phase = 0; phase < PHASE_LAST; phase++)
        for (int code = 0; code < 1000; code++)
            for (int subject = 0; subject <= 9; subject++) {
                struct answer reply = {.code = code, .detail = {code / 100, subject, 1}};
                struct outcome got = reply_outcome(&reply, (enum reply_phase)phase);
                assert_true(got.end != END_UNKNOWN || phase == PHASE_DOT);
                assert_true(got.end != END_ACCEPTED || (code >= 200 && code <= 299) ||
                            (code == 354 && phase == PHASE_DATA));
                assert_true(got.end != END_PERMANENT || (code >= 500 && code <= 599));
                assert_false(code == 421 && got.scope == SCOPE_RECIPIENT);
                assert_false(got.policy && got.end != END_PERMANENT);
                assert_false(phase < PHASE_RCPT && got.scope == SCOPE_RECIPIENT &&
                             got.end != END_ACCEPTED);
            }
}

static void policy_marks_what_may_be_the_relays(void **state) {
    (void)state;
    struct answer denied = reply_of("554 5.7.1 Relay access denied");
    struct answer bare = reply_of("550 relay not permitted");
    struct answer unknown = reply_of("550 5.1.1 unknown");
    assert_true(reply_outcome(&denied, PHASE_RCPT).policy);
    assert_true(reply_outcome(&bare, PHASE_RCPT).policy);
    assert_false(reply_outcome(&unknown, PHASE_RCPT).policy);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_line),
        cmocka_unit_test(many_lines_byte_by_byte),
        cmocka_unit_test(pipelined_one_at_a_time),
        cmocka_unit_test(garbage_is_bad_and_stays_bad),
        cmocka_unit_test(endless_is_bad),
        cmocka_unit_test(text_is_clean_and_short),
        cmocka_unit_test(enhanced_codes_are_strict),
        cmocka_unit_test(meanings_hold),
        cmocka_unit_test(every_code_has_a_sane_outcome),
        cmocka_unit_test(policy_marks_what_may_be_the_relays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
