/* Envelope senders: what C mints the database opens, and nothing else. */
#include "town.h"

#include "settings/conf.h"
#include "tokens/verp.h"

enum { DAY_S = 86400, NOW_S = 1795325251 };

static PGconn *owner;
static struct link_keys *keys;

static int open_town(void **state) {
    (void)state;
    struct fault f = {0};
    struct db *db = NULL;
    owner = town_connect("kairan_owner");
    assert_true(conf_load(NULL, &f));
    assert_true(db_open("kairan_sender", (const char *const[]){"verp"}, 1, &db, &f));
    assert_true(verp_keys_load(db, &keys, &f));
    db_close(&db);
    return 0;
}

static int close_town(void **state) {
    (void)state;
    link_keys_free(&keys);
    PQfinish(owner);
    return 0;
}

/* What the database reads in a token at a moment; "" when it does not open. */
static const char *opened(const char *token, int64_t now_s) {
    return town_valuef(
        owner, "SELECT concat_ws(' ', kind, alert, part) FROM verp_open('%s', to_timestamp(%lld))",
        token, (long long)now_s);
}

static void mint(const struct verp *what, char token[VERP_B]) {
    struct fault f = {0};
    assert_true(verp_mint(keys, what, NOW_S, token, &f));
}

static void test_both_read_alike(void **state) {
    (void)state;
    static const struct {
        struct verp what;
        const char *said;
    } rows[] = {
        {{VERP_ALERT, 1234, 567890}, "a 1234 567890"},
        {{VERP_EXPRESS, (1LL << 40) - 1, (1LL << 48) - 1}, "x 1099511627775 281474976710655"},
        {{VERP_LETTER, 0, 1}, "l 0 1"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char token[VERP_B];
        mint(&rows[i].what, token);
        if (strcmp(opened(token, NOW_S), rows[i].said) != 0)
            ROW_FAIL(i, "%s", opened(token, NOW_S));
        assert_string_equal(opened(town_valuef(owner, "SELECT upper('%s')", token), NOW_S),
                            rows[i].said);
    }
}

static void test_both_judge_alike(void **state) {
    (void)state;
    const struct verp some = {VERP_ALERT, 7, 8};
    char token[VERP_B], bad[VERP_B];
    struct verp got;
    mint(&some, token);
    for (int days = -3; days < 20; days++) {
        int64_t at_s = NOW_S + (int64_t)days * DAY_S;
        assert_int_equal(opened(token, at_s)[0] != '\0', verp_open(keys, token, at_s, &got));
        assert_int_equal(opened(token, at_s)[0] != '\0', days >= -1 && days <= 14);
    }
    for (size_t i = 0; i < VERP_B - 1; i++) {
        memcpy(bad, token, VERP_B);
        bad[i] = bad[i] == 'a' ? 'b' : 'a';
        assert_string_equal(opened(bad, NOW_S), "");
        assert_false(verp_open(keys, bad, NOW_S, &got));
    }
    assert_string_equal(opened("", NOW_S), "");
    assert_string_equal(opened("0123456789012345678901234567890123456789", NOW_S), "");
}

/* Old keys open what they minted; a key that is gone opens nothing. */
static void test_keys_may_be_renewed(void **state) {
    (void)state;
    const struct verp some = {VERP_LETTER, 0, 5};
    char token[VERP_B];
    mint(&some, token);
    town_value(owner, "BEGIN");
    town_value(owner, "INSERT INTO link_key (kid, key) VALUES (9, sha256('another'))");
    assert_string_equal(opened(token, NOW_S), "l 0 5");
    town_value(owner, "DELETE FROM link_key WHERE kid = 1");
    assert_string_equal(opened(token, NOW_S), "");
    town_value(owner, "ROLLBACK");
}

static void test_who_takes_mail_in_can_make_no_link(void **state) {
    (void)state;
    PGconn *intake = town_connect("kairan_intake");
    assert_string_equal(town_state(intake, "SELECT * FROM verp_keys()"), DONE);
    assert_string_equal(town_state(intake, "SELECT * FROM link_keys()"), NO_RIGHT);
    assert_string_equal(
        town_value(owner, "SELECT count(*) FROM verp_keys() v JOIN link_key k USING (key)"), "0");
    PQfinish(intake);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_read_alike),
        cmocka_unit_test(test_both_judge_alike),
        cmocka_unit_test(test_keys_may_be_renewed),
        cmocka_unit_test(test_who_takes_mail_in_can_make_no_link),
    };
    return cmocka_run_group_tests(tests, open_town, close_town);
}
