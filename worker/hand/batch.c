/* Chunks in hand: members taken, put back, ended; chunks closed. */
#include "hand/batch.h"

#include <string.h>

#include "clock.h"
#include "hand/broadcast.h"
#include "hand/record.h"
#include "journal/journal.h"
#include "lanes/lanes.h"
#include "log.h"
#include "sending/ladder.h"

enum { ROOM_FIRST = 64 };

static struct chunk *find(struct hand *h, int64_t id) {
    for (struct chunk *c = h->chunks; c; c = c->next)
        if (c->id == id)
            return c;
    return NULL;
}

static struct chunk *add_chunk(struct hand *h, const struct delivery_claimed *row) {
    struct arena *a = arena_new();
    struct lane *l = lanes_find(h->lanes, row->lane);
    struct chunk *c = arena_alloc(a, sizeof *c), **end = &h->chunks;
    assert(l); /* only lanes we have are asked for */
    *c = (struct chunk){.arena = a,
                        .broadcast = broadcast_get(h, l->channel, row->alert, row->variant),
                        .lane = l,
                        .id = row->chunk,
                        .token = row->token,
                        .handover = row->handover,
                        .attempt = row->attempt,
                        .again = row->again};
    while (*end)
        end = &(*end)->next;
    *end = c;
    l->chunks++;
    return c;
}

static void add_member(struct hand *h, struct chunk *c, const struct delivery_claimed *row) {
    if (c->count == c->room) {
        size_t room = c->room ? c->room * 2 : ROOM_FIRST;
        struct member *more = arena_array(c->arena, room, sizeof *more);
        if (c->count)
            memcpy(more, c->members, c->count * sizeof *more);
        c->members = more;
        c->room = room;
    }
    c->members[c->count++] = (struct member){
        .contact = row->contact,
        .address = row->address ? arena_strdup(c->arena, row->address) : NULL,
        .lang = arena_strdup(c->arena, row->lang),
        .domain =
            c->lane->other && row->address ? domain_take(h->lanes->domains, row->address) : NULL,
    };
    c->todo++;
}

struct chunk *batch_take(struct hand *h, const struct delivery_claimed *row) {
    struct chunk *c = find(h, row->chunk);
    if (!c)
        c = add_chunk(h, row);
    add_member(h, c, row);
    return c;
}

/* ---- other lanes ---- */

static void set_aside(struct hand *h, struct chunk *c) {
    for (size_t i = c->from; i < c->count; i++) {
        struct member *m = &c->members[i];
        if (m->state != MEMBER_TODO || !m->domain || !lanes_of_domain(h->lanes, m->domain->name))
            continue;
        m->state = MEMBER_ASIDE;
        c->todo--;
    }
}

void batch_set_aside(struct hand *h) {
    for (struct chunk *c = h->chunks; c; c = c->next)
        if (c->lane->other && !c->closing)
            set_aside(h, c);
}

void batch_cancel_left(struct hand *h, struct chunk *c) {
    if (c->lane->other)
        set_aside(h, c);
    for (size_t i = 0; i < c->count; i++) {
        struct member *m = &c->members[i];
        if (m->address || m->state != MEMBER_TODO)
            continue;
        c->todo--;
        c->started++;
        record_end(h, c, m, DELIVERY_CANCELLED, "The resident has left.");
        batch_end(c, m, MEMBER_ENDED);
    }
}

static bool may_send(const struct chunk *c) {
    return c->todo > 0 && !c->lost && !c->closing && c->broadcast->open;
}

static bool may_begin(const struct member *m, uint64_t mail, int64_t now_ms) {
    return m->state == MEMBER_TODO && (!m->domain || domain_open(m->domain, mail, now_ms));
}

static void start(struct chunk *c, struct member *m) {
    m->state = MEMBER_STARTED;
    c->todo--;
    c->started++;
    m->counted = m->domain && domain_begin(m->domain, c->lane->begun, clock_ms(), c->lane->taken);
}

/* The first whose turn it is; NULL: all must wait for their domains. */
static struct member *first(struct chunk *c, int64_t now_ms) {
    while (c->members[c->from].state != MEMBER_TODO)
        c->from++;
    c->waiting = 0;
    for (size_t i = c->from; i < c->count; i++) {
        struct member *m = &c->members[i];
        if (may_begin(m, 0, now_ms))
            return m;
        if (m->state != MEMBER_TODO || !m->domain)
            continue;
        domain_look(m->domain, now_ms, c->lane->taken);
        c->waiting++;
    }
    return NULL;
}

