/* SMTP client connections: libcurl connects, greets, does STARTTLS and AUTH; the mail transaction
 * is ours, pipelined where the relay offers it (RFC 5321, RFC 2920), inside the worker's loop.
 *
 * One mail is in flight on a connection, to one recipient or up to SMTP_RCPTS of them; the envelope
 * of the next one may ride behind the final dot. A mail's text leaves only when its owner says so
 * (smtp_release), so that an intent can be on disk first. Only reply codes decide what came of a
 * mail, and each answer to a RCPT is its own recipient's. */
#ifndef WORKER_SMTP_H
#define WORKER_SMTP_H

#include "base.h"
#include "fault.h"
#include "loop.h"
#include "settings/conf.h"
#include "smtp/reply.h"
#include "smtp/smtp_guard.h"

struct smtp_relay; /* where connections go */
struct smtp;       /* one connection, open or closed */

/* Strings are borrowed for the relay's life. */
struct smtp_setup {
    const char *host_port; /* "relay.city.example:25" */
    const char *ehlo;      /* our name in EHLO */
    const char *user;      /* "" for no AUTH */
    const char *password;
    enum conf_tls tls;
    const char *ca_file;   /* for TLS_VERIFY; "" or NULL: the system's authorities */
    int64_t timeout_s;     /* connect, greet, and each reply but the final dot's */
    int64_t dot_timeout_s; /* the final dot's reply (RFC 5321 section 4.5.3.2.6: 600) */
};

/* The most recipients of one mail: what every relay takes (RFC 5321 section 4.5.3.1.8). */
enum { SMTP_RCPTS = 100 };

/* Borrowed from smtp_offer or smtp_release till the mail's `end` hook. */
struct smtp_mail {
    const char *from;      /* envelope, without <>; may be "" */
    const char *const *to; /* its recipients, likewise: 1 to SMTP_RCPTS */
    size_t count;
    const char *bytes; /* see smtp_bytes_ok */
    size_t size_b;
    void *about; /* the owner's, not NULL */
};

enum smtp_fate {
    SMTP_ACCEPTED, /* 2xx after the final dot */
    SMTP_REFUSED,  /* `reply` is the relay's 4xx or 5xx at `phase` */
    /* Nothing was sent: the connection ended before the final dot left, or the relay takes no more
     * recipients with this mail and would with another (RFC 5321 section 4.5.3.1.10). */
    SMTP_UNTRIED,
    SMTP_UNKNOWN /* the final dot left and no reply code came */
};

/* What came of a mail for one of its recipients. */
struct smtp_end {
    enum smtp_fate fate;
    enum reply_phase phase;
    /* The relay's, or (code ANSWER_NONE) our words about the lost connection; valid in the hook. */
    const struct answer *reply;
};

/* Hooks only take note; they call no function of this header. */
struct smtp_hooks {
    void (*ready)(void *ctx, struct smtp *c); /* idle: smtp_offer, smtp_quit or smtp_abort */
    void (*go)(void *ctx, struct smtp *c);    /* 354 came: smtp_release or smtp_abort */
    /* `ends` in the order of the mail's recipients, one each. */
    void (*end)(void *ctx, struct smtp *c, void *about, const struct smtp_end *ends, size_t count);
    /* `was_open`: it had been ready before; text says why it closed. */
    void (*closed)(void *ctx, struct smtp *c, bool was_open, const char *text);
};

/* A relay in a loop; setup is copied, its strings and hooks borrowed. smtp_relay_close frees it
 * with its connections, calling no hook; accepts NULL, nulls. */
MUST_USE NONNULL bool smtp_relay_open(struct loop *loop, const struct smtp_setup *setup,
                                      const struct smtp_hooks *hooks, void *ctx,
                                      struct smtp_relay **out, struct fault *f);
void smtp_relay_close(struct smtp_relay **relay);

/* Runs what is due (timeouts of connections, libcurl's timer); call once a round. Returns
 * milliseconds till the next is due, at most a second. */
NONNULL int smtp_relay_tick(struct smtp_relay *relay);

/* A closed connection; lives as long as its relay. `owner` is given back by smtp_owner. */
NONNULL struct smtp *smtp_new(struct smtp_relay *relay, void *owner);
NONNULL void *smtp_owner(const struct smtp *c);

/* Starts to connect; ends in `ready` or `closed`. */
NONNULL void smtp_open(struct smtp *c);

/* Whether it is closed, connected and idle, or waiting for smtp_release. */
NONNULL bool smtp_is_closed(const struct smtp *c);
NONNULL bool smtp_is_idle(const struct smtp *c);
NONNULL bool smtp_is_waiting(const struct smtp *c);

/* How many recipients a mail on this connection should have at most, from 1 to SMTP_RCPTS: what the
 * relay offered in EHLO (RFC 9422, RCPTMAX) or has shown by refusing more. More would be untried.
 */
NONNULL size_t smtp_most(const struct smtp *c);

/* Sends the envelope of a mail whose addresses and bytes pass smtp_address_ok and smtp_bytes_ok
 * (asserted) on an idle connection. Ends in `go` or `end`. */
NONNULL void smtp_offer(struct smtp *c, const struct smtp_mail *mail);

/* Whether the relay took this recipient of the mail that waits for smtp_release. */
NONNULL bool smtp_took(const struct smtp *c, size_t place);

/* Sends the text of the mail that waits, with the envelope of the next (NULL: none) behind it. */
void smtp_release(struct smtp *c, const struct smtp_mail *next) __attribute__((nonnull(1)));

/* Closes at once; mails on it end by the rules of enum smtp_fate, then `closed`. */
NONNULL void smtp_abort(struct smtp *c, const char *why);

/* QUIT on an idle connection, then `closed`. */
NONNULL void smtp_quit(struct smtp *c);

#endif
