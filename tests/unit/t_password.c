/* core/door/password: the vectors of RFC 7914, NFC, what may be chosen, costs that are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "door/password.h"
#include "text.h"

static const char *proof_hex(struct arena *a, const char *password, const char *salt,
                             const char *cost) {
    struct fault f = {0};
    unsigned char proof[PASSWORD_PROOF_B];
    if (!password_proof(password, (const unsigned char *)salt, strlen(salt), cost, proof, &f))
        return fault_name(f.kind);
    return text_hex(a, proof, sizeof(proof));
}

static void test_vectors(void **state) {
    static const struct {
        const char *password, *salt, *cost, *hex;
    } rows[] = {
        {"", "", "scrypt:4:1:1",
         "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"},
        {"password", "NaCl", "scrypt:10:8:16",
         "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"},
        {"pleaseletmein", "SodiumChloride", "scrypt:14:8:1",
         "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"},
    };
    struct arena *a = *state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(proof_hex(a, rows[i].password, rows[i].salt, rows[i].cost),
                            rows[i].hex);
}

static void test_same_letters_same_proof(void **state) {
    struct arena *a = *state;
    const char *composed = "\xe3\x81\x8c"; /* が in one code point, and in two */
    const char *apart = "\xe3\x81\x8b\xe3\x82\x99";
    assert_string_equal(proof_hex(a, composed, "salt", "scrypt:4:1:1"),
                        proof_hex(a, apart, "salt", "scrypt:4:1:1"));
}

static void test_refused_costs(void **state) {
    static const char *const costs[] = {
        "",
        "scrypt",
        "scrypt:17:8",
        "argon2:4:1:1",
        "scrypt:0:1:1",
        "scrypt:4:1:1:1",
        "scrypt:4:0:1",
        "scrypt:20:8:1", /* 1 GB */
        "scrypt:99999999999999999999:1:1",
    };
    for (size_t i = 0; i < COUNT(costs); i++)
        assert_string_equal(proof_hex(*state, "x", "salt", costs[i]), "broken");
}

static void test_refused_passwords(void **state) {
    char longest[PASSWORD_MOST_B + 2];
    memset(longest, 'x', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    assert_string_equal(proof_hex(*state, longest, "salt", "scrypt:4:1:1"), "invalid");
    longest[PASSWORD_MOST_B] = '\0';
    assert_int_equal(strlen(proof_hex(*state, longest, "salt", "scrypt:4:1:1")), 64);
    assert_string_equal(proof_hex(*state, "\xff\xfe", "salt", "scrypt:4:1:1"), "invalid");
}

static void test_choice(void **state) {
    static const struct {
        const char *password;
        bool good;
    } rows[] = {
        {"correct horse ba", true},
        {"correct horse b", true},
        {"correct horse ", false},
        {"あいうえおかきくけこさしすせそ", true},
        {"あいうえおかきくけこさしすせ", false},
        {"😀 correct horse", true},
        {"aaaaaaaaaaaaaaaaaaaaaaaa", false},
        {"long enough but Sato1 in it", false},
        {"with a\ttab in the middle", false},
        {"not \xc3( UTF-8 at all, no", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fault f = {0};
        assert_int_equal(password_check(rows[i].password, "sato1", PASSWORD_LEAST, &f),
                         rows[i].good);
        assert_int_equal(f.kind, rows[i].good ? FAULT_NONE : FAULT_INVALID);
        assert_string_equal(f.field, rows[i].good ? "" : "password");
    }
}

/* With a second factor 12 characters are enough (D17). */
static void test_004_12_least_length(void **state) {
    struct fault f = {0};
    (void)state;
    assert_true(password_check("zwoelf ist 1", "demo", PASSWORD_LEAST_FACTOR, &f));
    assert_false(password_check("elf ist zu1", "demo", PASSWORD_LEAST_FACTOR, &f));
    assert_non_null(strstr(f.text, "12"));
}

static void test_004_12_costs_rise(void **state) {
    (void)state;
    assert_true(password_cost_low("scrypt:15:8:1"));
    assert_true(password_cost_low("scrypt:16:8:1"));
    assert_false(password_cost_low(PASSWORD_COST));
    assert_false(password_cost_low("scrypt:18:8:1"));
    assert_false(password_cost_low("scrypt:15:8:4"));
    assert_false(password_cost_low("argon2id:3"));
}

static void test_distance(void **state) {
    static const struct {
        const char *a, *b;
        size_t distance;
    } rows[] = {
        {"", "", 0},
        {"a", "", 1},
        {"abc", "abc", 0},
        {"abcd 2026", "abcd 2027", 1},
        {"kitten", "sitting", 3},
        {"山の上の湖", "川の上の海", 2},
        {"abcdefgh", "hgfedcba", 4},
        {"a long one", "quite another", 4},
        {"xabc", "abcx", 2},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t got = password_distance(rows[i].a, rows[i].b, 4);
        assert_int_equal(got, rows[i].distance);
        assert_int_equal(password_distance(rows[i].b, rows[i].a, 4), got);
    }
}

static void test_made_and_salted(void **state) {
    struct fault f = {0};
    char one[PASSWORD_MADE_B], two[PASSWORD_MADE_B];
    unsigned char salt[PASSWORD_SALT_B], other[PASSWORD_SALT_B];
    (void)state;
    assert_true(password_make(one, &f) && password_make(two, &f));
    assert_true(password_check(one, "demo", PASSWORD_LEAST, &f));
    assert_int_equal(strlen(one), 23);
    assert_string_not_equal(one, two);
    assert_true(password_salt(salt, &f) && password_salt(other, &f));
    assert_memory_not_equal(salt, other, sizeof(salt));
}

static void test_verifier(void **state) {
    struct fault f = {0};
    unsigned char proof[PASSWORD_PROOF_B] = {0}, verifier[PASSWORD_PROOF_B];
    assert_true(password_verifier(proof, verifier, &f));
    assert_string_equal(text_hex(*state, verifier, sizeof(verifier)),
                        "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925");
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
        cmocka_unit_test(test_vectors),         cmocka_unit_test(test_same_letters_same_proof),
        cmocka_unit_test(test_refused_costs),   cmocka_unit_test(test_refused_passwords),
        cmocka_unit_test(test_choice),          cmocka_unit_test(test_004_12_least_length),
        cmocka_unit_test(test_distance),        cmocka_unit_test(test_004_12_costs_rise),
        cmocka_unit_test(test_made_and_salted), cmocka_unit_test(test_verifier),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
