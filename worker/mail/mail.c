/* The channel mail: opened, its capacity, and the table of what it does. */
#include "mail/mail.h"

#include <stdlib.h>

#include "mail/mail_impl.h"
#include "mime/encode.h"
#include "mime/mime.h"
#include "settings/conf.h"
#include "settings/conf_pairs.h"
#include "smtp/smtp_guard.h"
#include "text.h"
#include "tokens/verp.h"

static_assert((int)CHANNEL_FROM_B >= (int)VERP_ADDRESS_B, "an envelope sender fits");
static_assert((int)CHANNEL_TEXT_B == (int)MIME_MAIL_B, "a mail fits");

/* ---- keys ---- */

static bool begin(struct channel *c, struct db *db, struct fault *f) {
    struct mail *m = (struct mail *)c;
    return (m->keys || link_keys_load(db, &m->keys, f)) &&
           (m->verp_keys || verp_keys_load(db, &m->verp_keys, f));
}

static bool look(struct channel *c) {
    struct mail *m = (struct mail *)c;
    bool changed = signer_look(m->signer);
    c->ready = signer_ready(m->signer);
    return changed;
}

static const char *trouble(const struct channel *c) {
    return signer_trouble(((const struct mail *)c)->signer);
}

/* ---- capacity ---- */

/* A lane's own relays by setting, else those of all. */
static const char **relays(struct arena *a, const char *lane, size_t *count) {
    size_t paired;
    if (!lane)
        return relay_auth_servers(a, count);
    const struct conf_pair *pairs = conf_pairs(a, conf.lane_relays, &paired);
    const struct conf_pair *own = conf_pair_find(pairs, paired, lane);
    char **servers = own ? own->items : text_split(a, conf.relays, ',', count);
    *count = own ? own->count : *count;
    return (const char **)servers;
}

/* Those of the settings, and `other`. */
static bool lanes(struct arena *a, const struct lane_setting **out, size_t *count,
                  struct fault *f) {
    size_t named, paced;
    const struct conf_pair *pairs = conf_pairs(a, conf.lanes, &named);
    const struct conf_pair *paces = conf_pairs(a, conf.lane_pace, &paced);
    struct lane_setting *all = arena_array(a, named + 1, sizeof *all);
    for (size_t i = 0; i < named; i++)
        all[i] = (struct lane_setting){.name = pairs[i].name,
                                       .domains = (const char *const *)pairs[i].items,
                                       .count = pairs[i].count};
    all[named] = (struct lane_setting){.name = "other"};
    *out = all;
    *count = named + 1;
    for (size_t i = 0; i < *count; i++) {
        const struct conf_pair *pace = conf_pair_find(paces, paced, all[i].name);
        if (pace && !text_int(pace->items[0], 1, INT32_MAX, &all[i].pace))
            return fault_set(f, FAULT_INVALID, "A lane's pace is no number.");
    }
    return true;
}

/* Urgent alerts go to several at once (express). */
static size_t together(const struct delivery_broadcast *what) {
    return what->urgent ? (size_t)conf.express_recipients : 1;
}

/* ---- what is written ---- */

static const char UNFIT[] = "The address or the text is not fit for mail.";

static const char *unfit(const char *address) {
    return encode_address_fits(address) ? NULL : UNFIT;
}

/* The wire refuses what it would misread, whatever went wrong before. */
static bool fit_for_wire(const struct channel_load *load, struct fault *f) {
    if (smtp_address_ok(load->from) && smtp_bytes_ok(load->text, load->text_b))
        return true;
    return fault_set(f, FAULT_INVALID, UNFIT);
}

static bool write_alert(struct channel *c, const struct channel_alert *alert,
                        struct channel_load *out, struct fault *f) {
    struct mail *m = (struct mail *)c;
    bool express = together(alert->what) > 1;
    return (express ? mail_write_express(m, alert, out, f) : mail_write_own(m, alert, out, f)) &&
           fit_for_wire(out, f);
}

static bool write_letter(struct channel *c, struct arena *a, const struct letter *letter,
                         struct channel_load *out, struct fault *f) {
    return mail_write_letter((struct mail *)c, a, letter, out, f) && fit_for_wire(out, f);
}

/* ---- opening ---- */

static void close_mail(struct channel **c) {
    struct mail *m = (struct mail *)*c;
    relay_auth_wipe(m->auths, m->auth_count);
    signer_close(&m->signer);
    link_keys_free(&m->keys);
    link_keys_free(&m->verp_keys);
    struct arena *a = m->arena;
    arena_free(&a);
    *c = NULL;
}

static const struct channel_does DOES = {
    .begin = begin,
    .look = look,
    .trouble = trouble,
    .close = close_mail,
    .relays = relays,
    .prepare = mail_prepare,
    .together = together,
    .unfit = unfit,
    .write = write_alert,
    .write_letter = write_letter,
    .gate_open = mail_gate_open,
    .gate_close = mail_gate_close,
    .gate_tick = mail_gate_tick,
    .link_new = mail_link_new,
    .open = mail_link_open,
    .is_closed = mail_link_is_closed,
    .is_idle = mail_link_is_idle,
    .is_waiting = mail_link_is_waiting,
    .most = mail_link_most,
    .offer = mail_link_offer,
    .took = mail_link_took,
    .release = mail_link_release,
    .abort = mail_link_abort,
    .quit = mail_link_quit,
};

static struct channel *open_mail(struct fault *f) {
    struct arena *a = arena_new();
    struct mail *m = arena_alloc(a, sizeof *m);
    *m = (struct mail){.channel = {.does = &DOES,
                                   .links = (size_t)conf.relay_connections,
                                   .rides = true,
                                   .most = (size_t)conf.express_recipients},
                       .arena = a};
    if (!relay_auth_read(a, &m->auths, &m->auth_count, f)) {
        arena_free(&a);
        return NULL;
    }
    m->signer = signer_open();
    m->channel.ready = signer_ready(m->signer);
    return &m->channel;
}

static bool check(struct fault *f) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct relay_auth *auths;
    size_t count;
    if (!signer_check(f) || !relay_auth_check_authorities(f) ||
        !relay_auth_read(a, &auths, &count, f))
        return false;
    relay_auth_wipe(auths, count);
    return true;
}

static const char *const SETS[] = {"link", "verp"};

const struct channel_kind MAIL = {.sets = SETS,
                                  .set_count = COUNT(SETS),
                                  .servers = &conf.relays,
                                  .check = check,
                                  .open = open_mail,
                                  .lanes = lanes};
