/* The channel mail's links: SMTP connections, and what their replies mean for a channel. */
#include <stdlib.h>
#include <string.h>

#include "mail/mail_impl.h"
#include "settings/conf.h"
#include "smtp/smtp.h"

static_assert((int)CHANNEL_RECIPIENTS == (int)SMTP_RCPTS, "a load's recipients fit a mail");

struct channel_gate {
    struct smtp_relay *relay;
    const struct channel_hooks *hooks;
};

static struct smtp *smtp_of(const struct channel_link *l) {
    return (struct smtp *)l;
}

/* ---- verdict ---- */

static struct outcome outcome_of(const struct smtp_end *end) {
    return end->fate == SMTP_UNKNOWN
               ? (struct outcome){.scope = SCOPE_RECIPIENT, .end = END_UNKNOWN}
               : reply_outcome(end->reply, end->phase);
}

static struct channel_end judge(const struct smtp_end *end) {
    return (struct channel_end){.stage = end->phase < PHASE_RCPT    ? STAGE_OPENING
                                         : end->phase == PHASE_RCPT ? STAGE_NAMING
                                                                    : STAGE_TEXT,
                                .untried = end->fate == SMTP_UNTRIED,
                                .parting = end->reply->code == 421,
                                .outcome = outcome_of(end),
                                .answer = end->reply};
}

static bool are_same(const struct smtp_end *a, const struct smtp_end *b) {
    return a->reply == b->reply && a->phase == b->phase && a->fate == b->fate;
}

static void on_end(void *ctx, struct smtp *c, void *about, const struct smtp_end *ends,
                   size_t count) {
    const struct channel_gate *g = ctx;
    struct channel_end judged[SMTP_RCPTS];
    for (size_t i = 0; i < count; i++)
        if (i > 0 && are_same(&ends[i], &ends[i - 1]))
            judged[i] = judged[i - 1];
        else
            judged[i] = judge(&ends[i]);
    g->hooks->end(smtp_owner(c), about, judged, count);
}

static void on_ready(void *ctx, struct smtp *c) {
    ((const struct channel_gate *)ctx)->hooks->ready(smtp_owner(c));
}

static void on_go(void *ctx, struct smtp *c) {
    (void)ctx;
    (void)c; /* the engine asks is_waiting once a round */
}

static void on_closed(void *ctx, struct smtp *c, bool was_open, const char *text) {
    ((const struct channel_gate *)ctx)->hooks->closed(smtp_owner(c), was_open, text);
}

static const struct smtp_hooks HOOKS = {
    .ready = on_ready, .go = on_go, .end = on_end, .closed = on_closed};

/* ---- relays ---- */

bool mail_gate_open(struct channel *c, struct loop *loop, const char *server,
                    const struct channel_hooks *hooks, struct channel_gate **out, struct fault *f) {
    const struct mail *m = (const struct mail *)c;
    const struct relay_auth *auth = relay_auth_find(m->auths, m->auth_count, server);
    struct smtp_setup setup = {.host_port = server,
                               .ehlo = conf.domain,
                               .user = auth ? auth->user : "",
                               .password = auth ? auth->password : "",
                               .tls = (enum conf_tls)conf.relay_tls,
                               .ca_file = conf.relay_ca_file,
                               .timeout_s = conf.relay_timeout_s,
                               .dot_timeout_s = conf.relay_dot_timeout_s};
    struct channel_gate *g = calloc(1, sizeof *g);
    if (!g)
        abort();
    g->hooks = hooks;
    if (!smtp_relay_open(loop, &setup, &HOOKS, g, &g->relay, f)) {
        free(g);
        return false;
    }
    *out = g;
    return true;
}

void mail_gate_close(struct channel_gate **g) {
    if (!*g)
        return;
    smtp_relay_close(&(*g)->relay);
    free(*g);
    *g = NULL;
}

int mail_gate_tick(struct channel_gate *g) {
    return smtp_relay_tick(g->relay);
}

/* ---- connections ---- */

static struct smtp_mail mail_of(struct channel_load *load) {
    return (struct smtp_mail){.from = load->from,
                              .to = load->to,
                              .count = load->count,
                              .bytes = load->text,
                              .size_b = load->text_b,
                              .about = load};
}

struct channel_link *mail_link_new(struct channel_gate *g, struct slot *slot) {
    return (struct channel_link *)smtp_new(g->relay, slot);
}

void mail_link_open(struct channel_link *l) {
    smtp_open(smtp_of(l));
}

bool mail_link_is_closed(const struct channel_link *l) {
    return smtp_is_closed(smtp_of(l));
}

bool mail_link_is_idle(const struct channel_link *l) {
    return smtp_is_idle(smtp_of(l));
}

bool mail_link_is_waiting(const struct channel_link *l) {
    return smtp_is_waiting(smtp_of(l));
}

size_t mail_link_most(const struct channel_link *l) {
    return smtp_most(smtp_of(l));
}

void mail_link_offer(struct channel_link *l, struct channel_load *load) {
    struct smtp_mail mail = mail_of(load);
    smtp_offer(smtp_of(l), &mail);
}

bool mail_link_took(const struct channel_link *l, size_t place) {
    return smtp_took(smtp_of(l), place);
}

void mail_link_release(struct channel_link *l, struct channel_load *next) {
    struct smtp_mail mail;
    if (next)
        mail = mail_of(next);
    smtp_release(smtp_of(l), next ? &mail : NULL);
}

void mail_link_abort(struct channel_link *l, const char *why) {
    smtp_abort(smtp_of(l), why);
}

void mail_link_quit(struct channel_link *l) {
    smtp_quit(smtp_of(l));
}
