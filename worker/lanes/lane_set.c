/* Lanes as the database lists them, relays as conf names them, and which relay a lane uses. */
#include "lanes/lanes.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "sending/lane.h"

enum {
    FIRST = 4,      /* connections a lane begins with */
    FIRST_SPLIT = 1 /* one that was split off for trouble */
};

/* ---- lanes ---- */

static struct relay *relay_named(struct lanes *all, const char *server) {
    struct relay *r = all->relays;
    while (strcmp(r->server, server) != 0)
        r++;
    return r;
}

/* The first channel that knows the lane has it. */
static void give_relays(struct lanes *all, struct lane *l) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    const char **servers = NULL;
    for (size_t i = 0; i < all->channel_count && !servers; i++) {
        l->channel = all->channels[i];
        servers = l->channel->does->relays(a, l->name, &l->relay_count);
    }
    assert(servers);
    l->relays = calloc(l->relay_count, sizeof(struct relay *));
    if (!l->relays)
        abort();
    for (size_t i = 0; i < l->relay_count; i++)
        l->relays[i] = relay_named(all, servers[i]);
}

static struct lane *new_lane(struct lanes *all, const char *name) {
    struct lane *l = calloc(1, sizeof *l);
    if (!l || !(l->name = strdup(name)))
        abort();
    l->other = strcmp(name, "other") == 0;
    l->due = true;
    give_relays(all, l);
    flow_init(&l->flow, strchr(name, '.') ? FIRST_SPLIT : FIRST, l->channel->links, clock_ms());
    return l;
}

static void free_lane(struct lane *l) {
    free(l->relays);
    free(l->name);
    free(l);
}

static void add_relays(struct lanes *all, struct channel *channel) {
    size_t count;
    const char **servers = channel->does->relays(all->names, NULL, &count);
    all->relays = realloc(all->relays, (all->relay_count + count) * sizeof *all->relays);
    if (!all->relays)
        abort();
    for (size_t i = 0; i < count; i++)
        all->relays[all->relay_count++] = (struct relay){
            .server = servers[i],
            .channel = channel,
            .limit = channel->links,
            .since_taken = SIZE_MAX / 2, /* it has proven nothing yet */
        };
}

void lanes_open(struct lanes *all, struct channel *const *channels, size_t count) {
    *all = (struct lanes){.channels = channels,
                          .channel_count = count,
                          .domains = domains_new(),
                          .senders = 1,
                          .changed = true,
                          .names = arena_new(),
                          .arena = arena_new()};
    for (size_t i = 0; i < count; i++)
        add_relays(all, channels[i]);
    all->letters = new_lane(all, "letters");
}

void lanes_close(struct lanes *all) {
    while (all->first) {
        struct lane *l = all->first;
        all->first = l->next;
        free_lane(l);
    }
    free_lane(all->letters);
    free(all->relays);
    domains_free(&all->domains);
    arena_free(&all->names);
    arena_free(&all->arena);
}

struct lane *lanes_find(const struct lanes *all, const char *name) {
    struct lane *l = all->first;
    while (l && strcmp(l->name, name) != 0)
        l = l->next;
    return l;
}

/* ---- what the database says ---- */

static void forget_unserved(struct lanes *all) {
    for (struct lane **at = &all->first; *at;) {
        struct lane *l = *at;
        if (l->served || l->chunks > 0 || lane_in_use(l) > 0) {
            at = &l->next;
            continue;
        }
        *at = l->next;
        free_lane(l);
    }
}

static int by_domain(const void *a, const void *b) {
    return strcmp(((const struct lane_domain *)a)->domain, ((const struct lane_domain *)b)->domain);
}

static struct lane *serve(struct lanes *all, const struct lane_row *row) {
    struct lane *l = lanes_find(all, row->lane);
    if (!l) {
        l = new_lane(all, row->lane);
        l->next = all->first;
        all->first = l;
    }
    l->served = true;
    l->pace = row->pace;
    return l;
}

void lanes_take(struct lanes *all, const struct db_rows *rows) {
    arena_reset(all->arena);
    all->map = arena_array(all->arena, (size_t)rows->count + 1, sizeof *all->map);
    all->map_count = 0;
    for (struct lane *l = all->first; l; l = l->next)
        l->served = false;
    const struct lane_row *read = lane_read_rows(all->arena, rows);
    for (int i = 0; i < rows->count; i++) {
        struct lane *l = serve(all, &read[i]);
        if (read[i].domain)
            all->map[all->map_count++] =
                (struct lane_domain){arena_strdup(all->arena, read[i].domain), l};
    }
    qsort(all->map, all->map_count, sizeof *all->map, by_domain);
    lanes_share(all, all->senders);
    forget_unserved(all);
    all->changed = true;
}

struct lane *lanes_of_domain(const struct lanes *all, const char *domain) {
    struct lane_domain wanted = {.domain = domain};
    const struct lane_domain *found =
        all->map_count ? bsearch(&wanted, all->map, all->map_count, sizeof wanted, by_domain)
                       : NULL;
    return found ? found->lane : NULL;
}

void lanes_share(struct lanes *all, int64_t senders) {
    all->senders = senders > 0 ? senders : 1;
    for (struct lane *l = all->first; l; l = l->next)
        bucket_set(&l->bucket, (double)l->pace / (double)all->senders, clock_ms());
}

/* ---- which way, and how much ---- */

struct relay *lane_relay(const struct lane *l, int64_t now_ms) {
    for (size_t i = 0; l->channel->ready && i < l->relay_count; i++) {
        struct relay *r = l->relays[i];
        bool probe = r->by_mail && r->busy == 0 && breaker_ready(&r->breaker, now_ms);
        if (!r->breaker.tripped || probe)
            return r;
    }
    return NULL;
}

size_t lane_in_use(const struct lane *l) {
    return l->in_use[ROUTINE] + l->in_use[URGENT];
}

bool lane_open(struct lane *l, int class, int64_t now_ms) {
    size_t used = class == URGENT ? l->in_use[URGENT] : lane_in_use(l);
    size_t limit = l->breaker.tripped ? 1 : flow_limit(&l->flow);
    return used < limit && breaker_ready(&l->breaker, now_ms) && bucket_has(&l->bucket, now_ms);
}

void lanes_hurry(struct lanes *all) {
    for (struct lane *l = all->first; l; l = l->next)
        l->breaker.until_ms = 0;
    for (size_t i = 0; i < all->relay_count; i++)
        all->relays[i].breaker.until_ms = 0;
}
