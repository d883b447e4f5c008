/* The role `intake`: takes returned mail and complaints from the town's mail server, over LMTP on a
 * port or a socket of this host. One process, one loop; it answers no mail with a mail. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"
#include "intake/intake.h"
#include "log.h"
#include "proc.h"
#include "process/role.h"
#include "settings/conf.h"

enum {
    ROUND_MS = 250,
    BUSY_ROUND_MS = 20,
    IDLE_MS = 60000,         /* a guest without a transaction; refreshed by each mail */
    TRANSACTION_MS = 300000, /* from MAIL to the final dot, however its bytes drip */
    PARTING_MS = 5000,       /* what a stopping intake gives its guests */
    BACKLOG = 64
};

static const char *const SETS[] = {"bounce", "verp"};

/* ---- the door ---- */

NORETURN static void no_door(const char *why) {
    die("intake_listen: cannot listen at %s: %s", conf.intake_listen, why);
}

/* Who may pass through the socket's folder may use it. */
static int open_path(const char *path) {
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    struct stat s;
    snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
    if (lstat(path, &s) == 0 && S_ISSOCK(s.st_mode))
        unlink(path); /* of a process that is no more */
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof to) < 0 || chmod(path, 0666) < 0)
        no_door(strerror(errno));
    return fd;
}

static int open_port(const char *listen_at) {
    char host[64];
    const struct addrinfo want = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                                  .ai_socktype = SOCK_STREAM};
    struct addrinfo *to = NULL;
    const char *colon = strrchr(listen_at, ':');
    bool brackets = listen_at[0] == '[';
    snprintf(host, sizeof host, "%.*s", (int)(colon - listen_at) - 2 * brackets,
             listen_at + brackets);
    int error = getaddrinfo(host, colon + 1, &want, &to), one = 1;
    if (error)
        no_door(gai_strerror(error));
    int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) < 0 ||
        bind(fd, to->ai_addr, to->ai_addrlen) < 0)
        no_door(strerror(errno));
    freeaddrinfo(to);
    return fd;
}

static int open_door(void) {
    bool path = conf.intake_listen[0] == '/';
    int fd = path ? open_path(conf.intake_listen) : open_port(conf.intake_listen);
    if (listen(fd, BACKLOG) < 0)
        no_door(strerror(errno));
    return fd;
}

/* ---- guests ---- */

static loop_handler on_guest;

/* A guest who waits for the database is not read from; one who left is noticed all the same. */
static void watch(struct guest *g) {
    bool hears = !g->over && !g->waits && g->from_b == g->to_b;
    uint32_t events = (hears ? EPOLLIN : 0U) | (lmtp_out(g->lmtp)->len_b > 0 ? EPOLLOUT : 0U);
    loop_watch(g->in->loop, g->fd, events, on_guest, g);
}

static void leave(struct guest *g) {
    if (!g->gone)
        loop_drop(g->in->loop, g->fd);
    g->gone = true;
}

static void write_out(struct guest *g) {
    struct buf *out = lmtp_out(g->lmtp);
    while (out->len_b > 0) {
        ssize_t n = send(g->fd, out->data, out->len_b, MSG_NOSIGNAL);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (n < 0) {
            leave(g);
            return;
        }
        buf_drop(out, (size_t)n);
    }
    if (g->over)
        leave(g);
}

/* A transaction has a time of its own, which no drip of bytes makes longer. */
static void set_deadline(struct guest *g) {
    bool busy = lmtp_busy(g->lmtp);
    if (busy && !g->timed)
        g->until_ms = clock_ms() + TRANSACTION_MS;
    else if (!busy && g->timed)
        g->until_ms = clock_ms() + IDLE_MS;
    g->timed = busy;
}

/* Gives the conversation what was read, as far as it goes without an answer from the database. */
static void converse(struct guest *g) {
    while (!g->waits && !g->over && g->from_b < g->to_b) {
        size_t used_b;
        enum lmtp_step step =
            lmtp_read(g->lmtp, g->bytes + g->from_b, g->to_b - g->from_b, &used_b);
        g->from_b += used_b;
        set_deadline(g);
        if (step == LMTP_MAIL)
            intake_mail(g);
        g->over |= step == LMTP_OVER;
    }
    set_deadline(g);
}

static void read_in(struct guest *g) {
    ssize_t n = recv(g->fd, g->bytes, sizeof g->bytes, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        leave(g);
        return;
    }
    g->from_b = 0;
    g->to_b = (size_t)n;
}

