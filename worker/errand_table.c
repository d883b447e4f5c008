/* The errands themselves: what the sender asks of the database, in order of urgency; each says when
 * it is due, how it is sent, what its answer changes. */
#include "clock.h"
#include "errand.h"

#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "lane.h"
#include "log.h"

enum { BEAT_MS = 2000 };

/* ---- leases compared with the database's, after a lost connection or a long sleep ---- */

static bool held_due(struct sender *s) {
    return s->due & DUE_HELD;
}

static bool held_send(struct sender *s, struct fault *f) {
    return delivery_held_send(s->db, &s->who, f);
}

static void add_strange(struct sender *s, const struct delivery_held *held) {
    if (s->strange_count == s->strange_room) {
        s->strange_room = s->strange_room ? s->strange_room * 2 : 8;
        s->strange = realloc(s->strange, s->strange_room * sizeof *s->strange);
        if (!s->strange)
            abort();
    }
    s->strange[s->strange_count++] = *held;
}

static void held_done(struct sender *s, const struct db_rows *rows) {
    s->strange_count = 0;
    for (struct chunk *c = s->chunks; c; c = c->next)
        c->lost = true;
    for (int i = 0; i < rows->count; i++) {
        struct delivery_held held;
        bool known = false;
        delivery_held_read(rows, i, &held);
        for (struct chunk *c = s->chunks; c; c = c->next)
            if (c->id == held.chunk && c->token == held.token) {
                c->lost = false;
                known = true;
            }
        if (!known)
            add_strange(s, &held);
    }
    s->due &= ~(unsigned)DUE_HELD;
}

static bool strange_due(struct sender *s) {
    return s->strange_count > 0;
}

/* The answer to the claim was lost, so nothing of it was sent. */
static bool strange_send(struct sender *s, struct fault *f) {
    const struct delivery_held *held = &s->strange[s->strange_count - 1];
    struct delivery_rest rest = {0};
    return delivery_close_send(s->db, s->arena, held->chunk, held->token, &rest, f);
}

static void strange_done(struct sender *s, const struct db_rows *rows) {
    (void)rows;
    s->strange_count--;
}

/* ---- states: stop and pause ---- */

static bool states_due(struct sender *s) {
    if (!s->broadcasts)
        s->due &= ~(unsigned)DUE_STATES;
    return s->due & DUE_STATES;
}

static bool states_send(struct sender *s, struct fault *f) {
    size_t n = 0;
    for (struct broadcast *b = s->broadcasts; b; b = b->next)
        n++;
    int64_t *alerts = arena_array(s->arena, n, sizeof *alerts);
    n = 0;
    for (struct broadcast *b = s->broadcasts; b; b = b->next)
        alerts[n++] = b->alert;
    /* A notice that comes while this is under way must be looked at again. */
    s->due &= ~(unsigned)DUE_STATES;
    return delivery_states_send(s->db, s->arena, alerts, n, f);
}

static void take_state(struct broadcast *b, const char *state) {
    bool sending = strcmp(state, "sending") == 0;
    if (b->loaded && b->sending != sending)
        log_info("alert %lld: %s", (long long)b->alert, state);
    b->sending = sending;
}

static void states_done(struct sender *s, const struct db_rows *rows) {
    for (int i = 0; i < rows->count; i++)
        for (struct broadcast *b = s->broadcasts; b; b = b->next)
            if (b->alert == db_int(rows, i, 0))
                take_state(b, db_text(rows, i, 1));
}

/* ---- signs of life ---- */

static bool beat_due(struct sender *s) {
    return clock_ms() - s->beat_ms >= BEAT_MS;
}

static bool beat_send(struct sender *s, struct fault *f) {
    return delivery_beat_send(s->db, &s->who, f);
}

static void beat_done(struct sender *s, const struct db_rows *rows) {
    (void)rows;
    s->beat_ms = clock_ms();
}

static bool relay_due(struct sender *s) {
    return s->relay.report_due;
}

static bool relay_send(struct sender *s, struct fault *f) {
    s->relay.report_due = false;
    bool sealed = signer_ready(s->signer); /* without a key nothing leaves, whatever the relay */
    struct lane_health r = {.name = conf.relay,
                            .up = sealed && s->relay.trouble == TROUBLE_NONE,
                            .reason = sealed ? s->relay.reason : signer_trouble(s->signer),
                            .connections = (int64_t)s->relay.open};
    return lane_report_send(s->db, s->arena, &s->who, &r, 1, &r, 0, f);
}

/* ---- texts ---- */

static struct broadcast *unloaded(struct sender *s) {
    struct broadcast *b = s->broadcasts;
    while (b && (b->loaded || b->bad))
        b = b->next;
    return b;
}

static bool load_due(struct sender *s) {
    return unloaded(s) != NULL;
}

static bool load_send(struct sender *s, struct fault *f) {
    s->about = unloaded(s);
    return delivery_load_send(s->db, s->about->alert, f);
}

