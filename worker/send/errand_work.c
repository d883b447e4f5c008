/* Errands about work: outcomes brought home, chunks closed and claimed. */
#include "clock.h"
#include "hand/batch.h"
#include "hand/record.h"
#include "send/errand_impl.h"

enum { CLAIM_MS = 100 /* what is in hand should last for so long */ };

/* ---- outcomes, closing ---- */

static bool note_due(struct sender *s) {
    return (s->errands->about = record_due(&s->hand)) != NULL;
}

static bool note_send(struct sender *s, struct fault *f) {
    return record_send(s->db, s->errands->arena, s->errands->about, f);
}

static void note_done(struct sender *s, const struct db_rows *rows) {
    (void)rows;
    record_done(&s->hand, s->errands->about);
}

static bool close_due(struct sender *s) {
    return (s->errands->closing = batch_finished(&s->hand, s->stopping)) != NULL;
}

static bool close_send(struct sender *s, struct fault *f) {
    s->errands->closing->closing = true;
    return batch_close_send(s->db, s->errands->arena, s->errands->closing, f);
}

static void close_done(struct sender *s, const struct db_rows *rows) {
    (void)rows; /* false: the lease was over; what is left of it is somebody else's now */
    s->errands->closing->lane->due = true;
    batch_drop(&s->hand, s->errands->closing);
    s->errands->closing = NULL;
}

/* ---- work ---- */

static bool could_work(const struct sender *s) {
    return sender_may_start(s) && !journal_full(s->journal);
}

/* What should be in hand after a claim: twice what may be under way, and enough for the time that
 * claims take. Asked for when less than half of it is left, so that one claim brings more. */
static size_t wanted(const struct lane *l) {
    size_t limit = l->breaker.tripped ? 1 : flow_limit(&l->flow);
    return 2 * limit + (size_t)(l->flow.answers_s * CLAIM_MS / 1000);
}

static size_t wanting(const struct sender *s, struct lane *l) {
    int64_t now_ms = clock_ms();
    if (!l->due || !l->served || !lane_relay(l, now_ms) || !breaker_ready(&l->breaker, now_ms))
        return 0;
    size_t in_hand = batch_in_hand(&s->hand, l), want = wanted(l);
    return in_hand * 2 < want ? want - in_hand : 0;
}

static bool claim_due(struct sender *s) {
    if (!could_work(s))
        return false;
    for (struct lane *l = s->lanes.first; l; l = l->next)
        if (wanting(s, l) > 0)
            return true;
    return false;
}

static size_t count_lanes(const struct sender *s) {
    size_t n = 0;
    for (const struct lane *l = s->lanes.first; l; l = l->next)
        n++;
    return n;
}

/* A lane that gives nothing now is asked again after the next notice. */
static bool claim_send(struct sender *s, struct fault *f) {
    struct delivery_want *wants = arena_array(s->errands->arena, count_lanes(s), sizeof *wants);
    size_t n = 0;
    for (struct lane *l = s->lanes.first; l; l = l->next) {
        size_t want = wanting(s, l);
        if (want == 0)
            continue;
        wants[n++] = (struct delivery_want){l->name, (int64_t)want};
        l->due = false;
    }
    return delivery_claim_send(s->db, s->errands->arena, &s->who, wants, n, false, f);
}

static void put_on_file(struct sender *s, struct chunk *c) {
    journal_claim(s->journal, &(struct journal_chunk){.id = c->id,
                                                      .token = c->token,
                                                      .alert = c->broadcast->alert,
                                                      .members = (int64_t)c->count,
                                                      .attempt = c->attempt,
                                                      .again = c->again});
    batch_cancel_left(&s->hand, c);
}

static void take_claimed(struct sender *s, const struct db_rows *rows) {
    struct chunk *c = NULL;
    const struct delivery_claimed *members = delivery_claim_read(s->errands->arena, rows);
    for (int i = 0; i < rows->count; i++) {
        if (c && c->id != members[i].chunk)
            put_on_file(s, c);
        c = batch_take(&s->hand, &members[i]);
        c->lane->due = true; /* where one was there may be more */
    }
    if (c)
        put_on_file(s, c);
}

static void claim_done(struct sender *s, const struct db_rows *rows) {
    take_claimed(s, rows);
}

/* Hands full of routine members must not keep an urgent alert waiting. Asked once a notice: what
 * else there is to claim stays due for when the hands are nearly empty. */
static bool urgent_due(struct sender *s) {
    if (!(s->errands->due & DUE_URGENT) || !could_work(s))
        return false;
    for (const struct lane *l = s->lanes.first; l; l = l->next)
        if (l->channel->ready)
            return true;
    return false;
}

static bool holds_urgent(const struct sender *s, const struct lane *l) {
    for (const struct chunk *c = s->hand.chunks; c; c = c->next)
        if (c->lane == l && c->todo > 0 && c->broadcast->loaded && c->broadcast->what.urgent)
            return true;
    return false;
}

static bool urgent_send(struct sender *s, struct fault *f) {
    struct delivery_want *wants = arena_array(s->errands->arena, count_lanes(s), sizeof *wants);
    size_t n = 0;
    s->errands->due &= ~(unsigned)DUE_URGENT;
    for (struct lane *l = s->lanes.first; l; l = l->next)
        if (l->served && l->channel->ready && !holds_urgent(s, l))
            wants[n++] = (struct delivery_want){l->name, 1};
    return delivery_claim_send(s->db, s->errands->arena, &s->who, wants, n, true, f);
}

/* It is the next probe where something is paused. */
static void urgent_done(struct sender *s, const struct db_rows *rows) {
    take_claimed(s, rows);
    if (rows->count > 0)
        lanes_hurry(&s->lanes);
}

const struct errand ERRAND_NOTE = {"note", note_due, note_send, note_done};
const struct errand ERRAND_CLOSE = {"close", close_due, close_send, close_done};
const struct errand ERRAND_CLAIM = {"claim", claim_due, claim_send, claim_done};
const struct errand ERRAND_URGENT = {"urgent", urgent_due, urgent_send, urgent_done};
