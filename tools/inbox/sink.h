/* The sockets of the SMTP side: one epoll loop, nothing in it waits. */
#ifndef INBOX_SINK_H
#define INBOX_SINK_H

#include "base.h"
#include "fault.h"
#include "talk.h"

struct sink;

/* Serves conversations on the listening socket. The loop also watches web_fd. */
MUST_USE NONNULL bool sink_open(int listen_fd, int web_fd, const struct talk_world *world,
                                struct sink **out, struct fault *f);
/* Closes all; accepts NULL and nulls. The listening socket stays the caller's. */
void sink_close(struct sink **s);

/* Waits at most wait_ms for something to do and does it; true when web_fd has become readable. */
NONNULL bool sink_turn(struct sink *s, int wait_ms);

#endif
