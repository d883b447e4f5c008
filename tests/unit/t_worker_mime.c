/* Mails: the bytes keep the rules, and what is read back from them is what was put in. */
#include "check.h"

#include <jansson.h>

#include "mail.h"
#include "mime/encode.h"
#include "mime/message_id.h"
#include "mime/mime.h"
#include "text.h"

static const char link_url[] =
    "https://alert.city.kairan.example/leave/AbCdEfGhIjKlMnOpQrStUvWxYz012345";
static const char footer[] = "\n----\n配信の停止・変更はこちら\n";

static struct mime_text text_plain(const char *subject, const char *body) {
    return (struct mime_text){
        .from_name = "開欄町 総務課",
        .from_address = "soumu@city.kairan.example",
        .subject = subject,
        .body = body,
        .footer = footer,
        .list_id = "alert.city.kairan.example",
        .list_name = "開欄町",
        .lang = "ja",
    };
}

static struct mime_to to_plain(void) {
    return (struct mime_to){
        .address = "hanako@docomo.example",
        .message_id = "a7.2.1234@city.kairan.example",
        .date_s = 1795339877,
        .link = link_url,
        .one_click = true,
    };
}

static char *write_mail(struct arena *a, const struct mime_text *text, const struct mime_to *to) {
    struct mime *m;
    struct fault f = {0};
    CLEANUP(buf_done) struct buf out = buf_init(MIME_MAIL_B);
    assert_true(mime_prepare(a, text, &m, &f));
    assert_true(mime_write(m, to, &out, &f));
    mail_check(buf_text(&out), out.len_b);
    return arena_strdup(a, buf_text(&out));
}

/* text's body, footer and link as a reader must see them, with CRLF. */
static char *expected_body(struct arena *a, const struct mime_text *text, const char *link) {
    CLEANUP(buf_done) struct buf out = buf_init(200000);
    encode_canonical(&out, text->body);
    if (text->footer) {
        encode_canonical(&out, text->footer);
        encode_canonical(&out, link);
    }
    return arena_strdup(a, buf_text(&out));
}

static void round_trip(const char *subject, const char *content) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct mime_text text = text_plain(subject, content);
    struct mime_to to = to_plain();
    char *mail = write_mail(a, &text, &to);
    assert_string_equal(mail_unword(a, mail_header(a, mail, "Subject")), subject);
    assert_string_equal(mail_body(a, mail), expected_body(a, &text, link_url));
    text.footer = NULL;
    mail = write_mail(a, &text, &to);
    assert_string_equal(mail_body(a, mail), expected_body(a, &text, link_url));
}

/* ---- tests ---- */

static void headers_are_these(void **state) {
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct mime_text text = text_plain("断水のお知らせ", "北部地区で断水します。");
    struct mime_to to = to_plain();
    char *mail = write_mail(a, &text, &to);
    static const char *const want[][2] = {
        {"To", "hanako@docomo.example"},
        {"Message-ID", "<a7.2.1234@city.kairan.example>"},
        {"Date", "Sun, 22 Nov 2026 18:31:17 +0900"},
        {"MIME-Version", "1.0"},
        {"Content-Type", "text/plain; charset=UTF-8"},
        {"Content-Transfer-Encoding", "base64"},
        {"Content-Language", "ja"},
        {"Auto-Submitted", "auto-generated"},
        {"List-Post", "NO"},
        {"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"},
    };
    for (size_t i = 0; i < COUNT(want); i++)
        assert_string_equal(mail_header(a, mail, want[i][0]), want[i][1]);
    assert_string_equal(mail_unword(a, mail_header(a, mail, "From")),
                        "開欄町 総務課 <soumu@city.kairan.example>");
    assert_string_equal(mail_unword(a, mail_header(a, mail, "List-Id")),
                        "開欄町 <alert.city.kairan.example>");
    assert_string_equal(mail_header(a, mail, "List-Unsubscribe"),
                        arena_printf(a, "<%s>", link_url));
    assert_null(mail_header(a, mail, "X-Priority"));
    assert_null(mail_header(a, mail, "Precedence"));
}

static void letters_and_express_have_less(void **state) {
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct mime_text text = text_plain("確認", "下のリンクを開いてください。");
    struct mime_to to = to_plain();
    text.list_id = text.footer = to.link = NULL;
    to.one_click = false;
    char *letter = write_mail(a, &text, &to);
    assert_null(strstr(letter, "List-"));
    text.footer = footer;
    to.link = "https://alert.city.kairan.example/leave";
    to.address = NULL;
    char *express = write_mail(a, &text, &to);
    assert_string_equal(mail_header(a, express, "To"), "undisclosed-recipients:;");
    assert_non_null(mail_header(a, express, "List-Unsubscribe"));
    assert_null(mail_header(a, express, "List-Unsubscribe-Post"));
}

