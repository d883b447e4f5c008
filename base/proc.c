/* The master of a pool. It does nothing but wait for signals and children; signals stay blocked in
 * it and are taken one at a time, so that none is lost between a look and a wait. */
#include "proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena.h"
#include "clock.h"
#include "log.h"
#include "text.h"

/* Names the pipe on which a child says that it is ready. */
#define READY_FD "PROC_READY_FD"

enum { START_GAP_MS = 1000 }; /* between two starts of the same child */

volatile int proc_stop;

static void on_stop(int signal) {
    (void)signal;
    proc_stop = proc_stop + 1;
}

static void handle(int signal, void (*handler)(int)) {
    struct sigaction action = {.sa_handler = handler}; /* no SA_RESTART: waits are to end */
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
}

void proc_signals(void) {
    handle(SIGTERM, on_stop);
    handle(SIGINT, on_stop);
    handle(SIGPIPE, SIG_IGN);
}

void proc_ready(void) {
    const char *text = getenv(READY_FD);
    pid_t self = getpid();
    int64_t fd;
    if (!text || !text_int(text, 0, INT32_MAX, &fd))
        return;
    if (write((int)fd, &self, sizeof self) != sizeof self)
        log_warn("cannot tell the master that this process is ready: %s", strerror(errno));
    close((int)fd);
    unsetenv(READY_FD);
}

struct child {
    const struct proc_role *role;
    int slot;
    pid_t pid;             /* 0 while it does not run */
    bool was_ready;        /* it, or one before it */
    int64_t not_before_ms; /* its next start */
};

struct pool {
    struct arena *arena;
    char **argv;
    struct child *children;
    size_t count;
    sigset_t mask_before;
    int signal_fd;      /* signals, as they come */
    int ready_fds[2];   /* children write their process number here */
    int64_t kill_at_ms; /* once stopping */
    bool killed, failed;
};

/* argv with `--role ROLE --slot N` behind it. */
static char **child_argv(struct pool *p, const struct child *c) {
    size_t count = 0;
    while (p->argv[count])
        count++;
    char **argv = arena_array(p->arena, count + 5, sizeof *argv);
    memcpy(argv, p->argv, count * sizeof *argv);
    argv[count++] = arena_strdup(p->arena, "--role");
    argv[count++] = arena_strdup(p->arena, c->role->role);
    argv[count++] = arena_strdup(p->arena, "--slot");
    argv[count++] = arena_printf(p->arena, "%d", c->slot);
    return argv;
}

/* In the child: a group of its own, for Ctrl-C is the master's to pass on, once. */
NORETURN static void become(struct pool *p, const struct child *c, pid_t master) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != master) /* gone before prctl */
        _exit(1);
    errno = 0;
    if (c->role->nice && nice(c->role->nice) == -1 && errno)
        log_warn("cannot lower the priority: %s", strerror(errno));
    char fd[12];
    snprintf(fd, sizeof fd, "%d", p->ready_fds[1]);
    setenv(READY_FD, fd, 1);
    fcntl(p->ready_fds[1], F_SETFD, 0);
    sigprocmask(SIG_SETMASK, &p->mask_before, NULL);
    execv("/proc/self/exe", child_argv(p, c));
    log_error("cannot start %s %d: %s", c->role->role, c->slot, strerror(errno));
    _exit(1);
}

static void start(struct pool *p, struct child *c, int64_t now) {
    pid_t master = getpid();
    pid_t pid = fork();
    if (pid == 0)
        become(p, c, master);
    if (pid < 0)
        log_error("cannot start %s %d: %s", c->role->role, c->slot, strerror(errno));
    else
        c->pid = pid;
    c->not_before_ms = now + START_GAP_MS;
}

/* Starts what does not run and may; returns how long till the next may, -1 when none waits. */
static int64_t start_due(struct pool *p) {
    int64_t now = clock_ms(), next_ms = -1;
    for (size_t i = 0; i < p->count; i++) {
        struct child *c = &p->children[i];
        if (c->pid == 0 && c->not_before_ms <= now)
            start(p, c, now);
        if (c->pid == 0 && (next_ms < 0 || c->not_before_ms - now < next_ms))
            next_ms = c->not_before_ms - now;
    }
    return next_ms;
}

static void say_end(const struct child *c, int status) {
    const char *role = c->role->role;
    if (WIFSIGNALED(status))
        log_warn("%s %d (process %d) was ended by signal %d", role, c->slot, (int)c->pid,
                 WTERMSIG(status));
    else if (!proc_stop || WEXITSTATUS(status) != 0)
        log_warn("%s %d (process %d) ended with status %d", role, c->slot, (int)c->pid,
                 WEXITSTATUS(status));
}

