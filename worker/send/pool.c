/* Connections: opened as work asks for, given mails, closed when idle; texts let go when their
 * intents are on file. */
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "log.h"
#include "send/sender.h"
#include "settings/conf.h"

enum {
    IDLE_MS = 30000,
    UNUSED_MS = 1000, /* a connection that was closed sooner without a mail was not let be idle */
    WIDEN_MS = 100,   /* without an answer from anybody */
    STUCK_MS = 50     /* between looks at who must wait for a domain */
};

/* ---- what happens on connections ---- */

/* The mail in flight is what a connection counts by: one that rides behind it takes no place from
 * another connection. */
static void put_in_flight(struct slot *slot, struct job *job) {
    slot->current = job;
    if (job)
        job->lane->in_use[job->class]++;
}

static void on_end(void *ctx, struct smtp *c, void *about, const struct smtp_end *ends,
                   size_t count) {
    struct sender *s = ctx;
    struct slot *slot = smtp_owner(c);
    struct job *job = about;
    bool current = job == slot->current;
    job->lane->in_use[job->class]--;
    put_in_flight(slot, slot->behind);
    slot->behind = NULL;
    slot->relay->busy -= !slot->current;
    s->leaving -= job->leaving;
    verdict_pass(s, slot, job, current, ends, count);
    job->busy = job->released = false;
    job->leaving = 0;
}

static void on_ready(void *ctx, struct smtp *c) {
    struct sender *s = ctx;
    struct slot *slot = smtp_owner(c);
    slot->idle_since_ms = clock_ms();
    if (!slot->relay->by_mail)
        relay_fine(s, slot->relay);
}

static void on_go(void *ctx, struct smtp *c) {
    (void)ctx;
    (void)c; /* pool_intend looks at every connection once a round */
}

static void on_closed(void *ctx, struct smtp *c, bool was_open, const char *text) {
    struct sender *s = ctx;
    struct slot *slot = smtp_owner(c);
    bool idle = was_open && !slot->used && clock_ms() - slot->idle_since_ms > UNUSED_MS;
    slot->relay->open--;
    log_debug("connection closed: %s", text);
    verdict_closed(s, slot, was_open, idle, text);
}

const struct smtp_hooks POOL_HOOKS = {
    .ready = on_ready, .go = on_go, .end = on_end, .closed = on_closed};

/* ---- giving work ---- */

static struct smtp_mail mail_of(struct job *job) {
    return (struct smtp_mail){.from = job->from,
                              .to = job->to,
                              .count = job->count,
                              .bytes = job->text,
                              .size_b = job->text_b,
                              .about = job};
}

static void feed(struct sender *s, struct slot *slot, int64_t now_ms) {
    put_in_flight(slot, choice_next(s, slot, now_ms));
    if (!slot->current)
        return;
    struct smtp_mail mail = mail_of(slot->current);
    slot->relay->busy++;
    slot->used = true;
    smtp_offer(slot->smtp, &mail);
}

static void open_slot(struct slot *slot) {
    slot->relay->open++;
    slot->served = 0;
    slot->ours = slot->blamed = slot->used = false;
    smtp_open(slot->smtp);
}

/* Connections that are on their way to be idle. */
static size_t opening(const struct relay *r) {
    size_t n = 0;
    for (size_t i = 0; i < r->count; i++)
        n += !r->slots[i].current && !smtp_is_closed(r->slots[i].smtp);
    return n;
}

static void open_upto(struct relay *r, size_t wanted, size_t most) {
    for (size_t i = 0; i < r->count && wanted > 0 && r->open < most; i++)
        if (smtp_is_closed(r->slots[i].smtp)) {
            open_slot(&r->slots[i]);
            wanted--;
        }
}

/* Routine work opens as many as the relay lets us have; what is urgent finds some spare ones. */
static void open_more(struct sender *s, struct relay *r, int64_t now_ms) {
    size_t have = opening(r);
    size_t first = choice_unmet(s, r, FOR_URGENT, now_ms) + choice_unmet(s, r, FOR_LETTERS, now_ms);
    size_t all = first + choice_unmet(s, r, FOR_ROUTINE, now_ms);
    size_t spare = r->count - (size_t)conf.relay_connections;
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
    if (!smtp_is_idle(slot->smtp) || (!s->stopping && now_ms - slot->idle_since_ms <= IDLE_MS))
        return;
    slot->ours = true;
    smtp_quit(slot->smtp);
}

