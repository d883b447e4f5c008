/* SMTP mail transactions, what is said: commands queued in the order their replies come, sent in
 * groups where the relay offers PIPELINING (RFC 2920), the text released by its owner. */
#include "smtp/smtp.h"

#include <string.h>
#include <sys/epoll.h>

#include "clock.h"
#include "mime/encode.h"
#include "smtp/smtp_impl.h"

enum { QUIT_MS = 2000 };

bool smtp_is_closed(const struct smtp *c) {
    return c->state == STATE_CLOSED;
}

bool smtp_is_idle(const struct smtp *c) {
    return c->state == STATE_IDLE;
}

bool smtp_is_waiting(const struct smtp *c) {
    return c->state == STATE_WAITING;
}

size_t smtp_most(const struct smtp *c) {
    return c->most < c->relay->most ? c->most : c->relay->most;
}

/* ---- out ---- */

static void watch(struct smtp *c) {
    uint32_t events = c->out.len_b > 0 && !c->cannot_send ? EPOLLIN | EPOLLOUT : EPOLLIN;
    if (events != c->watched) {
        c->watched = events;
        loop_watch(c->relay->loop, c->fd, events, c->relay->on_socket, c);
    }
}

void smtp_set_deadline(struct smtp *c) {
    bool dot = c->queued > 0 && c->queue[0] == SAY_TEXT;
    const struct smtp_setup *s = &c->relay->setup;
    c->deadline_ms = clock_ms() + 1000 * (dot ? s->dot_timeout_s : s->timeout_s);
}

/* What cannot be sent now waits for EPOLLOUT. A send error decides nothing: the relay's last words
 * may still be there to read. */
void smtp_flush(struct smtp *c) {
    while (c->out.len_b > 0 && !c->cannot_send) {
        size_t sent_b = 0;
        CURLcode rc = curl_easy_send(c->curl, c->out.data, c->out.len_b, &sent_b);
        if (rc == CURLE_AGAIN)
            break;
        c->cannot_send = rc != CURLE_OK;
        buf_drop(&c->out, c->cannot_send ? 0 : sent_b);
    }
    watch(c);
}

bool smtp_dot_pending(const struct smtp *c) {
    return c->said > 0 && c->queue[0] == SAY_TEXT;
}

/* The mail that envelope commands said now are about. */
static const struct smtp_mail *subject(const struct smtp *c) {
    return smtp_dot_pending(c) ? &c->behind : &c->mail;
}

static void say_mail(struct smtp *c, const struct smtp_mail *mail) {
    buf_printf(&c->out, "MAIL FROM:<%s>", mail->from);
    if (c->size_offered)
        buf_printf(&c->out, " SIZE=%zu", mail->size_b);
    buf_str(&c->out, "\r\n");
}

static void say_rcpt(struct smtp *c, const char *address) {
    buf_str(&c->out, "RCPT TO:<");
    encode_address(&c->out, address); /* a..b is no Dot-string: RFC 5321 4.1.2 */
    buf_str(&c->out, ">\r\n");
}

static void say_text(struct smtp *c) {
    buf_add(&c->out, c->mail.bytes, c->mail.size_b);
    buf_str(&c->out, ".\r\n");
}

static void say(struct smtp *c, enum smtp_command what) {
    size_t before_b = c->out.len_b;
    switch (what) {
    case SAY_RSET:
        buf_str(&c->out, "RSET\r\n");
        break;
    case SAY_MAIL:
        say_mail(c, subject(c));
        c->rcpts_said = 0;
        break;
    case SAY_RCPT:
        say_rcpt(c, subject(c)->to[c->rcpts_said++]);
        break;
    case SAY_DATA:
        buf_str(&c->out, "DATA\r\n");
        break;
    case SAY_TEXT:
        say_text(c);
        break;
    case SAY_DOT:
        buf_str(&c->out, ".\r\n");
        break;
    case SAY_QUIT:
        buf_str(&c->out, "QUIT\r\n");
        break;
    }
    c->after_dot_b = what == SAY_TEXT ? 0 : c->after_dot_b + (c->out.len_b - before_b);
}

void smtp_enqueue(struct smtp *c, enum smtp_command what) {
    assert(c->queued < SMTP_QUEUE);
    c->queue[c->queued++] = what;
}

static void enqueue_envelope(struct smtp *c, size_t rcpts) {
    if (c->dirty) {
        smtp_enqueue(c, SAY_RSET);
        c->dirty = false;
    }
    smtp_enqueue(c, SAY_MAIL);
    for (size_t i = 0; i < rcpts; i++)
        smtp_enqueue(c, SAY_RCPT);
    smtp_enqueue(c, SAY_DATA);
}

/* Says what may be said now: all of the queue when pipelining, else one command at a time. */
void smtp_pump(struct smtp *c) {
    while (c->said < c->queued && (c->said == 0 || c->pipelining)) {
        enum smtp_command what = c->queue[c->said];
        say(c, what);
        c->said++;
    }
    assert(!c->out.over);
    smtp_flush(c);
}

static bool mail_ok(const struct smtp_mail *m) {
    for (size_t i = 0; i < m->count; i++)
        if (!smtp_address_ok(m->to[i]))
            return false;
    return m->about && m->count > 0 && m->count <= SMTP_RCPTS &&
           (!m->from[0] || smtp_address_ok(m->from)) && smtp_bytes_ok(m->bytes, m->size_b);
}

void smtp_offer(struct smtp *c, const struct smtp_mail *mail) {
    assert(c->state == STATE_IDLE && mail_ok(mail));
    c->mail = *mail;
    c->state = STATE_BUSY;
    enqueue_envelope(c, mail->count);
    smtp_pump(c);
    smtp_set_deadline(c);
}

void smtp_release(struct smtp *c, const struct smtp_mail *next) {
    assert(c->state == STATE_WAITING && c->queued == 0);
    c->state = STATE_BUSY;
    smtp_enqueue(c, SAY_TEXT);
    if (next) {
        assert(mail_ok(next));
        c->behind = *next;
        enqueue_envelope(c, next->count);
    }
    smtp_pump(c);
    smtp_set_deadline(c);
}

void smtp_quit(struct smtp *c) {
    assert(c->state == STATE_IDLE);
    c->state = STATE_QUITTING;
    smtp_enqueue(c, SAY_QUIT);
    smtp_pump(c);
    c->deadline_ms = clock_ms() + QUIT_MS;
}

/* The handle keeps the connection and closes it when it leaves the multi handle. */
void smtp_conn_drop(struct smtp *c) {
    if (c->fd >= 0) {
        loop_drop(c->relay->loop, c->fd);
        c->fd = -1;
    }
    if (c->curl) {
        curl_multi_remove_handle(c->relay->multi, c->curl);
        curl_easy_cleanup(c->curl);
        c->curl = NULL;
    }
}
