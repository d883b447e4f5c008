/* How residents come, change and go, as plain SQL tries to bend it (004 §2(2); P11; A15, A17). */
#include "town.h"

static PGconn *owner, *public;

static int open_town(void **state) {
    (void)state;
    owner = town_connect("kairan_owner");
    public = town_connect("kairan_public");
    town_make(owner);
    return 0;
}

static int close_town(void **state) {
    (void)state;
    PQfinish(owner);
    PQfinish(public);
    return 0;
}

static const char token[] = "0123456789abcdef0123456789abcdef";

/* Asks to sign up from a network, 3 mails an address a day, 10 tries a network an hour. */
static const char *ask(const char *address, const char *categories, const char *secret,
                       const char *network) {
    return town_statef(
        public, "SELECT signup_request('%s', 'ja', '%s', '{1}', 'v1', '%s', '%s', 24, 3, 10)",
        address, categories, secret, network);
}

static const char *confirm(const char *secret) {
    return town_statef(public, "SELECT signup_confirm('%s')", secret);
}

/* Stages one row of a file and applies it; "added changed kept". */
static const char *file(const char *address, const char *phone, const char *categories) {
    town_value(owner, "INSERT INTO import (reason, file_name) VALUES ('転入者の登録', 'x.csv')");
    town_valuef(owner,
                "INSERT INTO import_row (import, line, address, phone, areas, categories, lang) "
                "SELECT max(id), 2, '%s', nullif('%s', ''), '{1}', '%s', 'ja' FROM import",
                address, phone, categories);
    town_value(owner, "SELECT import_run(max(id)) FROM import");
    return town_value(owner,
                      "SELECT added || ' ' || changed || ' ' || kept FROM import ORDER BY id DESC");
}

/* What an address receives: "categories own gone". */
static const char *known(const char *address) {
    return town_valuef(owner,
                       "SELECT s.categories::text || ' ' || s.own || ' ' || (c.gone_at IS NOT "
                       "NULL) FROM contact c JOIN "
                       "subscriber s ON s.id = c.subscriber WHERE c.channel = 'mail' AND c.hash = "
                       "address_hash('%s')",
                       address);
}

/* The leave link of an address, as senders mint it. */
static const char *link_of(const char *address) {
    return town_valuef(
        owner,
        "SELECT b64url(p || substr(hmac(p, k.key, 'sha256'), 1, 16)) FROM link_key k, "
        "(SELECT '\\x0101'::bytea || int8send(id) AS p FROM contact WHERE hash = "
        "address_hash('%s')) AS l",
        address);
}

static void test_004_2_2_registered_by_consent_and_confirmation(void **state) {
    (void)state;
    assert_string_equal(ask("Hanako@resident.example", "{1}", token, "192.0.2.1"), DONE);
    assert_string_equal(known("hanako@resident.example"), "");
    assert_string_equal(town_valuef(public, "SELECT used FROM signup_peek('%s')", token), "f");
    assert_string_equal(confirm("0123456789abcdef0123456789abcdeF"), MISSING);
    assert_string_equal(confirm(token), DONE);
    assert_string_equal(confirm(token), DONE); /* pressing twice */
    assert_string_equal(known("HANAKO@resident.example"), "{1} true false");
    assert_string_equal(
        town_value(
            owner,
            "SELECT terms_version || (agreed_at IS NOT NULL) FROM subscriber ORDER BY id DESC"),
        "v1true");
    assert_string_equal(
        town_valuef(owner,
                    "SELECT count(*) FROM signup WHERE token_hash = convert_to('%s', 'UTF8')",
                    token),
        "0");
    town_value(owner, "UPDATE signup SET expires = now()");
    assert_string_equal(confirm(token), MISSING);
}

/* 004 §2(2): registered by the administrator; a file changes only whom a file registered. */
static void test_004_2_2_a_file_never_overrules_a_resident(void **state) {
    (void)state;
    assert_string_equal(file("taro@resident.example", "08012345678", "{1}"), "1 0 0");
    assert_string_equal(file("TARO@resident.example", "08012345678", "{1}"), "0 0 1");
    assert_string_equal(file("taro@resident.example", "", "{2}"), "0 1 0");
    assert_string_equal(known("taro@resident.example"), "{2} false false");
    ask("taro@resident.example", "{3}", "taro-taro-taro-taro-taro-taro", "192.0.2.2");
    assert_string_equal(confirm("taro-taro-taro-taro-taro-taro"), DONE);
    assert_string_equal(file("taro@resident.example", "", "{1}"), "0 0 1");
    assert_string_equal(known("taro@resident.example"), "{3} true false");
    assert_string_equal(
        town_value(
            owner,
            "SELECT count(*) FROM contact WHERE channel = 'sms' AND address = '08012345678'"),
        "1");
    assert_string_equal(town_value(owner, "SELECT count(*) FROM import_row"), "0");
}

