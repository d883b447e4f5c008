/* Connections, their peers and their deadlines. */
#include "http/conn.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "log.h"
#include "settings/conf.h"

enum { SLOW_B_PER_S = 8 << 10 };

void conn_allow(struct conn *c, size_t bytes_b) {
    c->deadline_ms =
        clock_ms() + conf.request_deadline_s * 1000 + (int64_t)(bytes_b / SLOW_B_PER_S) * 1000;
}

/* The address as text; IPv4 inside IPv6 as IPv4, without an IPv6 zone. */
static void peer_name(const struct sockaddr *peer, char out[INET6_ADDRSTRLEN]) {
    char name[NI_MAXHOST] = "0.0.0.0";
    socklen_t peer_b =
        peer->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    if (getnameinfo(peer, peer_b, name, sizeof name, NULL, 0, NI_NUMERICHOST) != 0)
        log_warn("a peer without an address");
    name[strcspn(name, "%")] = '\0';
    bool mapped = strncmp(name, "::ffff:", 7) == 0 && strchr(name, '.');
    snprintf(out, INET6_ADDRSTRLEN, "%.45s", mapped ? name + 7 : name);
}

struct conn *conn_open(struct conn **list, struct MHD_Connection *mhd) {
    const union MHD_ConnectionInfo *fd =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    const union MHD_ConnectionInfo *peer =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    struct conn *c = calloc(1, sizeof *c);
    if (!c || !fd || !peer)
        abort();
    c->fd = fd->connect_fd;
    peer_name(peer->client_addr, c->network);
    conn_allow(c, 0);
    c->next = *list;
    c->link = list;
    if (c->next)
        c->next->link = &c->next;
    *list = c;
    return c;
}

void conn_close(struct conn *c) {
    *c->link = c->next;
    if (c->next)
        c->next->link = c->link;
    free(c);
}

struct conn *conn_of(struct MHD_Connection *mhd) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info->socket_context;
}

void conn_cut(struct conn *c) {
    shutdown(c->fd, SHUT_RDWR);
    conn_allow(c, 0);
}

/* All that came is read, and nothing more will come. */
static bool has_ended(const struct conn *c) {
    char next;
    return recv(c->fd, &next, sizeof next, MSG_PEEK | MSG_DONTWAIT) == 0;
}

void conn_cut_ended(struct conn *list) {
    for (struct conn *c = list; c; c = c->next)
        if (c->reading && has_ended(c))
            conn_cut(c);
}

void conn_reap(struct conn *list) {
    int64_t now_ms = clock_ms();
    for (struct conn *c = list; c; c = c->next)
        if (c->deadline_ms != CONN_NO_DEADLINE && c->deadline_ms < now_ms)
            conn_cut(c);
}

void conn_cut_idle(struct conn *list) {
    for (struct conn *c = list; c; c = c->next)
        if (!c->busy)
            conn_cut(c);
}
