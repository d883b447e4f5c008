/* Alerts in hand: what was approved, proven against its fingerprint, encoded once, written out for
 * each recipient. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alert/hours.h"
#include "letters/letter_text.h"
#include "log.h"
#include "send/sender.h"
#include "settings/conf.h"
#include "text.h"
#include "tokens/verp.h"

struct broadcast *broadcast_get(struct sender *s, int64_t alert, const char *variant) {
    for (struct broadcast *b = s->broadcasts; b; b = b->next)
        if (b->alert == alert && strcmp(b->variant, variant) == 0)
            return b;
    struct arena *a = arena_new();
    struct broadcast *b = arena_alloc(a, sizeof *b);
    *b = (struct broadcast){
        .next = s->broadcasts, .arena = a, .alert = alert, .variant = arena_strdup(a, variant)};
    s->broadcasts = b;
    return b;
}

void broadcast_look(struct sender *s) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    bool routine = hours_routine(now.tv_sec);
    for (struct broadcast *b = s->broadcasts; b; b = b->next)
        b->open = b->loaded && !b->bad && b->sending &&
                  (int64_t)now.tv_sec * 1000 < b->what.valid_until_ms &&
                  (b->what.urgent || routine);
}

/* ---- loading ---- */

static bool encode(struct broadcast *b, struct fault *f) {
    struct arena *a = b->arena;
    b->mimes = arena_array(a, b->what.count, sizeof(struct mime *));
    for (size_t i = 0; i < b->what.count; i++) {
        const struct delivery_text *t = &b->what.texts[i];
        const char *town = strcmp(t->lang, "ja") == 0 ? conf.town_name : conf.town_name_en;
        struct mime_text text = {
            .from_name = arena_printf(a, "%s %s", town, b->what.department),
            .from_address = arena_printf(a, "%s@%s", b->what.sender, conf.domain),
            .subject = t->title,
            .body = t->body,
            .footer = letter_footer(t->lang),
            .list_id = arena_printf(a, "alert.%s", conf.domain),
            .list_name = town,
            .lang = t->lang,
        };
        if (!mime_prepare(a, &text, &b->mimes[i], f))
            return false;
    }
    return true;
}

/* Leaves those texts that are meant for this broadcast's recipients. */
static bool choose(struct broadcast *b, struct fault *f) {
    struct delivery_text *texts = arena_array(b->arena, b->what.count, sizeof *texts);
    size_t n = 0;
    for (size_t i = 0; i < b->what.count; i++)
        if (strcmp(b->what.texts[i].variant, b->variant) == 0)
            texts[n++] = b->what.texts[i];
    b->what.texts = texts;
    b->what.count = n;
    return n > 0 || fault_detail(f, FAULT_BROKEN, "The alert has no such text.", "%s", b->variant);
}

void broadcast_loaded(struct broadcast *b, const struct db_rows *rows) {
    struct fault f = {0};
    if (delivery_load_read(b->arena, rows, &b->what, &f) && choose(b, &f) && encode(b, &f)) {
        b->loaded = true;
        b->sending = b->what.sending;
        return;
    }
    b->bad = true;
    b->why = arena_strdup(b->arena, f.text);
    log_error("alert %lld is not sent: %s %s %s", (long long)b->alert, f.text, f.field, f.detail);
}

/* ---- one mail ---- */

size_t broadcast_text(const struct broadcast *b, const char *lang) {
    size_t fallback = 0;
    for (size_t i = 0; i < b->what.count; i++) {
        if (strcmp(b->what.texts[i].lang, lang) == 0)
            return i;
        if (strcmp(b->what.texts[i].lang, "ja") == 0)
            fallback = i;
    }
    return fallback;
}

bool broadcast_write(struct sender *s, struct job *job, struct fault *f) {
    const struct broadcast *b = job->chunk->broadcast;
    const struct member *m = job->members[0];
    char id[MIME_ID_B], link[LINK_B], url[LINK_PAGE_B];
    struct verp from = {.kind = VERP_ALERT, .alert = b->alert, .part = m->contact};
    if (!link_mint(s->keys, LINK_LEAVE, m->contact, link, f) ||
        !verp_address(s->verp_keys, &from, time(NULL), job->from, f))
        return false;
    mime_id(id, 'a', b->alert, b->what.version, m->contact, conf.domain);
    link_page("/leave", link, m->lang, url);
    buf_clear(&job->bytes);
    struct mime_to to = {.address = m->address,
                         .message_id = id,
                         .date_s = time(NULL),
                         .link = url,
                         .one_click = true};
    return mime_write(b->mimes[broadcast_text(b, m->lang)], &to, &job->bytes, f) &&
           signer_sign(s->signer, &job->bytes, to.date_s, f);
}

/* ---- forgetting ---- */

static bool in_use(const struct sender *s, const struct broadcast *b) {
    for (const struct chunk *c = s->chunks; c; c = c->next)
        if (c->broadcast == b)
            return true;
    return b->notes_count > 0 || s->about == b || (b->bad && !b->halted);
}

void broadcast_tidy(struct sender *s) {
    for (struct broadcast **at = &s->broadcasts; *at;) {
        struct broadcast *b = *at;
        if (in_use(s, b)) {
            at = &b->next;
            continue;
        }
        *at = b->next;
        free(b->notes);
        struct arena *a = b->arena;
        arena_free(&a);
    }
}
