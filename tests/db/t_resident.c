/* Residents coming and going, through the modules that the programs use and as the roles they have:
 * double opt-in, leaving, the same for known and unknown addresses, limits (004 §2(2)). */
#include "texts.h"
#include "town.h"

#include "letters/letter.h"
#include "residents/subscriber.h"
#include "settings/conf.h"
#include "text.h"
#include "tokens/link.h"

static PGconn *owner;
static struct db *residents, *sender;
static struct link_keys *keys;
static struct arena *a;
static const int64_t one[] = {1}, two[] = {2};

static int open_town(void **state) {
    (void)state;
    static const char *const public_sets[] = {"subscriber"};
    static const char *const sender_sets[] = {"letter", "link"};
    struct fault f = {0};
    assert_true(conf_load(NULL, &f));
    conf.public_url = "https://alert.city.kairan.example";
    conf.domain = "city.kairan.example";
    conf.town_name = "開欄町";
    conf.town_name_en = "Kairan Town";
    conf.signup_mails_per_address_day = 3;
    conf.signup_tries_per_network_hour = 10;
    conf.letters_per_hour = 1000;
    a = arena_new();
    texts_open();
    owner = town_connect("kairan_owner");
    town_make(owner);
    if (!db_open("kairan_public", public_sets, COUNT(public_sets), &residents, &f) ||
        !db_open("kairan_sender", sender_sets, COUNT(sender_sets), &sender, &f))
        fail_msg("%s %s", f.text, f.detail);
    assert_true(link_keys_load(sender, &keys, &f));
    return 0;
}

static int close_town(void **state) {
    (void)state;
    link_keys_free(&keys);
    db_close(&residents);
    db_close(&sender);
    PQfinish(owner);
    arena_free(&a);
    return 0;
}

static bool request(const char *address, const int64_t *choice, const char *network,
                    struct fault *f) {
    struct subscriber_wish wish = {
        .address = address,
        .lang = "ja",
        .categories = choice,
        .category_count = 1,
        .areas = choice,
        .area_count = 1,
        .terms_version = "1",
    };
    return subscriber_request(residents, a, &wish, network, f);
}

/* Takes all waiting letters; the last one's text is in *mail. */
static size_t take_letters(struct letter **letters, struct letter_mail *mail) {
    size_t count;
    struct fault f = {0};
    assert_true(letter_claim(sender, a, "host", 0, 100, letters, &count, &f));
    for (size_t i = 0; i < count; i++) {
        if (!letter_compose(a, *letters + i, keys, mail, &f))
            fail_msg("%s", f.text);
        assert_true(letter_record(sender, *letters + i, "accepted", "250 ok", 0, &f));
    }
    return count;
}

/* The token behind "/confirm/" or "/leave/" in a letter. */
static char *token_in(const char *body, const char *path) {
    const char *at = strstr(body, path);
    assert_non_null(at);
    at += strlen(path);
    return arena_strndup(a, at, strcspn(at, "\n?"));
}

static const char *chosen(const char *address) {
    return town_valuef(owner,
                       "SELECT format('%%s %%s %%s', s.categories, s.areas, s.own) FROM contact c "
                       "JOIN subscriber s ON s.id = c.subscriber WHERE c.address = '%s'",
                       address);
}

static void test_004_2_2_nobody_is_registered_before_the_button(void **state) {
    (void)state;
    struct letter *letters;
    struct letter_mail mail;
    struct fault f = {0};
    struct choice *choices;
    size_t count;
    bool used;
    assert_true(request("new@resident.example", one, "192.0.2.1", &f));
    assert_string_equal(chosen("new@resident.example"), "");
    assert_int_equal(take_letters(&letters, &mail), 1);
    assert_string_equal(letters[0].address, "new@resident.example");
    assert_string_equal(mail.from_name, "開欄町");
    assert_string_equal(mail.from_address, "kairan@city.kairan.example");
    assert_non_null(strstr(mail.body, "https://alert.city.kairan.example/confirm/"));
    assert_null(strchr(mail.body, '{'));
    char *token = token_in(mail.body, "/confirm/");
    for (int i = 0; i < 3; i++) { /* looking changes nothing */
        assert_true(subscriber_peek(residents, a, token, &choices, &count, &used, &f));
        assert_false(used);
        assert_int_equal(count, 2);
        assert_string_equal(choices[0].name, "防災");
        assert_string_equal(choices[1].name, "北部");
        assert_string_equal(chosen("new@resident.example"), "");
    }
    assert_true(subscriber_confirm(residents, token, &f));
    assert_string_equal(chosen("new@resident.example"), "{1} {1} t");
    assert_true(subscriber_confirm(residents, token, &f));
    assert_true(subscriber_peek(residents, a, token, &choices, &count, &used, &f));
    assert_true(used);
    assert_string_equal(town_value(owner, "SELECT count(*) FROM contact"), "1");
}

