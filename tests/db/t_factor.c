/* Codes of the second factor as the database judges them (RFC 6238; ../shared/security.md D25). */
#include "factor.h"

/* ---- the arithmetic ---- */

/* RFC 6238 appendix B (its last six digits) and RFC 4226 appendix D, over the same seed. */
static void test_rfc_6238_vectors(void **state) {
    (void)state;
    static const struct {
        const char *step, *code;
    } rows[] = {
        {"totp_step(to_timestamp(59))", "287082"},
        {"totp_step(to_timestamp(1111111109))", "081804"},
        {"totp_step(to_timestamp(1111111111))", "050471"},
        {"totp_step(to_timestamp(1234567890))", "005924"},
        {"totp_step(to_timestamp(2000000000))", "279037"},
        {"totp_step(to_timestamp(20000000000))", "353130"},
        {"0", "755224"},
        {"2", "359152"},
        {"3", "969429"},
        {"4", "338314"},
        {"5", "254676"},
        {"6", "287922"},
        {"7", "162583"},
        {"8", "399871"},
        {"9", "520489"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got =
            town_valuef(owner, "SELECT totp_code('12345678901234567890', %s)", rows[i].step);
        if (strcmp(got, rows[i].code) != 0)
            ROW_FAIL(i, "%s: got %s", rows[i].step, got);
    }
    assert_string_equal(town_value(owner, "SELECT base32('12345678901234567890')"),
                        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assert_string_equal(town_value(owner, "SELECT base32('fooba')"), "MZXW6YTB");
}

/* A step is 30 seconds, edges included. */
static void test_steps(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"29.999", "0"}, {"30", "1"}, {"59.999", "1"}, {"60", "2"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(town_valuef(owner, "SELECT totp_step(to_timestamp(%s))", rows[i][0]),
                            rows[i][1]);
    }
}

static void test_codes_as_people_type_them(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"123456", "123456"},
        {"１２３４５６", "123456"},
        {" 123 456 ", "123456"},
        {"１２３　４５６", "123456"},
        {"123-456", "123456"},
        {"abcd-efgh", "ABCDEFGH"},
        {"ａｂｃｄ－ｅｆｇｈ", "ABCDEFGH"},
        {"12345", "12345"},
        {"", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = town_valuef(owner, "SELECT factor_code('%s')", rows[i][0]);
        if (strcmp(got, rows[i][1]) != 0)
            ROW_FAIL(i, "'%s' became '%s'", rows[i][0], got);
    }
}

/* ---- codes: wrong, used, early, late ---- */

