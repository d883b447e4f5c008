/* core/words/address: what is a mail address and a mobile number, and in which form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "words/address.h"

static const char own[] = "city.kairan.example";

static const struct {
    const char *raw, *send, *normal;
} good[] = {
    {"hana@mail.example", "hana@mail.example", "hana@mail.example"},
    {"Hana.Tanaka@Mail.EXAMPLE", "Hana.Tanaka@mail.example", "hana.tanaka@mail.example"},
    {" hana@mail.example\xE3\x80\x80", "hana@mail.example", "hana@mail.example"},
    {"a..b@docomo.example", "a..b@docomo.example", "a..b@docomo.example"},
    {".a@docomo.example", ".a@docomo.example", ".a@docomo.example"},
    {"a.@ezweb.example", "a.@ezweb.example", "a.@ezweb.example"},
    {"hana+bousai@mail.example", "hana+bousai@mail.example", "hana+bousai@mail.example"},
    {"!#$%&'*+-/=?^_`{|}~@m.example", "!#$%&'*+-/=?^_`{|}~@m.example",
     "!#$%&'*+-/=?^_`{|}~@m.example"},
    {"info@日本語.example", "info@xn--wgv71a119e.example", "info@xn--wgv71a119e.example"},
    {"a@city.kairan.example.example", "a@city.kairan.example.example",
     "a@city.kairan.example.example"},
};

static void test_good_addresses(void **state) {
    for (size_t i = 0; i < COUNT(good); i++) {
        struct fault f = {0};
        struct address got = {0};
        if (!address_parse(*state, good[i].raw, own, &got, &f))
            fail_msg("%s: %s", good[i].raw, f.text);
        assert_string_equal(got.send, good[i].send);
        assert_string_equal(got.normal, good[i].normal);
        assert_string_equal(got.domain, strchr(good[i].send, '@') + 1);
    }
}

static const struct {
    const char *raw, *says; /* a piece of the sentence */
} bad[] = {
    {"", "Enter a mail address"},
    {"   ", "Enter a mail address"},
    {"hana", "no @"},
    {"rote_ka92softbank.example", "no @"},
    {"a@b@mail.example", "more than one @"},
    {"hana＠mail.example", "half-width"},
    {"ｈana@mail.example", "half-width"},
    {"ha na@mail.example", "a space"},
    {"hana @mail.example", "a space"},
    {"hana@mail.example\r\nBcc: x@evil.example", "a space"},
    {"hana@mail.example\n", "a space"},
    {"ha\tna@mail.example", "a space"},
    {"ha\x7fna@mail.example", "a space"},
    {"<hana@mail.example>", "a space"},
    {"hana,b@mail.example", "a space"},
    {"hana;b@mail.example", "a space"},
    {"\"ha na\"@mail.example", "a space"},
    {"\"hana\"@mail.example", "a space"},
    {"hana(x)@mail.example", "a space"},
    {"花@mail.example", "a space"},
    {"hana\xff@mail.example", "a space"},
    {"@mail.example", "Nothing stands before"},
    {"..@mail.example", "Nothing stands before"},
    {"hana@", "no domain name"},
    {"hana@localhost", "no domain name"},
    {"hana@.example", "no domain name"},
    {"hana@mail..example", "no domain name"},
    {"hana@mail.example.", "no domain name"},
    {"hana@-mail.example", "no domain name"},
    {"hana@mail-.example", "no domain name"},
    {"hana@ma_il.example", "no domain name"},
    {"hana@192.0.2.1", "no domain name"},
    {"hana@[192.0.2.1]", "no domain name"},
    {"hana@mail.exam ple", "no domain name"},
    {"hana@mail>.example", "no domain name"},
    {"bounce+x@city.kairan.example", "municipality itself"},
    {"alert@CITY.kairan.EXAMPLE", "municipality itself"},
};

static void test_bad_addresses(void **state) {
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct fault f = {0};
        struct address got = {0};
        if (address_parse(*state, bad[i].raw, own, &got, &f))
            fail_msg("%s: taken", bad[i].raw);
        assert_int_equal(f.kind, FAULT_INVALID);
        assert_string_equal(f.field, "address");
        if (!strstr(f.text, bad[i].says))
            fail_msg("%s: %s", bad[i].raw, f.text);
    }
}

/* n letters, then the tail. */
static const char *letters(struct arena *a, size_t n, const char *tail) {
    CLEANUP(buf_done) struct buf b = buf_init(1 << 20);
    while (n--)
        buf_char(&b, 'x');
    buf_str(&b, tail);
    return arena_strdup(a, buf_text(&b));
}

static bool taken(struct arena *a, const char *raw) {
    struct fault f = {0};
    struct address got;
    return address_parse(a, raw, own, &got, &f);
}

static void test_lengths(void **state) {
    struct arena *a = *state;
    assert_true(taken(a, letters(a, 64, "@m.example")));
    assert_false(taken(a, letters(a, 65, "@m.example")));
    const char *label = letters(a, 60, "");
    const char *domain = arena_printf(a, "@%s.%s.%s.example", label, label, label); /* 191 bytes */
    assert_int_equal(strlen(domain), 191);
    assert_true(taken(a, letters(a, 63, domain)));  /* 254 */
    assert_false(taken(a, letters(a, 64, domain))); /* 255 */
    assert_true(taken(a, arena_printf(a, "a@%s.example", letters(a, 63, ""))));
    assert_false(taken(a, arena_printf(a, "a@%s.example", letters(a, 64, ""))));
    assert_false(taken(a, letters(a, 10000, "@m.example")));
}

static void test_phones(void **state) {
    static const char *const numbers[] = {
        "09012345678",
        "090-1234-5678",
        "090 1234 5678",
        "０９０１２３４５６７８",
        "０９０－１２３４－５６７８",
        "+819012345678",
        "+81-90-1234-5678",
        "＋８１９０１２３４５６７８",
    };
    static const char *const wrong[] = {
        "12-34",          "0312345678",
        "09001234567",    "05012345678",
        "0901234567",     "090123456789",
        "090-1234-567x",  "090+12345678",
        "+8109012345678", "819012345678",
        "+1 9012345678",  "09112345678",
        "\xff",           "-",
        "090(1234)5678",  "09012345678\n1",
        "٠٩٠١٢٣٤٥٦٧٨",
    };
    for (size_t i = 0; i < COUNT(numbers); i++) {
        struct fault f = {0};
        char *got = NULL;
        assert_true(address_phone_parse(*state, numbers[i], &got, &f));
        assert_string_equal(got, "09012345678");
    }
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct fault f = {0};
        char *got = NULL;
        assert_false(address_phone_parse(*state, wrong[i], &got, &f));
        assert_string_equal(f.field, "phone");
        assert_non_null(strstr(f.text, "11 digits"));
    }
}

static int open_arena(void **state) {
    *state = arena_new();
    return 0;
}

static int close_arena(void **state) {
    arena_free((struct arena **)state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_addresses),
        cmocka_unit_test(test_bad_addresses),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_phones),
    };
    return cmocka_run_group_tests_name("address", tests, open_arena, close_arena);
}
