/* Connections of the SMTP side: read, let the conversation take it, flush the record, reply. */
#include "sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "log.h"

enum { EVENTS = 64, READ_B = 64 << 10, OUT_HIGH_B = 64 << 10, CONNS_MAX = 2000 };
enum { IDLE_MS = 300000, SWEEP_MS = 10000 };

struct conn {
    struct conn *next, *prev; /* all connections, in a ring with sink.all */
    int fd;
    struct talk *talk;
    struct buf in;     /* bytes that wait for the end of a pause */
    int64_t resume_ms; /* end of the pause, 0 when there is none */
    int64_t active_ms; /* last sign of life */
    uint32_t watched;  /* epoll events asked for */
    bool eof;          /* the client sends no more */
};

struct sink {
    int epoll_fd, listen_fd;
    struct talk_world world;
    struct conn all; /* head of the ring */
    size_t conns, paused;
    int64_t now_ms, swept_ms;
    char bytes[READ_B];
};

static int64_t clock_ms(void) {
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static bool watch(int epoll_fd, int fd, void *what) {
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = what};
    return !epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &e);
}

/* The web's descriptor is told from the others by NULL, the listening socket by the sink. */
bool sink_open(int listen_fd, int web_fd, const struct talk_world *world, struct sink **out,
               struct fault *f) {
    struct sink *s = calloc(1, sizeof *s);
    if (!s)
        die("out of memory");
    s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    s->listen_fd = listen_fd;
    s->world = *world;
    s->all.next = s->all.prev = &s->all;
    *out = s;
    if (s->epoll_fd >= 0 && watch(s->epoll_fd, listen_fd, s) && watch(s->epoll_fd, web_fd, NULL))
        return true;
    sink_close(out);
    return fault_detail(f, FAULT_BROKEN, "The event loop cannot start.", "%s", strerror(errno));
}

static void conn_close(struct sink *s, struct conn *c) {
    s->conns--;
    s->paused -= c->resume_ms != 0;
    c->prev->next = c->next;
    c->next->prev = c->prev;
    close(c->fd);
    talk_free(&c->talk);
    buf_done(&c->in);
    free(c);
}

void sink_close(struct sink **s) {
    if (!*s)
        return;
    while ((*s)->all.next != &(*s)->all)
        conn_close(*s, (*s)->all.next);
    if ((*s)->epoll_fd >= 0)
        close((*s)->epoll_fd);
    free(*s);
    *s = NULL;
}

