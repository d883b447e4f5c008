/* The kernel gives every start of the machine a random name (random(4): boot_id). */
#include "journal/boot.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { ID_B = 36 };

static void close_fd(const int *fd) {
    if (*fd >= 0)
        close(*fd);
}

static bool read_id(const char *path, char id[ID_B]) {
    CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    return fd >= 0 && read(fd, id, ID_B) == ID_B;
}

static bool current(char id[ID_B]) {
    return read_id("/proc/sys/kernel/random/boot_id", id);
}

bool boot_is_marked(const char *path) {
    char now[ID_B], then[ID_B];
    return current(now) && read_id(path, then) && memcmp(now, then, ID_B) == 0;
}

bool boot_mark(const char *path) {
    char now[ID_B];
    CLEANUP(close_fd)
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    return fd >= 0 && current(now) && write(fd, now, ID_B) == ID_B;
}
