/* Connections, and when a text leaves. */
#include "send/pool.h"

#include <stdlib.h>

#include "clock.h"
#include "hand/batch.h"
#include "hand/broadcast.h"
#include "hand/letters.h"
#include "hand/record.h"
#include "log.h"
#include "send/choice.h"
#include "send/job.h"
#include "send/verdict.h"

enum {
    IDLE_MS = 30000,
    UNUSED_MS = 1000, /* a connection that was closed sooner without a mail was not let be idle */
    WIDEN_MS = 100,   /* without an answer from anybody */
    STUCK_MS = 50,    /* between looks at who must wait for a domain */
    SPARE_PART = 5    /* of a relay's connections: one for so many, and one more */
};

static const struct channel_does *does(const struct slot *slot) {
    return slot->relay->channel->does;
}

static bool is_closed(const struct slot *slot) {
    return does(slot)->is_closed(slot->link);
}

static bool is_idle(const struct slot *slot) {
    return does(slot)->is_idle(slot->link);
}

static bool is_waiting(const struct slot *slot) {
    return does(slot)->is_waiting(slot->link);
}

/* ---- what happens on connections ---- */

/* The mail in flight is what a connection counts by: one that rides behind it takes no place from
 * another connection. */
static void put_in_flight(struct slot *slot, struct job *job) {
    slot->current = job;
    if (job)
        job->lane->in_use[job->class]++;
}

static void on_end(struct slot *slot, const struct channel_load *load,
                   const struct channel_end *ends, size_t count) {
    struct sender *s = slot->sender;
    bool current = load == &slot->current->load;
    struct job *job = current ? slot->current : slot->behind;
    job->lane->in_use[job->class]--;
    put_in_flight(slot, slot->behind);
    slot->behind = NULL;
    slot->relay->busy -= !slot->current;
    s->hand.leaving -= job->leaving;
    verdict_pass(s, slot, job, current, ends, count);
    job->busy = job->released = false;
    job->leaving = 0;
}

static void on_ready(struct slot *slot) {
    slot->idle_since_ms = clock_ms();
    if (!slot->relay->by_mail)
        relay_fine(&slot->sender->lanes, slot->relay);
}

static void on_closed(struct slot *slot, bool was_open, const char *text) {
    bool idle = was_open && !slot->used && clock_ms() - slot->idle_since_ms > UNUSED_MS;
    slot->relay->open--;
    log_debug("connection closed: %s", text);
    verdict_closed(slot->sender, slot, was_open, idle, text);
}

static const struct channel_hooks HOOKS = {.ready = on_ready, .end = on_end, .closed = on_closed};

/* ---- opening ---- */

static bool open_relay(struct sender *s, struct relay *r, struct fault *f) {
    const struct channel_does *does = r->channel->does;
    if (!does->gate_open(r->channel, s->loop, r->server, &HOOKS, &r->gate, f))
        return false;
    r->count = r->channel->links + 1 + r->channel->links / SPARE_PART;
    r->slots = calloc(r->count, sizeof *r->slots);
    if (!r->slots)
        abort();
    for (size_t i = 0; i < r->count; i++) {
        struct slot *slot = &r->slots[i];
        slot->sender = s;
        slot->relay = r;
        slot->link = does->link_new(r->gate, slot);
        slot->jobs[0].load.bytes = buf_init(CHANNEL_TEXT_B);
        slot->jobs[1].load.bytes = buf_init(CHANNEL_TEXT_B);
    }
    return true;
}

bool pool_open(struct sender *s, struct fault *f) {
    for (size_t i = 0; i < s->lanes.relay_count; i++)
        if (!open_relay(s, &s->lanes.relays[i], f))
            return false;
    return true;
}

static void close_relay(struct relay *r) {
    r->channel->does->gate_close(&r->gate);
    for (size_t i = 0; i < r->count; i++) {
        buf_done(&r->slots[i].jobs[0].load.bytes);
        buf_done(&r->slots[i].jobs[1].load.bytes);
    }
    free(r->slots);
}

void pool_close(struct sender *s) {
    for (size_t i = 0; i < s->lanes.relay_count; i++)
        close_relay(&s->lanes.relays[i]);
}

/* ---- giving work ---- */

static void feed(struct sender *s, struct slot *slot, int64_t now_ms) {
    put_in_flight(slot, choice_next(s, slot, now_ms));
    if (!slot->current)
        return;
    slot->relay->busy++;
    slot->used = true;
    does(slot)->offer(slot->link, &slot->current->load);
}

static void open_slot(struct slot *slot) {
    slot->relay->open++;
    slot->served = 0;
    slot->ours = slot->blamed = slot->used = false;
    does(slot)->open(slot->link);
}

/* Connections that are on their way to be idle. */
static size_t opening(const struct relay *r) {
    size_t n = 0;
    for (size_t i = 0; i < r->count; i++)
        n += !r->slots[i].current && !is_closed(&r->slots[i]);
    return n;
}

static void open_upto(struct relay *r, size_t wanted, size_t most) {
    for (size_t i = 0; i < r->count && wanted > 0 && r->open < most; i++)
        if (is_closed(&r->slots[i])) {
            open_slot(&r->slots[i]);
            wanted--;
        }
}

/* Routine work opens as many as the relay lets us have; what is urgent finds some spare ones. */
static void open_more(struct sender *s, struct relay *r, int64_t now_ms) {
    size_t have = opening(r);
    size_t first = choice_unmet(s, r, FOR_URGENT, now_ms) + choice_unmet(s, r, FOR_LETTERS, now_ms);
    size_t all = first + choice_unmet(s, r, FOR_ROUTINE, now_ms);
    size_t spare = r->count - r->channel->links;
    if (r->breaker.tripped && all > 1)
        first = all = 1;
    open_upto(r, first > have ? first - have : 0, r->limit + spare);
    have = opening(r);
    open_upto(r, all > have ? all - have : 0, r->limit);
}

