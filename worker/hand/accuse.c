/* A text that the relay refuses: members set aside till somebody tells whose fault it is. */
#include "hand/accuse.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "hand/batch.h"
#include "hand/record.h"
#include "log.h"

enum {
    REFUSALS = 10,  /* in a row: the text's own fault */
    SETTLE_MS = 400 /* till all that was taken before has come to the database; between questions */
};

void accuse_note(struct chunk *c, struct member *m, const char *relay,
                 const struct answer *answer) {
    struct broadcast *b = c->broadcast;
    m->relay = relay;
    m->refusal = arena_memdup(c->arena, answer, sizeof *answer);
    batch_end(c, m, MEMBER_ACCUSED);
    c->accused++;
    if (b->refusals++ == 0)
        b->ask_ms = clock_ms() + SETTLE_MS;
    b->accused++;
    snprintf(b->refusal, sizeof b->refusal, "%d %s", answer->code, answer->text);
}

static void convict(struct hand *h, struct chunk *c) {
    for (size_t i = 0; i < c->count && c->accused > 0; i++) {
        struct member *m = &c->members[i];
        if (m->state != MEMBER_ACCUSED)
            continue;
        m->state = MEMBER_ENDED;
        c->accused--;
        c->broadcast->accused--;
        record_note(h, c, m, DELIVERY_REFUSED, true, m->refusal, m->relay);
    }
}

void accuse_lift(struct hand *h, struct broadcast *b) {
    b->refusals = 0;
    for (struct chunk *c = h->chunks; c && b->accused > 0; c = c->next)
        if (c->broadcast == b && !c->closing && !c->lost)
            convict(h, c);
}

void accuse_drop(struct hand *h, struct broadcast *b) {
    b->refusals = 0;
    for (struct chunk *c = h->chunks; c && b->accused > 0; c = c->next)
        for (size_t i = 0; i < c->count && c->broadcast == b && c->accused > 0; i++)
            if (c->members[i].state == MEMBER_ACCUSED) {
                c->accused--;
                b->accused--;
                c->started++; /* as put_back wants it */
                batch_put_back(c, &c->members[i]);
            }
}

/* Whether somebody else of it in hand could still tell. */
static bool others_tell(const struct hand *h, const struct broadcast *b) {
    for (const struct chunk *c = h->chunks; c; c = c->next)
        if (c->broadcast == b && (c->todo > 0 || c->started > 0))
            return true;
    return false;
}

struct broadcast *accuse_due(struct hand *h) {
    int64_t now_ms = clock_ms();
    for (struct broadcast *b = h->broadcasts; b; b = b->next)
        if (b->accused > 0 && b->open && now_ms >= b->ask_ms &&
            (b->refusals >= REFUSALS || !others_tell(h, b)))
            return b;
    return NULL;
}

bool accuse_send(struct db *db, struct broadcast *b, struct fault *f) {
    b->ask_ms = clock_ms() + SETTLE_MS;
    return delivery_doubt_text_send(db, b->alert, b->refusal, b->refusals >= REFUSALS, f);
}

void accuse_done(struct hand *h, struct broadcast *b, const struct db_rows *rows) {
    const char *said = db_text(rows, 0, 0);
    if (strcmp(said, "theirs") == 0)
        accuse_lift(h, b);
    else if (strcmp(said, "paused") == 0) {
        log_warn("alert %lld is paused: the relay refuses its text: %s", (long long)b->alert,
                 b->refusal);
        b->sending = false;
        accuse_drop(h, b);
    }
}
