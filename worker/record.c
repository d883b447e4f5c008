/* Outcomes on their way: to the journal at once, to the database in bulk. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "conf.h"
#include "failpoint.h"
#include "log.h"
#include "sender.h"

enum {
    NOTES_FIRST = 64,
    FLUSH_MS = 40 /* the console is never further behind; fuller batches are sent at once */
};

static int64_t wall_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct note *add_note(struct broadcast *b) {
    if (b->notes_count == b->notes_room) {
        b->notes_room = b->notes_room ? b->notes_room * 2 : NOTES_FIRST;
        b->notes = realloc(b->notes, b->notes_room * sizeof *b->notes);
        if (!b->notes)
            abort();
    }
    return &b->notes[b->notes_count++];
}

void record_note(struct sender *s, struct chunk *c, struct member *m, enum delivery_result result,
                 bool final, int code, const char *reply) {
    struct note *n = add_note(c->broadcast);
    *n = (struct note){.chunk = c, .reply = strdup(reply)};
    if (!n->reply)
        abort();
    n->of = (struct delivery_note){.contact = m->contact,
                                   .attempt = c->attempt,
                                   .result = result,
                                   .final = final,
                                   .again = c->again,
                                   .code = code,
                                   .reply = n->reply,
                                   .at_ms = wall_ms()};
    c->unnoted++;
    s->unnoted++;
    if (s->oldest_note_ms == 0)
        s->oldest_note_ms = clock_ms();
}

bool record_room(const struct sender *s) {
    return s->unnoted + s->relay.busy < (size_t)conf.flush_outcomes ||
           s->unnoted + s->relay.busy == 0;
}

/* Whether some chunk only waits for its outcomes. */
static bool chunk_waits(const struct sender *s) {
    for (const struct chunk *c = s->chunks; c; c = c->next)
        if (c->todo == 0 && c->started == 0 && c->unnoted > 0)
            return true;
    return false;
}

struct broadcast *record_due(struct sender *s) {
    struct broadcast *fullest = NULL;
    for (struct broadcast *b = s->broadcasts; b; b = b->next)
        if (b->notes_count > (fullest ? fullest->notes_count : 0))
            fullest = b;
    bool now = fullest && (fullest->notes_count * 2 >= (size_t)conf.flush_outcomes ||
                           clock_ms() - s->oldest_note_ms >= FLUSH_MS || chunk_waits(s));
    return now ? fullest : NULL;
}

bool record_send(struct sender *s, struct broadcast *b, struct fault *f) {
    struct delivery_note *notes = arena_array(s->arena, b->notes_count, sizeof *notes);
    for (size_t i = 0; i < b->notes_count; i++)
        notes[i] = b->notes[i].of;
    b->noting = b->notes_count;
    bool sent = delivery_record_send(s->db, s->arena, b->alert, conf.relay, notes, b->noting, f);
    FAILPOINT("commit-sent");
    return sent;
}

void record_done(struct sender *s, struct broadcast *b) {
    for (size_t i = 0; i < b->noting; i++) {
        b->notes[i].chunk->unnoted--;
        free(b->notes[i].reply);
    }
    s->unnoted -= b->noting;
    b->notes_count -= b->noting;
    memmove(b->notes, b->notes + b->noting, b->notes_count * sizeof *b->notes);
    b->noting = 0;
    s->oldest_note_ms = s->unnoted ? clock_ms() : 0;
}
