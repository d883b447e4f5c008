/* Troubles of relays and lanes: growing pauses, one probe after each, a reason for the console. */
#include <string.h>

#include "clock.h"
#include "lanes/lanes.h"
#include "log.h"

enum {
    HOLD_FIRST_MS = 1000, /* before one more connection is tried */
    HOLD_MOST_MS = 30000,
    FAULTS_MOST = 2, /* in a row at one lane: what it drops is no accident */
    OTHER_MOST = 6,  /* in the lane of many domains, ... */
    OTHER_DOMAINS = 3,
    RELAY_MOST = 10 /* mails without one taken, where another relay could be tried */
};

/* ---- relays ---- */

void relay_trouble(struct lanes *all, struct relay *r, bool by_mail, const char *reason) {
    int64_t now_ms = clock_ms();
    if (!breaker_trip(&r->breaker, now_ms, reason))
        return;
    r->by_mail = by_mail;
    all->changed = true;
    log_warn("relay %s is in trouble: %s; next try in %lld ms", r->server, reason,
             (long long)(r->breaker.until_ms - now_ms));
}

void relay_fine(struct lanes *all, struct relay *r) {
    if (!breaker_mend(&r->breaker))
        return;
    all->changed = true;
    log_info("relay %s is well again", r->server);
}

void relay_squeeze(struct relay *r, size_t limit) {
    int64_t now_ms = clock_ms();
    if (limit >= r->limit)
        limit = r->limit - (r->limit > 1);
    r->limit = limit > 0 ? limit : 1;
    r->hold_ms = r->hold_ms ? r->hold_ms * 2 : HOLD_FIRST_MS;
    r->hold_ms = r->hold_ms < HOLD_MOST_MS ? r->hold_ms : HOLD_MOST_MS;
    r->grow_ms = now_ms + r->hold_ms;
    log_debug("relay %s gets %zu connections", r->server, r->limit);
}

void relay_tick(struct relay *r, int64_t now_ms) {
    size_t most = r->channel->links;
    if (r->limit >= most || now_ms < r->grow_ms)
        return;
    r->limit++;
    r->grow_ms = now_ms + r->hold_ms;
    if (r->limit == most)
        r->hold_ms = 0;
}

/* ---- lanes ---- */

static void note_domain(struct lane *l, const struct domain *d) {
    for (size_t i = 0; i < l->run_of; i++)
        if (l->run_domains[i] == d)
            return;
    if (l->run_of < COUNT(l->run_domains))
        l->run_domains[l->run_of++] = d;
}

/* Many domains share `other`: one of them rests alone. */
static bool whole_lane(const struct lane *l, bool silent) {
    if (l->other)
        return l->run >= OTHER_MOST && l->run_of >= OTHER_DOMAINS;
    return silent || l->run >= FAULTS_MOST;
}

void lane_fault(struct lanes *all, struct lane *l, struct relay *r, const struct domain *d,
                bool silent, const char *reason) {
    int64_t now_ms = clock_ms();
    l->run++;
    if (d)
        note_domain(l, d);
    flow_bad(&l->flow);
    if (l == all->letters || !whole_lane(l, silent) || !breaker_trip(&l->breaker, now_ms, reason))
        return;
    all->changed = true;
    l->keep = strchr(l->name, '.') != NULL;
    log_warn("lane %s is in trouble: %s; next try in %lld ms", l->name, reason,
             (long long)(l->breaker.until_ms - now_ms));
    if (l->relay_count > 1 && r->since_taken >= RELAY_MOST)
        relay_trouble(all, r, true, reason);
}

void lane_fine(struct lanes *all, struct lane *l) {
    l->run = l->run_of = 0;
    if (!breaker_mend(&l->breaker))
        return;
    all->changed = true;
    log_info("lane %s is well again", l->name);
}
