/* An event loop: epoll, handlers by file descriptor. */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include "base.h"
#include "fault.h"

/* Called when fd has `events` (EPOLLIN …); ctx is what loop_watch was given. */
typedef void loop_handler(void *ctx, int fd, uint32_t events);

struct loop;

/* A new loop; BROKEN when the kernel gives no epoll. loop_close frees, accepts NULL, nulls. */
MUST_USE NONNULL bool loop_open(struct loop **out, struct fault *f);
void loop_close(struct loop **loop);

/* Watches fd for events, level-triggered, or changes what it is watched for. ctx is borrowed.
 * A handler may watch and drop any descriptor, its own too. */
void loop_watch(struct loop *loop, int fd, uint32_t events, loop_handler *handler, void *ctx)
    __attribute__((nonnull(1, 4)));

/* Stops watching fd; to be called before it is closed. Dropping what is not watched is no error. */
NONNULL void loop_drop(struct loop *loop, int fd);

/* Waits at most wait_ms and runs the handlers of what happened; returns how many ran. */
NONNULL int loop_wait(struct loop *loop, int wait_ms);

#endif
