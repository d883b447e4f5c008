/* Envelope senders: only what we made in the last days is opened; letter case aside. */
#include "check.h"

#include <ctype.h>

#include "settings/conf.h"
#include "tokens/verp.h"

enum { DAY_S = 86400, NOW_S = 1795325251 };

static const struct link_key both[] = {{2, "newer key of thirty-two bytes..."},
                                       {1, "older key of thirty-two bytes..."}};
static const struct verp some = {.kind = VERP_ALERT, .alert = 1234, .part = 567890};

static void mint(struct link_keys *keys, const struct verp *what, int64_t now_s, char out[VERP_B]) {
    struct fault f = {0};
    assert_true(verp_mint(keys, what, now_s, out, &f));
    assert_int_equal(strlen(out), VERP_B - 1);
    assert_int_equal(strspn(out, "abcdefghijklmnopqrstuvwxyz234567"), VERP_B - 1);
}

static bool opens(struct link_keys *keys, const char *token, int64_t now_s) {
    struct verp got;
    return verp_open(keys, token, now_s, &got);
}

static void what_was_minted_opens(void **state) {
    (void)state;
    CLEANUP(link_keys_free) struct link_keys *keys = link_keys_new(both, 2);
    const struct verp rows[] = {
        some,
        {VERP_EXPRESS, (1LL << 40) - 1, (1LL << 48) - 1},
        {VERP_LETTER, 0, 1},
        {VERP_ALERT, 0, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char token[VERP_B], loud[VERP_B];
        struct verp got = {0};
        mint(keys, &rows[i], NOW_S, token);
        for (size_t c = 0; c < VERP_B; c++)
            loud[c] = (char)toupper((unsigned char)token[c]);
        assert_true(verp_open(keys, loud, NOW_S, &got));
        assert_true(got.kind == rows[i].kind && got.alert == rows[i].alert &&
                    got.part == rows[i].part);
    }
}

/* Made apart, by Python's hmac: the format is a promise to mails already sent. */
static void format_stays(void **state) {
    (void)state;
    CLEANUP(link_keys_free) struct link_keys *keys = link_keys_new(both, 2);
    char token[VERP_B];
    mint(keys, &some, NOW_S, token);
    assert_string_equal(token, "ajqvckyaaaaajuqaaaaarksshp6qa6axangc4asj");
}

static void numbers_that_do_not_fit_are_refused(void **state) {
    (void)state;
    CLEANUP(link_keys_free) struct link_keys *keys = link_keys_new(both, 2);
    CLEANUP(link_keys_free) struct link_keys *none = link_keys_new(both, 0);
    const struct verp rows[] = {
        {VERP_ALERT, 1LL << 40, 1}, {VERP_ALERT, 1, 1LL << 48}, {VERP_ALERT, -1, 1}};
    char token[VERP_B];
    struct fault f = {0};
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_false(verp_mint(keys, &rows[i], NOW_S, token, &f));
    assert_false(verp_mint(none, &some, NOW_S, token, &f));
    assert_int_equal(f.kind, FAULT_BROKEN);
}

static void it_is_good_for_14_days(void **state) {
    (void)state;
    static const struct {
        int age_days;
        bool good;
    } rows[] = {{-2, false}, {-1, true}, {0, true}, {14, true}, {15, false}, {4000, false}};
    CLEANUP(link_keys_free) struct link_keys *keys = link_keys_new(both, 2);
    char token[VERP_B];
    mint(keys, &some, NOW_S, token);
    for (size_t i = 0; i < COUNT(rows); i++)
        if (opens(keys, token, NOW_S + (int64_t)rows[i].age_days * DAY_S) != rows[i].good)
            ROW_FAIL(i, "%d days", rows[i].age_days);
}

static void old_keys_open_and_strange_ones_do_not(void **state) {
    (void)state;
    static const struct link_key strange = {2, "strange key of thirty-two bytes."};
    CLEANUP(link_keys_free) struct link_keys *old = link_keys_new(both + 1, 1);
    CLEANUP(link_keys_free) struct link_keys *now = link_keys_new(both, 2);
    CLEANUP(link_keys_free) struct link_keys *other = link_keys_new(&strange, 1);
    char token[VERP_B];
    mint(old, &some, NOW_S, token);
    assert_true(opens(now, token, NOW_S));
    assert_false(opens(other, token, NOW_S));
    mint(now, &some, NOW_S, token);
    assert_false(opens(old, token, NOW_S));
    assert_false(opens(other, token, NOW_S));
}

/* Each letter replaced by each other byte; cut; lengthened. */
static void nothing_else_opens(void **state) {
    (void)state;
    CLEANUP(link_keys_free) struct link_keys *keys = link_keys_new(both, 2);
    char token[VERP_B], bad[VERP_B + 1];
    mint(keys, &some, NOW_S, token);
    for (size_t i = 0; i < VERP_B - 1; i++)
        for (int c = 1; c < 256; c++) {
            memcpy(bad, token, VERP_B);
            bad[i] = (char)c;
            assert_int_equal(opens(keys, bad, NOW_S), tolower(c) == token[i]);
        }
    for (size_t n = 0; n < VERP_B - 1; n++) {
        memcpy(bad, token, n);
        bad[n] = '\0';
        assert_false(opens(keys, bad, NOW_S));
    }
    snprintf(bad, sizeof bad, "%sa", token);
    assert_false(opens(keys, bad, NOW_S));
}

static void addresses_are_found(void **state) {
    (void)state;
#define FORTY "abcdefghijabcdefghijabcdefghijabcdefghij"
    static const struct {
        const char *address;
        bool found;
    } rows[] = {
        {"bounce+" FORTY "@city.kairan.example", true},
        {"BOUNCE+" FORTY "@City.Kairan.Example", true},
        {"bounce+" FORTY "@city.kairan.example.", false},
        {"bounce+" FORTY "@kairan.example", false},
        {"bounce+" FORTY "x@city.kairan.example", false},
        {"bounce-" FORTY "@city.kairan.example", false},
        {"ounce+" FORTY "@city.kairan.example", false},
        {"bounce@city.kairan.example", false},
        {"bounce+" FORTY, false},
        {"", false},
    };
    conf.bounce_local = "bounce";
    conf.domain = "city.kairan.example";
    for (size_t i = 0; i < COUNT(rows); i++) {
        char token[VERP_B] = "";
        if (verp_find(rows[i].address, token) != rows[i].found ||
            strcmp(token, rows[i].found ? FORTY : "") != 0)
            ROW_FAIL(i, "%s", rows[i].address);
    }
}

/* RFC 5321 4.5.3.1.1, with the longest local part the settings allow. */
static void local_parts_are_short_enough(void **state) {
    (void)state;
    CLEANUP(link_keys_free) struct link_keys *keys = link_keys_new(both, 2);
    char address[VERP_ADDRESS_B], token[VERP_B];
    struct fault f = {0};
    conf.bounce_local = "a-local-part-of-23-byte";
    conf.domain = "city.kairan.example";
    assert_true(verp_address(keys, &some, NOW_S, address, &f));
    assert_int_equal(strcspn(address, "@"), 64);
    assert_true(verp_find(address, token) && opens(keys, token, NOW_S));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_minted_opens),
        cmocka_unit_test(format_stays),
        cmocka_unit_test(numbers_that_do_not_fit_are_refused),
        cmocka_unit_test(it_is_good_for_14_days),
        cmocka_unit_test(old_keys_open_and_strange_ones_do_not),
        cmocka_unit_test(nothing_else_opens),
        cmocka_unit_test(addresses_are_found),
        cmocka_unit_test(local_parts_are_short_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
