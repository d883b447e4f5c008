/* Decoding mails for display, and their pages: what phones show, and nothing a mail wants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "page.h"
#include "show.h"

static struct mail mail_of(const char *raw, size_t raw_b) {
    static const char rcpts[] = "taro@phone.example";
    return (struct mail){.id = 1,
                         .from = "a@b.example",
                         .rcpts = rcpts,
                         .rcpts_b = sizeof rcpts,
                         .rcpt_count = 1,
                         .raw = raw,
                         .raw_b = raw_b};
}

static void show_text(struct arena *a, const char *raw, struct show *out) {
    struct mail m = mail_of(raw, strlen(raw));
    show_read(a, &m, out);
}

static void decodes_an_alert(void **state) {
    static const char raw[] = "From: =?UTF-8?B?6Ziy54G96Kqy?= <bousai@city.example>\r\n"
                              "Subject: =?UTF-8?B?6YG/6Zuj5oyH56S6?=\r\n"
                              "Message-ID: <1.2.3@city.example>\r\n"
                              "List-Unsubscribe: <mailto:x@city.example>,\r\n"
                              " <https://city.example/leave/abc>\r\n"
                              "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
                              "Content-Type: text/plain; charset=utf-8\r\n"
                              "Content-Transfer-Encoding: base64\r\n\r\n"
                              "6YCD44GS44Gm\r\n";
    struct show show;
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    show_text(a, raw, &show);
    assert_string_equal(show.from_name, "防災課");
    assert_string_equal(show.from_address, "bousai@city.example");
    assert_string_equal(show.subject, "避難指示");
    assert_string_equal(show.body, "逃げて");
    assert_string_equal(show.message_id, "<1.2.3@city.example>");
    assert_string_equal(show.leave_url, "https://city.example/leave/abc");
    assert_true(show.one_click);
    assert_false(show.html);
    assert_int_equal(show.header_count, 7);
}

static void prefers_plain_text(void **state) {
    struct show show;
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    show_text(a,
              "Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\n"
              "Content-Type: text/html\r\n\r\n<b>no</b>\r\n--x\r\n"
              "Content-Type: text/plain\r\n\r\nyes\r\n--x--\r\n",
              &show);
    assert_string_equal(show.body, "yes");
    show_text(a, "Content-Type: text/html\r\n\r\n<b>only</b>\r\n", &show);
    assert_true(show.html);
    assert_memory_equal(show.body, "<b>only</b>", 11);
}

static void cleans_what_is_hostile(void **state) {
    static const struct {
        const char *in;
        const char *out;
    } cases[] = {
        {"plain", "plain"},
        {"a\r\nb", "a\nb"},
        {"\x1b[2J", "\xef\xbf\xbd[2J"},
        {"\xff\xc3(", "\xef\xbf\xbd\xef\xbf\xbd("},
        {"\xe2\x80\xae", "\xef\xbf\xbd"},
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    };
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(show_clean(a, cases[i].in, strlen(cases[i].in), 100, true),
                            cases[i].out);
    assert_string_equal(show_clean(a, "a\nb", 3, 100, false), "a\xef\xbf\xbd"
                                                              "b");
    assert_string_equal(show_clean(a, "abcdef", 6, 3, false), "abc");
}

static void finds_the_end_of_addresses(void **state) {
    static const struct {
        const char *text;
        size_t length;
    } cases[] = {
        {"https://a.example/b?c=d&e#f rest", 27},
        {"http://a.example。", 16},
        {"HTTPS://a.example/).", 18},
        {"https://", 0},
        {"javascript:alert(1)", 0},
        {"https://a.example\"><b>", 17},
        {"httpx://a", 0},
        {"http://...", 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(show_url_length(cases[i].text), cases[i].length);
}

/* Every page of a mail made of payloads: none comes out as markup. */
static void escapes_every_field(void **state) {
    static const char raw[] = "From: \"<script>a\" <\"<script>\"@b.example>\r\n"
                              "Subject: <script>'\"&\r\nX-<script>: <script>\r\n"
                              "List-Unsubscribe: <https://a.example/\"onclick=x>\r\n"
                              "Message-ID: <script>\r\n\r\n"
                              "https://a.example/\"><script> <script>\x1b\0\r\n";
    struct tally tally = {0};
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    CLEANUP(store_free) struct store *s = store_new(4, 1 << 20);
    CLEANUP(buf_done) struct buf out = buf_init(1 << 20);
    struct mail m = mail_of(raw, sizeof raw - 1);
    page_mail(&out, a, store_add(s, &m));
    page_source(&out, a, store_find(s, 1));
    page_list(&out, s, &tally, "\"><script>", UINT64_MAX);
    page_note(&out, "<script>");
    assert_null(strstr(buf_text(&out), "<script>"));
    assert_null(strstr(buf_text(&out), "\"onclick"));
    assert_non_null(strstr(buf_text(&out), "&lt;script&gt;"));
}

/* A multipart in a multipart, two thousand times, and parts without end. */
static void survives_deep_and_wide_mails(void **state) {
    struct show show;
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    CLEANUP(buf_done) struct buf raw = buf_init(1 << 20);
    for (int i = 0; i < 2000; i++)
        buf_printf(&raw, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i);
    show_text(a, buf_text(&raw), &show);
    assert_int_equal(show.header_count, 1);
    buf_clear(&raw);
    buf_str(&raw, "Content-Type: multipart/mixed; boundary=b\r\n\r\n");
    for (int i = 0; i < 20000; i++)
        buf_str(&raw, "--b\r\nContent-Type: image/x\r\n\r\n\r\n");
    show_text(a, buf_text(&raw), &show);
    assert_string_equal(show.body, "");
}

static int init(void **state) {
    (void)state;
    show_init();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_an_alert),       cmocka_unit_test(prefers_plain_text),
        cmocka_unit_test(cleans_what_is_hostile), cmocka_unit_test(finds_the_end_of_addresses),
        cmocka_unit_test(escapes_every_field),    cmocka_unit_test(survives_deep_and_wide_mails),
    };
    return cmocka_run_group_tests(tests, init, NULL);
}
