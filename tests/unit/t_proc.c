/* base/proc: a pool of this very program. Children report "role slot pid" on a pipe, whose end
 * says that all of them are gone. */
#include "check.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "proc.h"
#include "text.h"

enum { PATIENCE_MS = 20000, LOWEST = 19 /* priority that Linux knows */ };

/* ---- the child ---- */

static int child_main(int fd, const char *role, const char *slot) {
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    proc_signals();
    dprintf(fd, "%s %s %d %d\n", role, slot, (int)getpid(), getpriority(PRIO_PROCESS, 0));
    if (strcmp(role, "broken") == 0)
        return 3;
    if (strcmp(role, "lost") == 0)
        raise(SIGKILL);
    proc_ready();
    if (strcmp(role, "hasty") == 0)
        return 3;
    int until = strcmp(role, "stubborn") == 0 ? 1000 : 1;
    while (proc_stop < until)
        sigsuspend(&before);
    return 0;
}

/* ---- the test's side ---- */

struct run {
    pid_t master;
    int from; /* what the children say */
    FILE *said;
};

struct report {
    char role[16];
    int slot, pid, priority;
};

static struct run start(const struct proc_role *roles, size_t count, int grace_s) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        char fd[16], *argv[] = {(char[]){"t_proc"}, (char[]){"--report"}, fd, NULL};
        close(ends[0]);
        snprintf(fd, sizeof fd, "%d", ends[1]);
        log_open("t_proc", "", LOG_LEVEL_ERROR);
        _exit(proc_pool(argv, roles, count, grace_s));
    }
    close(ends[1]);
    return (struct run){.master = pid, .from = ends[0], .said = fdopen(ends[0], "r")};
}

/* The next report; false when every child is gone. */
static bool next(struct run *r, struct report *report) {
    char line[128];
    if (!fgets(line, sizeof line, r->said))
        return false;
    assert_int_equal(
        sscanf(line, "%15s %d %d %d", report->role, &report->slot, &report->pid, &report->priority),
        4);
    return true;
}

static int finish(struct run *r) {
    struct report report;
    while (next(r, &report))
        ;
    fclose(r->said);
    int status;
    assert_int_equal(waitpid(r->master, &status, 0), r->master);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void test_every_role_starts_and_stops(void **state) {
    (void)state;
    static const struct proc_role roles[] = {{.role = "send", .count = 3},
                                             {.role = "sweep", .count = 1, .nice = 5},
                                             {.role = "none", .count = 0}};
    struct run r = start(roles, COUNT(roles), 30);
    int sends = 0, sweeps = 0, usual = getpriority(PRIO_PROCESS, 0);
    for (int i = 0; i < 4; i++) {
        struct report report;
        assert_true(next(&r, &report));
        if (strcmp(report.role, "send") == 0)
            sends |= 1 << report.slot;
        else
            sweeps |= 1 << report.slot;
        int lower = usual + 5 < LOWEST ? usual + 5 : LOWEST;
        assert_int_equal(report.priority, strcmp(report.role, "send") == 0 ? usual : lower);
    }
    assert_int_equal(sends, 7);
    assert_int_equal(sweeps, 1);
    kill(r.master, SIGTERM);
    assert_int_equal(finish(&r), 0);
}

static void test_killed_child_is_started_again(void **state) {
    (void)state;
    static const struct proc_role roles[] = {{.role = "send", .count = 2}};
    struct run r = start(roles, COUNT(roles), 30);
    struct report one, two, again;
    assert_true(next(&r, &one) && next(&r, &two));
    kill(two.pid, SIGKILL);
    assert_true(next(&r, &again));
    assert_int_equal(again.slot, two.slot);
    assert_int_not_equal(again.pid, two.pid);
    kill(r.master, SIGINT);
    assert_int_equal(finish(&r), 0);
}

static void test_child_that_ends_young_is_not_started_at_once(void **state) {
    (void)state;
    static const struct proc_role roles[] = {{.role = "hasty", .count = 1}};
    struct timespec before, after;
    struct run r = start(roles, COUNT(roles), 30);
    struct report report;
    assert_true(next(&r, &report));
    clock_gettime(CLOCK_MONOTONIC, &before);
    assert_true(next(&r, &report) && next(&r, &report));
    clock_gettime(CLOCK_MONOTONIC, &after);
    assert_true(after.tv_sec - before.tv_sec >= 1);
    kill(r.master, SIGTERM);
    assert_int_equal(finish(&r), 0);
}

static void test_child_that_cannot_start_ends_the_pool(void **state) {
    (void)state;
    static const struct proc_role roles[] = {{.role = "send", .count = 2},
                                             {.role = "broken", .count = 1}};
    struct run r = start(roles, COUNT(roles), 30);
    assert_int_equal(finish(&r), 1);
}

static void test_child_that_was_killed_at_start_is_started_again(void **state) {
    (void)state;
    static const struct proc_role roles[] = {{.role = "lost", .count = 1}};
    struct run r = start(roles, COUNT(roles), 30);
    struct report report;
    assert_true(next(&r, &report) && next(&r, &report));
    kill(r.master, SIGTERM);
    assert_int_equal(finish(&r), 0);
}

static void test_child_that_will_not_leave_is_killed(void **state) {
    (void)state;
    static const struct proc_role roles[] = {{.role = "stubborn", .count = 1},
                                             {.role = "send", .count = 1}};
    struct run r = start(roles, COUNT(roles), 1);
    struct report report;
    assert_true(next(&r, &report) && next(&r, &report));
    kill(r.master, SIGTERM);
    assert_int_equal(finish(&r), 1);
}

static void test_children_go_with_their_master(void **state) {
    (void)state;
    static const struct proc_role roles[] = {{.role = "send", .count = 2}};
    struct run r = start(roles, COUNT(roles), 30);
    struct report report;
    assert_true(next(&r, &report) && next(&r, &report));
    kill(r.master, SIGKILL);
    struct pollfd p = {.fd = r.from, .events = POLLIN};
    assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
    assert_int_equal(finish(&r), -SIGKILL);
}

int main(int argc, char **argv) {
    int64_t fd;
    if (argc == 7 && strcmp(argv[3], "--role") == 0 && strcmp(argv[5], "--slot") == 0 &&
        text_int(argv[2], 0, 1000, &fd))
        return child_main((int)fd, argv[4], argv[6]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_role_starts_and_stops),
        cmocka_unit_test(test_killed_child_is_started_again),
        cmocka_unit_test(test_child_that_ends_young_is_not_started_at_once),
        cmocka_unit_test(test_child_that_cannot_start_ends_the_pool),
        cmocka_unit_test(test_child_that_was_killed_at_start_is_started_again),
        cmocka_unit_test(test_child_that_will_not_leave_is_killed),
        cmocka_unit_test(test_children_go_with_their_master),
    };
    return cmocka_run_group_tests_name("proc", tests, NULL, NULL);
}
