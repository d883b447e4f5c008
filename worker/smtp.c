/* SMTP mail transactions: commands queued in the order their replies come, sent in groups where
 * the relay offers PIPELINING (RFC 2920), the text released by its owner. */
#include "smtp.h"

#include <string.h>
#include <sys/epoll.h>

#include "clock.h"
#include "encode.h"
#include "smtp_conn.h"

enum { READ_B = 16384, QUIT_MS = 2000 };

static const enum reply_phase PHASE_OF[] = {
    [SAY_RSET] = PHASE_MAIL, [SAY_MAIL] = PHASE_MAIL, [SAY_RCPT] = PHASE_RCPT,
    [SAY_DATA] = PHASE_DATA, [SAY_TEXT] = PHASE_DOT,  [SAY_DOT] = PHASE_DATA,
    [SAY_QUIT] = PHASE_EHLO,
};

bool smtp_is_closed(const struct smtp *c) {
    return c->state == STATE_CLOSED;
}

bool smtp_is_idle(const struct smtp *c) {
    return c->state == STATE_IDLE;
}

bool smtp_is_waiting(const struct smtp *c) {
    return c->state == STATE_WAITING;
}

/* ---- out ---- */

static void on_socket(void *ctx, int fd, uint32_t events);

static void watch(struct smtp *c) {
    uint32_t events = c->out.len_b > 0 && !c->cannot_send ? EPOLLIN | EPOLLOUT : EPOLLIN;
    if (events != c->watched) {
        c->watched = events;
        loop_watch(c->relay->loop, c->fd, events, on_socket, c);
    }
}

static void set_deadline(struct smtp *c) {
    bool dot = c->queued > 0 && c->queue[0] == SAY_TEXT;
    const struct smtp_setup *s = &c->relay->setup;
    c->deadline_ms = clock_ms() + 1000 * (dot ? s->dot_timeout_s : s->timeout_s);
}

/* What cannot be sent now waits for EPOLLOUT. A send error decides nothing: the relay's last words
 * may still be there to read. */
static void flush(struct smtp *c) {
    while (c->out.len_b > 0 && !c->cannot_send) {
        size_t sent_b = 0;
        CURLcode rc = curl_easy_send(c->curl, c->out.data, c->out.len_b, &sent_b);
        if (rc == CURLE_AGAIN) {
            break;
        }
        c->cannot_send = rc != CURLE_OK;
        buf_drop(&c->out, c->cannot_send ? 0 : sent_b);
    }
    watch(c);
}

static bool dot_pending(const struct smtp *c) {
    return c->said > 0 && c->queue[0] == SAY_TEXT;
}

/* The mail that envelope commands said now are about. */
static const struct smtp_mail *subject(const struct smtp *c) {
    return dot_pending(c) ? &c->behind : &c->mail;
}

