/* The errands themselves: what the sender asks of the database, in order of urgency; each says when
 * it is due, how it is sent, what its answer changes. */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "hand/accuse.h"
#include "log.h"
#include "send/errand_impl.h"

enum { BEAT_MS = 2000, STATES_MS = 400 };

/* ---- leases compared with the database's, after a lost connection or a long sleep ---- */

static bool held_due(struct sender *s) {
    return s->held_due;
}

static bool held_send(struct sender *s, struct fault *f) {
    return delivery_held_send(s->db, &s->who, f);
}

static void add_strange(struct sender *s, const struct delivery_held *held) {
    if (s->errands->strange_count == s->errands->strange_room) {
        s->errands->strange_room = s->errands->strange_room ? s->errands->strange_room * 2 : 8;
        s->errands->strange =
            realloc(s->errands->strange, s->errands->strange_room * sizeof *s->errands->strange);
        if (!s->errands->strange)
            abort();
    }
    s->errands->strange[s->errands->strange_count++] = *held;
}

static void held_done(struct sender *s, const struct db_rows *rows) {
    s->errands->strange_count = 0;
    for (struct chunk *c = s->hand.chunks; c; c = c->next)
        c->lost = true;
    const struct delivery_held *held = delivery_held_read(s->errands->arena, rows);
    for (int i = 0; i < rows->count; i++) {
        bool known = false;
        for (struct chunk *c = s->hand.chunks; c; c = c->next)
            if (c->id == held[i].chunk && c->token == held[i].token) {
                c->lost = false;
                known = true;
            }
        if (!known)
            add_strange(s, &held[i]);
    }
    s->held_due = false;
}

static bool strange_due(struct sender *s) {
    return s->errands->strange_count > 0;
}

/* The answer to the claim was lost, so nothing of it was sent. */
static bool strange_send(struct sender *s, struct fault *f) {
    const struct delivery_held *held = &s->errands->strange[s->errands->strange_count - 1];
    struct delivery_rest rest = {0};
    return delivery_close_send(s->db, s->errands->arena, held->chunk, held->token, &rest, f);
}

static void strange_done(struct sender *s, const struct db_rows *rows) {
    (void)rows;
    s->errands->strange_count--;
}

/* ---- states: stop and pause ---- */

/* A notice may be missed, and within a second of the press nothing more may leave (P7). */
static bool states_due(struct sender *s) {
    if (clock_ms() - s->errands->states_ms >= STATES_MS)
        s->errands->due |= DUE_STATES;
    if (!s->hand.broadcasts)
        s->errands->due &= ~(unsigned)DUE_STATES;
    return s->errands->due & DUE_STATES;
}

static bool states_send(struct sender *s, struct fault *f) {
    size_t n = 0;
    for (struct broadcast *b = s->hand.broadcasts; b; b = b->next)
        n++;
    int64_t *alerts = arena_array(s->errands->arena, n, sizeof *alerts);
    n = 0;
    for (struct broadcast *b = s->hand.broadcasts; b; b = b->next)
        alerts[n++] = b->alert;
    /* A notice that comes while this is under way must be looked at again. */
    s->errands->due &= ~(unsigned)DUE_STATES;
    s->errands->states_ms = clock_ms();
    return delivery_states_send(s->db, s->errands->arena, alerts, n, f);
}

static void take_state(struct sender *s, struct broadcast *b, enum alert_state state) {
    bool sending = state == ALERT_SENDING;
    if (b->loaded && b->sending != sending)
        log_info("alert %lld: %s", (long long)b->alert, alert_state_words[state].code);
    b->sending = sending;
    if (!sending)
        accuse_drop(&s->hand, b);
}

static void states_done(struct sender *s, const struct db_rows *rows) {
    const struct delivery_state *states = delivery_states_read(s->errands->arena, rows);
    if (rows->count > 0)
        s->hand.routine_until_ms = states[0].routine_until_ms;
    for (int i = 0; i < rows->count; i++)
        for (struct broadcast *b = s->hand.broadcasts; b; b = b->next)
            if (b->alert == states[i].alert)
                take_state(s, b, states[i].state);
}

/* ---- signs of life ---- */

static bool beat_due(struct sender *s) {
    return clock_ms() - s->errands->beat_ms >= BEAT_MS;
}

static bool beat_send(struct sender *s, struct fault *f) {
    return delivery_beat_send(s->db, &s->who, f);
}

static void beat_done(struct sender *s, const struct db_rows *rows) {
    s->errands->beat_ms = clock_ms();
    if (db_int(rows, 0, 0) != s->lanes.senders)
        lanes_share(&s->lanes, db_int(rows, 0, 0));
}

/* ---- texts ---- */

static struct broadcast *unloaded(struct sender *s) {
    struct broadcast *b = s->hand.broadcasts;
    while (b && (b->loaded || b->bad))
        b = b->next;
    return b;
}

static bool load_due(struct sender *s) {
    return unloaded(s) != NULL;
}

static bool load_send(struct sender *s, struct fault *f) {
    s->errands->about = unloaded(s);
    return delivery_load_send(s->db, s->errands->about->alert, f);
}

static void load_done(struct sender *s, const struct db_rows *rows) {
    struct broadcast *b = s->errands->about;
    broadcast_loaded(b, rows);
    if (b->loaded)
        s->hand.routine_until_ms = b->what.routine_until_ms;
}

static bool accused_due(struct sender *s) {
    return (s->errands->about = accuse_due(&s->hand)) != NULL;
}

static bool accused_send(struct sender *s, struct fault *f) {
    return accuse_send(s->db, s->errands->about, f);
}

static void accused_done(struct sender *s, const struct db_rows *rows) {
    accuse_done(&s->hand, s->errands->about, rows);
}

static struct broadcast *unhalted(struct sender *s) {
    struct broadcast *b = s->hand.broadcasts;
    while (b && (!b->bad || b->halted))
        b = b->next;
    return b;
}

static bool halt_due(struct sender *s) {
    return unhalted(s) != NULL;
}

static bool halt_send(struct sender *s, struct fault *f) {
    s->errands->about = unhalted(s);
    return delivery_halt_send(s->db, s->errands->about->alert, s->errands->about->why, f);
}

static void halt_done(struct sender *s, const struct db_rows *rows) {
    (void)rows;
    s->errands->about->halted = true;
}

/* ---- the table ---- */

static const struct errand HELD = {"held", held_due, held_send, held_done};
static const struct errand STRANGE = {"strange", strange_due, strange_send, strange_done};
static const struct errand STATES = {"states", states_due, states_send, states_done};
static const struct errand BEAT = {"beat", beat_due, beat_send, beat_done};
static const struct errand LOAD = {"load", load_due, load_send, load_done};
static const struct errand ACCUSED = {"accused", accused_due, accused_send, accused_done};
static const struct errand HALT = {"halt", halt_due, halt_send, halt_done};

/* In order of urgency. */
const struct errand *const ERRANDS[] = {
    &HELD,          &STATES,      &BEAT,         &ERRAND_LANES,  &LOAD,
    &HALT,          &ACCUSED,     &ERRAND_SPLIT, &ERRAND_REPORT, &STRANGE,
    &ERRAND_URGENT, &ERRAND_NOTE, &ERRAND_CLOSE, &ERRAND_CLAIM,
};

const size_t ERRAND_COUNT = COUNT(ERRANDS);
