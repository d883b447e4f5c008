/* Clients' connections and their deadlines.
 *
 * libmicrohttpd's own timeout starts anew with every byte, so a client that drips one at a time
 * holds a connection for ever. Here each connection has one deadline for a whole request (idling
 * before it included); the loop shuts down those that are over it. */
#ifndef SERVER_CONN_H
#define SERVER_CONN_H

#include <microhttpd.h>
#include <netinet/in.h>

#include "base.h"

struct conn {
    struct conn *next, **link;
    int fd;
    bool busy;           /* a request is under way */
    bool reading;        /* its body is not whole yet */
    int64_t deadline_ms; /* monotonic; CONN_NO_DEADLINE while a helper works for it */
    char network[INET6_ADDRSTRLEN];
};

enum { CONN_NO_DEADLINE = -1 };

/* A new connection into the list; the matching close frees it. */
NONNULL struct conn *conn_open(struct conn **list, struct MHD_Connection *mhd);
NONNULL void conn_close(struct conn *c);

/* The connection of a request. */
NONNULL struct conn *conn_of(struct MHD_Connection *mhd);

/* A fresh deadline: conf.request_deadline_s, and the time bytes_b take at the least speed. */
NONNULL void conn_allow(struct conn *c, size_t bytes_b);

/* Shuts the socket down; libmicrohttpd sees its end and frees the connection. */
NONNULL void conn_cut(struct conn *c);

/* Cuts whose client ended in the middle of a body: libmicrohttpd 0.9.75 does not see an end that
 * came together with the last bytes, and would hold the connection and its body till the deadline.
 */
void conn_cut_ended(struct conn *list);

/* Cuts what is over its deadline. */
void conn_reap(struct conn *list);

/* Cuts what waits for no answer. */
void conn_cut_idle(struct conn *list);

#endif