/* After a trouble one connection proves the relay, work or no work. */
static void probe(struct relay *r, int64_t now_ms) {
    if (r->breaker.tripped && !r->by_mail && r->open == 0 && breaker_ready(&r->breaker, now_ms))
        open_slot(&r->slots[0]);
}

static void close_idle(struct sender *s, struct slot *slot, int64_t now_ms) {
    if (!is_idle(slot) || (!s->stopping && now_ms - slot->idle_since_ms <= IDLE_MS))
        return;
    slot->ours = true;
    does(slot)->quit(slot->link);
}

static void assign(struct sender *s, struct relay *r, bool start, int64_t now_ms) {
    relay_tick(r, now_ms);
    for (size_t i = 0; i < r->count; i++) {
        struct slot *slot = &r->slots[i];
        if (start && is_idle(slot))
            feed(s, slot, now_ms);
        close_idle(s, slot, now_ms);
    }
    if (start) {
        open_more(s, r, now_ms);
        probe(r, now_ms);
    }
}

/* A lane that is full and hears nothing, while nobody hears anything, may have more: the relay is
 * slow for all. */
static void widen(struct sender *s, struct lane *l, int64_t now_ms) {
    bool full = lane_in_use(l) >= flow_limit(&l->flow) && !l->breaker.tripped;
    if (full && l->full_taken == s->lanes.taken && l->full_ms > 0) {
        if (now_ms - l->full_ms < WIDEN_MS)
            return;
        flow_widen(&l->flow);
    }
    l->full_ms = full ? now_ms : 0;
    l->full_taken = s->lanes.taken;
}

void pool_assign(struct sender *s) {
    int64_t now_ms = clock_ms();
    if (now_ms - s->hand.look_ms >= STUCK_MS)
        batch_unstick(&s->hand);
    batch_count(&s->hand);
    s->lanes.letters->todo[ROUTINE] = letters_todo(&s->post);
    for (struct lane *l = s->lanes.first; l; l = l->next) {
        flow_tick(&l->flow, now_ms, lane_in_use(l));
        widen(s, l, now_ms);
    }
    for (size_t i = 0; i < s->lanes.relay_count; i++) {
        struct relay *r = &s->lanes.relays[i];
        assign(s, r, r->channel->ready && sender_may_start(s), now_ms);
    }
}

int pool_tick(struct sender *s) {
    int next_ms = INT32_MAX;
    for (size_t i = 0; i < s->lanes.relay_count; i++) {
        struct relay *r = &s->lanes.relays[i];
        int ms = r->channel->does->gate_tick(r->gate);
        next_ms = ms < next_ms ? ms : next_ms;
    }
    return next_ms;
}

/* ---- letting texts go ---- */

/* Runs fn for each slot that waits for its text's release. */
static void each_waiting(struct sender *s, void (*fn)(struct sender *, struct slot *)) {
    for (size_t i = 0; i < s->lanes.relay_count; i++)
        for (size_t j = 0; j < s->lanes.relays[i].count; j++)
            if (is_waiting(&s->lanes.relays[i].slots[j]))
                fn(s, &s->lanes.relays[i].slots[j]);
}

/* What cannot leave before we do, since nobody says that we hold it still, is not waited for. */
static bool allowed(const struct sender *s, const struct job *job) {
    if (s->fenced || (s->stopping && s->held_due))
        return false;
    return !job->chunk || (!job->chunk->lost && job->chunk->broadcast->open);
}

/* Those whom the relay took; the others have heard their refusal. */
static void intend(struct sender *s, struct slot *slot) {
    struct job *job = slot->current;
    int64_t contacts[CHANNEL_RECIPIENTS];
    size_t taken = 0;
    if (job->released || !allowed(s, job) || !record_room(&s->hand, job->load.count) || s->held_due)
        return;
    for (size_t i = 0; i < job->load.count; i++)
        if (does(slot)->took(slot->link, i))
            contacts[taken++] = job->chunk ? job->members[i]->contact : 0;
    job->released = true;
    job->leaving = taken;
    s->hand.leaving += taken;
    if (job->chunk)
        journal_intent(s->journal, job->chunk->id, contacts, taken);
}

void pool_intend(struct sender *s) {
    each_waiting(s, intend);
}

static void release(struct sender *s, struct slot *slot) {
    int64_t now_ms = clock_ms();
    if (!slot->current->released)
        return;
    bool more = slot->relay->channel->rides && sender_may_start(s) && !slot->relay->breaker.tripped;
    slot->current->left_ms = now_ms;
    slot->behind = more ? choice_behind(s, slot, now_ms) : NULL;
    does(slot)->release(slot->link, slot->behind ? &slot->behind->load : NULL);
}

void pool_release(struct sender *s) {
    each_waiting(s, release);
}

static void withdraw(struct sender *s, struct slot *slot) {
    if (allowed(s, slot->current))
        return;
    slot->ours = true;
    does(slot)->abort(slot->link, "the mail was withdrawn");
}

void pool_withdraw(struct sender *s) {
    each_waiting(s, withdraw);
}

size_t pool_in_flight(const struct sender *s) {
    size_t n = 0;
    for (size_t i = 0; i < s->lanes.relay_count; i++)
        n += s->lanes.relays[i].busy;
    return n;
}
