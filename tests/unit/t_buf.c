/* base/buf: growth, the cap, and that overflow sticks. */
#include "check.h"

#include "buf.h"

#include <stdio.h>
#include <string.h>

static void test_empty(void **state) {
    (void)state;
    struct buf b = buf_init(10);
    assert_string_equal(buf_text(&b), "");
    buf_drop(&b, 5);
    buf_clear(&b);
    buf_add(&b, "", 0);
    assert_string_equal(buf_text(&b), "");
    assert_false(b.over);
    buf_done(&b);
    buf_done(&b);
}

static void test_adding(void **state) {
    (void)state;
    struct buf b = buf_init(1000);
    buf_str(&b, "one ");
    buf_char(&b, '2');
    buf_add(&b, "\0x", 2);
    buf_printf(&b, "%d%%", 3);
    assert_int_equal(b.len_b, 9);
    assert_memory_equal(b.data, "one 2\0x3%", 10);
    buf_drop(&b, 6);
    assert_string_equal(buf_text(&b), "x3%");
    buf_drop(&b, 100);
    assert_string_equal(buf_text(&b), "");
    buf_done(&b);
}

static void test_cap_is_exact_and_overflow_sticks(void **state) {
    (void)state;
    for (size_t cap_b = 0; cap_b < 600; cap_b++) {
        struct buf b = buf_init(cap_b);
        for (size_t i = 0; i < cap_b; i++)
            buf_char(&b, 'x');
        assert_false(b.over);
        assert_int_equal(b.len_b, cap_b);
        buf_printf(&b, "%s", "too much");
        assert_true(b.over);
        buf_drop(&b, cap_b);
        buf_str(&b, "y");
        assert_int_equal(b.len_b, 0);
        buf_clear(&b);
        assert_false(b.over);
        assert_true(b.size_b <= cap_b + 1);
        buf_done(&b);
    }
}

static void test_what_does_not_fit_is_left_out_whole(void **state) {
    (void)state;
    struct buf b = buf_init(5);
    buf_str(&b, "123");
    buf_str(&b, "456");
    assert_string_equal(buf_text(&b), "123");
    buf_str(&b, "4");
    assert_string_equal(buf_text(&b), "123");
    buf_done(&b);
}

static void test_large(void **state) {
    (void)state;
    struct buf b = buf_init(8 << 20);
    for (int i = 0; i < 1 << 20; i++)
        buf_add(&b, "12345678", 8);
    assert_false(b.over);
    assert_int_equal(b.len_b, 8 << 20);
    assert_int_equal(b.data[b.len_b], '\0');
    buf_printf(&b, "%d", 1);
    assert_true(b.over);
    buf_done(&b);
}

static void test_numbers(void **state) {
    (void)state;
    static const int64_t NUMBERS[] = {0, 7, -7, 10, 1234567890, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < COUNT(NUMBERS); i++) {
        struct buf b = buf_init(100);
        char want[32];
        snprintf(want, sizeof want, "%lld", (long long)NUMBERS[i]);
        buf_int(&b, NUMBERS[i]);
        assert_string_equal(buf_text(&b), want);
        buf_done(&b);
    }
}

static void test_printing_at_every_length(void **state) {
    (void)state;
    struct buf b = buf_init(5000);
    char want[5001] = "";
    for (int i = 0; i < 90; i++) {
        size_t len_b = strlen(want);
        buf_printf(&b, "%0*d", i, i);
        snprintf(want + len_b, sizeof want - len_b, "%0*d", i, i);
        assert_string_equal(buf_text(&b), want);
        assert_int_equal(b.len_b, strlen(want));
    }
    buf_done(&b);
    b = buf_init(20);
    buf_str(&b, "0123456789");
    buf_printf(&b, "%s", "longer than it fits");
    assert_string_equal(buf_text(&b), "0123456789");
    buf_done(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_adding),
        cmocka_unit_test(test_cap_is_exact_and_overflow_sticks),
        cmocka_unit_test(test_what_does_not_fit_is_left_out_whole),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_printing_at_every_length),
    };
    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
