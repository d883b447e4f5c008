/* Domains that share a lane: how much of each may be under way, and which one is suspected. */
#include "lanes/domain.h"

#include <stdlib.h>
#include <string.h>

enum {
    PLACES = 4096,
    KEPT = 8192, /* domains remembered though nothing of them is in hand */
    REST_FIRST_MS = 500,
    REST_MOST_MS = 30000
};

struct domains {
    size_t count;
    struct domain *place[PLACES];
};

struct domains *domains_new(void) {
    struct domains *d = calloc(1, sizeof *d);
    if (!d)
        abort();
    return d;
}

static void free_one(struct domain *d) {
    free(d->name);
    free(d);
}

void domains_free(struct domains **d) {
    if (!*d)
        return;
    for (size_t i = 0; i < PLACES; i++)
        for (struct domain *one = (*d)->place[i], *next; one; one = next) {
            next = one->next;
            free_one(one);
        }
    free(*d);
    *d = NULL;
}

/* FNV-1a. */
static struct domain **place_of(struct domains *d, const char *name) {
    uint32_t hash = 2166136261U;
    for (const char *p = name; *p; p++)
        hash = (hash ^ (unsigned char)*p) * 16777619U;
    return &d->place[hash % PLACES];
}

struct domain *domain_find(struct domains *d, const char *name) {
    struct domain *one = *place_of(d, name);
    while (one && strcmp(one->name, name) != 0)
        one = one->next;
    return one;
}

struct domain *domain_take(struct domains *d, const char *address) {
    const char *at = strrchr(address, '@');
    const char *name = at ? at + 1 : "";
    struct domain *one = domain_find(d, name);
    if (!one) {
        struct domain **place = place_of(d, name);
        one = calloc(1, sizeof *one);
        if (!one || !(one->name = strdup(name)))
            abort();
        one->allowed = DOMAIN_FIRST;
        one->next = *place;
        *place = one;
        d->count++;
    }
    one->refs++;
    return one;
}

void domain_drop(struct domains *d, struct domain *domain) {
    domain->refs--;
    if (domain->refs > 0 || domain->in_flight > 0 || domain->suspect || d->count <= KEPT)
        return;
    struct domain **at = place_of(d, domain->name);
    while (*at != domain)
        at = &(*at)->next;
    *at = domain->next;
    d->count--;
    free_one(domain);
}

struct domain *domain_suspect(struct domains *d) {
    for (size_t i = 0; i < PLACES; i++)
        for (struct domain *one = d->place[i]; one; one = one->next)
            if (one->suspect && !one->asked)
                return one;
    return NULL;
}

static bool may_begin(const struct domain *d, int64_t now_ms) {
    return d->in_flight < d->allowed && d->until_ms <= now_ms;
}

bool domain_open(const struct domain *d, uint64_t mail, int64_t now_ms) {
    return (mail > 0 && d->mail == mail) || may_begin(d, now_ms);
}

bool domain_proven(const struct domain *d) {
    return d->allowed > DOMAIN_FIRST;
}

bool domain_begin(struct domain *d, uint64_t mail, int64_t now_ms, uint64_t taken) {
    if (d->mail == mail)
        return false;
    d->mail = mail;
    if (d->in_flight++ == 0) {
        d->quiet_ms = now_ms;
        d->mark = taken;
    }
    return true;
}

/* Till the end of a rest nothing changes: what falls meanwhile fell with the first. */
static void rest(struct domain *d, int64_t now_ms) {
    if (d->until_ms > now_ms)
        return;
    d->delay_ms = d->delay_ms ? d->delay_ms * 2 : REST_FIRST_MS;
    d->delay_ms = d->delay_ms < REST_MOST_MS ? d->delay_ms : REST_MOST_MS;
    d->until_ms = now_ms + d->delay_ms;
}

bool domain_ended(struct domain *d, bool counted, enum domain_end end, int64_t now_ms,
                  uint64_t taken) {
    bool was_open = may_begin(d, now_ms);
    d->in_flight -= counted;
    if (end != DOMAIN_UNTRIED) {
        d->quiet_ms = now_ms;
        d->mark = taken;
    }
    if (end == DOMAIN_TAKEN) {
        d->faults = 0;
        d->delay_ms = 0;
        d->suspect = d->asked = false;
        d->allowed++;
    }
    if (end == DOMAIN_FAULT) {
        d->allowed = 1;
        rest(d, now_ms);
        d->fault_mark = d->faults++ ? d->fault_mark : taken;
        if (d->faults >= DOMAIN_FAULTS && taken - d->fault_mark >= DOMAIN_OTHERS)
            d->suspect = true;
    }
    return !was_open && may_begin(d, now_ms);
}

void domain_look(struct domain *d, int64_t now_ms, uint64_t taken) {
    int64_t quiet_ms = now_ms - d->quiet_ms;
    if (d->in_flight < d->allowed || d->faults > 0)
        return;
    if (taken - d->mark >= DOMAIN_OTHERS)
        d->suspect = d->suspect || quiet_ms >= DOMAIN_QUIET_MS;
    else if (taken == d->mark && quiet_ms >= DOMAIN_WIDEN_MS * (int64_t)(d->allowed / DOMAIN_FIRST))
        d->allowed += DOMAIN_FIRST; /* all are as slow: nobody is held up by it */
}