/* Written by another process an hour later, an express mail has the same bytes. */
static void express_is_the_same_again(void **state) {
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct mime_text text = text_plain("避難指示", "北部地区の皆さんは避難してください。");
    struct mime_to to = {.message_id = "x7.2.55.ja@city.kairan.example",
                         .date_s = 1795339877,
                         .link = "https://alert.city.kairan.example/leave"};
    struct mime_to other = to_plain();
    const char *first = write_mail(a, &text, &to);
    assert_string_not_equal(write_mail(a, &text, &other), first);
    assert_string_equal(write_mail(a, &text, &to), first);
}

static void english_is_quoted_printable(void **state) {
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    const char *content = ".\n..two\nFrom here = there \n\nA long line of English that must be "
                          "broken softly since it has more than seventy-six characters.\n";
    struct mime_text text = text_plain("Water will be cut off", content);
    text.from_name = "Water \"Works\" \\ Office";
    text.footer = "\nStop or change:\n";
    struct mime_to to = to_plain();
    char *mail = write_mail(a, &text, &to);
    assert_string_equal(mail_header(a, mail, "Content-Transfer-Encoding"), "quoted-printable");
    assert_string_equal(mail_header(a, mail, "Subject"), "Water will be cut off");
    assert_string_equal(mail_header(a, mail, "From"),
                        "\"Water \\\"Works\\\" \\\\ Office\" <soumu@city.kairan.example>");
    assert_non_null(strstr(mail, "\r\n=2E\r\n=2E.two\r\n=46rom here =3D there=20\r\n"));
    assert_string_equal(mail_body(a, mail), expected_body(a, &text, link_url));
}

static void local_parts_are_quoted_where_they_must(void **state) {
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    static const char *const rows[][2] = {
        {"a..b@docomo.example", "\"a..b\"@docomo.example"},
        {"a.@ezweb.example", "\"a.\"@ezweb.example"},
        {".a@ezweb.example", "\".a\"@ezweb.example"},
        {"a.b+c/d=e@x.example", "a.b+c/d=e@x.example"},
        {"a,b@x.example", "\"a,b\"@x.example"},
        {"a\"b\\c@x.example", "\"a\\\"b\\\\c\"@x.example"},
    };
    struct mime_text text = text_plain("件名", "本文");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct mime_to to = to_plain();
        to.address = rows[i][0];
        assert_string_equal(mail_header(a, write_mail(a, &text, &to), "To"), rows[i][1]);
    }
}

static void alerts_come_back_whole(void **state) {
    (void)state;
    json_t *alerts = json_load_file("tests/data/alerts.json", 0, NULL);
    assert_true(json_array_size(alerts) > 20);
    size_t index, mailed = 0;
    json_t *alert;
    json_array_foreach(alerts, index, alert) {
        const char *content = json_string_value(json_object_get(alert, "body"));
        const char *title = json_string_value(json_object_get(alert, "title"));
        struct mime *m;
        struct fault f = {0};
        CLEANUP(arena_free) struct arena *a = arena_new();
        struct mime_text text =
            text_plain(title && *title ? title : "題", content ? content : "本文");
        if (mime_prepare(a, &text, &m, &f)) {
            round_trip(text.subject, text.body);
            mailed++;
        }
    }
    assert_true(mailed > 20);
    json_decref(alerts);
}

/* A seeded generator of our own: the same strings in every run. */
static uint32_t next_random(uint32_t *seed) {
    return *seed = *seed * 1664525U + 1013904223U;
}

static char *random_text(struct arena *a, uint32_t *seed, size_t most, bool lines) {
    static const int32_t starts[] = {' ', 'A', '.', 0xA1, 0x3042, 0x6F22, 0xFF01, 0x1F300};
    CLEANUP(buf_done) struct buf out = buf_init(100000);
    for (size_t n = 1 + (next_random(seed) >> 8) % most; n > 0; n--) {
        uint32_t r = next_random(seed) >> 8;
        int32_t cp = starts[r % COUNT(starts)] + (int32_t)(r / 8 % 90);
        char utf8[4];
        if (lines && r % 37 == 0)
            cp = '\n';
        if (cp < 0x7F || cp > 0xA0)
            buf_add(&out, utf8, text_utf8_put(cp, utf8));
    }
    return out.len_b ? arena_strdup(a, buf_text(&out)) : arena_strdup(a, ".");
}

static void random_unicode_comes_back_whole(void **state) {
    (void)state;
    uint32_t seed = 20261122;
    for (int i = 0; i < 1000; i++) {
        CLEANUP(arena_free) struct arena *a = arena_new();
        round_trip(random_text(a, &seed, 120, false), random_text(a, &seed, 400, true));
    }
}

/* Every length around the 57-byte steps, so that each size of carry is met. */
static void every_length_comes_back_whole(void **state) {
    (void)state;
    char content[400];
    for (size_t n = 1; n < 180; n++) {
        content[0] = '\0';
        for (size_t i = 0; i < n; i++)
            strncat(content, i % 2 ? "\xc3\xa9" : "x", 3);
        round_trip("題", content);
        memset(content, '=', n);
        content[n] = '\0';
        round_trip(content, content);
    }
}

