/* Lanes as the database lists them, relays as conf names them, and which relay a lane uses. */
#include "send/lanes.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "log.h"
#include "process/setup.h"
#include "send/sender.h"
#include "sending/lane.h"
#include "settings/conf.h"
#include "settings/conf_pairs.h"
#include "text.h"

enum {
    FIRST = 4,       /* connections a lane begins with */
    FIRST_SPLIT = 1, /* one that was split off for trouble */
    SPARE_PART = 5   /* of a relay's connections: one for so many, and one more */
};

/* ---- relays ---- */

static const struct setup_auth *auth_of(const struct setup_auth *auths, size_t count,
                                        const char *server) {
    static const struct setup_auth NONE = {.user = (char *)"", .password = (char *)""};
    for (size_t i = 0; i < count; i++)
        if (strcmp(auths[i].server, server) == 0)
            return &auths[i];
    return &NONE;
}

static bool open_relay(struct sender *s, struct relay *r, const struct setup_auth *auth,
                       struct fault *f) {
    struct smtp_setup setup = {.host_port = r->server,
                               .ehlo = conf.domain,
                               .user = auth->user,
                               .password = auth->password,
                               .tls = (enum conf_tls)conf.relay_tls,
                               .ca_file = conf.relay_ca_file,
                               .timeout_s = conf.relay_timeout_s,
                               .dot_timeout_s = conf.relay_dot_timeout_s};
    if (!smtp_relay_open(s->loop, &setup, &POOL_HOOKS, s, &r->smtp, f))
        return false;
    r->limit = (size_t)conf.relay_connections;
    r->since_taken = SIZE_MAX / 2; /* it has proven nothing yet */
    r->count = r->limit + 1 + r->limit / SPARE_PART;
    r->slots = calloc(r->count, sizeof *r->slots);
    if (!r->slots)
        abort();
    for (size_t i = 0; i < r->count; i++) {
        struct slot *slot = &r->slots[i];
        slot->sender = s;
        slot->relay = r;
        slot->smtp = smtp_new(r->smtp, slot);
        slot->jobs[0].bytes = buf_init(MIME_MAIL_B);
        slot->jobs[1].bytes = buf_init(MIME_MAIL_B);
    }
    return true;
}

static void close_relay(struct relay *r) {
    smtp_relay_close(&r->smtp);
    for (size_t i = 0; r->slots && i < r->count; i++) {
        buf_done(&r->slots[i].jobs[0].bytes);
        buf_done(&r->slots[i].jobs[1].bytes);
    }
    free(r->slots);
}

/* ---- lanes ---- */

static struct relay *relay_named(struct lanes *all, const char *server) {
    struct relay *r = all->relays;
    while (strcmp(r->server, server) != 0)
        r++;
    return r;
}

/* Its own relays by setting, else those of all. */
static void give_relays(struct lanes *all, struct lane *l) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    size_t count;
    const struct conf_pair *pairs = conf_pairs(a, conf.lane_relays, &count);
    const struct conf_pair *own = conf_pair_find(pairs, count, l->name);
    char **servers = own ? own->items : text_split(a, conf.relays, ',', &l->relay_count);
    l->relay_count = own ? own->count : l->relay_count;
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
    flow_init(&l->flow, strchr(name, '.') ? FIRST_SPLIT : FIRST, (size_t)conf.relay_connections,
              clock_ms());
    return l;
}

static void free_lane(struct lane *l) {
    free(l->relays);
    free(l->name);
    free(l);
}

bool lanes_open(struct sender *s, struct fault *f) {
    struct lanes *all = &s->lanes;
    all->arena = arena_new();
    all->domains = domains_new();
    const char **servers = setup_relays(s->names, &all->relay_count);
    all->relays = calloc(all->relay_count, sizeof *all->relays);
    if (!all->relays)
        abort();
    if (!setup_auths(s->names, &all->auths, &all->auth_count, f))
        return false;
    for (size_t i = 0; i < all->relay_count; i++) {
        all->relays[i].server = servers[i];
        if (!open_relay(s, &all->relays[i], auth_of(all->auths, all->auth_count, servers[i]), f))
            return false;
    }
    all->letters = new_lane(all, "letters");
    return true;
}

void lanes_close(struct sender *s) {
    struct lanes *all = &s->lanes;
    for (size_t i = 0; i < all->relay_count; i++)
        close_relay(&all->relays[i]);
    free(all->relays);
    setup_wipe(all->auths, all->auth_count);
    while (all->first) {
        struct lane *l = all->first;
        all->first = l->next;
        free_lane(l);
    }
    free_lane(all->letters);
    domains_free(&all->domains);
    arena_free(&all->arena);
}

struct lane *lanes_find(const struct lanes *all, const char *name) {
    struct lane *l = all->first;
    while (l && strcmp(l->name, name) != 0)
        l = l->next;
    return l;
}

/* ---- what the database says ---- */

static bool in_hand(const struct sender *s, const struct lane *l) {
    for (const struct chunk *c = s->chunks; c; c = c->next)
        if (c->lane == l)
            return true;
    return lane_in_use(l) > 0;
}

static void forget_unserved(struct sender *s) {
    for (struct lane **at = &s->lanes.first; *at;) {
        struct lane *l = *at;
        if (l->served || in_hand(s, l)) {
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

void lanes_take(struct sender *s, const struct db_rows *rows) {
    struct lanes *all = &s->lanes;
    arena_reset(all->arena);
    all->map = arena_array(all->arena, (size_t)rows->count + 1, sizeof *all->map);
    all->map_count = 0;
    for (struct lane *l = all->first; l; l = l->next)
        l->served = false;
    for (int i = 0; i < rows->count; i++) {
        struct lane_row row;
        lane_read_row(rows, i, &row);
        struct lane *l = serve(all, &row);
        if (row.domain)
            all->map[all->map_count++] =
                (struct lane_domain){arena_strdup(all->arena, row.domain), l};
    }
    qsort(all->map, all->map_count, sizeof *all->map, by_domain);
    lanes_share(s, s->living);
    batch_set_aside(s);
    forget_unserved(s);
    s->report_due = true;
}

struct lane *lanes_of_domain(const struct lanes *all, const char *domain) {
    struct lane_domain wanted = {.domain = domain};
    const struct lane_domain *found =
        all->map_count ? bsearch(&wanted, all->map, all->map_count, sizeof wanted, by_domain)
                       : NULL;
    return found ? found->lane : NULL;
}

void lanes_share(struct sender *s, int64_t senders) {
    s->living = senders > 0 ? senders : 1;
    for (struct lane *l = s->lanes.first; l; l = l->next)
        bucket_set(&l->bucket, (double)l->pace / (double)s->living, clock_ms());
}

/* ---- which way, and how much ---- */

struct relay *lane_relay(const struct lane *l, int64_t now_ms) {
    for (size_t i = 0; i < l->relay_count; i++) {
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

void lanes_hurry(struct sender *s) {
    for (struct lane *l = s->lanes.first; l; l = l->next)
        l->breaker.until_ms = 0;
    for (size_t i = 0; i < s->lanes.relay_count; i++)
        s->lanes.relays[i].breaker.until_ms = 0;
}
