/* worker/lanes/flow, breaker and domain on a given clock: how connections grow and shrink, how
 * pauses grow and end, which of many domains is held back and suspected. */
#include "check.h"
#include "lanes/breaker.h"
#include "lanes/domain.h"
#include "lanes/flow.h"

/* ---- connections ---- */

/* Plays `seconds` of answers: so many good ones and bad ones a second; the time after. */
static int64_t play(struct flow *f, int64_t now_ms, int seconds, int good, int bad,
                    int latency_ms) {
    for (int s = 0; s < seconds; s++) {
        for (int i = 0; i < good; i++)
            flow_good(f, latency_ms);
        for (int i = 0; i < bad; i++)
            flow_bad(f);
        now_ms += FLOW_WINDOW_MS;
        flow_tick(f, now_ms, flow_limit(f));
    }
    return now_ms;
}

static void test_it_grows_with_every_answer_at_first(void **state) {
    (void)state;
    struct flow f;
    flow_init(&f, 4, 20, 0);
    assert_int_equal(flow_limit(&f), 4);
    for (int i = 0; i < 10; i++)
        flow_good(&f, 5);
    assert_int_equal(flow_limit(&f), 14);
    for (int i = 0; i < 100; i++)
        flow_good(&f, 5);
    assert_int_equal(flow_limit(&f), 20);
}

/* A storm: a fifth is refused for now. Half within 30 s, back within 60 s (A35). */
static void test_a_storm_halves_it_and_it_recovers(void **state) {
    (void)state;
    struct flow f;
    flow_init(&f, 4, 20, 0);
    int64_t now_ms = play(&f, 0, 5, 100, 0, 5);
    assert_int_equal(flow_limit(&f), 20);
    now_ms = play(&f, now_ms, 1, 80, 20, 5);
    assert_int_equal(flow_limit(&f), 10);
    now_ms = play(&f, now_ms, 30, 80, 20, 5);
    assert_int_equal(flow_limit(&f), 1);
    play(&f, now_ms, 25, 100, 0, 5);
    assert_int_equal(flow_limit(&f), 20);
}

static void test_one_refusal_in_twenty_changes_nothing(void **state) {
    (void)state;
    struct flow f;
    flow_init(&f, 4, 20, 0);
    play(&f, 0, 10, 95, 5, 5);
    assert_int_equal(flow_limit(&f), 20);
}

static void test_slow_answers_shrink_it(void **state) {
    (void)state;
    struct flow f;
    flow_init(&f, 4, 20, 0);
    int64_t now_ms = play(&f, 0, 5, 100, 0, 50);
    now_ms = play(&f, now_ms, 12, 100, 0, 5000);
    assert_in_range(flow_limit(&f), 1, 10);
    /* What was always slow is not slow. */
    flow_init(&f, 4, 20, now_ms);
    play(&f, now_ms, 10, 10, 0, 5000);
    assert_int_equal(flow_limit(&f), 20);
}

/* A limit that is not used is no proof that more would do. */
static void test_only_what_is_used_grows(void **state) {
    (void)state;
    struct flow f;
    flow_init(&f, 4, 20, 0);
    int64_t now_ms = play(&f, 0, 2, 10, 10, 5);
    size_t limit = flow_limit(&f);
    for (int i = 0; i < 10; i++) {
        flow_good(&f, 5);
        now_ms += FLOW_WINDOW_MS;
        flow_tick(&f, now_ms, 0);
    }
    assert_int_equal(flow_limit(&f), limit);
}

static void test_all_slow_alike_widens(void **state) {
    (void)state;
    struct flow f;
    flow_init(&f, 4, 20, 0);
    flow_widen(&f);
    assert_int_equal(flow_limit(&f), 8);
    flow_widen(&f);
    flow_widen(&f);
    assert_int_equal(flow_limit(&f), 20);
    int64_t now_ms = play(&f, 0, 1, 0, 1, 5); /* after a cut no more */
    flow_widen(&f);
    assert_int_equal(flow_limit(&f), 10);
    (void)now_ms;
}

