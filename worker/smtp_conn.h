/* Inside of an SMTP connection, shared by smtp_relay.c (opening) and smtp.c (mail transactions). */
#ifndef WORKER_SMTP_CONN_H
#define WORKER_SMTP_CONN_H

#include <curl/curl.h>

#include "buf.h"
#include "smtp.h"

enum smtp_state {
    STATE_CLOSED,
    STATE_OPENING, /* libcurl's */
    STATE_IDLE,
    STATE_BUSY,    /* replies are awaited */
    STATE_WAITING, /* 354 came, the text is not released */
    STATE_QUITTING
};

enum smtp_command { SAY_RSET, SAY_MAIL, SAY_RCPT, SAY_DATA, SAY_TEXT, SAY_DOT, SAY_QUIT };

enum { SMTP_QUEUE = 8, SMTP_WHY_B = 400, SMTP_OUT_CAP_B = 16 << 20 };

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
    struct smtp_mail mail, behind; /* in flight; riding behind the final dot; about NULL: none */
    bool refused;                  /* `mail` is, at refused_at by refusal */
    enum reply_phase refused_at;
    struct reply refusal;
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
    CURLM *multi;
    char *url;
    int64_t timer_ms; /* when libcurl wants to be called; -1 never */
    struct smtp *conns;
};

/* smtp_relay.c: drops the socket and the curl handle. */
NONNULL void smtp_conn_drop(struct smtp *c);

/* smtp.c: the connection is open; and: it is lost, for this reason. */
NONNULL void smtp_conn_opened(struct smtp *c);
NONNULL void smtp_conn_lost(struct smtp *c, const char *why);

#endif
