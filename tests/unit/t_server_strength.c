/* Passwords that anybody would try (D17), and such that hold. */
#include "door/strength.h"

#include <stdio.h>
#include <time.h>

#include "check.h"
#include "door/password.h"

static const char *const none[] = {NULL};

/* A hundred of the most common ones, as people lengthen them to fifteen characters. */
static const char *const common[] = {
    "password",   "123456",    "12345678", "qwerty",    "abc123",    "monkey",   "letmein",
    "dragon",     "111111",    "baseball", "iloveyou",  "trustno1",  "1234567",  "sunshine",
    "master",     "123123",    "welcome",  "shadow",    "ashley",    "football", "jesus",
    "michael",    "ninja",     "mustang",  "password1", "123456789", "adobe123", "admin",
    "1234567890", "photoshop", "princess", "azerty",    "000000",    "access",   "696969",
    "batman",     "passw0rd",  "superman", "qazwsx",    "jordan",    "harley",   "hunter",
    "buster",     "soccer",    "thomas",   "robert",    "andrew",    "tigger",   "daniel",
    "charlie",    "jennifer",  "joshua",   "maggie",    "summer",    "pepper",   "joseph",
    "nicole",     "chelsea",   "biteme",   "matthew",   "ginger",    "killer",   "george",
    "computer",   "michelle",  "jessica",  "amanda",    "cheese",    "william",  "corvette",
    "martin",     "heather",   "secret",   "merlin",    "diamond",   "hammer",   "silver",
    "bigdog",     "orange",    "purple",   "cookie",    "richard",   "samantha", "scooter",
    "phoenix",    "camaro",    "steelers", "yankees",   "thunder",   "cowboy",   "banana",
    "chicken",    "porsche",   "captain",  "freedom",   "hello",     "whatever", "nothing",
    "maverick",   "internet",
};
static_assert(COUNT(common) == 100, "a hundred");

static void test_004_12_common_passwords_are_refused(void **state) {
    (void)state;
    static const char *const tails[] = {"", "1", "123", "!", "2026"};
    for (size_t i = 0; i < COUNT(common); i++) {
        for (size_t t = 0; t < COUNT(tails); t++) {
            char text[128] = "";
            int n = 0;
            do { /* said again and again till it is long enough */
                n += snprintf(text + n, sizeof text - (size_t)n, "%s", common[i]);
            } while (n < PASSWORD_LEAST);
            snprintf(text + n, sizeof text - (size_t)n, "%s", tails[t]);
            if (strength_of(common[i], none) >= STRENGTH_LEAST ||
                strength_of(text, none) >= STRENGTH_LEAST)
                ROW_FAIL(i, "%s", text);
        }
    }
}

static void test_004_12_own_words_are_refused(void **state) {
    (void)state;
    static const char *const words[] = {"suzuki.hanako", "suzuki", "hanako",     "bousai", "kairan",
                                        "midori",        "防災課", "青葉みどり", NULL};
    static const char *const weak[] = {
        "suzuki.hanako12",    "Suzuki Hanako 1", "bousaibousaibousai", "KairanKairanKairan",
        "midorikairanbousai", "S u z u k i 123", "suzuki2026hanako",   "青葉みどり青葉みどり",
    };
    for (size_t i = 0; i < COUNT(weak) - 3; i++)
        if (strength_of(weak[i], words) >= STRENGTH_LEAST)
            ROW_FAIL(i, "%s: %d", weak[i], strength_of(weak[i], words));
    assert_true(strength_of("suzuki hanako bousai", words) <
                strength_of("suzuki hanako bousai", none));
}

static void test_good_ones_are_taken(void **state) {
    (void)state;
    static const char *const good[] = {
        "correct horse battery staple", "川の水は三角の帽子で歌う",     "tea-umbrella-gravel-quiet",
        "e7x4k-92ahd-mq3vz-ppw5c",      "a lamp; seven shoes, one fog",
    };
    for (size_t i = 0; i < COUNT(good); i++)
        if (strength_of(good[i], none) < STRENGTH_LEAST)
            ROW_FAIL(i, "%s: %d", good[i], strength_of(good[i], none));
}

/* Nobody may make the loop work for long with a long one. */
static void test_the_longest_takes_no_time(void **state) {
    (void)state;
    char text[PASSWORD_MOST * 4 + 1] = "";
    for (size_t i = 0; i < PASSWORD_MOST; i++)
        memcpy(text + 4 * i, "\xf0\x9f\x98\x80", 4);
    clock_t begun = clock();
    assert_in_range(strength_of(text, none), 0, STRENGTH_MOST);
    assert_true(clock() - begun < CLOCKS_PER_SEC / 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_004_12_common_passwords_are_refused),
        cmocka_unit_test(test_004_12_own_words_are_refused),
        cmocka_unit_test(test_good_ones_are_taken),
        cmocka_unit_test(test_the_longest_takes_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
