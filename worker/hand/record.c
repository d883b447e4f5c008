/* Outcomes noted for the database, and sent there in bulk. */
#include "hand/record.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "failpoint.h"
#include "log.h"
#include "settings/conf.h"

enum {
    NOTES_FIRST = 64,
    FLUSH_MS = 40 /* the console is never further behind; fuller batches are sent at once */
};

static int64_t wall_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct note {
    struct delivery_note of;
    struct chunk *chunk;
    char *reply, *enhanced; /* of.reply, of.enhanced, owned */
};

static struct note *add_note(struct broadcast *b) {
    if (b->notes_count == b->notes_room) {
        b->notes_room = b->notes_room ? b->notes_room * 2 : NOTES_FIRST;
        b->notes = realloc(b->notes, b->notes_room * sizeof *b->notes);
        if (!b->notes)
            abort();
    }
    return &b->notes[b->notes_count++];
}

static char *keep(const char *text) {
    char *copy = strdup(text);
    if (!copy)
        abort();
    return copy;
}

void record_note(struct hand *h, struct chunk *c, struct member *m, enum delivery_result result,
                 bool final, const struct answer *answer, const char *relay) {
    char enhanced[ANSWER_DETAIL_B];
    struct note *n = add_note(c->broadcast);
    *n = (struct note){
        .chunk = c, .reply = keep(answer->text), .enhanced = keep(answer_detail(answer, enhanced))};
    n->of = (struct delivery_note){.contact = m->contact,
                                   .attempt = c->attempt,
                                   .result = result,
                                   .final = final,
                                   .again = c->again,
                                   .code = answer->code,
                                   .enhanced = n->enhanced,
                                   .reply = n->reply,
                                   .lane = c->lane->name,
                                   .relay = relay,
                                   .at_ms = wall_ms()};
    c->unnoted++;
    h->unnoted++;
    if (h->oldest_note_ms == 0)
        h->oldest_note_ms = clock_ms();
}

void record_end(struct hand *h, struct chunk *c, struct member *m, enum delivery_result result,
                const char *why) {
    struct answer ours;
    answer_say(&ours, why);
    record_note(h, c, m, result, true, &ours, "");
}

bool record_room(const struct hand *h, size_t recipients) {
    size_t waited_for = h->unnoted + h->leaving;
    size_t mails = (size_t)conf.flush_outcomes + h->links;
    return waited_for < mails * recipients || waited_for == 0;
}

/* Whether some chunk only waits for its outcomes. */
static bool chunk_waits(const struct hand *h) {
    for (const struct chunk *c = h->chunks; c; c = c->next)
        if (c->todo == 0 && c->started == 0 && c->unnoted > 0)
            return true;
    return false;
}

struct broadcast *record_due(struct hand *h) {
    struct broadcast *fullest = NULL;
    for (struct broadcast *b = h->broadcasts; b; b = b->next)
        if (b->notes_count > (fullest ? fullest->notes_count : 0))
            fullest = b;
    bool now = fullest && (fullest->notes_count * 3 >= (size_t)conf.flush_outcomes * 2 ||
                           clock_ms() - h->oldest_note_ms >= FLUSH_MS || chunk_waits(h));
    return now ? fullest : NULL;
}

/* How many of the oldest notes go together: a member of a lost chunk may be claimed again and end
 * twice, which is not for one call. */
static size_t together(const struct broadcast *b) {
    const struct chunk *first = b->notes[0].chunk;
    size_t n = 1;
    while (n < b->notes_count &&
           (b->notes[n].chunk == first || (!b->notes[n].chunk->lost && !first->lost)))
        n++;
    return n;
}

bool record_send(struct db *db, struct arena *a, struct broadcast *b, struct fault *f) {
    struct delivery_note *notes = arena_array(a, b->notes_count, sizeof *notes);
    b->noting = together(b);
    for (size_t i = 0; i < b->noting; i++)
        notes[i] = b->notes[i].of;
    bool sent = delivery_record_send(db, a, b->alert, notes, b->noting, f);
    FAILPOINT("commit-sent");
    return sent;
}

void record_done(struct hand *h, struct broadcast *b) {
    for (size_t i = 0; i < b->noting; i++) {
        b->notes[i].chunk->unnoted--;
        free(b->notes[i].reply);
        free(b->notes[i].enhanced);
    }
    h->unnoted -= b->noting;
    b->notes_count -= b->noting;
    memmove(b->notes, b->notes + b->noting, b->notes_count * sizeof *b->notes);
    b->noting = 0;
    h->oldest_note_ms = h->unnoted ? clock_ms() : 0;
}