static void test_code_matrix(void **state) {
    (void)state;
    signed_in_proved("a3");
    static const struct {
        int steps;
        bool good;
    } rows[] = {{-20, false}, {-2, false}, {-1, true}, {0, true},
                {1, true},    {2, false},  {20, false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        /* At one moment, so that no step ends meanwhile. */
        const char *got = town_valuef(
            owner,
            "SELECT totp_match(s, totp_code(s, totp_step(at) + %d), at, 0) = totp_step(at) + %d "
            "FROM (SELECT factor_open(seed) AS s, clock_timestamp() AS at FROM factor) AS one",
            rows[i].steps, rows[i].steps);
        if (strcmp(got, rows[i].good ? "t" : "") != 0)
            ROW_FAIL(i, "%d steps: got '%s'", rows[i].steps, got);
    }
}

/* Each code once; an older one never after a newer one. */
static void test_a_code_is_good_once(void **state) {
    (void)state;
    signed_in_proved("a3");
    age("a3");
    static const char one[] =
        "SELECT factor_try(f.person, totp_code(factor_open(f.seed), totp_step('%s') + %d), "
        "'%s') FROM factor f";
    static const char at[] = "2026-11-28 10:00:15+09";
    assert_string_equal(town_valuef(owner, one, at, 0, at), "code");
    assert_string_equal(town_valuef(owner, one, at, 0, at), "");
    assert_string_equal(town_valuef(owner, one, at, -1, at), "");
    assert_string_equal(town_valuef(owner, one, at, 1, at), "code");
    assert_string_equal(town_valuef(owner, one, at, 1, at), "");
}

/* A clock that is set back brings no used code back, and the last step cannot be lowered. */
static void test_clock_set_back(void **state) {
    (void)state;
    signed_in_proved("a3");
    age("a3");
    static const char one[] =
        "SELECT factor_try(f.person, totp_code(factor_open(f.seed), totp_step('%s')), "
        "'%s') FROM factor f";
    assert_string_equal(town_valuef(owner, one, "2026-11-28 10:00:15+09", "2026-11-28 10:00:15+09"),
                        "code");
    assert_string_equal(town_valuef(owner, one, "2026-11-28 09:00:15+09", "2026-11-28 09:00:15+09"),
                        "");
    assert_string_equal(town_state(owner, "UPDATE factor SET last_step = last_step - 1"), DENIED);
    /* A proof from the future is none. */
    const char *token = town_sign_in(staff, "a1");
    town_value(owner, "UPDATE session SET proved_at = clock_timestamp() + interval '1 hour'");
    assert_string_equal(town_value(owner,
                                   "SELECT bool_and(proof_lacking(s)) FROM session s JOIN person p "
                                   "ON p.id = s.person WHERE p.login = 'a3'"),
                        "t");
    assert_string_equal(stage(token), "open");
}

/* Guessing: no hour sees more than ten wrong codes, and waiting grows. */
static void test_guessing_waits(void **state) {
    (void)state;
    signed_in_proved("a3");
    town_value(owner,
               "CREATE FUNCTION pg_temp.guess(OUT judged int, OUT told int) LANGUAGE plpgsql AS $$ "
               "BEGIN judged := 0; told := 0; "
               "FOR second IN 0 .. 3600 LOOP BEGIN "
               "  PERFORM factor_try((SELECT person FROM factor), '000000', "
               "    timestamptz '2026-11-28 10:00+09' + make_interval(secs => second)); "
               "  judged := judged + 1; "
               "EXCEPTION WHEN SQLSTATE 'KR005' THEN told := told + 1; END; END LOOP; END $$");
    town_value(owner, "UPDATE factor SET last_step = 99999999"); /* no code is right */
    assert_string_equal(town_value(owner, "SELECT judged FROM pg_temp.guess()"), "10");
    assert_string_equal(town_value(owner, "SELECT wrong FROM factor"), "10");
}

/* A right code after some wrong ones ends the waiting. */
static void test_a_right_code_forgives(void **state) {
    (void)state;
    signed_in_proved("a3");
    age("a3");
    const char *token = town_sign_in(staff, "a3");
    for (int i = 0; i < 4; i++) {
        assert_string_equal(prove(token, "x00000"), ""); /* a recovery code that is none */
        assert_string_equal(prove(token, code_at("seed", "a3", 20)), "");
    }
    assert_string_equal(town_value(owner, "SELECT wrong FROM factor"), "4");
    assert_int_equal(strlen(prove(token, code_at("seed", "a3", 0))), 43);
    assert_string_equal(town_value(owner, "SELECT wrong FROM factor"), "0");
    assert_string_equal(town_value(owner, "SELECT count(*) FROM oplog WHERE act = 'factor.prove' "
                                          "AND result = 'refused' AND login = 'a3'"),
                        "8");
}

/* ---- recovery codes ---- */

static void test_recovery_codes(void **state) {
    (void)state;
    const char *code;
    enrolled("a3", &code);
    assert_string_equal(town_value(owner, "SELECT count(DISTINCT hash) FROM recovery_code"), "10");
    assert_string_equal(
        town_valuef(owner, "SELECT count(*) FROM recovery_code r WHERE r::text LIKE '%%%s%%'",
                    code),
        "0");
    /* Even while codes have to wait. */
    town_value(owner,
               "UPDATE factor SET wrong = 12, wait_until = clock_timestamp() + interval '50 min'");
    const char *token = town_sign_in(staff, "a3");
    assert_string_equal(town_statef(staff, "SELECT factor_prove('%s', '000000', NULL)", token),
                        LIMIT);
    const char *fresh =
        prove(token, town_valuef(owner, "SELECT lower(replace('%s', '-', ' '))", code));
    assert_int_equal(strlen(fresh), 43);
    assert_string_equal(stage(fresh), "open");
    assert_string_equal(prove(fresh, code), "");
    assert_string_equal(town_valuef(staff, "SELECT recovery_left FROM factor_info('%s')", fresh),
                        "9");
    assert_string_equal(town_value(owner, "SELECT facts FROM oplog WHERE act = 'factor.recover'"),
                        "{\"left\": 9}");
    /* New ones end the old ones. */
    town_valuef(staff, "SELECT factor_renew('%s', NULL)", fresh);
    assert_string_equal(
        town_value(owner, "SELECT count(*) FROM recovery_code WHERE used_at IS NULL"), "10");
}

static void test_guessing_recovery_codes_ends(void **state) {
    (void)state;
    signed_in_proved("a3");
    const char *token = town_sign_in(staff, "a3");
    for (int i = 0; i < 20; i++)
        assert_string_equal(prove(token, "0000-0000-0000-0000"), "");
    assert_string_equal(
        town_statef(staff, "SELECT factor_prove('%s', '0000-0000-0000-0000', NULL)", token), LIMIT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_rfc_6238_vectors, factor_none),
        cmocka_unit_test_setup(test_steps, factor_none),
        cmocka_unit_test_setup(test_codes_as_people_type_them, factor_none),
        cmocka_unit_test_setup(test_code_matrix, factor_none),
        cmocka_unit_test_setup(test_a_code_is_good_once, factor_none),
        cmocka_unit_test_setup(test_clock_set_back, factor_none),
        cmocka_unit_test_setup(test_guessing_waits, factor_none),
        cmocka_unit_test_setup(test_a_right_code_forgives, factor_none),
        cmocka_unit_test_setup(test_recovery_codes, factor_none),
        cmocka_unit_test_setup(test_guessing_recovery_codes_ends, factor_none),
    };
    return cmocka_run_group_tests(tests, factor_open_town, factor_close_town);
}
