/* Binding to loopback: the inbox has no sign-in, so it never listens on a network. */
#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "text.h"

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static bool host_loopback(const char *host, in_port_t port, union address *out) {
    *out = (union address){0};
    if (!strcmp(host, "[::1]")) {
        out->v6.sin6_family = AF_INET6;
        out->v6.sin6_port = port;
        out->v6.sin6_addr = in6addr_loopback;
        return true;
    }
    out->v4.sin_family = AF_INET;
    out->v4.sin_port = port;
    if (inet_pton(AF_INET, !strcmp(host, "localhost") ? "127.0.0.1" : host, &out->v4.sin_addr) != 1)
        return false;
    return ntohl(out->v4.sin_addr.s_addr) >> 24 == 127;
}

static bool parse_where(const char *where, union address *out) {
    char host[LISTEN_NAME_B];
    const char *colon = strrchr(where, ':');
    int64_t port;
    if (!colon || (size_t)(colon - where) >= sizeof host || !text_int(colon + 1, 0, 65535, &port))
        return false;
    memcpy(host, where, (size_t)(colon - where));
    host[colon - where] = '\0';
    return host_loopback(host, htons((uint16_t)port), out);
}

static void write_name(int fd, char name[LISTEN_NAME_B]) {
    union address a = {0};
    socklen_t len = sizeof a;
    char host[INET6_ADDRSTRLEN] = "";
    getsockname(fd, &a.any, &len);
    if (a.any.sa_family == AF_INET6)
        snprintf(name, LISTEN_NAME_B, "[::1]:%u", ntohs(a.v6.sin6_port));
    else
        snprintf(name, LISTEN_NAME_B, "%s:%u",
                 inet_ntop(AF_INET, &a.v4.sin_addr, host, sizeof host), ntohs(a.v4.sin_port));
}

static bool bind_listen(int fd, const union address *a) {
    int on = 1;
    socklen_t len = a->any.sa_family == AF_INET6 ? sizeof a->v6 : sizeof a->v4;
    return !setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) && !bind(fd, &a->any, len) &&
           !listen(fd, 1024);
}

bool listen_open(const char *where, int *fd, char name[LISTEN_NAME_B], struct fault *f) {
    union address a;
    if (!parse_where(where, &a))
        return fault_detail(f, FAULT_INVALID,
                            "The inbox listens on loopback only: 127.0.0.1:PORT or [::1]:PORT.",
                            "%s", where);
    *fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (*fd < 0 || !bind_listen(*fd, &a)) {
        int error = errno;
        if (*fd >= 0)
            close(*fd);
        return fault_detail(f, FAULT_INVALID, "The address cannot be listened on.", "%s: %s", where,
                            strerror(error));
    }
    write_name(*fd, name);
    return true;
}