/* ---- pace ---- */

static void test_pace_is_kept(void **state) {
    (void)state;
    static const struct {
        double rate;
        size_t least, most; /* tokens of ten seconds, looked for every 10 ms */
    } rows[] = {{0.5, 5, 6}, {1, 10, 11}, {10, 99, 102}, {99, 985, 1000}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bucket b = {0};
        size_t taken = 0;
        bucket_set(&b, rows[i].rate, 0);
        for (int64_t now_ms = 0; now_ms < 10000; now_ms += 10)
            while (bucket_has(&b, now_ms)) {
                bucket_take(&b, 1);
                taken++;
            }
        if (taken < rows[i].least || taken > rows[i].most)
            ROW_FAIL(i, "%zu", taken);
    }
}

static void test_a_mail_to_many_is_paid_for(void **state) {
    (void)state;
    struct bucket b = {0};
    bucket_set(&b, 10, 0);
    assert_true(bucket_has(&b, 0));
    bucket_take(&b, 100);
    assert_false(bucket_has(&b, 9800));
    assert_true(bucket_has(&b, 10100));
    bucket_set(&b, 0, 0); /* no limit any more */
    assert_true(bucket_has(&b, 0));
}

/* ---- pauses ---- */

static void test_pauses_grow_and_end(void **state) {
    (void)state;
    struct breaker b = {0};
    int64_t now_ms = 1000, expect_ms = BREAKER_FIRST_MS;
    assert_true(breaker_ready(&b, now_ms));
    for (int i = 0; i < 10; i++) {
        assert_true(breaker_trip(&b, now_ms, "why"));
        assert_false(breaker_trip(&b, now_ms, "the rest of them"));
        assert_string_equal(b.reason, "why");
        assert_in_range(b.until_ms - now_ms, expect_ms / 2, expect_ms);
        assert_false(breaker_ready(&b, b.until_ms - 1));
        now_ms = b.until_ms;
        assert_true(breaker_ready(&b, now_ms));
        expect_ms = expect_ms * 2 < BREAKER_MOST_MS ? expect_ms * 2 : BREAKER_MOST_MS;
    }
    assert_true(breaker_mend(&b));
    assert_false(breaker_mend(&b));
    assert_true(breaker_trip(&b, now_ms, "anew"));
    assert_in_range(b.until_ms - now_ms, BREAKER_FIRST_MS / 2, BREAKER_FIRST_MS);
}

/* ---- domains ---- */

/* Begins mails, numbered on from *mail, while the domain is open; how many. */
static size_t fill(struct domain *d, uint64_t *mail, int64_t now_ms, uint64_t taken) {
    size_t n = 0;
    for (; domain_open(d, 0, now_ms); n++)
        assert_true(domain_begin(d, ++*mail, now_ms, taken));
    return n;
}

static void test_a_domain_proves_itself(void **state) {
    (void)state;
    struct domains *all = domains_new();
    struct domain *d = domain_take(all, "a@x.example");
    uint64_t mail = 0;
    assert_ptr_equal(domain_take(all, "b@x.example"), d);
    assert_ptr_not_equal(domain_take(all, "b@y.example"), d);
    assert_int_equal(fill(d, &mail, 0, 0), DOMAIN_FIRST);
    assert_false(domain_proven(d));
    assert_true(domain_ended(d, true, DOMAIN_TAKEN, 10, 1));
    assert_true(domain_proven(d));
    assert_int_equal(fill(d, &mail, 10, 1), 2);
    domains_free(&all);
}

/* Recipients of one mail are one mail. */
static void test_a_mail_to_many_counts_once(void **state) {
    (void)state;
    struct domains *all = domains_new();
    struct domain *d = domain_take(all, "a@x.example");
    assert_true(domain_begin(d, 1, 0, 0));
    for (int i = 0; i < 99; i++) {
        assert_true(domain_open(d, 1, 0));
        assert_false(domain_begin(d, 1, 0, 0));
    }
    assert_int_equal(d->in_flight, 1);
    domain_ended(d, true, DOMAIN_TAKEN, 1, 1);
    for (int i = 0; i < 99; i++)
        domain_ended(d, false, DOMAIN_TAKEN, 1, 1);
    assert_int_equal(d->in_flight, 0);
    domains_free(&all);
}

