/* Counts by domain: a small open hash of fixed size, so that hostile names cost no memory. */
#include "tally.h"

#include <ctype.h>
#include <string.h>

static uint32_t hash_name(const char *s) {
    uint32_t h = 2166136261U;
    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * 16777619U;
    return h;
}

static void fold_name(const char *domain, char out[TALLY_DOMAIN_B]) {
    size_t len = strlen(domain);
    if (len >= TALLY_DOMAIN_B)
        domain += len - (TALLY_DOMAIN_B - 1);
    size_t i = 0;
    for (; domain[i]; i++)
        out[i] = (char)tolower((unsigned char)domain[i]);
    out[i] = '\0';
}

struct tally_domain *tally_find(struct tally *t, const char *domain) {
    char name[TALLY_DOMAIN_B];
    fold_name(*domain ? domain : "-", name);
    size_t at = hash_name(name) % TALLY_DOMAINS;
    while (*t->domains[at].name && strcmp(t->domains[at].name, name) != 0)
        at = (at + 1) % TALLY_DOMAINS;
    struct tally_domain *d = &t->domains[at];
    if (*d->name)
        return d;
    if (t->count >= TALLY_DOMAINS / 2)
        return &t->other;
    t->count++;
    memcpy(d->name, name, strlen(name) + 1);
    return d;
}