static void on_guest(void *ctx, int fd, uint32_t events) {
    struct guest *g = ctx;
    (void)fd;
    if ((events & (EPOLLERR | EPOLLHUP)) && !(events & EPOLLIN))
        leave(g);
    else if ((events & EPOLLIN) && g->from_b == g->to_b)
        read_in(g);
}

static void on_door(void *ctx, int fd, uint32_t events) {
    struct intake *in = ctx;
    (void)events;
    int guest_fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (guest_fd < 0)
        return;
    struct guest *g = calloc(1, sizeof *g);
    if (!g)
        abort();
    *g = (struct guest){.next = in->guests, .in = in, .fd = guest_fd, .lmtp = lmtp_new(&in->rules)};
    g->until_ms = clock_ms() + IDLE_MS;
    in->guests = g;
    in->guest_count++;
}

static void free_guest(struct guest **at) {
    struct guest *g = *at;
    *at = g->next;
    g->in->guest_count--;
    leave(g);
    intake_forget(g);
    lmtp_free(&g->lmtp);
    close(g->fd);
    free(g);
}

/* ---- a round ---- */

/* While the house is full, or about to close, others wait before the door. */
static void keep_door(struct intake *in) {
    bool open = in->guest_count < INTAKE_GUESTS && proc_stop == 0;
    if (open == in->door_open)
        return;
    in->door_open = open;
    if (open)
        loop_watch(in->loop, in->door_fd, EPOLLIN, on_door, in);
    else
        loop_drop(in->loop, in->door_fd);
}

static void serve(struct guest *g) {
    if (!g->gone)
        converse(g);
    if (!g->gone && !g->over && clock_ms() >= g->until_ms && !g->waits) {
        lmtp_leave(g->lmtp, "you take too long");
        g->over = true;
        g->until_ms = clock_ms() + PARTING_MS;
    }
    if (!g->gone)
        write_out(g);
    if (g->over && clock_ms() >= g->until_ms)
        leave(g);
    if (!g->gone)
        watch(g);
}

static void go_round(struct intake *in) {
    loop_wait(in->loop, in->busy ? BUSY_ROUND_MS : ROUND_MS);
    for (struct guest *g = in->guests; g; g = g->next)
        serve(g);
    intake_step(in);
    for (struct guest **at = &in->guests; *at;)
        if ((*at)->gone)
            free_guest(at);
        else
            at = &(*at)->next;
    for (struct guest *g = in->guests; g; g = g->next)
        serve(g); /* whom the database has answered */
    keep_door(in);
}

/* ---- start and end ---- */

static void open_intake(struct intake *in) {
    struct fault f = {0};
    returned_init();
    if (!db_open_wait("kairan_intake", SETS, COUNT(SETS), &in->db, &f) || !loop_open(&in->loop, &f))
        die("%s %s", f.text, f.detail);
    while (!db_alive(in->db, &f) || !verp_keys_load(in->db, &in->keys, &f)) {
        if (!fault_retry(f.kind) || proc_stop)
            die("%s %s", f.text, f.detail);
        usleep(ROUND_MS * 1000);
    }
    in->rules = (struct lmtp_rules){.name = conf.domain,
                                    .size_b = (size_t)conf.intake_size_b,
                                    .keep_b = RETURNED_READ_B,
                                    .wanted = intake_wanted,
                                    .ctx = in};
    in->db_fd = -1;
    in->door_fd = open_door();
    keep_door(in);
}

/* Mails whose final dot came are brought home; who is in the middle of one is told to come again.
 */
static bool has_ended(struct intake *in, int64_t *until_ms) {
    if (proc_stop == 0)
        return false;
    if (*until_ms == 0)
        *until_ms = clock_ms() + PARTING_MS;
    for (struct guest *g = in->guests; g; g = g->next)
        if (!g->waits && !g->over) {
            lmtp_leave(g->lmtp, "closing");
            g->over = true;
        }
    return proc_stop > 1 || !in->guests || clock_ms() >= *until_ms;
}

int role_intake(int64_t slot) {
    (void)slot;
    struct intake in = {0};
    int64_t until_ms = 0;
    open_intake(&in);
    proc_ready();
    log_info("ready, listening at %s", conf.intake_listen);
    while (!has_ended(&in, &until_ms))
        go_round(&in);
    while (in.guests)
        free_guest(&in.guests);
    if (conf.intake_listen[0] == '/')
        unlink(conf.intake_listen);
    close(in.door_fd);
    link_keys_free(&in.keys);
    loop_close(&in.loop);
    db_close(&in.db);
    return 0;
}
