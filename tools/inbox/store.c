/* The ring of mails: one allocation a mail, so that leaving is one free. */
#include "store.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "log.h"

struct slot {
    struct mail *mail;
};

struct store {
    size_t keep, cap_b, held_b;
    uint64_t first, next; /* ids kept are first … next-1 */
    struct slot *ring;    /* mail id stands at id % keep */
};

static void *take(size_t count, size_t size_b) {
    void *p = calloc(count, size_b);
    if (!p)
        die("out of memory");
    return p;
}

struct store *store_new(size_t keep, size_t cap_b) {
    struct store *s = take(1, sizeof *s);
    *s = (struct store){.keep = keep, .cap_b = cap_b, .first = 1, .next = 1};
    s->ring = take(keep, sizeof *s->ring);
    return s;
}

void store_free(struct store **s) {
    if (!*s)
        return;
    store_clear(*s);
    free((*s)->ring);
    free(*s);
    *s = NULL;
}

static size_t mail_size(const struct mail *m) {
    return sizeof *m + strlen(m->from) + 1 + m->rcpts_b + m->raw_b + 1;
}

static void drop_oldest(struct store *s) {
    struct mail **slot = &s->ring[s->first++ % s->keep].mail;
    s->held_b -= mail_size(*slot);
    free(*slot);
    *slot = NULL;
}

static char *put(char **to, const void *data, size_t len_b) {
    char *at = *to;
    if (len_b)
        memcpy(at, data, len_b);
    *to = at + len_b;
    return at;
}

static struct mail *copy_mail(const struct mail *m) {
    struct mail *c = malloc(mail_size(m));
    if (!c)
        die("out of memory");
    char *to = (char *)(c + 1);
    *c = *m;
    c->from = put(&to, m->from, strlen(m->from) + 1);
    c->rcpts = put(&to, m->rcpts, m->rcpts_b);
    c->raw = put(&to, m->raw, m->raw_b);
    *to = '\0';
    return c;
}

const struct mail *store_add(struct store *s, const struct mail *m) {
    size_t size_b = mail_size(m);
    while (s->first < s->next && (store_count(s) == s->keep || s->held_b + size_b > s->cap_b))
        drop_oldest(s);
    struct mail *c = copy_mail(m);
    c->id = s->next++;
    s->ring[c->id % s->keep].mail = c;
    s->held_b += size_b;
    return c;
}

const struct mail *store_find(const struct store *s, uint64_t id) {
    return id >= s->first && id < s->next ? s->ring[id % s->keep].mail : NULL;
}

static bool rcpt_fits(const char *rcpt, const char *to, const char *part) {
    return (!*to || !strcasecmp(rcpt, to)) && (!*part || strcasestr(rcpt, part));
}

static bool mail_fits(const struct mail *m, const char *to, const char *part) {
    if (!*to && !*part)
        return true;
    for (const char *r = m->rcpts; r < m->rcpts + m->rcpts_b; r += strlen(r) + 1)
        if (rcpt_fits(r, to, part))
            return true;
    return false;
}

const struct mail *store_before(const struct store *s, uint64_t below, const char *to,
                                const char *part) {
    uint64_t id = below < s->next ? below : s->next;
    while (id-- > s->first) {
        const struct mail *m = s->ring[id % s->keep].mail;
        if (mail_fits(m, to, part))
            return m;
    }
    return NULL;
}

uint64_t store_newest(const struct store *s) {
    return s->next - 1;
}

size_t store_count(const struct store *s) {
    return (size_t)(s->next - s->first);
}

void store_clear(struct store *s) {
    while (s->first < s->next)
        drop_oldest(s);
}
