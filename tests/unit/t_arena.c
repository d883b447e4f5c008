/* base/arena: alignment, zeroes, reuse, and what cannot be had. */
#include "check.h"

#include <signal.h>
#include <stdalign.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena.h"

static bool all_zero(const unsigned char *data, size_t len_b) {
    while (len_b > 0 && data[len_b - 1] == 0)
        len_b--;
    return len_b == 0;
}

static void test_pieces_are_aligned_zeroed_apart(void **state) {
    (void)state;
    struct arena *a = arena_new();
    for (int round = 0; round < 3; round++, arena_reset(a))
        for (size_t size_b = 0; size_b < 3000; size_b += 7) {
            unsigned char *piece = arena_alloc(a, size_b), *next = arena_alloc(a, 1);
            assert_int_equal((uintptr_t)piece % alignof(max_align_t), 0);
            assert_true(all_zero(piece, size_b));
            memset(piece, 0xFF, size_b);
            assert_int_equal(*next, 0);
        }
    arena_free(&a);
    assert_null(a);
    arena_free(&a);
    arena_free(NULL);
}

static void test_large_pieces(void **state) {
    (void)state;
    struct arena *a = arena_new();
    unsigned char *large = arena_alloc(a, 10 << 20);
    assert_true(all_zero(large, 10 << 20));
    assert_non_null(arena_array(a, 1000, 1000));
    arena_free(&a);
}

static void test_copies(void **state) {
    (void)state;
    struct arena *a = arena_new();
    assert_string_equal(arena_strdup(a, "回覧"), "回覧");
    assert_string_equal(arena_strndup(a, "abcdef", 3), "abc");
    assert_string_equal(arena_strndup(a, "ab", 100), "ab");
    assert_string_equal(arena_strndup(a, "", 0), "");
    assert_memory_equal(arena_memdup(a, "a\0b", 3), "a\0b", 3);
    assert_string_equal(arena_printf(a, "%s-%05d", "x", 42), "x-00042");
    assert_int_equal(strlen(arena_printf(a, "%100000d", 1)), 100000);
    arena_free(&a);
}

/* How a child ends that wants count times size_b. */
static int signal_of(size_t count, size_t size_b) {
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct arena *a = arena_new();
        close(STDERR_FILENO);
        signal(SIGABRT, SIG_DFL);
        arena_array(a, count, size_b);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void test_out_of_memory_aborts(void **state) {
    (void)state;
    assert_int_equal(signal_of(1, 64), 0);
    assert_int_equal(signal_of(SIZE_MAX / 2, 3), SIGABRT);
    assert_int_equal(signal_of(SIZE_MAX / 16 + 1, 16), SIGABRT);
    assert_int_equal(signal_of(1, SIZE_MAX), SIGABRT);
    assert_int_equal(signal_of(1, SIZE_MAX - 8), SIGABRT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_are_aligned_zeroed_apart),
        cmocka_unit_test(test_large_pieces),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_out_of_memory_aborts),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
