/* Letters in hand: claimed, handed out, recorded, given back. */
#include "hand/letters.h"

#include <string.h>

#include "letters/letter.h"
#include "log.h"
#include "sending/ladder.h"

enum { LETTERS_AT_ONCE = 20 };

enum parcel_state { PARCEL_TODO, PARCEL_STARTED, PARCEL_ENDED };

struct parcel {
    struct parcel *next;
    struct arena *arena;
    struct letter letter;
    enum parcel_state state;
    const char *result, *reply; /* ENDED */
};

static const char *copy(struct arena *a, const char *s) {
    return s ? arena_strdup(a, s) : NULL;
}

static void add(struct letters *p, const struct letter *l) {
    struct arena *a = arena_new();
    struct parcel *parcel = arena_alloc(a, sizeof *parcel), **end = &p->parcels;
    while (*end)
        end = &(*end)->next;
    *parcel = (struct parcel){.arena = a, .letter = *l};
    parcel->letter.template = copy(a, l->template);
    parcel->letter.lang = copy(a, l->lang);
    parcel->letter.address = copy(a, l->address);
    parcel->letter.secret = copy(a, l->secret);
    *end = parcel;
}

static size_t in_hand(const struct letters *p) {
    size_t n = 0;
    for (const struct parcel *parcel = p->parcels; parcel; parcel = parcel->next)
        n++;
    return n;
}

/* Letters in hand do not keep others from being claimed: one may stand at a slow relay's dot. */
bool letters_wants(const struct letters *p) {
    return p->due && in_hand(p) < LETTERS_AT_ONCE;
}

bool letters_claim(struct letters *p, struct db *db, struct fault *f) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct letter *letters = NULL;
    size_t count = 0, room = LETTERS_AT_ONCE - in_hand(p);
    if (!letter_claim(db, a, p->who->host, (int)p->who->slot, (int)room, &letters, &count, f))
        return false;
    for (size_t i = 0; i < count; i++)
        add(p, &letters[i]);
    if (count < room)
        p->due = false;
    return true;
}

static void drop(struct parcel **at) {
    struct parcel *parcel = *at;
    *at = parcel->next;
    struct arena *a = parcel->arena;
    arena_free(&a);
}

static bool record(struct db *db, struct parcel **at, struct fault *f) {
    struct parcel *parcel = *at;
    bool temporary = strcmp(parcel->result, "temporary") == 0;
    int delay_s = temporary ? (int)ladder_delay_s(parcel->letter.attempt) : 0;
    if (!letter_record(db, &parcel->letter, parcel->result, parcel->reply, delay_s, f))
        return false;
    drop(at);
    return true;
}

bool letters_record(struct letters *p, struct db *db, struct fault *f) {
    for (struct parcel **at = &p->parcels; *at;)
        if ((*at)->state != PARCEL_ENDED)
            at = &(*at)->next;
        else if (!record(db, at, f))
            return false;
    return true;
}

struct parcel *letters_next(struct letters *p) {
    for (struct parcel *parcel = p->parcels; parcel; parcel = parcel->next)
        if (parcel->state == PARCEL_TODO) {
            parcel->state = PARCEL_STARTED;
            return parcel;
        }
    return NULL;
}

const char *letters_address(const struct parcel *parcel) {
    return parcel->letter.address;
}

bool letters_write(struct letters *p, struct parcel *parcel, struct channel_load *out,
                   struct fault *f) {
    return p->channel->does->write_letter(p->channel, parcel->arena, &parcel->letter, out, f);
}

void letters_put_back(struct parcel *parcel) {
    parcel->state = PARCEL_TODO;
}

void letters_end(struct parcel *parcel, const char *result, const char *reply) {
    parcel->state = PARCEL_ENDED;
    parcel->result = result;
    parcel->reply = arena_strdup(parcel->arena, reply);
}

size_t letters_todo(const struct letters *p) {
    size_t n = 0;
    for (const struct parcel *parcel = p->parcels; parcel; parcel = parcel->next)
        n += parcel->state == PARCEL_TODO;
    return n;
}

void letters_give_back(struct letters *p, struct db *db) {
    struct fault f = {0};
    if (p->parcels && !letter_release(db, p->who->host, (int)p->who->slot, &f))
        log_warn("letters stay leased: %s", f.detail);
    while (p->parcels)
        drop(&p->parcels);
}
