/* Event loop: one epoll descriptor and a table of handlers indexed by file descriptor. */
#include "loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "log.h"

enum { EVENTS_AT_ONCE = 256, TABLE_STEP = 64 };

struct watch {
    loop_handler *handler; /* NULL: not watched */
    void *ctx;
};

struct loop {
    int epoll_fd;
    int count; /* entries of `table` */
    struct watch *table;
};

bool loop_open(struct loop **out, struct fault *f) {
    int fd = epoll_create1(EPOLL_CLOEXEC);
    if (fd < 0) {
        return fault_detail(f, FAULT_BROKEN, "The system gives no event queue.",
                            "epoll_create1: %s", strerror(errno));
    }
    struct loop *loop = calloc(1, sizeof *loop);
    if (!loop)
        abort();
    loop->epoll_fd = fd;
    *out = loop;
    return true;
}

void loop_close(struct loop **loop) {
    if (!*loop)
        return;
    close((*loop)->epoll_fd);
    free((*loop)->table);
    free(*loop);
    *loop = NULL;
}

static void grow(struct loop *loop, int fd) {
    if (fd < loop->count)
        return;
    int count = fd + TABLE_STEP;
    struct watch *table = realloc(loop->table, (size_t)count * sizeof *table);
    if (!table)
        abort();
    for (int i = loop->count; i < count; i++)
        table[i] = (struct watch){0};
    loop->table = table;
    loop->count = count;
}

void loop_watch(struct loop *loop, int fd, uint32_t events, loop_handler *handler, void *ctx) {
    assert(fd >= 0);
    grow(loop, fd);
    struct epoll_event ev = {.events = events, .data.fd = fd};
    bool known = loop->table[fd].handler != NULL;
    /* A descriptor closed behind our back leaves epoll by itself: then MOD finds nothing. */
    if (epoll_ctl(loop->epoll_fd, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &ev) < 0 &&
        !(known && errno == ENOENT && epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &ev) == 0))
        die("epoll_ctl(%d): %s", fd, strerror(errno));
    loop->table[fd] = (struct watch){.handler = handler, .ctx = ctx};
}

void loop_drop(struct loop *loop, int fd) {
    if (fd < 0 || fd >= loop->count || !loop->table[fd].handler)
        return;
    loop->table[fd] = (struct watch){0};
    epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

int loop_wait(struct loop *loop, int wait_ms) {
    struct epoll_event events[EVENTS_AT_ONCE];
    int n = epoll_wait(loop->epoll_fd, events, EVENTS_AT_ONCE, wait_ms);
    for (int i = 0; i < n; i++) {
        int fd = events[i].data.fd;
        /* An earlier handler of this round may have dropped it. */
        struct watch w = loop->table[fd];
        if (w.handler)
            w.handler(w.ctx, fd, events[i].events);
    }
    return n < 0 ? 0 : n;
}