/* P11: the link in every mail is enough; who left stays away from files, and may come back himself.
 */
static void test_who_left_is_not_brought_back(void **state) {
    (void)state;
    file("jiro@resident.example", "08087654321", "{1}");
    char link[128];
    snprintf(link, sizeof link, "%s", link_of("jiro@resident.example"));
    assert_string_equal(town_valuef(public, "SELECT leave_peek('%s')", link), "t");
    assert_string_equal(known("jiro@resident.example"),
                        "{1} false false"); /* looking changes nothing */
    assert_string_equal(town_statef(public, "SELECT leave('%s')", link), DONE);
    assert_string_equal(town_statef(public, "SELECT leave('%s')", link), DONE);
    assert_string_equal(known("jiro@resident.example"), "{1} true true");
    assert_string_equal(
        town_value(owner, "SELECT count(*) FROM contact WHERE address = '08087654321'"), "0");
    assert_string_equal(
        town_value(owner, "SELECT count(*) FROM contact WHERE address LIKE 'jiro%'"), "0");
    assert_string_equal(file("jiro@resident.example", "", "{1}"), "0 0 1");
    assert_string_equal(known("jiro@resident.example"), "{1} true true");
    ask("jiro@resident.example", "{2}", "jiro-jiro-jiro-jiro-jiro-jiro", "192.0.2.3");
    assert_string_equal(confirm("jiro-jiro-jiro-jiro-jiro-jiro"), DONE);
    assert_string_equal(known("jiro@resident.example"), "{2} true false");
}

/* Links that are not ours: cut, longer, another letter case, another contact, another purpose. */
static void test_forged_links_do_nothing(void **state) {
    (void)state;
    file("saburo@resident.example", "", "{1}");
    file("shiro@resident.example", "", "{1}");
    char good[128], other[128], bad[8][128];
    snprintf(good, sizeof good, "%s", link_of("saburo@resident.example"));
    snprintf(other, sizeof other, "%s", link_of("shiro@resident.example"));
    assert_int_equal(strlen(good), 35);
    for (size_t i = 0; i < COUNT(bad); i++)
        snprintf(bad[i], sizeof bad[i], "%s", good);
    bad[0][34] = '\0';
    strncat(bad[1], "A", 2);
    bad[2][20] = (char)(bad[2][20] ^ 0x20);
    memcpy(bad[3], other, 14); /* the other's contact, this one's MAC */
    bad[4][0] = bad[4][0] == 'A' ? 'B' : 'A';
    bad[5][2] = bad[5][2] == 'C' ? 'D' : 'C';
    bad[6][0] = '\0';
    memcpy(bad[7], "=3D", 3);
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *got = town_statef(public, "SELECT leave('%s')", bad[i]);
        if (strcmp(got, MISSING) != 0)
            ROW_FAIL(i, "%s got %s", bad[i], got);
    }
    assert_string_equal(
        town_value(owner, "SELECT count(*) FROM contact WHERE address ~ '^(saburo|shiro)@'"), "2");
    assert_string_equal(town_statef(public, "SELECT leave('%s')", good), DONE);
}

/* A15: one victim gets three letters a day from however many networks; one network asks ten times
 * an hour. */
static void test_nobody_is_flooded(void **state) {
    (void)state;
    town_value(owner, "DELETE FROM letter");
    for (int i = 0; i < 20; i++) {
        char secret[64], network[32];
        snprintf(secret, sizeof secret, "victim-victim-victim-victim-%d", i);
        snprintf(network, sizeof network, "198.51.100.%d", i);
        assert_string_equal(ask("victim@resident.example", "{1}", secret, network), DONE);
    }
    assert_string_equal(town_value(owner, "SELECT count(*) FROM letter"), "3");
    for (int i = 0; i < 12; i++) {
        char address[64], secret[64];
        snprintf(address, sizeof address, "v%d@resident.example", i);
        snprintf(secret, sizeof secret, "network-network-network-%d", i);
        assert_string_equal(ask(address, "{1}", secret, "203.0.113.7"), i < 10 ? DONE : "KR005");
    }
    assert_string_equal(town_value(owner, "SELECT count(*) FROM letter"), "13");
}

