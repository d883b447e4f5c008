/* The sink of measurements that smtp-sink cannot serve: one domain that never answers, one that
 * answers 421, a delay of milliseconds at each final dot; and it tells when the last DATA came.
 *   sick_sink PORT COUNTS DELAY_MS HOLE BUSY
 * COUNTS is a file of the caller's, mapped: struct counts as it is at any moment. HOLE and BUSY are
 * ends of recipients ("@hole.example"); "-" for none. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { IN_B = 1 << 16, OUT_B = 1 << 14, FDS = 4096, EVENTS = 256 };

/* Times are CLOCK_MONOTONIC in nanoseconds; tests/bench/programs.py reads this. */
struct counts {
    int64_t connections;
    int64_t data, last_data_ns;                   /* go-aheads given to DATA */
    int64_t taken, first_taken_ns, last_taken_ns; /* recipients of texts accepted */
    int64_t busy, holes;                          /* recipients answered 421, and not at all */
};

struct peer {
    int fd; /* 0: none */
    char in[IN_B];
    size_t in_b;
    char out[OUT_B];
    size_t out_b;
    int64_t recipients;
    bool text; /* between 354 and the dot */
    bool mute; /* a black hole now */
    bool over; /* to be closed when all is said */
    int64_t due_ns;
    struct peer *next; /* in the queue of delayed dots */
};

static struct peer *peers[FDS];
static struct counts *counts;
static int64_t delay_ns;
static const char *hole, *busy;
static int loop_fd, timer_fd;
static struct peer *delayed, **delayed_end = &delayed;

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void say(struct peer *p, const char *line) {
    size_t len_b = strlen(line);
    if (p->out_b + len_b > sizeof p->out)
        errx(1, "a peer asks much and reads nothing");
    memcpy(p->out + p->out_b, line, len_b);
    p->out_b += len_b;
}

static void send_out(struct peer *p) {
    ssize_t n = p->out_b ? send(p->fd, p->out, p->out_b, MSG_NOSIGNAL) : 0;
    if (n > 0) {
        p->out_b -= (size_t)n;
        memmove(p->out, p->out + n, p->out_b);
    }
    p->over = p->over || (n < 0 && errno != EAGAIN);
}

static void hang_up(struct peer *p) {
    for (struct peer **at = &delayed; *at; at = &(*at)->next)
        if (*at == p) {
            *at = p->next;
            delayed_end = p->next ? delayed_end : at;
            break;
        }
    peers[p->fd] = NULL;
    close(p->fd);
    free(p);
}

/* ---- final dots ---- */

static void set_timer(void) {
    struct itimerspec t = {0};
    if (delayed)
        t.it_value = (struct timespec){.tv_sec = delayed->due_ns / 1000000000,
                                       .tv_nsec = delayed->due_ns % 1000000000};
    timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &t, NULL);
}

static void take(struct peer *p) {
    counts->last_taken_ns = now_ns();
    if (counts->taken == 0)
        counts->first_taken_ns = counts->last_taken_ns;
    counts->taken += p->recipients;
    p->recipients = 0;
    say(p, "250 2.0.0 Ok: taken\r\n");
}

/* The delay is the same for all, so who came first is due first. */
static void take_later(struct peer *p) {
    p->due_ns = now_ns() + delay_ns;
    p->next = NULL;
    *delayed_end = p;
    delayed_end = &p->next;
    if (delayed == p)
        set_timer();
}

/* ---- commands ---- */

static bool ends_with(const char *line, size_t len_b, const char *end) {
    size_t end_b = strlen(end);
    return len_b >= end_b && strncasecmp(line + len_b - end_b, end, end_b) == 0;
}

/* The line ends with the address and its bracket: "RCPT TO:<a@b>". */
static void on_rcpt(struct peer *p, const char *line, size_t len_b) {
    size_t address_b = len_b && line[len_b - 1] == '>' ? len_b - 1 : len_b;
    if (ends_with(line, address_b, hole)) {
        counts->holes++;
        p->mute = true;
    } else if (ends_with(line, address_b, busy)) {
        counts->busy++;
        say(p, "421 4.3.2 come back later\r\n");
        p->over = true;
    } else {
        p->recipients++;
        say(p, "250 2.1.5 Ok\r\n");
    }
}

static void on_data(struct peer *p) {
    if (p->recipients == 0) {
        say(p, "554 5.5.1 no recipients\r\n");
        return;
    }
    counts->data++;
    counts->last_data_ns = now_ns();
    p->text = true;
    say(p, "354 go ahead\r\n");
}

