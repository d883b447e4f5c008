/* Listening sockets on this machine's loopback, and nowhere else. */
#ifndef INBOX_LISTEN_H
#define INBOX_LISTEN_H

#include "base.h"
#include "fault.h"

enum { LISTEN_NAME_B = 64 };

/* Listens on "127.0.0.1:2525", "[::1]:2525" or "localhost:2525" (port 0: a free one); any address
 * but loopback is refused. *fd is non-blocking; name gets the address as bound. */
MUST_USE NONNULL bool listen_open(const char *where, int *fd, char name[LISTEN_NAME_B],
                                  struct fault *f);

#endif