static void what_cannot_be_mailed_is_refused(void **state) {
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    static const char *const bad[] = {
        "a\r\nBcc: b@x.example", "a\rb", "a\x01", "a\x7f", "\xff", "a\xe3\x81", "\xed\xa0\x80",
    };
    struct mime *m;
    for (size_t i = 0; i < COUNT(bad); i++)
        for (size_t part = 0; part < 8; part++) {
            struct mime_text text = text_plain("題", "本文");
            const char **parts[] = {&text.from_name, &text.from_address, &text.subject,
                                    &text.body,      &text.footer,       &text.list_id,
                                    &text.list_name, &text.lang};
            static const char *const names[] = {"from_name", "from_address", "subject",   "body",
                                                "footer",    "list_id",      "list_name", "lang"};
            struct fault f = {0};
            *parts[part] = bad[i];
            assert_false(mime_prepare(a, &text, &m, &f));
            assert_int_equal(f.kind, FAULT_INVALID);
            assert_string_equal(f.field, names[part]);
        }
    struct mime_text text = text_plain("a\nb", "本文");
    struct fault f = {0};
    assert_false(mime_prepare(a, &text, &m, &f));
    text = text_plain("", "本文");
    assert_false(mime_prepare(a, &text, &m, &f));
}

static void whom_we_cannot_mail_is_refused(void **state) {
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    static const char *const addresses[] = {
        "",
        "a",
        "@x.example",
        "a@",
        "a b@x.example",
        "a@x\r\n.example",
        "a>@x.example",
        "<a@x.example",
        "\xe3\x81\x82@x.example",
        "a@x y.example",
        "a@.x",
    };
    static const char *const ids[] = {"", "a", "a b@x", "a@x>\r\nX: y", "a@x\n"};
    static const char *const links[] = {"ftp://x", "https://x y", "https://x\r\n", "https://x>",
                                        "javascript:alert(1)"};
    struct mime *m;
    struct fault f = {0};
    struct mime_text text = text_plain("題", "本文");
    assert_true(mime_prepare(a, &text, &m, &f));
    CLEANUP(buf_done) struct buf out = buf_init(MIME_MAIL_B);
    for (size_t i = 0; i < COUNT(addresses) + COUNT(ids) + COUNT(links) + 1; i++) {
        struct mime_to to = to_plain();
        if (i < COUNT(addresses))
            to.address = addresses[i];
        else if (i < COUNT(addresses) + COUNT(ids))
            to.message_id = ids[i - COUNT(addresses)];
        else if (i < COUNT(addresses) + COUNT(ids) + COUNT(links))
            to.link = links[i - COUNT(addresses) - COUNT(ids)];
        else
            to.link = NULL;
        f = (struct fault){0};
        assert_false(mime_write(m, &to, &out, &f));
        assert_int_equal(f.kind, FAULT_INVALID);
        assert_int_equal(out.len_b, 0);
    }
}

static void too_much_is_refused(void **state) {
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    char *content = arena_alloc(a, MIME_MAIL_B);
    memset(content, 'x', MIME_MAIL_B - 1);
    struct mime *m;
    struct fault f = {0};
    struct mime_text text = text_plain("題", content);
    assert_false(mime_prepare(a, &text, &m, &f));
    assert_string_equal(f.field, "body");
    content[10000] = '\0';
    assert_true(mime_prepare(a, &text, &m, &f));
    CLEANUP(buf_done) struct buf out = buf_init(5000);
    struct mime_to to = to_plain();
    assert_false(mime_write(m, &to, &out, &f));
    assert_int_equal(f.kind, FAULT_BROKEN);
}

static void message_ids_are_made_of_numbers(void **state) {
    (void)state;
    char id[MESSAGE_ID_B];
    message_id(id, 'a', 7, 2, 1234, "city.kairan.example");
    assert_string_equal(id, "a7.2.1234@city.kairan.example");
    message_id_express(id, 7, 2, 55, "ja", "city.kairan.example");
    assert_string_equal(id, "x7.2.55.ja@city.kairan.example");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_these),
        cmocka_unit_test(letters_and_express_have_less),
        cmocka_unit_test(express_is_the_same_again),
        cmocka_unit_test(english_is_quoted_printable),
        cmocka_unit_test(local_parts_are_quoted_where_they_must),
        cmocka_unit_test(alerts_come_back_whole),
        cmocka_unit_test(random_unicode_comes_back_whole),
        cmocka_unit_test(every_length_comes_back_whole),
        cmocka_unit_test(what_cannot_be_mailed_is_refused),
        cmocka_unit_test(whom_we_cannot_mail_is_refused),
        cmocka_unit_test(too_much_is_refused),
        cmocka_unit_test(message_ids_are_made_of_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