static struct child *find(struct pool *p, pid_t pid) {
    for (size_t i = 0; i < p->count; i++)
        if (p->children[i].pid == pid)
            return &p->children[i];
    return NULL;
}

static bool all_ready(const struct pool *p, const struct proc_role *role) {
    for (size_t i = 0; i < p->count; i++)
        if (p->children[i].role == role && !p->children[i].was_ready)
            return false;
    return true;
}

/* Takes in who is ready; says it of a role when the last of its first processes is. */
static void hear_ready(struct pool *p) {
    pid_t pid;
    while (read(p->ready_fds[0], &pid, sizeof pid) == sizeof pid) {
        struct child *c = find(p, pid);
        if (!c || c->was_ready)
            continue;
        c->was_ready = true;
        if (c->role->ready && all_ready(p, c->role))
            log_info("%s", c->role->ready);
    }
}

static bool any_runs(const struct pool *p) {
    for (size_t i = 0; i < p->count; i++)
        if (p->children[i].pid)
            return true;
    return false;
}

static void signal_all(const struct pool *p, int signal) {
    for (size_t i = 0; i < p->count; i++)
        if (p->children[i].pid)
            kill(p->children[i].pid, signal);
}

/* Waits for a signal or a child's word, at most wait_ms (for ever when negative); the signal, or 0.
 */
static int next_signal(const struct pool *p, int64_t wait_ms) {
    struct pollfd fds[] = {{.fd = p->signal_fd, .events = POLLIN},
                           {.fd = p->ready_fds[0], .events = POLLIN}};
    struct signalfd_siginfo got;
    poll(fds, COUNT(fds), (int)wait_ms);
    return read(p->signal_fd, &got, sizeof got) == sizeof got ? (int)got.ssi_signo : 0;
}

/* SIGTERM, SIGINT: passed on as SIGTERM; children count them as we do. */
static void stop_once_more(struct pool *p, int grace_s) {
    if (!proc_stop)
        p->kill_at_ms = clock_ms() + (int64_t)grace_s * 1000;
    proc_stop = proc_stop + 1;
    signal_all(p, SIGTERM);
}

/* A child that ends by itself before it was ever ready would do so again and again: whoever started
 * us is to hear of it. The child has said why. */
static void give_up(struct pool *p, const struct child *c, int grace_s) {
    log_error("%s %d could not start; leaving", c->role->role, c->slot);
    p->failed = true;
    if (!proc_stop)
        stop_once_more(p, grace_s);
}

static void reap(struct pool *p, int grace_s) {
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        struct child *c = find(p, pid);
        if (!c)
            continue;
        hear_ready(p); /* what it said before it ended */
        say_end(c, status);
        c->pid = 0;
        if (!c->was_ready && WIFEXITED(status) && WEXITSTATUS(status) != 0)
            give_up(p, c, grace_s);
    }
}

/* How long till the grace is over; kills what is left when it is. */
static int64_t kill_due(struct pool *p) {
    int64_t left_ms = p->kill_at_ms - clock_ms();
    if (left_ms > 0)
        return left_ms;
    signal_all(p, SIGKILL);
    p->killed = true;
    return -1;
}

static void pool_init(struct pool *p, const struct proc_role *roles, size_t count) {
    for (size_t i = 0; i < count; i++)
        p->count += (size_t)roles[i].count;
    p->children = arena_array(p->arena, p->count, sizeof *p->children);
    struct child *c = p->children;
    for (size_t i = 0; i < count; i++)
        for (int slot = 0; slot < roles[i].count; slot++)
            *c++ = (struct child){.role = &roles[i], .slot = slot};

    handle(SIGTERM, SIG_DFL); /* a child before its exec is to die of it */
    handle(SIGINT, SIG_DFL);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, &p->mask_before);
    p->signal_fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
    if (p->signal_fd < 0 || pipe2(p->ready_fds, O_NONBLOCK | O_CLOEXEC) != 0)
        die("cannot watch over processes: %s", strerror(errno));
}

static void pool_done(const struct pool *p) {
    close(p->signal_fd);
    close(p->ready_fds[0]);
    close(p->ready_fds[1]);
    sigprocmask(SIG_SETMASK, &p->mask_before, NULL);
}

int proc_pool(char **argv, const struct proc_role *roles, size_t count, int grace_s) {
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct pool p = {.arena = arena, .argv = argv};
    pool_init(&p, roles, count);
    for (;;) {
        hear_ready(&p);
        reap(&p, grace_s);
        if (proc_stop && !any_runs(&p))
            break;
        int signal = next_signal(&p, proc_stop ? kill_due(&p) : start_due(&p));
        if (signal == SIGTERM || signal == SIGINT)
            stop_once_more(&p, grace_s);
    }
    pool_done(&p);
    return p.killed || p.failed ? 1 : 0;
}