/* Letters end without address and secret: nothing to steal from a finished queue. */
static void sent_letters_forget(void **state) {
    (void)state;
    assert_string_equal(town_value(owner, "SELECT count(*) FROM letter WHERE address IS NOT NULL "
                                          "OR secret IS NOT NULL"),
                        "0");
}

static void registering_again_changes_the_choices(void **state) {
    (void)state;
    struct letter *letters;
    struct letter_mail mail;
    struct fault f = {0};
    assert_true(request("NEW@resident.example", two, "192.0.2.1", &f));
    assert_int_equal(take_letters(&letters, &mail), 1);
    assert_true(subscriber_confirm(residents, token_in(mail.body, "/confirm/"), &f));
    assert_string_equal(chosen("NEW@resident.example"), "{2} {2} t");
    assert_string_equal(town_value(owner, "SELECT count(*) FROM contact"), "1");
}

static void only_whole_live_tokens_confirm(void **state) {
    (void)state;
    struct letter *letters;
    struct letter_mail mail;
    struct choice *choices;
    size_t count;
    bool used;
    struct fault f = {0};
    assert_true(request("late@resident.example", one, "192.0.2.1", &f));
    assert_int_equal(take_letters(&letters, &mail), 1);
    char *token = token_in(mail.body, "/confirm/");
    char *bad[] = {"",
                   "x",
                   arena_strndup(a, token, strlen(token) - 1),
                   arena_printf(a, "%sA", token),
                   arena_printf(a, "%s=", token),
                   arena_strdup(a, token)};
    char *last = bad[COUNT(bad) - 1];
    last[3] = last[3] == 'a' ? 'A' : 'a';
    for (size_t i = 0; i < COUNT(bad); i++) {
        f = (struct fault){0};
        assert_false(subscriber_confirm(residents, bad[i], &f));
        assert_int_equal(f.kind, FAULT_MISSING);
        f = (struct fault){0};
        assert_false(subscriber_peek(residents, a, bad[i], &choices, &count, &used, &f));
        assert_int_equal(f.kind, FAULT_MISSING);
    }
    town_value(owner, "UPDATE signup SET expires = now() WHERE address = 'late@resident.example'");
    assert_false(subscriber_confirm(residents, token, &f));
    assert_string_equal(chosen("late@resident.example"), "");
}

static void leave_links_leave_once_and_for_all(void **state) {
    (void)state;
    struct fault f = {0};
    char token[LINK_B];
    int64_t contact;
    assert_true(text_int(town_value(owner, "SELECT id FROM contact"), 1, INT64_MAX, &contact));
    assert_true(link_mint(keys, LINK_LEAVE, contact, token, &f));
    assert_true(subscriber_leave_peek(residents, token, &f));
    assert_string_equal(town_value(owner, "SELECT count(*) FROM contact WHERE gone_at IS NULL"),
                        "1");
    char cut[LINK_B];
    memcpy(cut, token, LINK_B);
    cut[LINK_B - 2] = '\0';
    const char *bad[] = {"", "x", cut, "../../etc", arena_printf(a, "%s=3D", token)};
    for (size_t i = 0; i < COUNT(bad); i++) {
        f = (struct fault){0};
        assert_false(subscriber_leave(residents, bad[i], &f));
        assert_int_equal(f.kind, FAULT_MISSING);
        assert_false(subscriber_leave_peek(residents, bad[i], &f));
    }
    for (int i = 0; i < 2; i++) {
        assert_true(subscriber_leave(residents, token, &f));
        assert_true(subscriber_leave_peek(residents, token, &f));
    }
    assert_string_equal(town_value(owner, "SELECT count(*) FROM contact WHERE address IS NOT NULL"),
                        "0");
}

