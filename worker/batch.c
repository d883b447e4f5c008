/* Chunks in hand: members taken, put back, ended; chunks closed. */
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "log.h"
#include "sender.h"

enum { ROOM_FIRST = 64 };

static struct chunk *find(struct sender *s, int64_t id) {
    for (struct chunk *c = s->chunks; c; c = c->next)
        if (c->id == id)
            return c;
    return NULL;
}

static struct chunk *add_chunk(struct sender *s, const struct delivery_claimed *row) {
    struct arena *a = arena_new();
    struct chunk *c = arena_alloc(a, sizeof *c), **end = &s->chunks;
    *c = (struct chunk){.arena = a,
                        .broadcast = broadcast_get(s, row->alert, row->variant),
                        .id = row->chunk,
                        .token = row->token,
                        .lane = arena_strdup(a, row->lane),
                        .handover = row->handover,
                        .attempt = row->attempt,
                        .again = row->again};
    while (*end)
        end = &(*end)->next;
    *end = c;
    return c;
}

static void add_member(struct chunk *c, const struct delivery_claimed *row) {
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
    };
    c->todo++;
}

struct chunk *batch_take(struct sender *s, const struct delivery_claimed *row) {
    struct chunk *c = find(s, row->chunk);
    if (!c)
        c = add_chunk(s, row);
    add_member(c, row);
    return c;
}

void batch_cancel_left(struct sender *s, struct chunk *c) {
    for (size_t i = 0; i < c->count; i++) {
        struct member *m = &c->members[i];
        if (m->address || m->state != MEMBER_TODO)
            continue;
        c->todo--;
        c->started++;
        record_end(s, c, m, c->again ? DELIVERY_UNKNOWN : DELIVERY_CANCELLED,
                   "The resident has left.");
        batch_end(c, m, MEMBER_ENDED);
    }
}

static bool may_send(const struct chunk *c) {
    return c->todo > 0 && !c->lost && !c->closing && broadcast_open(c->broadcast);
}

void batch_start(struct chunk *c, struct member *m) {
    m->state = MEMBER_STARTED;
    c->todo--;
    c->started++;
}

struct chunk *batch_next(struct sender *s, bool urgent, struct member **out) {
    for (struct chunk *c = s->chunks; c; c = c->next) {
        if (!may_send(c) || c->broadcast->what.urgent != urgent)
            continue;
        while (c->members[c->from].state != MEMBER_TODO)
            c->from++;
        *out = &c->members[c->from];
        batch_start(c, *out);
        return c;
    }
    return NULL;
}

size_t batch_todo(const struct sender *s, bool urgent_only) {
    size_t n = 0;
    for (const struct chunk *c = s->chunks; c; c = c->next)
        /* what is not loaded yet is work too */
        if (!c->broadcast->loaded ? !c->broadcast->bad && !urgent_only
                                  : may_send(c) && (!urgent_only || c->broadcast->what.urgent))
            n += c->todo;
    return n;
}

void batch_put_back(struct chunk *c, struct member *m) {
    size_t place = (size_t)(m - c->members);
    m->state = MEMBER_TODO;
    c->todo++;
    c->started--;
    c->from = place < c->from ? place : c->from;
}

void batch_end(struct chunk *c, struct member *m, enum member_state state) {
    m->state = state;
    c->started--;
}

/* Nothing of it is under way, and nothing more of it may start. */
static bool finished(const struct sender *s, const struct chunk *c) {
    const struct broadcast *b = c->broadcast;
    bool over =
        c->todo == 0 || c->lost || s->stopping || b->bad || (b->loaded && !broadcast_open(b));
    return over && c->started == 0 && c->unnoted == 0 && !c->closing;
}

struct chunk *batch_finished(struct sender *s) {
    for (struct chunk *c = s->chunks, *next; c; c = next) {
        next = c->next;
        if (!finished(s, c))
            continue;
        if (!c->lost)
            return c;
        batch_drop(s, c);
    }
    return NULL;
}

bool batch_close_send(struct sender *s, struct chunk *c, struct fault *f) {
    int64_t *temporary = arena_array(s->arena, c->count, sizeof *temporary);
    int64_t *unknown = arena_array(s->arena, c->count, sizeof *unknown);
    struct delivery_rest rest = {
        .temporary = temporary, .unknown = unknown, .delay_s = delivery_delay_s(c->attempt)};
    for (size_t i = 0; i < c->count; i++) {
        const struct member *m = &c->members[i];
        if (m->state == MEMBER_TEMPORARY)
            temporary[rest.temporary_count++] = m->contact;
        if (m->state == MEMBER_UNKNOWN)
            unknown[rest.unknown_count++] = m->contact;
    }
    return delivery_close_send(s->db, s->arena, c->id, c->token, &rest, f);
}

void batch_drop(struct sender *s, struct chunk *c) {
    struct chunk **at = &s->chunks;
    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    journal_closed(s->journal, c->id);
    log_debug("chunk %lld is closed", (long long)c->id);
    struct arena *a = c->arena;
    arena_free(&a);
}