static void assign(struct sender *s, struct relay *r, bool start, int64_t now_ms) {
    relay_tick(r, now_ms);
    for (size_t i = 0; i < r->count; i++) {
        struct slot *slot = &r->slots[i];
        if (start && smtp_is_idle(slot->smtp))
            feed(s, slot, now_ms);
        close_idle(s, slot, now_ms);
    }
    if (start) {
        open_more(s, r, now_ms);
        probe(r, now_ms);
    }
}

void pool_unstick(struct sender *s) {
    for (struct chunk *c = s->chunks; c; c = c->next)
        c->stuck = false;
    s->look_ms = clock_ms();
}

/* A lane that is full and hears nothing, while nobody hears anything, may have more: the relay is
 * slow for all. */
static void widen(struct sender *s, struct lane *l, int64_t now_ms) {
    bool full = lane_in_use(l) >= flow_limit(&l->flow) && !l->breaker.tripped;
    if (full && l->full_taken == s->taken && l->full_ms > 0) {
        if (now_ms - l->full_ms < WIDEN_MS)
            return;
        flow_widen(&l->flow);
    }
    l->full_ms = full ? now_ms : 0;
    l->full_taken = s->taken;
}

void pool_assign(struct sender *s) {
    int64_t now_ms = clock_ms();
    if (now_ms - s->look_ms >= STUCK_MS)
        pool_unstick(s);
    batch_count(s);
    s->lanes.letters->todo[ROUTINE] = post_todo(s);
    for (struct lane *l = s->lanes.first; l; l = l->next) {
        flow_tick(&l->flow, now_ms, lane_in_use(l));
        widen(s, l, now_ms);
    }
    for (size_t i = 0; i < s->lanes.relay_count; i++)
        assign(s, &s->lanes.relays[i], sender_may_start(s), now_ms);
}

bool pool_ready(const struct lane *l) {
    return lane_relay(l, clock_ms()) != NULL;
}

int pool_tick(struct sender *s) {
    int next_ms = INT32_MAX;
    for (size_t i = 0; i < s->lanes.relay_count; i++) {
        int ms = smtp_relay_tick(s->lanes.relays[i].smtp);
        next_ms = ms < next_ms ? ms : next_ms;
    }
    return next_ms;
}

/* ---- letting texts go ---- */

/* Runs fn for each slot that waits for its text's release. */
static void each_waiting(struct sender *s, void (*fn)(struct sender *, struct slot *)) {
    for (size_t i = 0; i < s->lanes.relay_count; i++)
        for (size_t j = 0; j < s->lanes.relays[i].count; j++)
            if (smtp_is_waiting(s->lanes.relays[i].slots[j].smtp))
                fn(s, &s->lanes.relays[i].slots[j]);
}

/* What cannot leave before we do, since nobody says that we hold it still, is not waited for. */
static bool allowed(const struct sender *s, const struct job *job) {
    if (s->fenced || (s->stopping && (s->due & DUE_HELD)))
        return false;
    return !job->chunk || (!job->chunk->lost && job->chunk->broadcast->open);
}

/* Those whom the relay took; the others have heard their refusal. */
static void intend(struct sender *s, struct slot *slot) {
    struct job *job = slot->current;
    int64_t contacts[SMTP_RCPTS];
    size_t taken = 0;
    if (job->released || !allowed(s, job) || !record_room(s, job->count) || (s->due & DUE_HELD))
        return;
    for (size_t i = 0; i < job->count; i++)
        if (smtp_took(slot->smtp, i))
            contacts[taken++] = job->chunk ? job->members[i]->contact : 0;
    job->released = true;
    job->leaving = taken;
    s->leaving += taken;
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
    bool more = sender_may_start(s) && !slot->relay->breaker.tripped;
    slot->current->left_ms = now_ms;
    slot->behind = more ? choice_behind(s, slot, now_ms) : NULL;
    struct smtp_mail mail;
    if (slot->behind)
        mail = mail_of(slot->behind);
    smtp_release(slot->smtp, slot->behind ? &mail : NULL);
}

void pool_release(struct sender *s) {
    each_waiting(s, release);
}

static void withdraw(struct sender *s, struct slot *slot) {
    if (allowed(s, slot->current))
        return;
    slot->ours = true;
    smtp_abort(slot->smtp, "the mail was withdrawn");
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
