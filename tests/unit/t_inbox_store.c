/* The ring of mails: order, bounds, search. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "store.h"

static uint64_t add(struct store *s, const char *rcpts, size_t rcpts_b, const char *raw) {
    struct mail m = {.rcpt_count = 1,
                     .rcpts = rcpts,
                     .rcpts_b = rcpts_b,
                     .from = "a@b.example",
                     .raw = raw,
                     .raw_b = strlen(raw)};
    return store_add(s, &m)->id;
}

#define ADD(s, rcpts, raw) add((s), (rcpts), sizeof(rcpts), (raw))

static void keeps_the_newest(void **state) {
    (void)state;
    CLEANUP(store_free) struct store *s = store_new(3, 1 << 20);
    for (uint64_t i = 1; i <= 10; i++)
        assert_int_equal(ADD(s, "x@y.example", "hello"), i);
    assert_int_equal(store_newest(s), 10);
    assert_int_equal(store_count(s), 3);
    assert_null(store_find(s, 0));
    assert_null(store_find(s, 7));
    assert_null(store_find(s, 11));
    assert_int_equal(store_find(s, 8)->id, 8);
    assert_string_equal(store_find(s, 10)->raw, "hello");
}

static void is_bounded_in_bytes(void **state) {
    static char big[4001];
    (void)state;
    CLEANUP(store_free) struct store *s = store_new(1000, 10000);
    memset(big, 'x', sizeof big - 1);
    for (int i = 0; i < 20; i++)
        ADD(s, "x@y.example", big);
    assert_int_equal(store_count(s), 2);
    assert_non_null(store_find(s, 20));
}

/* A single mail over the bound is kept alone rather than lost. */
static void keeps_one_mail_at_least(void **state) {
    (void)state;
    CLEANUP(store_free) struct store *s = store_new(5, 10);
    ADD(s, "x@y.example", "one");
    ADD(s, "x@y.example", "two");
    assert_int_equal(store_count(s), 1);
    assert_string_equal(store_find(s, 2)->raw, "two");
}

static void finds_by_recipient(void **state) {
    (void)state;
    CLEANUP(store_free) struct store *s = store_new(10, 1 << 20);
    ADD(s, "taro@phone.example", "1");
    ADD(s, "hanako@phone.example\0Jiro@mail.example", "2");
    ADD(s, "kotaro@phone.example", "3");
    assert_int_equal(store_before(s, UINT64_MAX, "taro@phone.example", "")->id, 1);
    assert_int_equal(store_before(s, UINT64_MAX, "JIRO@mail.example", "")->id, 2);
    assert_int_equal(store_before(s, UINT64_MAX, "", "TARO")->id, 3);
    assert_int_equal(store_before(s, 3, "", "taro")->id, 1);
    assert_null(store_before(s, 1, "", "taro"));
    assert_null(store_before(s, UINT64_MAX, "aro@phone.example", ""));
    assert_int_equal(store_before(s, UINT64_MAX, "", "")->id, 3);
}

static void forgets_all_but_the_count(void **state) {
    (void)state;
    CLEANUP(store_free) struct store *s = store_new(4, 1 << 20);
    ADD(s, "x@y.example", "1");
    store_clear(s);
    assert_int_equal(store_count(s), 0);
    assert_null(store_before(s, UINT64_MAX, "", ""));
    assert_int_equal(ADD(s, "x@y.example", "2"), 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_newest),          cmocka_unit_test(is_bounded_in_bytes),
        cmocka_unit_test(keeps_one_mail_at_least),   cmocka_unit_test(finds_by_recipient),
        cmocka_unit_test(forgets_all_but_the_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
