/* Failing where and when a test says. */
#include "failpoint.h"

#ifdef FAILPOINTS

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ORDER_B = 32 };

/* What the armed point is told; false: it is not armed, or somebody else took the order. */
static bool take_order(const char *name, char order[ORDER_B]) {
    const char *folder = getenv("FAILPOINTS");
    char path[1024];
    if (!folder)
        return false;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t got_b = read(fd, order, ORDER_B - 1);
    close(fd);
    order[got_b > 0 ? got_b : 0] = '\0';
    char *stay = strstr(order, " stay");
    if (stay)
        *stay = '\0';
    return got_b > 0 && (stay || unlink(path) == 0);
}

/* The number of an error, 0 for anything else. */
static int error_of(const char *order) {
    int number = 0;
    for (; *order >= '0' && *order <= '9' && number < 4096; order++)
        number = number * 10 + (*order - '0');
    return *order == '\0' && number < 4096 ? number : 0;
}

bool failpoint_hit(const char *name) {
    char order[ORDER_B];
    int number = 0, kept = errno;
    if (take_order(name, order)) {
        if (strcmp(order, "kill") == 0)
            raise(SIGKILL);
        if (strcmp(order, "stop") == 0)
            raise(SIGSTOP);
        number = error_of(order);
    }
    errno = number ? number : kept;
    return number != 0;
}

#endif
