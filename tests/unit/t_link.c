/* Tokens in links: only what we minted verifies, for its purpose, in its one spelling. */
#include "check.h"

#include "settings/conf.h"
#include "tokens/link.h"

static const struct link_key both[] = {{2, "newer key of thirty-two bytes..."},
                                       {1, "older key of thirty-two bytes..."}};

static void minted_verifies(void **state) {
    (void)state;
    CLEANUP(link_keys_free) struct link_keys *keys = link_keys_new(both, 2);
    const int64_t contacts[] = {0, 1, 1234567, INT64_MAX};
    for (size_t i = 0; i < COUNT(contacts); i++) {
        char token[LINK_B];
        struct fault f = {0};
        int64_t contact = -1;
        assert_true(link_mint(keys, LINK_LEAVE, contacts[i], token, &f));
        assert_int_equal(strlen(token), LINK_B - 1);
        assert_true(link_verify(keys, LINK_LEAVE, token, &contact));
        assert_int_equal(contact, contacts[i]);
        assert_false(link_verify(keys, LINK_PURPOSE_LAST, token, &contact));
    }
}

/* Made apart, by Python's hmac: the format is a promise to mails already sent. */
static void format_stays(void **state) {
    (void)state;
    CLEANUP(link_keys_free) struct link_keys *keys = link_keys_new(both, 2);
    char token[LINK_B];
    struct fault f = {0};
    assert_true(link_mint(keys, LINK_LEAVE, 1234567, token, &f));
    assert_string_equal(token, "AgEAAAAAABLWhxD-wBY7cgFCiG4JIi4URbw");
}

static void pages_speak_the_readers_language(void **state) {
    (void)state;
    char page[LINK_PAGE_B];
    conf.public_url = "https://kairan.example";
    link_page("/leave", "Ab-_", "ja", page);
    assert_string_equal(page, "https://kairan.example/leave/Ab-_");
    link_page("/leave", "Ab-_", "en", page);
    assert_string_equal(page, "https://kairan.example/leave/Ab-_?lang=en");
    link_page("/confirm", "Ab-_", "pt", page);
    assert_string_equal(page, "https://kairan.example/confirm/Ab-_");
}

static void old_keys_verify_and_the_newest_mints(void **state) {
    (void)state;
    CLEANUP(link_keys_free) struct link_keys *old = link_keys_new(both + 1, 1);
    CLEANUP(link_keys_free) struct link_keys *now = link_keys_new(both, 2);
    CLEANUP(link_keys_free) struct link_keys *none = link_keys_new(both, 0);
    char token[LINK_B];
    struct fault f = {0};
    int64_t contact;
    assert_true(link_mint(old, LINK_LEAVE, 7, token, &f));
    assert_true(link_verify(now, LINK_LEAVE, token, &contact));
    assert_true(link_mint(now, LINK_LEAVE, 7, token, &f));
    assert_false(link_verify(old, LINK_LEAVE, token, &contact));
    assert_false(link_verify(none, LINK_LEAVE, token, &contact));
    assert_false(link_mint(none, LINK_LEAVE, 7, token, &f));
    assert_int_equal(f.kind, FAULT_BROKEN);
}

/* Each letter replaced by each other one, and by strangers; cut; lengthened; case turned. */
static void nothing_else_verifies(void **state) {
    (void)state;
    static const char tries[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/. \r\n\xc3";
    CLEANUP(link_keys_free) struct link_keys *keys = link_keys_new(both, 2);
    char token[LINK_B], bad[LINK_B + 2];
    struct fault f = {0};
    int64_t contact = 99;
    assert_true(link_mint(keys, LINK_LEAVE, 7, token, &f));
    for (size_t i = 0; i < LINK_B - 1; i++)
        for (const char *c = tries; *c; c++) {
            memcpy(bad, token, LINK_B);
            bad[i] = *c;
            assert_int_equal(link_verify(keys, LINK_LEAVE, bad, &contact), *c == token[i]);
            contact = 99;
        }
    for (size_t n = 0; n < LINK_B - 1; n++) {
        memcpy(bad, token, n);
        bad[n] = '\0';
        assert_false(link_verify(keys, LINK_LEAVE, bad, &contact));
    }
    for (const char *c = tries; *c; c++) {
        memcpy(bad, token, LINK_B - 1);
        bad[LINK_B - 1] = *c;
        bad[LINK_B] = '\0';
        assert_false(link_verify(keys, LINK_LEAVE, bad, &contact));
    }
    assert_int_equal(contact, 99);
}

static void random_tokens_differ_and_fit(void **state) {
    (void)state;
    char one[LINK_RANDOM_B], two[LINK_RANDOM_B];
    link_random(one);
    link_random(two);
    assert_string_not_equal(one, two);
    assert_true(link_random_fits(one));
    one[5] = '=';
    assert_false(link_random_fits(one));
    two[LINK_RANDOM_B - 2] = '\0';
    assert_false(link_random_fits(two));
    assert_false(link_random_fits(""));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(minted_verifies),
        cmocka_unit_test(format_stays),
        cmocka_unit_test(pages_speak_the_readers_language),
        cmocka_unit_test(old_keys_verify_and_the_newest_mints),
        cmocka_unit_test(nothing_else_verifies),
        cmocka_unit_test(random_tokens_differ_and_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
