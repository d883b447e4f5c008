/* SMTP mail transactions, what is answered: each reply finds its command, each answer to a RCPT its
 * recipient; and what came of a mail when all is answered, or the connection is gone. */
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "smtp/smtp_impl.h"

enum {
    READ_B = 16384,
    REPLIES_FIRST = 4,
    FULL_RUN = 50 /* mails with the most recipients, taken whole, before one more is tried */
};

static const enum reply_phase PHASE_OF[] = {
    [SAY_RSET] = PHASE_MAIL, [SAY_MAIL] = PHASE_MAIL, [SAY_RCPT] = PHASE_RCPT,
    [SAY_DATA] = PHASE_DATA, [SAY_TEXT] = PHASE_DOT,  [SAY_DOT] = PHASE_DATA,
    [SAY_QUIT] = PHASE_EHLO,
};

/* ---- ends ---- */

bool smtp_took(const struct smtp *c, size_t place) {
    assert(place < c->mail.count);
    return c->envelope.rcpt[place] == RCPT_TAKEN;
}

/* Nobody is left whom the mail could reach. */
static bool hopeless(const struct smtp *c) {
    const struct envelope *e = &c->envelope;
    return c->mail.about && (e->refused || (e->answered == c->mail.count && e->taken == 0));
}

static void forget_envelope(struct envelope *e) {
    memset(e->rcpt, RCPT_OPEN, e->answered);
    e->answered = e->taken = e->replies_count = 0;
    e->refused = false;
}

/* Recipients with an answer of their own keep it; `common` is what came of the others. */
static void end_mail(struct smtp *c, struct smtp_end common) {
    const struct envelope *e = &c->envelope;
    void *about = c->mail.about;
    size_t count = c->mail.count;
    struct smtp_end ends[SMTP_RCPTS];
    for (size_t i = 0; i < count; i++) {
        bool own = e->rcpt[i] == RCPT_REFUSED || e->rcpt[i] == RCPT_SPARED;
        ends[i] = common;
        if (own) {
            ends[i] =
                (struct smtp_end){.fate = e->rcpt[i] == RCPT_REFUSED ? SMTP_REFUSED : SMTP_UNTRIED,
                                  .phase = PHASE_RCPT,
                                  .reply = &e->replies[e->said[i]]};
        }
    }
    c->mail = c->behind;
    c->behind = (struct smtp_mail){0};
    c->relay->hooks->end(c->relay->ctx, c, about, ends, count);
    forget_envelope(&c->envelope);
}

/* A mail that nobody gets: the one refusal of all, or each his own. */
static void end_hopeless(struct smtp *c) {
    const struct envelope *e = &c->envelope;
    c->dirty = true;
    end_mail(c,
             (struct smtp_end){.fate = SMTP_REFUSED, .phase = e->refused_at, .reply = &e->refusal});
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
    if (c->state == STATE_CLOSED)
        return;
    struct answer none;
    answer_say(&none, why);
    /* A final dot still in our own buffer cannot have been seen. */
    bool dot_left = smtp_dot_pending(c) && c->out.len_b <= c->after_dot_b;
    enum reply_phase phase = c->queued ? PHASE_OF[c->queue[0]] : PHASE_DATA;
    smtp_conn_drop(c);
    forget(c);
    if (hopeless(c)) {
        end_hopeless(c);
    } else if (c->mail.about) {
        phase = dot_left || phase != PHASE_DOT ? phase : PHASE_DATA;
        end_mail(c, (struct smtp_end){.fate = dot_left ? SMTP_UNKNOWN : SMTP_UNTRIED,
                                      .phase = phase,
                                      .reply = &none});
    }
    if (c->mail.about)
        end_mail(c, (struct smtp_end){.fate = SMTP_UNTRIED, .phase = PHASE_MAIL, .reply = &none});
    c->dirty = false;
    c->relay->hooks->closed(c->relay->ctx, c, c->was_open, none.text);
}

void smtp_abort(struct smtp *c, const char *why) {
    smtp_conn_lost(c, why);
}

/* ---- the envelope's answers ---- */

/* What follows a refusal of all says nothing new. */
static void refuse_rest(struct smtp *c, enum smtp_command at, const struct answer *reply) {
    struct envelope *e = &c->envelope;
    if (!hopeless(c)) {
        e->refused = true;
        e->refused_at = PHASE_OF[at];
        e->refusal = *reply;
    }
}

static uint8_t keep_reply(struct envelope *e, const struct answer *reply) {
    if (e->replies_count == e->replies_room) {
        e->replies_room = e->replies_room ? e->replies_room * 2 : REPLIES_FIRST;
        e->replies = realloc(e->replies, e->replies_room * sizeof *e->replies);
        if (!e->replies)
            abort();
    }
    e->replies[e->replies_count] = *reply;
    return (uint8_t)e->replies_count++;
}

/* "Too many recipients": 4.5.3 or 5.5.3 (RFC 3463), without an enhanced code 452 and the old 552
 * (RFC 5321 section 4.5.3.1.10). Nothing is said of the recipient, so long as one before was taken;
 * else a 452 is the recipient's own. */