static void say_mail(struct smtp *c, const struct smtp_mail *mail) {
    buf_printf(&c->out, "MAIL FROM:<%s>", mail->from);
    if (c->size_offered) {
        buf_printf(&c->out, " SIZE=%zu", mail->size_b);
    }
    buf_str(&c->out, "\r\n");
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
        break;
    case SAY_RCPT:
        buf_str(&c->out, "RCPT TO:<");
        encode_address(&c->out, subject(c)->rcpt); /* a..b is no Dot-string: RFC 5321 4.1.2 */
        buf_str(&c->out, ">\r\n");
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

static void enqueue(struct smtp *c, enum smtp_command what) {
    assert(c->queued < SMTP_QUEUE);
    c->queue[c->queued++] = what;
}

static void enqueue_envelope(struct smtp *c) {
    if (c->dirty) {
        enqueue(c, SAY_RSET);
        c->dirty = false;
    }
    enqueue(c, SAY_MAIL);
    enqueue(c, SAY_RCPT);
    enqueue(c, SAY_DATA);
}

/* Says what may be said now: all of the queue when pipelining, else one command at a time. */
static void pump(struct smtp *c) {
    while (c->said < c->queued && (c->said == 0 || c->pipelining)) {
        enum smtp_command what = c->queue[c->said];
        say(c, what);
        c->said++;
    }
    assert(!c->out.over);
    flush(c);
}

static bool mail_ok(const struct smtp_mail *m) {
    return m->about && (!m->from[0] || smtp_address_ok(m->from)) && smtp_address_ok(m->rcpt) &&
           smtp_bytes_ok(m->bytes, m->size_b);
}

void smtp_offer(struct smtp *c, const struct smtp_mail *mail) {
    assert(c->state == STATE_IDLE && mail_ok(mail));
    c->mail = *mail;
    c->state = STATE_BUSY;
    enqueue_envelope(c);
    pump(c);
    set_deadline(c);
}

void smtp_release(struct smtp *c, const struct smtp_mail *next) {
    assert(c->state == STATE_WAITING && c->queued == 0);
    c->state = STATE_BUSY;
    enqueue(c, SAY_TEXT);
    if (next) {
        assert(mail_ok(next));
        c->behind = *next;
        enqueue_envelope(c);
    }
    pump(c);
    set_deadline(c);
}

void smtp_quit(struct smtp *c) {
    assert(c->state == STATE_IDLE);
    c->state = STATE_QUITTING;
    enqueue(c, SAY_QUIT);
    pump(c);
    c->deadline_ms = clock_ms() + QUIT_MS;
}

/* ---- ends ---- */

static void end_mail(struct smtp *c, enum smtp_fate fate, enum reply_phase phase,
                     const struct reply *reply) {
    void *about = c->mail.about;
    struct smtp_end end = {.fate = fate, .phase = phase, .reply = reply};
    c->mail = c->behind;
    c->behind = (struct smtp_mail){0};
    c->refused = false;
    c->relay->hooks->end(c->relay->ctx, c, about, &end);
}

static void become_idle(struct smtp *c) {
    c->state = STATE_IDLE;
    c->relay->hooks->ready(c->relay->ctx, c);
}

static void forget(struct smtp *c) {
    c->state = STATE_CLOSED;
    c->queued = c->said = 0;
    c->dirty = c->cannot_send = false;
    c->after_dot_b = 0;
    c->watched = 0;
    c->reader = (struct reply_reader){0};
    buf_clear(&c->out);
}

void smtp_conn_lost(struct smtp *c, const char *why) {
    if (c->state == STATE_CLOSED) {
        return;
    }
    struct reply none;
    reply_say(&none, why);
    /* A final dot still in our own buffer cannot have been seen. */
    bool dot_left = dot_pending(c) && c->out.len_b <= c->after_dot_b;
    enum reply_phase phase = c->queued ? PHASE_OF[c->queue[0]] : PHASE_DATA;
    smtp_conn_drop(c);
    forget(c);
    if (c->mail.about && c->refused) {
        struct reply refusal = c->refusal;
        end_mail(c, SMTP_REFUSED, c->refused_at, &refusal);
    } else if (c->mail.about) {
        phase = dot_left || phase != PHASE_DOT ? phase : PHASE_DATA;
        end_mail(c, dot_left ? SMTP_UNKNOWN : SMTP_UNTRIED, phase, &none);
    }
    if (c->mail.about) {
        end_mail(c, SMTP_UNTRIED, PHASE_MAIL, &none);
    }
    c->relay->hooks->closed(c->relay->ctx, c, c->was_open, none.text);
}

void smtp_abort(struct smtp *c, const char *why) {
    smtp_conn_lost(c, why);
}

/* ---- in ---- */

static void note_refusal(struct smtp *c, enum smtp_command at, const struct reply *reply) {
    if (c->refused) {
        return; /* what follows a refusal says nothing new */
    }
    c->refused = c->dirty = true;
    c->refused_at = PHASE_OF[at];
    c->refusal = *reply;
}

static void on_data_reply(struct smtp *c, const struct reply *reply) {
    if (reply->code != 354) {
        note_refusal(c, SAY_DATA, reply);
    } else if (c->refused) {
        /* Nobody would get it, but the relay waits for a text: an empty one (RFC 2920 section 3.1).
         */
        enqueue(c, SAY_DOT);
    } else {
        c->state = STATE_WAITING;
        c->relay->hooks->go(c->relay->ctx, c);
    }
}

static void on_dot_reply(struct smtp *c, const struct reply *reply) {
    static const enum smtp_fate FATE_OF[] = {
        [2] = SMTP_ACCEPTED, [3] = SMTP_UNKNOWN, [4] = SMTP_REFUSED, [5] = SMTP_REFUSED};
    end_mail(c, FATE_OF[reply->code / 100], PHASE_DOT, reply);
}

/* One reply to one command; false when the connection makes no sense any more: a 3xx that nobody
 * asked for, a DATA that is neither go-ahead nor refusal. */
static bool take_reply(struct smtp *c, enum smtp_command to, const struct reply *reply) {
    int class = reply->code / 100;
    switch (to) {
    case SAY_RSET:
        return class == 2;
    case SAY_MAIL:
    case SAY_RCPT:
        if (class > 3) {
            note_refusal(c, to, reply);
        }
        return class != 3;
    case SAY_DATA:
        if (class == 2 || (class == 3 && reply->code != 354)) {
            return false;
        }
        on_data_reply(c, reply);
        return true;
    case SAY_TEXT:
        on_dot_reply(c, reply);
        return class != 3;
    case SAY_DOT:
        return true;
    case SAY_QUIT:
        return false;
    }
    return false;
}

/* A refused mail ends when all that was said for it is answered. */
static void after_reply(struct smtp *c) {
    if (c->refused && c->said < c->queued && c->queue[c->said] != SAY_DOT) {
        c->queued = c->said;
    }
    if (c->refused && c->queued == 0) {
        end_mail(c, SMTP_REFUSED, c->refused_at, &c->refusal);
    }
    if (c->queued == 0 && c->state == STATE_BUSY) {
        become_idle(c);
    }
    pump(c);
    set_deadline(c);
}

static enum smtp_command dequeue(struct smtp *c) {
    enum smtp_command to = c->queue[0];
    c->said--;
    c->queued--;
    memmove(c->queue, c->queue + 1, (size_t)c->queued * sizeof c->queue[0]);
    return to;
}

static void on_reply(struct smtp *c, const struct reply *reply) {
    if (c->said == 0) {
        smtp_conn_lost(c, reply->text);
        return;
    }
    enum smtp_command to = dequeue(c);
    bool sane = take_reply(c, to, reply);
    if (!sane || reply->code == 421) {
        smtp_conn_lost(c, to == SAY_QUIT ? "closed after QUIT" : reply->text);
        return;
    }
    after_reply(c);
}

static void read_replies(struct smtp *c, const char *data, size_t len_b) {
    while (c->state != STATE_CLOSED) {
        struct reply reply;
        size_t used_b = 0;
        switch (reply_read(&c->reader, data, len_b, &used_b, &reply)) {
        case REPLY_MORE:
            return;
        case REPLY_BAD:
            smtp_conn_lost(c, "what the relay says is not SMTP");
            return;
        case REPLY_WHOLE:
            on_reply(c, &reply);
            break;
        }
        data += used_b;
        len_b -= used_b;
    }
}

static void on_socket(void *ctx, int fd, uint32_t events) {
    (void)fd;
    struct smtp *c = ctx;
    if (events & EPOLLOUT) {
        flush(c);
    }
    while (c->state != STATE_CLOSED) {
        char data[READ_B];
        size_t len_b = 0;
        CURLcode rc = curl_easy_recv(c->curl, data, sizeof data, &len_b);
        if (rc == CURLE_AGAIN) {
            return;
        }
        if (rc != CURLE_OK || len_b == 0) {
            smtp_conn_lost(c, "the relay closed the connection");
            return;
        }
        read_replies(c, data, len_b);
        /* Without TLS nothing hides behind the socket: epoll tells when there is more. */
        if (len_b < sizeof data && c->relay->setup.tls == TLS_NONE) {
            return;
        }
    }
}

void smtp_conn_opened(struct smtp *c) {
    c->was_open = true;
    watch(c);
    become_idle(c);
}
