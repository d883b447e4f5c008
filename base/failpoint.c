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

#include "text.h"

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

bool failpoint_hit(const char *name) {
    char order[ORDER_B];
    int64_t number = 0;
    int kept = errno;
    if (take_order(name, order)) {
        if (strcmp(order, "kill") == 0)
            raise(SIGKILL);
        if (strcmp(order, "stop") == 0)
            raise(SIGSTOP);
        if (!text_int(order, 1, 4095, &number))
            number = 0;
    }
    errno = number ? (int)number : kept;
    return number != 0;
}

#endif