struct chunk *batch_next(struct hand *h, struct lane *l, int class, struct member **out) {
    int64_t now_ms = clock_ms();
    for (struct chunk *c = h->chunks; c; c = c->next) {
        if (c->lane != l || c->stuck || !may_send(c) ||
            c->broadcast->what.urgent != (class == URGENT))
            continue;
        *out = first(c, now_ms);
        c->stuck = !*out;
        if (c->stuck)
            continue;
        l->begun++;
        start(c, *out);
        return c;
    }
    return NULL;
}

/* Whether a member may share a mail with others. */
static bool sociable(const struct member *m) {
    return !m->alone && !(m->domain && m->domain->faults > 0);
}

size_t batch_gather(struct chunk *c, size_t most, struct member *members[]) {
    const struct broadcast *b = c->broadcast;
    if (most <= 1 || !sociable(members[0]))
        return 1;
    size_t count = 1, text = broadcast_text(b, members[0]->lang);
    int64_t now_ms = clock_ms();
    for (size_t i = c->from; i < c->count && count < most; i++) {
        struct member *m = &c->members[i];
        if (!may_begin(m, c->lane->begun, now_ms) || !sociable(m) ||
            broadcast_text(b, m->lang) != text)
            continue;
        start(c, m);
        members[count++] = m;
    }
    return count;
}

void batch_unstick(struct hand *h) {
    for (struct chunk *c = h->chunks; c; c = c->next)
        c->stuck = false;
    h->look_ms = clock_ms();
}

void batch_count(struct hand *h) {
    for (struct lane *l = h->lanes->first; l; l = l->next)
        l->todo[ROUTINE] = l->todo[URGENT] = 0;
    for (const struct chunk *c = h->chunks; c; c = c->next)
        if (may_send(c) && !c->stuck)
            c->lane->todo[c->broadcast->what.urgent ? URGENT : ROUTINE] += c->todo;
}

size_t batch_in_hand(const struct hand *h, const struct lane *l) {
    size_t n = 0;
    for (const struct chunk *c = h->chunks; c; c = c->next)
        if (c->lane == l && !c->stuck && (c->broadcast->loaded ? may_send(c) : !c->broadcast->bad))
            n += c->todo > c->waiting ? c->todo - c->waiting : 0;
    return n;
}

/* ---- ends ---- */

void batch_put_back(struct chunk *c, struct member *m) {
    size_t place = (size_t)(m - c->members);
    m->state = MEMBER_TODO;
    c->todo++;
    c->started--;
    c->from = place < c->from ? place : c->from;
    c->stuck = false;
}

void batch_end(struct chunk *c, struct member *m, enum member_state state) {
    m->state = state;
    c->started--;
}

/* Nothing of it is under way, and nothing more of it may start. */
static bool finished(const struct chunk *c, bool stopping) {
    const struct broadcast *b = c->broadcast;
    bool over = (c->todo == 0 && c->accused == 0) || c->lost || stopping || b->bad ||
                (b->loaded && !b->open);
    return over && c->started == 0 && c->unnoted == 0 && !c->closing;
}

struct chunk *batch_finished(struct hand *h, bool stopping) {
    for (struct chunk *c = h->chunks, *next; c; c = next) {
        next = c->next;
        if (!finished(c, stopping))
            continue;
        if (!c->lost)
            return c;
        batch_drop(h, c);
    }
    return NULL;
}

bool batch_close_send(struct db *db, struct arena *a, struct chunk *c, struct fault *f) {
    int64_t *temporary = arena_array(a, c->count, sizeof *temporary);
    int64_t *unknown = arena_array(a, c->count, sizeof *unknown);
    struct delivery_rest rest = {
        .temporary = temporary, .unknown = unknown, .delay_s = ladder_delay_s(c->attempt)};
    for (size_t i = 0; i < c->count; i++) {
        const struct member *m = &c->members[i];
        if (m->state == MEMBER_TEMPORARY)
            temporary[rest.temporary_count++] = m->contact;
        if (m->state == MEMBER_UNKNOWN)
            unknown[rest.unknown_count++] = m->contact;
    }
    return delivery_close_send(db, a, c->id, c->token, &rest, f);
}

void batch_drop(struct hand *h, struct chunk *c) {
    struct chunk **at = &h->chunks;
    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    c->lane->chunks--;
    journal_closed(h->journal, c->id);
    log_debug("chunk %lld is closed", (long long)c->id);
    c->broadcast->accused -= c->accused;
    for (size_t i = 0; i < c->count; i++)
        if (c->members[i].domain)
            domain_drop(h->lanes->domains, c->members[i].domain);
    struct arena *a = c->arena;
    arena_free(&a);
}

void batch_drop_all(struct hand *h) {
    for (struct chunk *c = h->chunks, *next; c; c = next) {
        next = c->next;
        struct arena *a = c->arena;
        arena_free(&a);
    }
    h->chunks = NULL;
}
