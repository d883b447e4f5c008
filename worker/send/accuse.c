/* A text that the relay refuses. The next recipient would hear the same, so nobody's delivery ends
 * by it: members are set aside, accused. Once the relay takes the text from somebody, those accused
 * are the cause themselves (a filter of their own) and end as refused. When it is not taken, the
 * database, which hears all senders, pauses the alert: a person decides how to go on. */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "log.h"
#include "send/sender.h"

enum {
    REFUSALS = 10,  /* in a row: the text's own fault */
    SETTLE_MS = 400 /* till all that was taken before has come to the database; between questions */
};

void accuse_note(struct chunk *c, struct member *m, const char *relay, const struct answer *reply) {
    struct broadcast *b = c->broadcast;
    m->relay = relay;
    m->refusal = arena_memdup(c->arena, reply, sizeof *reply);
    batch_end(c, m, MEMBER_ACCUSED);
    c->accused++;
    if (b->refusals++ == 0)
        b->ask_ms = clock_ms() + SETTLE_MS;
    b->accused++;
    snprintf(b->refusal, sizeof b->refusal, "%d %s", reply->code, reply->text);
}

static void convict(struct sender *s, struct chunk *c) {
    for (size_t i = 0; i < c->count && c->accused > 0; i++) {
        struct member *m = &c->members[i];
        if (m->state != MEMBER_ACCUSED)
            continue;
        m->state = MEMBER_ENDED;
        c->accused--;
        c->broadcast->accused--;
        record_note(s, c, m, DELIVERY_REFUSED, true, m->refusal, m->relay);
    }
}

void accuse_lift(struct sender *s, struct broadcast *b) {
    b->refusals = 0;
    for (struct chunk *c = s->chunks; c && b->accused > 0; c = c->next)
        if (c->broadcast == b && !c->closing && !c->lost)
            convict(s, c);
}

void accuse_drop(struct sender *s, struct broadcast *b) {
    b->refusals = 0;
    for (struct chunk *c = s->chunks; c && b->accused > 0; c = c->next)
        for (size_t i = 0; i < c->count && c->broadcast == b && c->accused > 0; i++)
            if (c->members[i].state == MEMBER_ACCUSED) {
                c->accused--;
                b->accused--;
                c->started++; /* as put_back wants it */
                batch_put_back(c, &c->members[i]);
            }
}

/* Whether somebody else of it in hand could still tell. */
static bool others_tell(const struct sender *s, const struct broadcast *b) {
    for (const struct chunk *c = s->chunks; c; c = c->next)
        if (c->broadcast == b && (c->todo > 0 || c->started > 0))
            return true;
    return false;
}

struct broadcast *accuse_due(struct sender *s) {
    int64_t now_ms = clock_ms();
    for (struct broadcast *b = s->broadcasts; b; b = b->next)
        if (b->accused > 0 && b->open && now_ms >= b->ask_ms &&
            (b->refusals >= REFUSALS || !others_tell(s, b)))
            return b;
    return NULL;
}

bool accuse_send(struct sender *s, struct broadcast *b, struct fault *f) {
    b->ask_ms = clock_ms() + SETTLE_MS;
    return delivery_doubt_text_send(s->db, b->alert, b->refusal, b->refusals >= REFUSALS, f);
}

void accuse_done(struct sender *s, struct broadcast *b, const struct db_rows *rows) {
    const char *said = db_text(rows, 0, 0);
    if (strcmp(said, "theirs") == 0)
        accuse_lift(s, b);
    else if (strcmp(said, "paused") == 0) {
        log_warn("alert %lld is paused: the relay refuses its text: %s", (long long)b->alert,
                 b->refusal);
        b->sending = false;
        accuse_drop(s, b);
    }
}
