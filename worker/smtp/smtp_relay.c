/* SMTP connections: opening. libcurl's multi handle in the worker's loop (socket-action interface)
 * with CURLOPT_CONNECT_ONLY resolves, connects, greets, does STARTTLS and AUTH. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>

#include "arena.h"
#include "clock.h"
#include "log.h"
#include "smtp/smtp_impl.h"
#include "text.h"

enum { TICK_MS = 1000 };

/* ---- libcurl and the loop ---- */

static void reap(struct smtp_relay *relay);

static void act(struct smtp_relay *relay, int fd, int mask) {
    int running = 0;
    curl_multi_socket_action(relay->multi, fd, mask, &running);
    reap(relay);
}

static void on_curl_socket(void *ctx, int fd, uint32_t events) {
    int mask = (events & EPOLLIN ? CURL_CSELECT_IN : 0) |
               (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
               (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
    act(ctx, fd, mask);
}

static int want_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *about) {
    (void)easy;
    (void)about;
    struct smtp_relay *relay = ctx;
    if (what == CURL_POLL_REMOVE) {
        loop_drop(relay->loop, fd);
    } else {
        uint32_t events =
            (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
        loop_watch(relay->loop, fd, events, on_curl_socket, relay);
    }
    return 0;
}

static int want_timer(CURLM *multi, long wait_ms, void *ctx) {
    (void)multi;
    struct smtp_relay *relay = ctx;
    relay->timer_ms = wait_ms < 0 ? -1 : clock_ms() + wait_ms;
    return 0;
}

/* ---- what the relay says while libcurl speaks ---- */

static bool has_word(const char *line, size_t len_b, const char *word) {
    size_t n = strlen(word);
    return len_b >= n && strncasecmp(line, word, n) == 0 &&
           (len_b == n || line[n] == ' ' || line[n] == '\r' || line[n] == '\n');
}

/* RCPTMAX of a LIMITS line (RFC 9422 section 4.2); SMTP_RCPTS when it says none, or more. */
static size_t rcpt_max(const char *heard) {
    const char *at = strcasestr(heard, " RCPTMAX=");
    int64_t most = SMTP_RCPTS;
    if (at) {
        char digits[8] = {0};
        size_t n = strspn(at + 9, "0123456789");
        memcpy(digits, at + 9, n < sizeof digits ? n : 0);
        if (!text_int(digits, 1, SMTP_RCPTS, &most))
            most = SMTP_RCPTS;
    }
    return (size_t)most;
}

/* EHLO's reply lines are 250; a 220 is the greeting or STARTTLS's go-ahead, after which only a new
 * EHLO counts (RFC 3207 section 4.2). */
static size_t hear(char *line, size_t size, size_t count, void *ctx) {
    struct smtp *c = ctx;
    size_t len_b = size * count;
    size_t keep_b = len_b < sizeof c->heard ? len_b : sizeof c->heard - 1;
    memcpy(c->heard, line, keep_b);
    c->heard[keep_b] = '\0';
    c->heard[strcspn(c->heard, "\r\n")] = '\0';
    if (len_b > 4 && memcmp(line, "220", 3) == 0) {
        c->pipelining = c->size_offered = false;
        c->most = SMTP_RCPTS;
    }
    if (len_b > 4 && memcmp(line, "250", 3) == 0) {
        c->pipelining = c->pipelining || has_word(line + 4, len_b - 4, "PIPELINING");
        c->size_offered = c->size_offered || has_word(line + 4, len_b - 4, "SIZE");
        if (has_word(line + 4, len_b - 4, "LIMITS"))
            c->most = rcpt_max(c->heard);
    }
    return len_b;
}

/* ---- opening and closing ---- */

static void set_options(struct smtp *c) {
    const struct smtp_setup *s = &c->relay->setup;
    CURL *e = c->curl;
    curl_easy_setopt(e, CURLOPT_URL, c->relay->url);
    curl_easy_setopt(e, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "smtp");
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(e, CURLOPT_PROXY, "");
    curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)s->timeout_s * 1000L);
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)s->timeout_s * 1000L);
    curl_easy_setopt(e, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)s->timeout_s);
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, hear);
    curl_easy_setopt(e, CURLOPT_HEADERDATA, c);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, c->curl_says);
    curl_easy_setopt(e, CURLOPT_PRIVATE, c);
    /* Never CURLUSESSL_TRY: it goes on in clear text when STARTTLS is stripped. */
    curl_easy_setopt(e, CURLOPT_USE_SSL,
                     s->tls == TLS_NONE ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
    curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, s->tls == TLS_VERIFY ? 1L : 0L);
    curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, s->tls == TLS_VERIFY ? 2L : 0L);
    if (s->ca_file && s->ca_file[0]) {
        curl_easy_setopt(e, CURLOPT_CAINFO, s->ca_file);
        curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
    }
    if (s->user[0]) {
        curl_easy_setopt(e, CURLOPT_USERNAME, s->user);
        curl_easy_setopt(e, CURLOPT_PASSWORD, s->password);
    }
}