static void load_done(struct sender *s, const struct db_rows *rows) {
    broadcast_loaded(s->about, rows);
}

static struct broadcast *unhalted(struct sender *s) {
    struct broadcast *b = s->broadcasts;
    while (b && (!b->bad || b->halted))
        b = b->next;
    return b;
}

static bool halt_due(struct sender *s) {
    return unhalted(s) != NULL;
}

static bool halt_send(struct sender *s, struct fault *f) {
    s->about = unhalted(s);
    return delivery_halt_send(s->db, s->about->alert, s->about->why, f);
}

static void halt_done(struct sender *s, const struct db_rows *rows) {
    (void)rows;
    s->about->halted = true;
}

/* ---- outcomes, closing ---- */

static bool note_due(struct sender *s) {
    return (s->about = record_due(s)) != NULL;
}

static bool note_send(struct sender *s, struct fault *f) {
    return record_send(s, s->about, f);
}

static void note_done(struct sender *s, const struct db_rows *rows) {
    (void)rows;
    record_done(s, s->about);
}

static bool close_due(struct sender *s) {
    return (s->closing = batch_finished(s)) != NULL;
}

static bool close_send(struct sender *s, struct fault *f) {
    s->closing->closing = true;
    return batch_close_send(s, s->closing, f);
}

static void close_done(struct sender *s, const struct db_rows *rows) {
    (void)rows; /* false: the lease was over; what is left of it is somebody else's now */
    batch_drop(s, s->closing);
    s->closing = NULL;
    s->due |= DUE_WORK;
}

/* ---- work ---- */

static bool could_work(const struct sender *s) {
    return sender_may_start(s) && relay_ready(&s->relay) && !journal_full(s->journal);
}

/* A mail of an urgent alert takes many at a time. */
static size_t wanted(const struct sender *s) {
    size_t share = batch_todo(s, true) > 0 ? (size_t)conf.express_recipients : 1;
    return 2 * s->relay.count * share;
}

static bool claim_due(struct sender *s) {
    return (s->due & DUE_ROUTINE) && could_work(s) && batch_todo(s, false) < wanted(s);
}

static bool claim_send(struct sender *s, struct fault *f) {
    struct delivery_want want = {"other", (int64_t)(wanted(s) - batch_todo(s, false))};
    return delivery_claim_send(s->db, s->arena, &s->who, &want, 1, false, f);
}

static void put_on_file(struct sender *s, struct chunk *c) {
    journal_claim(s->journal, &(struct journal_chunk){.id = c->id,
                                                      .token = c->token,
                                                      .alert = c->broadcast->alert,
                                                      .members = (int64_t)c->count,
                                                      .attempt = c->attempt,
                                                      .again = c->again});
    batch_cancel_left(s, c);
}

static void take_claimed(struct sender *s, const struct db_rows *rows) {
    struct chunk *c = NULL;
    for (int i = 0; i < rows->count; i++) {
        struct delivery_claimed row;
        delivery_claim_read(rows, i, &row);
        if (c && c->id != row.chunk)
            put_on_file(s, c);
        c = batch_take(s, &row);
    }
    if (c)
        put_on_file(s, c);
}

static void claim_done(struct sender *s, const struct db_rows *rows) {
    take_claimed(s, rows);
    if (rows->count == 0)
        s->due &= ~(unsigned)DUE_WORK;
}

/* Hands full of routine members must not keep an urgent alert waiting. Asked once a notice: what
 * else there is to claim stays due for when the hands are nearly empty. */
static bool urgent_due(struct sender *s) {
    return (s->due & DUE_URGENT) && could_work(s) && batch_todo(s, true) == 0;
}

static bool urgent_send(struct sender *s, struct fault *f) {
    s->due &= ~(unsigned)DUE_URGENT;
    struct delivery_want want = {"other", 1};
    return delivery_claim_send(s->db, s->arena, &s->who, &want, 1, true, f);
}

/* Where one was there may be more. */
static void urgent_done(struct sender *s, const struct db_rows *rows) {
    take_claimed(s, rows);
    if (rows->count > 0)
        s->due |= DUE_URGENT;
}

static void ignore(struct sender *s, const struct db_rows *rows) {
    (void)s;
    (void)rows;
}

/* In order of urgency. */
const struct errand ERRANDS[] = {
    {"held", held_due, held_send, held_done},
    {"states", states_due, states_send, states_done},
    {"beat", beat_due, beat_send, beat_done},
    {"relay", relay_due, relay_send, ignore},
    {"load", load_due, load_send, load_done},
    {"halt", halt_due, halt_send, halt_done},
    {"strange", strange_due, strange_send, strange_done},
    {"note", note_due, note_send, note_done},
    {"close", close_due, close_send, close_done},
    {"claim", claim_due, claim_send, claim_done},
    {"urgent", urgent_due, urgent_send, urgent_done},
};

const size_t ERRAND_COUNT = COUNT(ERRANDS);
