/* Alerts in hand: loaded, judged once a round, forgotten. */
#include "hand/broadcast.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hand/chunk.h"
#include "log.h"

struct broadcast *broadcast_get(struct hand *h, struct channel *channel, int64_t alert,
                                const char *variant) {
    for (struct broadcast *b = h->broadcasts; b; b = b->next)
        if (b->alert == alert && b->channel == channel && strcmp(b->variant, variant) == 0)
            return b;
    struct arena *a = arena_new();
    struct broadcast *b = arena_alloc(a, sizeof *b);
    *b = (struct broadcast){.next = h->broadcasts,
                            .arena = a,
                            .alert = alert,
                            .channel = channel,
                            .variant = arena_strdup(a, variant)};
    h->broadcasts = b;
    return b;
}

void broadcast_look(struct hand *h) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    int64_t now_ms = (int64_t)now.tv_sec * 1000;
    bool routine = now_ms < h->routine_until_ms;
    for (struct broadcast *b = h->broadcasts; b; b = b->next)
        b->open = b->loaded && !b->bad && b->sending && now_ms < b->what.valid_until_ms &&
                  (b->what.urgent || routine);
}

/* ---- loading ---- */

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
    if (delivery_load_read(b->arena, rows, &b->what, &f) && choose(b, &f) &&
        b->channel->does->prepare(b->channel, b->arena, &b->what, &b->prepared, &f)) {
        b->loaded = true;
        b->sending = b->what.sending;
        return;
    }
    b->bad = true;
    b->why = arena_strdup(b->arena, f.text);
    log_error("alert %lld is not sent: %s %s %s", (long long)b->alert, f.text, f.field, f.detail);
}

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

/* ---- forgetting ---- */

static bool in_use(const struct hand *h, const struct broadcast *b) {
    for (const struct chunk *c = h->chunks; c; c = c->next)
        if (c->broadcast == b)
            return true;
    return b->notes_count > 0 || (b->bad && !b->halted);
}

static void drop(struct broadcast **at) {
    struct broadcast *b = *at;
    *at = b->next;
    free(b->notes);
    struct arena *a = b->arena;
    arena_free(&a);
}

void broadcast_tidy(struct hand *h, const struct broadcast *busy) {
    for (struct broadcast **at = &h->broadcasts; *at;)
        if (*at == busy || in_use(h, *at))
            at = &(*at)->next;
        else
            drop(at);
}

void broadcast_drop_all(struct hand *h) {
    while (h->broadcasts)
        drop(&h->broadcasts);
}
