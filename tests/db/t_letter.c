/* Letters: capped per hour, fair to those somebody waits for and to those nobody does, retried,
 * over. */
#include "sending.h"

static int open_town(void **state) {
    (void)state;
    return sending_open(1);
}

static int clear(void **state) {
    (void)state;
    town_value(owner, "DELETE FROM letter");
    town_value(owner, "DELETE FROM throttle");
    return 0;
}

static void add(const char *template, int count) {
    town_valuef(owner,
                "SELECT count(letter_add('%s', 'ja', 1, 'x@resident.example', 'secret', now() + "
                "interval '1 "
                "day')) FROM generate_series(1, %d)",
                template, count);
}

/* Claims for a sender: how many that somebody waits for, and how many calm ones. */
static const char *claim(int slot, int most, int per_hour) {
    return town_valuef(
        sender,
        "SELECT count(*) FILTER (WHERE template <> 'warn') || ' ' || count(*) FILTER (WHERE "
        "template = 'warn') FROM letter_claim('h', %d, %d, %d)",
        slot, most, per_hour);
}

static void record_all(const char *result) {
    town_value(
        owner,
        "CREATE OR REPLACE VIEW held AS SELECT id, token FROM letter WHERE state = 'leased'");
    town_valuef(owner, "SELECT count(letter_record(id, token, '%s', 'r', 0)) FROM held", result);
}

/* What is under way counts too: two senders do not take the last of the hour twice. */
static void test_the_cap_holds(void **state) {
    (void)state;
    add("confirm", 30);
    assert_string_equal(claim(0, 8, 10), "8 0");
    assert_string_equal(claim(1, 8, 10), "2 0");
    assert_string_equal(claim(2, 8, 10), "0 0");
    record_all("temporary");
    assert_string_equal(claim(0, 20, 10), "10 0");
    record_all("accepted");
    assert_string_equal(claim(0, 20, 10), "0 0");
    assert_string_equal(claim(0, 20, 12), "2 0");
}

static void test_a_storm_of_warnings_leaves_room(void **state) {
    (void)state;
    add("warn", 100);
    for (int i = 0; i < 5; i++) {
        claim(0, 20, 20);
        record_all("accepted");
    }
    assert_string_equal(town_value(owner, "SELECT count(*) FROM letter WHERE state = 'accepted'"),
                        "10");
    add("confirm", 5);
    assert_string_equal(claim(0, 20, 20), "5 0");
}

static void test_a_storm_of_confirmations_starves_nobody(void **state) {
    (void)state;
    add("confirm", 100);
    add("warn", 100);
    assert_string_equal(claim(0, 20, 1000), "16 4");
    record_all("accepted");
    assert_string_equal(claim(0, 20, 1000), "16 4");
}

/* In doubt twice is the end; a temporary refusal before is no doubt. */
static void test_doubt_is_tried_once_more(void **state) {
    (void)state;
    static const char *const rows[][2] = {{"temporary", "waiting"},
                                          {"again", "waiting"},
                                          {"temporary", "waiting"},
                                          {"again", "unknown"}};
    add("confirm", 1);
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(claim(0, 5, 100), "1 0");
        record_all(rows[i][0]);
        const char *got = town_value(owner, "SELECT state FROM letter");
        if (strcmp(got, rows[i][1]) != 0)
            ROW_FAIL(i, "%s", got);
    }
    assert_string_equal(
        town_value(owner,
                   "SELECT address IS NULL AND secret IS NULL FROM letter WHERE state = 'unknown'"),
        "t");
}

static void test_what_is_over_ends_and_goes(void **state) {
    (void)state;
    add("confirm", 2);
    town_value(owner,
               "UPDATE letter SET expires = now(), doubt = id = (SELECT min(id) FROM letter)");
    assert_string_equal(claim(0, 5, 100), "0 0");
    town_value(house, "SELECT letter_sweep()");
    assert_string_equal(town_value(owner, "SELECT string_agg(state, ' ' ORDER BY id) FROM letter"),
                        "unknown expired");
    town_value(house, "SELECT house_care()");
    assert_string_equal(town_value(owner, "SELECT count(*) FROM letter"), "2");
    town_value(owner, "UPDATE letter SET ended_at = now() - interval '31 days'");
    town_value(house, "SELECT house_care()");
    assert_string_equal(town_value(owner, "SELECT count(*) FROM letter"), "0");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_the_cap_holds, clear),
        cmocka_unit_test_setup(test_a_storm_of_warnings_leaves_room, clear),
        cmocka_unit_test_setup(test_a_storm_of_confirmations_starves_nobody, clear),
        cmocka_unit_test_setup(test_doubt_is_tried_once_more, clear),
        cmocka_unit_test_setup(test_what_is_over_ends_and_goes, clear),
    };
    return cmocka_run_group_tests(tests, open_town, sending_close);
}