/* A17: what is asked for an unknown address succeeds as for a known one; only the known one's
 * owner gets a letter. */
static void leaving_by_address_tells_nothing(void **state) {
    (void)state;
    struct letter *letters;
    struct letter_mail mail;
    struct fault f = {0};
    town_residents(owner, 2);
    assert_true(
        subscriber_leave_request(residents, a, "nobody@resident.example", "en", "192.0.2.2", &f));
    assert_int_equal(take_letters(&letters, &mail), 0);
    assert_true(
        subscriber_leave_request(residents, a, "R1@resident.example", "en", "192.0.2.2", &f));
    assert_int_equal(take_letters(&letters, &mail), 1);
    assert_string_equal(mail.from_name, "Kairan Town");
    assert_string_equal(letters[0].address, "r1@resident.example");
    assert_true(subscriber_leave(residents, token_in(mail.body, "/leave/"), &f));
    assert_string_equal(town_value(owner, "SELECT count(*) FROM contact WHERE channel = 'mail' "
                                          "AND gone_at IS NULL"),
                        "1");
}

/* A15: many requests for one victim, from many networks, are a few letters. */
static void one_address_gets_few_letters(void **state) {
    (void)state;
    struct letter *letters;
    struct letter_mail mail;
    struct fault f = {0};
    for (int i = 0; i < 50; i++) {
        const char *network = arena_printf(a, "198.51.100.%d", i);
        if (i % 2)
            assert_true(request("victim@resident.example", one, network, &f));
        else
            assert_true(subscriber_leave_request(residents, a, "victim@resident.example", "ja",
                                                 network, &f));
    }
    assert_true(take_letters(&letters, &mail) <= 3);
}

static void one_network_gets_few_tries(void **state) {
    (void)state;
    struct letter *letters;
    struct letter_mail mail;
    struct fault f = {0};
    int done = 0;
    for (int i = 0; i < 30; i++)
        done += request(arena_printf(a, "many%d@resident.example", i), one, "2001:db8::1", &f);
    assert_true(done <= 10);
    assert_int_equal(f.kind, FAULT_LIMIT);
    f = (struct fault){0};
    assert_false(request("more@resident.example", one, "2001:db8::ffff", &f)); /* same /64 */
    assert_true(request("other@resident.example", one, "2001:db8:1::1", &f));
    assert_int_equal(take_letters(&letters, &mail), (size_t)done + 1);
}

static void unknown_choices_are_refused(void **state) {
    (void)state;
    static const int64_t none[] = {999};
    struct fault f = {0};
    assert_false(request("x@resident.example", none, "192.0.2.9", &f));
    assert_int_equal(f.kind, FAULT_INVALID);
    assert_string_equal(f.field, "category");
}

static void the_public_role_sees_no_list(void **state) {
    (void)state;
    PGconn *conn = town_connect("kairan_public");
    static const char *const tries[] = {
        "SELECT * FROM contact",  "SELECT * FROM subscriber",
        "SELECT * FROM signup",   "SELECT * FROM letter",
        "SELECT * FROM link_key", "SELECT * FROM link_keys()",
        "DELETE FROM contact",    "UPDATE subscriber SET categories = '{}'",
    };
    for (size_t i = 0; i < COUNT(tries); i++)
        if (strcmp(town_state(conn, tries[i]), NO_RIGHT) != 0)
            ROW_FAIL(i, "%s", tries[i]);
    PQfinish(conn);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_004_2_2_nobody_is_registered_before_the_button),
        cmocka_unit_test(sent_letters_forget),
        cmocka_unit_test(registering_again_changes_the_choices),
        cmocka_unit_test(only_whole_live_tokens_confirm),
        cmocka_unit_test(leave_links_leave_once_and_for_all),
        cmocka_unit_test(leaving_by_address_tells_nothing),
        cmocka_unit_test(one_address_gets_few_letters),
        cmocka_unit_test(one_network_gets_few_tries),
        cmocka_unit_test(unknown_choices_are_refused),
        cmocka_unit_test(the_public_role_sees_no_list),
    };
    return cmocka_run_group_tests(tests, open_town, close_town);
}