static bool too_many(const struct smtp *c, const struct answer *reply) {
    bool limit = reply->detail[0] ? reply->detail[1] == 5 && reply->detail[2] == 3
                                  : reply->code == 452 || reply->code == 552;
    return limit && c->envelope.taken > 0;
}

static void learn_most(struct smtp *c) {
    struct smtp_relay *relay = c->relay;
    if (c->envelope.taken < relay->most) {
        relay->most = c->envelope.taken;
        relay->full = 0;
    }
}

static void on_rcpt_reply(struct smtp *c, const struct answer *reply) {
    struct envelope *e = &c->envelope;
    size_t place = e->answered++;
    if (reply->code < 300) {
        e->rcpt[place] = RCPT_TAKEN;
        e->taken++;
        return;
    }
    e->said[place] = keep_reply(e, reply);
    e->rcpt[place] = RCPT_REFUSED;
    if (too_many(c, reply)) {
        e->rcpt[place] = RCPT_SPARED;
        learn_most(c);
    }
}

static void on_data_reply(struct smtp *c, const struct answer *reply) {
    if (reply->code != 354) {
        refuse_rest(c, SAY_DATA, reply);
    } else if (hopeless(c)) {
        /* Nobody would get it, but the relay waits for a text: an empty one (RFC 2920 section 3.1).
         */
        smtp_enqueue(c, SAY_DOT);
    } else {
        c->state = STATE_WAITING;
        c->relay->hooks->go(c->relay->ctx, c);
    }
}

/* A limit may have been a passing one: after a while one more is tried. */
static void note_full(struct smtp *c) {
    struct smtp_relay *relay = c->relay;
    if (c->envelope.taken < relay->most || relay->most == SMTP_RCPTS)
        return;
    if (++relay->full == FULL_RUN) {
        relay->full = 0;
        relay->most++;
    }
}

static void on_dot_reply(struct smtp *c, const struct answer *reply) {
    static const enum smtp_fate FATE_OF[] = {
        [2] = SMTP_ACCEPTED, [3] = SMTP_UNKNOWN, [4] = SMTP_REFUSED, [5] = SMTP_REFUSED};
    note_full(c);
    end_mail(c, (struct smtp_end){
                    .fate = FATE_OF[reply->code / 100], .phase = PHASE_DOT, .reply = reply});
}

/* ---- in ---- */

/* One reply to one command; false when the connection makes no sense any more: a 3xx that nobody
 * asked for, a DATA that is neither go-ahead nor refusal. */
static bool take_reply(struct smtp *c, enum smtp_command to, const struct answer *reply) {
    int class = reply->code / 100;
    switch (to) {
    case SAY_RSET:
        return class == 2;
    case SAY_MAIL:
        if (class > 3)
            refuse_rest(c, to, reply);
        return class != 3;
    case SAY_RCPT:
        if (class != 3 && !c->envelope.refused)
            on_rcpt_reply(c, reply);
        return class != 3;
    case SAY_DATA:
        if (class == 2 || (class == 3 && reply->code != 354))
            return false;
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

/* A mail that nobody gets ends when all that was said for it is answered. */
static void after_reply(struct smtp *c) {
    if (hopeless(c) && c->said < c->queued && c->queue[c->said] != SAY_DOT)
        c->queued = c->said;
    if (hopeless(c) && c->queued == 0)
        end_hopeless(c);
    if (c->queued == 0 && c->state == STATE_BUSY)
        become_idle(c);
    smtp_pump(c);
}

static enum smtp_command dequeue(struct smtp *c) {
    enum smtp_command to = c->queue[0];
    c->said--;
    c->queued--;
    memmove(c->queue, c->queue + 1, (size_t)c->queued * sizeof c->queue[0]);
    return to;
}

static void on_reply(struct smtp *c, const struct answer *reply) {
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

/* Only whole replies prolong the wait for the next. */
static void read_replies(struct smtp *c, const char *data, size_t len_b) {
    for (bool any = false; c->state != STATE_CLOSED; any = true) {
        struct answer reply;
        size_t used_b = 0;
        switch (reply_read(&c->reader, data, len_b, &used_b, &reply)) {
        case REPLY_MORE:
            if (any)
                smtp_set_deadline(c);
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

void smtp_on_socket(void *ctx, int fd, uint32_t events) {
    (void)fd;
    struct smtp *c = ctx;
    if (events & EPOLLOUT)
        smtp_flush(c);
    while (c->state != STATE_CLOSED) {
        char data[READ_B];
        size_t len_b = 0;
        CURLcode rc = curl_easy_recv(c->curl, data, sizeof data, &len_b);
        if (rc == CURLE_AGAIN)
            return;
        if (rc != CURLE_OK || len_b == 0) {
            smtp_conn_lost(c, "the relay closed the connection");
            return;
        }
        read_replies(c, data, len_b);
        /* Without TLS nothing hides behind the socket: epoll tells when there is more. */
        if (len_b < sizeof data && c->relay->setup.tls == TLS_NONE)
            return;
    }
}

void smtp_conn_opened(struct smtp *c) {
    c->was_open = true;
    smtp_flush(c);
    become_idle(c);
}
