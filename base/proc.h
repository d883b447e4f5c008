/* A master and its pool of processes: start (fork and exec of ourselves), reap, throttle crashes,
 * stop in two steps. Signal handlers set flags; loops act on them. */
#ifndef BASE_PROC_H
#define BASE_PROC_H

#include "base.h"

/* One kind of child: `role` and the child's number become the arguments `--role ROLE --slot N`. */
struct proc_role {
    const char *role;
    int count;         /* processes of this role */
    int nice;          /* added priority, 0 for none */
    const char *ready; /* logged once all of them are; NULL: nothing */
};

/* Set by SIGTERM/SIGINT: 1 = finish what is under way and leave, 2 or more = leave now. */
extern volatile int proc_stop;

/* Installs the handlers for SIGTERM, SIGINT (proc_stop), ignores SIGPIPE. */
void proc_signals(void);

/* In a child: its start is over, it works. Nothing where there is no master. */
void proc_ready(void);

/* Runs the pool till stopped: starts every role's processes from argv[0] with argv's own
 * options, restarts one that ends (not more often than once a second when it dies young), passes
 * SIGTERM on, waits, and kills what is left after grace_s. A child that ends with a status other
 * than 0 before proc_ready, at its first start, ends the pool with status 1: it has logged why.
 * Returns the exit status. A child dies with its master (PR_SET_PDEATHSIG). */
NONNULL int proc_pool(char **argv, const struct proc_role *roles, size_t count, int grace_s);

#endif