void smtp_open(struct smtp *c) {
    assert(c->state == STATE_CLOSED && !c->curl);
    c->curl = curl_easy_init();
    if (!c->curl)
        abort();
    c->state = STATE_OPENING;
    c->pipelining = c->size_offered = c->was_open = false;
    c->most = SMTP_RCPTS;
    c->heard[0] = c->curl_says[0] = '\0';
    set_options(c);
    curl_multi_add_handle(c->relay->multi, c->curl);
}

static void open_ended(struct smtp *c, CURLcode rc) {
    curl_socket_t fd = CURL_SOCKET_BAD;
    if (rc == CURLE_OK && curl_easy_getinfo(c->curl, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK &&
        fd != CURL_SOCKET_BAD) {
        c->fd = fd;
        smtp_conn_opened(c);
        return;
    }
    char why[SMTP_WHY_B + CURL_ERROR_SIZE + 16];
    struct buf b = buf_init(sizeof why - 1);
    buf_printf(&b, "%s", c->curl_says[0] ? c->curl_says : curl_easy_strerror(rc));
    if (c->heard[0])
        buf_printf(&b, " (%s)", c->heard);
    smtp_conn_lost(c, buf_text(&b));
    buf_done(&b);
}

static void reap(struct smtp_relay *relay) {
    int left = 0;
    for (CURLMsg *m; (m = curl_multi_info_read(relay->multi, &left));) {
        if (m->msg != CURLMSG_DONE)
            continue;
        CURLcode rc = m->data.result;
        struct smtp *c = NULL;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&c);
        open_ended(c, rc);
    }
}

/* ---- the relay ---- */

bool smtp_relay_open(struct loop *loop, const struct smtp_setup *setup,
                     const struct smtp_hooks *hooks, void *ctx, struct smtp_relay **out,
                     struct fault *f) {
    CURLM *multi = curl_multi_init();
    if (!multi)
        return fault_set(f, FAULT_BROKEN, "The mail library does not start.");
    struct smtp_relay *relay = calloc(1, sizeof *relay);
    struct buf url = buf_init(2048);
    if (!relay)
        abort();
    buf_printf(&url, "smtp://%s/%s", setup->host_port, setup->ehlo);
    *relay = (struct smtp_relay){.loop = loop,
                                 .setup = *setup,
                                 .hooks = hooks,
                                 .ctx = ctx,
                                 .on_socket = smtp_on_socket,
                                 .multi = multi,
                                 .url = url.data,
                                 .timer_ms = -1,
                                 .most = SMTP_RCPTS};
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, want_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, relay);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, want_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, relay);
    *out = relay;
    return true;
}

void smtp_relay_close(struct smtp_relay **relay) {
    if (!*relay)
        return;
    for (struct smtp *c = (*relay)->conns, *next; c; c = next) {
        next = c->next_of_relay;
        smtp_conn_drop(c);
        buf_done(&c->out);
        free(c->envelope.replies);
        free(c);
    }
    curl_multi_cleanup((*relay)->multi);
    free((*relay)->url);
    free(*relay);
    *relay = NULL;
}

struct smtp *smtp_new(struct smtp_relay *relay, void *owner) {
    struct smtp *c = calloc(1, sizeof *c);
    if (!c)
        abort();
    c->relay = relay;
    c->owner = owner;
    c->fd = -1;
    c->out = buf_init(SMTP_OUT_CAP_B);
    c->next_of_relay = relay->conns;
    relay->conns = c;
    return c;
}

void *smtp_owner(const struct smtp *c) {
    return c->owner;
}

static bool overdue(const struct smtp *c, int64_t now_ms) {
    return (c->state == STATE_BUSY || c->state == STATE_QUITTING) && now_ms >= c->deadline_ms;
}

int smtp_relay_tick(struct smtp_relay *relay) {
    int64_t now_ms = clock_ms();
    if (relay->timer_ms >= 0 && now_ms >= relay->timer_ms) {
        relay->timer_ms = -1;
        act(relay, CURL_SOCKET_TIMEOUT, 0);
    }
    int64_t next_ms = TICK_MS;
    if (relay->timer_ms >= 0 && relay->timer_ms - now_ms < next_ms)
        next_ms = relay->timer_ms > now_ms ? relay->timer_ms - now_ms : 0;
    for (struct smtp *c = relay->conns; c; c = c->next_of_relay)
        if (overdue(c, now_ms))
            smtp_conn_lost(c, "the relay did not reply in time");
    return (int)next_ms;
}
