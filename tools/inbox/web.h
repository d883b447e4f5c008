/* The web side: libmicrohttpd turned by the program's own loop, guards, answers that wait. */
#ifndef INBOX_WEB_H
#define INBOX_WEB_H

#include "base.h"
#include "fault.h"
#include "rules.h"
#include "store.h"
#include "tally.h"

/* What the pages show and steer; borrowed. */
struct web_world {
    struct store *store;
    struct rules *rules;
    struct tally *tally;
};

struct web;

/* Serves on the listening socket, which stays the caller's. web_close accepts NULL and nulls. */
MUST_USE NONNULL bool web_open(int listen_fd, const struct web_world *world, struct web **out,
                               struct fault *f);
void web_close(struct web **w);

/* Readable when there is something to do; how long the loop may wait at most. */
NONNULL int web_fd(const struct web *w);
NONNULL int web_wait_ms(const struct web *w);

/* Does what there is to do: `ready` says that web_fd is readable. Answers those who wait for mail.
 */
NONNULL void web_turn(struct web *w, bool ready);

#endif
