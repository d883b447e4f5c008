/* Connections: opened as work asks for, given mails, closed when idle; texts let go when their
 * intents are on file. */
#ifndef WORKER_POOL_H
#define WORKER_POOL_H

#include "fault.h"
#include "send/sender.h"

/* Opens the relays, with connections that are still closed. */
MUST_USE NONNULL bool pool_open(struct sender *s, struct fault *f);
NONNULL void pool_close(struct sender *s);

/* Runs what is due on connections; milliseconds till the next is. */
NONNULL int pool_tick(struct sender *s);
/* Opens connections as work asks for, closes idle ones, gives idle ones mails. */
NONNULL void pool_assign(struct sender *s);
/* Puts the intents of mails that are about to leave into the journal. */
NONNULL void pool_intend(struct sender *s);
/* Lets the texts go whose intents are on file. */
NONNULL void pool_release(struct sender *s);
/* Ends mails that wait for their text and may not leave. */
NONNULL void pool_withdraw(struct sender *s);
/* Mails on connections. */
NONNULL size_t pool_in_flight(const struct sender *s);

#endif
