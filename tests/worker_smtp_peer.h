/* For tests of worker/smtp: a relay that plays a script in a process of its own, and a conversation
 * with it of which all ends are noted. */
#ifndef TESTS_WORKER_SMTP_PEER_H
#define TESTS_WORKER_SMTP_PEER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "smtp/smtp.h"

/* ---- a peer in a process of its own ----
 * Its script is a row of pieces: "<" text: read till this text has come; "!" text: read just
 * this, or close; ">" text: send it. At the end it closes; a script that ends in "=" stays silent
 * till the other side closes. */

#define GREET                                                                                      \
    ">220 hi\r\n", "<EHLO me.example\r\n", ">250-hi\r\n250-PIPELINING\r\n250 SIZE 1000000\r\n"
#define TEXT "<hello!\r\n.\r\n"

static void read_till(int fd, const char *text) {
    char have[65536] = {0};
    for (size_t n = 0; n < sizeof have - 1 && !strstr(have, text); n++)
        if (read(fd, have + n, 1) != 1)
            _exit(1);
}

static void read_exactly(int fd, const char *text) {
    for (char c; *text; text++)
        if (read(fd, &c, 1) != 1 || c != *text)
            _exit(1);
}

static void play(int fd, const char *const *script) {
    for (; *script; script++) {
        const char *text = *script + 1;
        if (**script == '<')
            read_till(fd, text);
        else if (**script == '!')
            read_exactly(fd, text);
        else if (**script == '>' && write(fd, text, strlen(text)) < 0)
            _exit(1);
        else if (**script == '=')
            for (char c; read(fd, &c, 1) == 1;)
                ;
    }
    _exit(0);
}

struct peer {
    pid_t pid;
    char host_port[32];
};

static struct peer start_peer(const char *const *script) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &length), 0);
    struct peer p = {.pid = fork()};
    if (p.pid == 0)
        play(accept(fd, NULL, NULL), script);
    close(fd);
    snprintf(p.host_port, sizeof p.host_port, "127.0.0.1:%d", ntohs(at.sin_port));
    return p;
}

/* ---- our side ---- */

enum { SEEN = 2 * SMTP_RCPTS };

struct seen {
    int ends; /* of recipients, one mail's after the other's */
    int mails, closed;
    enum smtp_fate fate[SEEN];
    int code[SEEN];
    enum reply_phase phase[SEEN];
    char text[SEEN][ANSWER_TEXT_B + 1], why[600];
    char took[SEEN + 1]; /* at each go: '+' for a recipient taken, '-' for another */
    size_t most;         /* smtp_most when it closed */
    bool was_open;
};

static void on_any(void *ctx, struct smtp *c) {
    (void)ctx;
    (void)c;
}

static void on_end(void *ctx, struct smtp *c, void *about, const struct smtp_end *ends,
                   size_t count) {
    struct seen *s = ctx;
    (void)c;
    (void)about;
    s->mails++;
    for (size_t i = 0; i < count; i++) {
        assert_true(s->ends < SEEN);
        s->fate[s->ends] = ends[i].fate;
        s->phase[s->ends] = ends[i].phase;
        s->code[s->ends] = ends[i].reply->code;
        snprintf(s->text[s->ends], sizeof s->text[0], "%s", ends[i].reply->text);
        s->ends++;
    }
}

static void on_closed(void *ctx, struct smtp *c, bool was_open, const char *text) {
    struct seen *s = ctx;
    (void)c;
    s->closed++;
    s->was_open = was_open;
    snprintf(s->why, sizeof s->why, "%s", text);
}

static const struct smtp_hooks HOOKS = {
    .ready = on_any, .go = on_any, .end = on_end, .closed = on_closed};

static void note_took(struct seen *s, const struct smtp *c, size_t rcpts) {
    size_t at = strlen(s->took);
    for (size_t i = 0; i < rcpts && at < SEEN; i++)
        s->took[at++] = smtp_took(c, i) ? '+' : '-';
}

static void step(struct smtp *c, const struct smtp_mail *mail, int mails, int *begun,
                 struct seen *s) {
    if (smtp_is_waiting(c)) {
        note_took(s, c, mail->count);
        smtp_release(c, *begun < mails ? ((*begun)++, mail) : NULL);
    } else if (smtp_is_idle(c) && *begun < mails) {
        (*begun)++;
        smtp_offer(c, mail);
    } else if (smtp_is_idle(c)) {
        smtp_quit(c);
    }
}

/* Sends `mails` mails to t0@b.example, t1@b.example … each over one connection to a peer that plays
 * the script, each envelope behind the dot before it, then QUIT; till the connection is closed. */
static struct seen converse(const char *const *script, int mails, size_t rcpts) {
    struct peer peer = start_peer(script);
    struct smtp_setup setup = {.host_port = peer.host_port,
                               .ehlo = "me.example",
                               .user = "",
                               .password = "",
                               .timeout_s = 1,
                               .dot_timeout_s = 1};
    char address[SMTP_RCPTS][40];
    const char *to[SMTP_RCPTS];
    for (size_t i = 0; i < rcpts; i++) {
        snprintf(address[i], sizeof address[i], "t%zu@b.example", i);
        to[i] = address[i];
    }
    struct smtp_mail mail = {.from = "f@a.example",
                             .to = to,
                             .count = rcpts,
                             .bytes = "hello!\r\n",
                             .size_b = 8,
                             .about = &mail};
    struct seen s = {0};
    struct fault f = {0};
    struct loop *loop = NULL;
    struct smtp_relay *relay = NULL;
    assert_true(loop_open(&loop, &f));
    assert_true(smtp_relay_open(loop, &setup, &HOOKS, &s, &relay, &f));
    struct smtp *c = smtp_new(relay, &s);
    smtp_open(c);
    for (int begun = 0; !s.closed; step(c, &mail, mails, &begun, &s))
        loop_wait(loop, smtp_relay_tick(relay));
    s.most = smtp_most(c);
    smtp_relay_close(&relay);
    loop_close(&loop);
    kill(peer.pid, SIGKILL);
    waitpid(peer.pid, NULL, 0);
    return s;
}

#define CONVERSE(mails, rcpts, ...)                                                                \
    converse((const char *const[]){__VA_ARGS__, NULL}, (mails), (rcpts))

#endif