/* Silent while the others are served: suspected. While nobody is: more may begin. */
static void test_silence_is_judged_beside_the_others(void **state) {
    (void)state;
    struct domains *all = domains_new();
    struct domain *d = domain_take(all, "a@x.example");
    uint64_t mail = 0;
    fill(d, &mail, 0, 100);
    domain_look(d, DOMAIN_QUIET_MS, 100 + DOMAIN_OTHERS - 1);
    assert_null(domain_suspect(all));
    domain_look(d, DOMAIN_QUIET_MS - 1, 100 + DOMAIN_OTHERS);
    assert_null(domain_suspect(all));
    assert_false(domain_open(d, 0, DOMAIN_QUIET_MS));
    domain_look(d, DOMAIN_QUIET_MS, 100 + DOMAIN_OTHERS);
    assert_ptr_equal(domain_suspect(all), d);
    d->asked = true;
    assert_null(domain_suspect(all));

    struct domain *slow = domain_take(all, "a@slow.example");
    fill(slow, &mail, 0, 100);
    domain_look(slow, DOMAIN_WIDEN_MS - 1, 100);
    assert_false(domain_open(slow, 0, DOMAIN_WIDEN_MS));
    domain_look(slow, DOMAIN_WIDEN_MS, 100);
    assert_true(domain_open(slow, 0, DOMAIN_WIDEN_MS));
    domains_free(&all);
}

/* Dropped connections: it rests, longer each time, one mail at a time; a mail taken ends that. */
static void test_faults_make_it_rest(void **state) {
    (void)state;
    struct domains *all = domains_new();
    struct domain *d = domain_take(all, "a@x.example");
    uint64_t mail = 0;
    int64_t now_ms = 0, rest_ms = 0;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(fill(d, &mail, now_ms, 0), i == 0 ? DOMAIN_FIRST : 1);
        while (d->in_flight > 0)
            domain_ended(d, true, DOMAIN_FAULT, now_ms, 0);
        assert_true(d->until_ms - now_ms > rest_ms);
        rest_ms = d->until_ms - now_ms;
        assert_false(domain_open(d, 0, d->until_ms - 1));
        now_ms = d->until_ms;
    }
    assert_null(domain_suspect(all)); /* nobody else was served meanwhile */
    assert_int_equal(fill(d, &mail, now_ms, DOMAIN_OTHERS), 1);
    domain_ended(d, true, DOMAIN_FAULT, now_ms, DOMAIN_OTHERS);
    assert_ptr_equal(domain_suspect(all), d);
    now_ms = d->until_ms;
    assert_int_equal(fill(d, &mail, now_ms, DOMAIN_OTHERS), 1);
    domain_ended(d, true, DOMAIN_TAKEN, now_ms, DOMAIN_OTHERS + 1);
    assert_null(domain_suspect(all));
    domains_free(&all);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_grows_with_every_answer_at_first),
        cmocka_unit_test(test_a_storm_halves_it_and_it_recovers),
        cmocka_unit_test(test_one_refusal_in_twenty_changes_nothing),
        cmocka_unit_test(test_slow_answers_shrink_it),
        cmocka_unit_test(test_only_what_is_used_grows),
        cmocka_unit_test(test_all_slow_alike_widens),
        cmocka_unit_test(test_pace_is_kept),
        cmocka_unit_test(test_a_mail_to_many_is_paid_for),
        cmocka_unit_test(test_pauses_grow_and_end),
        cmocka_unit_test(test_a_domain_proves_itself),
        cmocka_unit_test(test_a_mail_to_many_counts_once),
        cmocka_unit_test(test_silence_is_judged_beside_the_others),
        cmocka_unit_test(test_faults_make_it_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
