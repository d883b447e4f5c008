/* Inside of the channel mail, shared by mail.c (opening, capacity), mail_alert.c, mail_express.c
 * and mail_letter.c (what is written), mail_link.c (SMTP). */
#ifndef WORKER_MAIL_IMPL_H
#define WORKER_MAIL_IMPL_H

#include "mail/mail.h"
#include "mail/relay_auth.h"
#include "mime/signer.h"
#include "tokens/link.h"

struct mail {
    struct channel channel; /* first */
    struct arena *arena;
    struct link_keys *keys, *verp_keys; /* of links; of envelope senders */
    struct signer *signer;
    struct relay_auth *auths; /* for the relays that want them */
    size_t auth_count;
};

/* ---- mail_alert.c: to one recipient each ---- */

MUST_USE NONNULL bool mail_prepare(struct channel *c, struct arena *a,
                                   const struct delivery_broadcast *what, void **out,
                                   struct fault *f);
MUST_USE NONNULL bool mail_write_own(struct mail *m, const struct channel_alert *alert,
                                     struct channel_load *out, struct fault *f);

/* ---- mail_express.c: one for many ---- */

MUST_USE NONNULL bool mail_write_express(struct mail *m, const struct channel_alert *alert,
                                         struct channel_load *out, struct fault *f);

/* ---- mail_letter.c ---- */

MUST_USE NONNULL bool mail_write_letter(struct mail *m, struct arena *a,
                                        const struct letter *letter, struct channel_load *out,
                                        struct fault *f);

/* ---- mail_link.c ---- */

MUST_USE NONNULL bool mail_gate_open(struct channel *c, struct loop *loop, const char *server,
                                     const struct channel_hooks *hooks, struct channel_gate **out,
                                     struct fault *f);
void mail_gate_close(struct channel_gate **g);
NONNULL int mail_gate_tick(struct channel_gate *g);
NONNULL struct channel_link *mail_link_new(struct channel_gate *g, struct slot *slot);
NONNULL void mail_link_open(struct channel_link *l);
NONNULL bool mail_link_is_closed(const struct channel_link *l);
NONNULL bool mail_link_is_idle(const struct channel_link *l);
NONNULL bool mail_link_is_waiting(const struct channel_link *l);
NONNULL size_t mail_link_most(const struct channel_link *l);
NONNULL void mail_link_offer(struct channel_link *l, struct channel_load *load);
NONNULL bool mail_link_took(const struct channel_link *l, size_t place);
void mail_link_release(struct channel_link *l, struct channel_load *next)
    __attribute__((nonnull(1)));
NONNULL void mail_link_abort(struct channel_link *l, const char *why);
NONNULL void mail_link_quit(struct channel_link *l);

#endif
