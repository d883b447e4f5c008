/* base/log: one line per event, whatever the data holds. */
#include "check.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"

enum { SAID_B = 16384 };

static char said[SAID_B];

/* What `act` writes to standard error, in a process of its own. Returns its exit status. */
static int listen_to(void (*act)(void)) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        log_open("kairan-test", "send 0", LOG_LEVEL_INFO);
        act();
        _exit(0);
    }
    close(ends[1]);
    size_t len_b = 0;
    for (ssize_t n; (n = read(ends[0], said + len_b, sizeof said - 1 - len_b)) > 0;)
        len_b += (size_t)n;
    said[len_b] = '\0';
    close(ends[0]);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WEXITSTATUS(status);
}

static size_t lines(void) {
    size_t count = 0;
    for (const char *p = said; *p; p++)
        count += *p == '\n';
    return count;
}

static void say_levels(void) {
    log_job("r-17");
    log_error("one %d", 1);
    log_job("");
    log_warn("two");
    log_info("three");
    log_debug("never");
}

static void test_lines_and_levels(void **state) {
    (void)state;
    assert_int_equal(listen_to(say_levels), 0);
    assert_int_equal(lines(), 3);
    int pid;
    assert_int_equal(sscanf(said, "error kairan-test[%d] send 0 r-17: one 1\n", &pid), 1);
    assert_non_null(strstr(said, "] send 0 r-17: one 1\nwarn "));
    assert_non_null(strstr(said, "] send 0: two\ninfo "));
    assert_null(strstr(said, "never"));
}

static void say_hostile(void) {
    log_job("x\nerror forged");
    log_info("%s",
             "a\nerror kairan[1]: forged\r\x1b[2J\x7f\\n \xc2\x9b \xe2\x80\xa8 \xff\xc0\x80 回覧");
}

static void test_data_cannot_forge_a_line(void **state) {
    (void)state;
    listen_to(say_hostile);
    assert_int_equal(lines(), 1);
    assert_non_null(strstr(said, " x\\x0aerror forged: a\\x0aerror kairan[1]: forged\\x0d\\x1b[2J"
                                 "\\x7f\\\\n \\xc2\\x9b \\xe2\\x80\\xa8 \\xff\\xc0\\x80 回覧\n"));
}

static void say_much(void) {
    char much[10000];
    memset(much, '\x01', sizeof much - 1);
    much[sizeof much - 1] = '\0';
    log_info("%s", much);
}

static void test_long_line_is_cut(void **state) {
    (void)state;
    listen_to(say_much);
    assert_int_equal(lines(), 1);
    assert_true(strlen(said) <= 4096);
    assert_int_equal(said[strlen(said) - 1], '\n');
}

static void end(void) {
    die("Set %s.", "domain");
}

static void test_die_ends_with_1(void **state) {
    (void)state;
    assert_int_equal(listen_to(end), 1);
    assert_non_null(strstr(said, ": Set domain.\n"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_and_levels),
        cmocka_unit_test(test_data_cannot_forge_a_line),
        cmocka_unit_test(test_long_line_is_cut),
        cmocka_unit_test(test_die_ends_with_1),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