/* A17: asking to leave says nothing about who is known; only a known address gets a letter. */
static void test_leaving_by_address_is_silent(void **state) {
    (void)state;
    file("goro@resident.example", "", "{1}");
    town_value(owner, "DELETE FROM letter");
    static const char ask_leave[] = "SELECT leave_request('%s', 'ja', '192.0.2.9', 3, 10)";
    assert_string_equal(town_valuef(public, ask_leave, "goro@resident.example"),
                        town_valuef(public, ask_leave, "nobody@resident.example"));
    assert_string_equal(
        town_value(owner, "SELECT string_agg(address || template, ',') FROM letter"),
        "goro@resident.exampleleave");
}

/* The public role sees and changes nobody but through its functions. */
static void test_the_public_role_reads_no_table(void **state) {
    (void)state;
    static const char *const tries[] = {
        "SELECT * FROM contact",
        "SELECT * FROM subscriber",
        "SELECT * FROM signup",
        "SELECT * FROM person",
        "SELECT * FROM letter",
        "SELECT link_keys()",
        "SELECT * FROM secret",
        "SELECT * FROM oplog",
        "SELECT alert_list('', NULL, 1)",
        "UPDATE contact SET gone_at = now()",
        "SELECT letter_claim('h', 0, 1, 1)",
    };
    for (size_t i = 0; i < COUNT(tries); i++) {
        const char *got = town_state(public, tries[i]);
        if (strcmp(got, NO_RIGHT) != 0)
            ROW_FAIL(i, "got %s", got);
    }
}

/* What must never be stored, whoever writes it. */
static void test_addresses_that_would_break_smtp_are_not_stored(void **state) {
    (void)state;
    static const char *const bad[] = {
        "a b@c.example", "a@b@c.example", "a\\r\\nRCPT@c.example", "<a@c.example>",
        "a@C.example",   "@c.example",    "a\\tb@c.example",       "a"};
    town_value(owner, "INSERT INTO subscriber (lang, categories, areas, own, import) VALUES ('ja', "
                      "'{1}', '{1}', false, 1)");
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *got =
            town_statef(owner,
                        "INSERT INTO contact (subscriber, channel, address, hash, confirmed_at) "
                        "SELECT max(id), 'mail', E'%s', sha256('%zu'), now() FROM subscriber",
                        bad[i], i);
        if (strcmp(got, "23514") != 0)
            ROW_FAIL(i, "%s got %s", bad[i], got);
    }
}

/* What is kept no longer than it is needed: the excerpts of refused rows go after a week. */
static void test_excerpts_of_refused_rows_go_after_a_week(void **state) {
    (void)state;
    static const char *const ages[] = {"6 days", "8 days"};
    for (size_t i = 0; i < COUNT(ages); i++) {
        town_valuef(owner,
                    "INSERT INTO import (reason, file_name, made) "
                    "VALUES ('%s', 'x.csv', now() - interval '%s')",
                    ages[i], ages[i]);
        town_value(owner, "INSERT INTO import_refusal SELECT max(id), 2, 'x', 'y' FROM import");
    }
    town_value(owner, "SELECT house_care()");
    assert_string_equal(town_value(owner, "SELECT string_agg(i.reason, ',') FROM import_refusal r "
                                          "JOIN import i ON i.id = r.import"),
                        "6 days");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_004_2_2_registered_by_consent_and_confirmation),
        cmocka_unit_test(test_004_2_2_a_file_never_overrules_a_resident),
        cmocka_unit_test(test_who_left_is_not_brought_back),
        cmocka_unit_test(test_forged_links_do_nothing),
        cmocka_unit_test(test_nobody_is_flooded),
        cmocka_unit_test(test_leaving_by_address_is_silent),
        cmocka_unit_test(test_the_public_role_reads_no_table),
        cmocka_unit_test(test_addresses_that_would_break_smtp_are_not_stored),
        cmocka_unit_test(test_excerpts_of_refused_rows_go_after_a_week),
    };
    return cmocka_run_group_tests(tests, open_town, close_town);
}