/* Sends what there is to send; false when the client is gone. */
static bool conn_send(struct conn *c) {
    struct buf *out = talk_out(c->talk);
    while (out->len_b) {
        ssize_t n = send(c->fd, out->data, out->len_b, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN;
        buf_drop(out, (size_t)n);
    }
    return true;
}

/* A client that does not read its replies is not read from either; nor one that pauses. */
static void conn_watch(struct sink *s, struct conn *c) {
    size_t out_b = talk_out(c->talk)->len_b;
    bool hear = !c->eof && !c->resume_ms && out_b < OUT_HIGH_B;
    uint32_t events = (hear ? EPOLLIN : 0U) | (out_b ? EPOLLOUT : 0U);
    if (events == c->watched)
        return;
    struct epoll_event e = {.events = events, .data.ptr = c};
    epoll_ctl(s->epoll_fd, EPOLL_CTL_MOD, c->fd, &e);
    c->watched = events;
}

static void conn_pause(struct sink *s, struct conn *c) {
    int pause_ms = talk_pause_ms(c->talk);
    if (!pause_ms || c->resume_ms)
        return;
    c->resume_ms = s->now_ms + pause_ms;
    s->paused++;
}

/* After the conversation took bytes: record, reply, and close or go on. */
static void conn_settle(struct sink *s, struct conn *c) {
    if (s->world.dump)
        dump_flush(s->world.dump);
    conn_pause(s, c);
    bool alive = conn_send(c);
    bool idle = !talk_out(c->talk)->len_b && !c->resume_ms;
    if (!alive || (idle && (c->eof || talk_over(c->talk)))) {
        conn_close(s, c);
        return;
    }
    conn_watch(s, c);
}

static void conn_take(struct sink *s, struct conn *c, const char *data, size_t len_b) {
    size_t used = talk_feed(c->talk, data, len_b);
    if (talk_pause_ms(c->talk))
        buf_add(&c->in, data + used, len_b - used);
    conn_settle(s, c);
}

static void conn_read(struct sink *s, struct conn *c) {
    ssize_t n = recv(c->fd, s->bytes, sizeof s->bytes, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n < 0) {
        conn_close(s, c);
        return;
    }
    c->active_ms = s->now_ms;
    c->eof = n == 0;
    conn_take(s, c, s->bytes, (size_t)n);
}

static void conn_event(struct sink *s, struct conn *c, uint32_t events) {
    if (events & (EPOLLERR | EPOLLHUP) && !(events & EPOLLIN))
        conn_close(s, c);
    else if (events & EPOLLIN)
        conn_read(s, c);
    else
        conn_settle(s, c);
}

static void conn_new(struct sink *s, int fd) {
    struct conn *c = calloc(1, sizeof *c);
    if (!c)
        die("out of memory");
    *c = (struct conn){.fd = fd, .active_ms = s->now_ms, .watched = EPOLLIN};
    c->in = buf_init(READ_B);
    c->talk = talk_new(&s->world);
    c->next = &s->all;
    c->prev = s->all.prev;
    c->prev->next = s->all.prev = c;
    s->conns++;
    if (watch(s->epoll_fd, fd, c))
        conn_settle(s, c);
    else
        conn_close(s, c);
}

static void accept_all(struct sink *s) {
    for (int i = 0; i < EVENTS; i++) {
        /* cppcheck-suppress nullPointer ; accept4(2): NULL when nobody wants the address */
        int fd = accept4(s->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        if (s->conns < CONNS_MAX)
            conn_new(s, fd);
        else
            close(fd);
    }
}

/* The pause is over: the held reply goes out, then what waited in `in` is taken. */
static void conn_resume(struct sink *s, struct conn *c) {
    struct buf in = c->in;
    c->in = buf_init(READ_B);
    c->resume_ms = 0;
    c->active_ms = s->now_ms;
    s->paused--;
    talk_resume(c->talk);
    conn_take(s, c, buf_text(&in), in.len_b);
    buf_done(&in);
}

/* Ends pauses that are due and connections that are dead; the ring may shrink meanwhile. */
static void sweep(struct sink *s) {
    bool idle_too = s->now_ms - s->swept_ms >= SWEEP_MS;
    if (!s->paused && !idle_too)
        return;
    for (struct conn *c = s->all.next, *next = c->next; c != &s->all; c = next, next = c->next)
        if (c->resume_ms && c->resume_ms <= s->now_ms)
            conn_resume(s, c);
        else if (idle_too && !c->resume_ms && s->now_ms - c->active_ms > IDLE_MS)
            conn_close(s, c);
    if (idle_too)
        s->swept_ms = s->now_ms;
}

static int until_resume(const struct sink *s, int wait_ms) {
    if (!s->paused)
        return wait_ms;
    for (const struct conn *c = s->all.next; c != &s->all; c = c->next)
        if (c->resume_ms && c->resume_ms - s->now_ms < wait_ms)
            wait_ms = c->resume_ms > s->now_ms ? (int)(c->resume_ms - s->now_ms) : 0;
    return wait_ms;
}

bool sink_turn(struct sink *s, int wait_ms) {
    struct epoll_event events[EVENTS];
    bool web = false;
    s->now_ms = clock_ms();
    int n = epoll_wait(s->epoll_fd, events, EVENTS, until_resume(s, wait_ms));
    s->now_ms = clock_ms();
    for (int i = 0; i < n; i++)
        if (!events[i].data.ptr)
            web = true;
        else if (events[i].data.ptr == s)
            accept_all(s);
        else
            conn_event(s, events[i].data.ptr, events[i].events);
    sweep(s);
    return web;
}