static void on_command(struct peer *p, const char *line, size_t len_b) {
    static const char HELLO[] =
        "250-sink.example\r\n250-PIPELINING\r\n250-SIZE\r\n250 8BITMIME\r\n";
    if (strncasecmp(line, "RCPT", 4) == 0) {
        on_rcpt(p, line, len_b);
    } else if (strncasecmp(line, "DATA", 4) == 0) {
        on_data(p);
    } else if (strncasecmp(line, "EHLO", 4) == 0) {
        say(p, HELLO);
    } else if (strncasecmp(line, "QUIT", 4) == 0) {
        say(p, "221 2.0.0 Bye\r\n");
        p->over = true;
    } else { /* MAIL, RSET, HELO: a new transaction */
        p->recipients = 0;
        say(p, "250 2.1.0 Ok\r\n");
    }
}

/* Where a command or text that begins at `at` ends; 0: not all of it has come. */
static size_t whole(const struct peer *p, size_t at) {
    const char *end = p->text ? memmem(p->in + at, p->in_b - at, "\r\n.\r\n", 5)
                              : memchr(p->in + at, '\n', p->in_b - at);
    return end ? (size_t)(end - p->in) + (p->text ? 5 : 1) : 0;
}

/* All of the input that can be answered now. */
static void work(struct peer *p) {
    size_t at = 0;
    bool waits = p->due_ns > 0;
    for (size_t end; !waits && !p->mute && !p->over && (end = whole(p, at)) > 0; at = end) {
        if (!p->text) {
            size_t len_b = end - at - 1;
            on_command(p, p->in + at, len_b && p->in[end - 2] == '\r' ? len_b - 1 : len_b);
            continue;
        }
        p->text = false;
        waits = delay_ns > 0;
        if (waits)
            take_later(p);
        else
            take(p);
    }
    p->in_b -= at;
    memmove(p->in, p->in + at, p->in_b);
    send_out(p);
}

/* ---- events ---- */

static void on_input(struct peer *p) {
    if (p->mute)
        p->in_b = 0;
    if (p->in_b == sizeof p->in) {
        if (!p->text || p->due_ns)
            errx(1, "a peer says more than a text's worth at once");
        memmove(p->in, p->in + p->in_b - 4, 4); /* a long text: only its end matters */
        p->in_b = 4;
    }
    ssize_t n = recv(p->fd, p->in + p->in_b, sizeof p->in - p->in_b, 0);
    if (n > 0)
        p->in_b += (size_t)n;
    if (n == 0 || (n < 0 && errno != EAGAIN)) {
        hang_up(p);
        return;
    }
    work(p);
    if (p->over)
        hang_up(p);
}

static void on_timer(void) {
    uint64_t times;
    if (read(timer_fd, &times, sizeof times) < 0)
        return;
    for (int64_t now = now_ns(); delayed && delayed->due_ns <= now;) {
        struct peer *p = delayed;
        delayed = p->next;
        delayed_end = delayed ? delayed_end : &delayed;
        p->due_ns = 0;
        take(p);
        work(p);
        if (p->over)
            hang_up(p);
    }
    set_timer();
}

static void watch(int fd) {
    struct epoll_event ev = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(loop_fd, EPOLL_CTL_ADD, fd, &ev) < 0)
        err(1, "epoll_ctl");
}

static void on_connect(int listen_fd) {
    int fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 || fd >= FDS)
        err(1, "accept");
    struct peer *p = calloc(1, sizeof *p);
    if (!p)
        err(1, "calloc");
    peers[fd] = p;
    p->fd = fd;
    counts->connections++;
    watch(fd);
    say(p, "220 sink.example ESMTP\r\n");
    send_out(p);
}

static int listen_at(const char *port) {
    unsigned number = 0; /* our own benchmark's word: nothing hostile here */
    if (sscanf(port, "%u", &number) != 1)
        errx(2, "not a port: %s", port);
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                            .sin_port = htons((uint16_t)number)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, SOMAXCONN) < 0)
        err(1, "port %s", port);
    return fd;
}

static void map_counts(const char *path) {
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0 || ftruncate(fd, sizeof *counts) < 0)
        err(1, "%s", path);
    counts = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (counts == MAP_FAILED)
        err(1, "mmap");
    close(fd);
}

int main(int argc, char **argv) {
    if (argc != 6)
        errx(2, "usage: sick_sink PORT COUNTS DELAY_MS HOLE BUSY");
    map_counts(argv[2]); /* first: who is let in finds the counts */
    int listen_fd = listen_at(argv[1]);
    delay_ns = (int64_t)(strtod(argv[3], NULL) * 1e6);
    hole = strcmp(argv[4], "-") == 0 ? "\n" : argv[4];
    busy = strcmp(argv[5], "-") == 0 ? "\n" : argv[5];
    loop_fd = epoll_create1(EPOLL_CLOEXEC);
    timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    watch(listen_fd);
    watch(timer_fd);
    for (;;) {
        struct epoll_event events[EVENTS];
        int n = epoll_wait(loop_fd, events, EVENTS, -1);
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;
            if (fd == listen_fd)
                on_connect(fd);
            else if (fd == timer_fd)
                on_timer();
            else if (peers[fd])
                on_input(peers[fd]);
        }
    }
}
