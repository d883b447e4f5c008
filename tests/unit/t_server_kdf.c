/* The helper that proves passwords: its answers come in the order asked, and its death is noticed.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "check.h"
#include "door/kdf.h"
#include "door/password.h"
#include "settings/conf.h"

enum { WAIT_MS = 20000 };

static struct told {
    const char *tickets[4];
    enum fault_kind kinds[4]; /* FAULT_NONE: a proof */
    size_t count;
} told;

static void on_done(void *ticket, const unsigned char *proof, const struct fault *f) {
    assert_true(f || proof);
    told.tickets[told.count] = ticket;
    told.kinds[told.count++] = f ? f->kind : FAULT_NONE;
}

static int open_helper(void **state) {
    (void)state;
    struct fault f = {0};
    told = (struct told){0};
    conf.password_queue = 2;
    return kdf_open(&f) ? 0 : -1;
}

static int close_helper(void **state) {
    (void)state;
    kdf_close(on_done);
    return 0;
}

static bool ask(const char *ticket, const char *cost, struct fault *f) {
    static const unsigned char salt[PASSWORD_SALT_B] = "salt";
    struct ask question = {
        .password = "a long enough password", .cost = cost, .salt = salt, .salt_b = sizeof salt};
    return kdf_ask(&question, (void *)(uintptr_t)ticket, f);
}

static void wait_readable(void) {
    struct pollfd p = {.fd = kdf_socket(), .events = POLLIN};
    assert_int_equal(poll(&p, 1, WAIT_MS), 1);
}

static pid_t helper_pid(void) {
    char path[64];
    int pid = 0;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%d", &pid), 1);
    fclose(file);
    return pid;
}

static void test_answers_come_in_order(void **state) {
    (void)state;
    struct fault f = {0};
    assert_true(ask("first", "scrypt:10:8:1", &f));
    assert_true(ask("second", "no cost of ours", &f));
    assert_false(ask("third", "scrypt:10:8:1", &f));
    assert_int_equal(f.kind, FAULT_RETRY);
    while (told.count < 2) {
        wait_readable();
        assert_true(kdf_take(on_done));
    }
    assert_string_equal(told.tickets[0], "first");
    assert_int_equal(told.kinds[0], FAULT_NONE);
    assert_string_equal(told.tickets[1], "second");
    assert_int_equal(told.kinds[1], FAULT_BROKEN);
}

/* A helper that was killed at rest: whatever errno says from earlier calls, the end of its socket
 * is its end. */
static void test_its_death_is_noticed(void **state) {
    (void)state;
    kill(helper_pid(), SIGKILL);
    wait_readable();
    errno = EAGAIN;
    assert_false(kdf_take(on_done));
    assert_int_equal(told.count, 0);
}

static void test_who_waits_for_a_dead_helper_is_told(void **state) {
    (void)state;
    struct fault f = {0};
    kill(helper_pid(), SIGSTOP);
    assert_true(ask("waits", "scrypt:10:8:1", &f));
    kill(helper_pid(), SIGKILL);
    wait_readable();
    assert_false(kdf_take(on_done));
    assert_int_equal(told.count, 1);
    assert_string_equal(told.tickets[0], "waits");
    assert_int_equal(told.kinds[0], FAULT_RETRY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_answers_come_in_order, open_helper, close_helper),
        cmocka_unit_test_setup_teardown(test_its_death_is_noticed, open_helper, close_helper),
        cmocka_unit_test_setup_teardown(test_who_waits_for_a_dead_helper_is_told, open_helper,
                                        close_helper),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
