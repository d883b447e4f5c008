/* Express hand-over of urgent alerts (design section 5): one mail for many, the same bytes for all
 * readers of a language, so that it is written (and signed) once for each hand-over. It names
 * nobody; who it is for stands in the envelope alone.
 *
 * Who is in doubt gets the very same mail again, whoever sends it: Message-ID, date and link come
 * from the alert and the chunk's hand-over, which a chunk made of those left keeps. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "log.h"
#include "send/sender.h"
#include "settings/conf.h"
#include "tokens/verp.h"

/* The mail to a hand-over's readers of one language. Lives in the chunk's arena. */
struct express {
    struct express *next;
    size_t text; /* of the broadcast */
    const char *bytes;
    size_t size_b;
};

bool express_wanted(const struct broadcast *b) {
    return b->what.urgent && conf.express_recipients > 1;
}

size_t express_gather(struct chunk *c, size_t most, struct member *members[]) {
    const struct broadcast *b = c->broadcast;
    size_t count = 1, text = broadcast_text(b, members[0]->lang);
    int64_t now_ms = clock_ms();
    if (members[0]->alone || (members[0]->domain && members[0]->domain->faults > 0))
        return count;
    for (size_t i = c->from; i < c->count && count < most; i++) {
        struct member *m = &c->members[i];
        if (!batch_may_join(c, m, now_ms) || m->alone || broadcast_text(b, m->lang) != text ||
            (m->domain && m->domain->faults > 0))
            continue;
        batch_start(c, m);
        members[count++] = m;
    }
    return count;
}

/* Once for each hand-over and language. */
static struct express *compose(struct sender *s, const struct chunk *c, size_t text,
                               struct fault *f) {
    const struct broadcast *b = c->broadcast;
    const char *lang = b->what.texts[text].lang;
    char id[MIME_ID_B], url[LINK_PAGE_B];
    mime_id_express(id, b->alert, b->what.version, c->handover, lang, conf.domain);
    snprintf(url, sizeof url, "%s/leave%s", conf.public_url,
             strcmp(lang, "en") == 0 ? "?lang=en" : "");
    struct mime_to to = {
        .message_id = id, .date_s = b->what.approved_ms / 1000, .link = url, .one_click = false};
    CLEANUP(buf_done) struct buf bytes = buf_init(MIME_MAIL_B);
    if (!mime_write(b->mimes[text], &to, &bytes, f) ||
        !signer_sign(s->signer, &bytes, to.date_s, f))
        return NULL;
    struct express *e = arena_alloc(c->arena, sizeof *e);
    *e = (struct express){.next = c->express,
                          .text = text,
                          .bytes = arena_memdup(c->arena, buf_text(&bytes), bytes.len_b),
                          .size_b = bytes.len_b};
    return e;
}

bool express_write(struct sender *s, struct job *job, struct fault *f) {
    struct chunk *c = job->chunk;
    size_t text = broadcast_text(c->broadcast, job->members[0]->lang);
    struct verp from = {.kind = VERP_EXPRESS, .alert = c->broadcast->alert, .part = c->handover};
    struct express *e = c->express;
    while (e && e->text != text)
        e = e->next;
    if (!e) {
        if (!(e = compose(s, c, text, f)))
            return false;
        c->express = e;
    }
    job->text = e->bytes;
    job->text_b = e->size_b;
    return verp_address(s->verp_keys, &from, time(NULL), job->from, f);
}
