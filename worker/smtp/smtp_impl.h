/* Inside of an SMTP connection, shared by smtp_relay.c (opening), smtp.c (what is said) and
 * smtp_answer.c (what comes of it). */
#ifndef WORKER_SMTP_IMPL_H
#define WORKER_SMTP_IMPL_H

#include <curl/curl.h>

#include "buf.h"
#include "smtp/smtp.h"

enum smtp_state {
    STATE_CLOSED,
    STATE_OPENING, /* libcurl's */
    STATE_IDLE,
    STATE_BUSY,    /* replies are awaited */
    STATE_WAITING, /* 354 came, the text is not released */
    STATE_QUITTING
};

enum smtp_command { SAY_RSET, SAY_MAIL, SAY_RCPT, SAY_DATA, SAY_TEXT, SAY_DOT, SAY_QUIT };

/* A text and the next envelope behind it: RSET, MAIL, RCPTs, DATA. */
enum { SMTP_QUEUE = SMTP_RCPTS + 4, SMTP_WHY_B = 400, SMTP_OUT_CAP_B = 16 << 20 };

/* What is known of a recipient. */
enum rcpt_state {
    RCPT_OPEN, /* not answered */
    RCPT_TAKEN,
    RCPT_REFUSED,
    RCPT_SPARED /* the relay takes no more with this mail */
};

/* The answers to the envelope of the mail in flight. */
struct envelope {
    uint8_t rcpt[SMTP_RCPTS]; /* enum rcpt_state */
    uint8_t said[SMTP_RCPTS]; /* refused or spared: place in `replies` */
    size_t answered, taken;   /* recipients */
    bool refused;             /* whoever was not refused before is, at refused_at by refusal */
    enum reply_phase refused_at;
    struct answer refusal;
    struct answer *replies; /* grown as needed */
    size_t replies_count, replies_room;
};

struct smtp {
    struct smtp_relay *relay;
    struct smtp *next_of_relay;
    void *owner;
    CURL *curl; /* NULL: closed */
    int fd;     /* -1 unless connected */
    enum smtp_state state;
    bool was_open, pipelining, size_offered, dirty; /* dirty: RSET before the next MAIL */
    bool cannot_send;
    uint32_t watched; /* events the loop watches `fd` for */
    int64_t deadline_ms;
    /* commands not yet answered, in order; the first `said` of them were sent */
    enum smtp_command queue[SMTP_QUEUE];
    int queued, said;
    size_t rcpts_said;             /* of the envelope that is being said */
    size_t most;                   /* recipients of a mail, as EHLO says */
    struct smtp_mail mail, behind; /* in flight; riding behind the final dot; about NULL: none */
    struct envelope envelope;      /* of `mail` */
    struct buf out;
    size_t after_dot_b; /* bytes put to `out` behind the final dot */
    struct reply_reader reader;
    char heard[SMTP_WHY_B], curl_says[CURL_ERROR_SIZE]; /* while opening */
};

struct smtp_relay {
    struct loop *loop;
    struct smtp_setup setup;
    const struct smtp_hooks *hooks;
    void *ctx;
    loop_handler *on_socket; /* smtp_on_socket */
    CURLM *multi;
    char *url;
    int64_t timer_ms; /* when libcurl wants to be called; -1 never */
    size_t most;      /* recipients of a mail, as answers have shown */
    size_t full;      /* mails with so many that were taken whole, since `most` changed */
    struct smtp *conns;
};

/* Each file calls those before it only: smtp.c, smtp_answer.c, smtp_relay.c. */

/* smtp.c: drops the socket and the curl handle. */
NONNULL void smtp_conn_drop(struct smtp *c);
/* Whether the final dot of `mail` was said and is not answered. */
NONNULL bool smtp_dot_pending(const struct smtp *c);
/* Puts a command behind the others; and: says what may be said now. */
NONNULL void smtp_enqueue(struct smtp *c, enum smtp_command what);
NONNULL void smtp_pump(struct smtp *c);
/* Sends what stands in `out`, as far as the socket takes it. */
NONNULL void smtp_flush(struct smtp *c);
/* From now on the next reply is waited for. */
NONNULL void smtp_set_deadline(struct smtp *c);

/* smtp_answer.c: the connection is open; something is to be read; it is lost, for this reason. */
NONNULL void smtp_conn_opened(struct smtp *c);
NONNULL void smtp_on_socket(void *ctx, int fd, uint32_t events);
NONNULL void smtp_conn_lost(struct smtp *c, const char *why);

#endif
