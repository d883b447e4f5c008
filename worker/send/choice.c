/* Which mail goes next: picked, written, from the lane whose turn it is. */
#include "send/choice.h"

#include "clock.h"
#include "hand/batch.h"
#include "hand/broadcast.h"
#include "hand/letters.h"
#include "hand/record.h"
#include "log.h"

enum { SLOW_MS = 1000 /* nothing rides behind a text whose reply takes so long */ };

/* ---- a mail ---- */

static bool write_alert(const struct job *job, struct channel_load *out, struct fault *f) {
    struct chunk *c = job->chunk;
    struct broadcast *b = c->broadcast;
    const struct member *first = job->members[0];
    struct channel_alert alert = {.what = &b->what,
                                  .prepared = b->prepared,
                                  .text = broadcast_text(b, first->lang),
                                  .contact = first->contact,
                                  .lang = first->lang,
                                  .handover = c->handover,
                                  .arena = c->arena,
                                  .kept = &c->kept};
    return b->channel->does->write(b->channel, &alert, out, f);
}

static bool write_job(struct sender *s, struct job *job, struct fault *f) {
    return job->chunk ? write_alert(job, &job->load, f)
                      : letters_write(&s->post, job->parcel, &job->load, f);
}

static void refuse_member(struct sender *s, struct chunk *c, struct member *m, const char *why) {
    if (m->domain)
        domain_ended(m->domain, m->counted, DOMAIN_UNTRIED, clock_ms(), c->lane->taken);
    record_end(&s->hand, c, m, DELIVERY_REFUSED, why);
    batch_end(c, m, MEMBER_ENDED);
}

static void refuse_ourselves(struct sender *s, struct job *job, const struct fault *f) {
    log_warn("a mail is refused before sending: %s %s %s", f->text, f->field, f->detail);
    for (size_t i = 0; job->chunk && i < job->load.count; i++)
        refuse_member(s, job->chunk, job->members[i], f->text);
    if (!job->chunk)
        letters_end(job->parcel, "refused", f->text);
}

/* Names the recipients; who cannot be named is refused here, and the others go on. False: nobody
 * is left. */
static bool address_job(struct sender *s, struct job *job) {
    struct channel_load *load = &job->load;
    size_t good = 0;
    for (size_t i = 0; i < load->count; i++) {
        const char *to = job->chunk ? job->members[i]->address : letters_address(job->parcel);
        const char *why = job->chunk ? job->chunk->broadcast->channel->does->unfit(to) : NULL;
        if (why) {
            refuse_member(s, job->chunk, job->members[i], why);
            continue;
        }
        job->members[good] = job->members[i];
        load->to[good++] = to;
    }
    load->count = good;
    return good > 0;
}

static size_t most_of(const struct slot *slot, const struct broadcast *b) {
    size_t one = slot->relay->channel->does->most(slot->link);
    size_t together = b->channel->does->together(&b->what);
    return one < together ? one : together;
}

static bool pick(struct sender *s, struct slot *slot, struct lane *l, int class, struct job *job) {
    job->load.count = job->load.parts = 1;
    job->chunk = NULL;
    job->parcel = NULL;
    if (l == s->lanes.letters)
        return (job->parcel = letters_next(&s->post)) != NULL;
    job->chunk = batch_next(&s->hand, l, class, &job->members[0]);
    if (job->chunk)
        job->load.count =
            batch_gather(job->chunk, most_of(slot, job->chunk->broadcast), job->members);
    return job->chunk != NULL;
}

/* A mail of the lane ready to go, in whichever of the slot's two jobs is free; NULL: no work. */
static struct job *take_job(struct sender *s, struct slot *slot, struct lane *l, int class) {
    struct job *job = slot->jobs[0].busy ? &slot->jobs[1] : &slot->jobs[0];
    assert(!job->busy);
    while (pick(s, slot, l, class, job)) {
        struct fault f = {0};
        if (!address_job(s, job))
            continue;
        if (!write_job(s, job, &f)) {
            refuse_ourselves(s, job, &f);
            continue;
        }
        size_t count = job->load.count;
        l->todo[class] -= count < l->todo[class] ? count : l->todo[class];
        bucket_take(&l->bucket, count * job->load.parts);
        job->busy = true;
        job->lane = l;
        job->class = class;
        return job;
    }
    l->todo[class] = 0;
    return NULL;
}

/* ---- which lane ---- */

static bool wants(struct sender *s, struct lane *l, int purpose, const struct relay *r,
                  int64_t now_ms) {
    int class = purpose == FOR_URGENT ? URGENT : ROUTINE;
    return l->todo[class] > 0 && (purpose == FOR_LETTERS) == (l == s->lanes.letters) &&
           lane_open(l, class, now_ms) && lane_relay(l, now_ms) == r;
}

/* The lane that has the fewest connections among those that want one of this relay; NULL: none
 * does. */
static struct lane *poorest(struct sender *s, int purpose, const struct relay *r, int64_t now_ms) {
    struct lane *best = NULL;
    if (purpose == FOR_LETTERS)
        return wants(s, s->lanes.letters, purpose, r, now_ms) ? s->lanes.letters : NULL;
    for (struct lane *l = s->lanes.first; l; l = l->next)
        if (wants(s, l, purpose, r, now_ms) && (!best || lane_in_use(l) < lane_in_use(best)))
            best = l;
    return best;
}

struct job *choice_next(struct sender *s, struct slot *slot, int64_t now_ms) {
    for (int purpose = 0; purpose < PURPOSES; purpose++)
        for (struct lane *l; (l = poorest(s, purpose, slot->relay, now_ms));) {
            struct job *job = take_job(s, slot, l, purpose == FOR_URGENT ? URGENT : ROUTINE);
            if (job)
                return job;
        }
    return NULL;
}

/* Where the next mail could be held up behind a text that may not be answered for long, none rides;
 * nor do the last ones: connections that come free shall have them. */
struct job *choice_behind(struct sender *s, struct slot *slot, int64_t now_ms) {
    struct job *job = slot->current;
    struct lane *l = job->lane;
    const struct relay *r = slot->relay;
    int purpose = !job->chunk ? FOR_LETTERS : job->class == URGENT ? FOR_URGENT : FOR_ROUTINE;
    const struct domain *d = job->chunk ? job->members[0]->domain : NULL;
    if (l->flow.latency_ms <= 0 || l->flow.latency_ms > SLOW_MS || (d && !domain_proven(d)) ||
        l->todo[job->class] < lane_in_use(l))
        return NULL;
    for (int before = 0; before < purpose; before++)
        if (poorest(s, before, r, now_ms))
            return NULL;
    l->in_use[job->class]--; /* the one that leaves now makes room */
    struct lane *best = poorest(s, purpose, r, now_ms);
    bool ours = best && (best == l || lane_in_use(l) <= lane_in_use(best) + 1) &&
                wants(s, l, purpose, r, now_ms);
    l->in_use[job->class]++;
    return ours ? take_job(s, slot, l, job->class) : NULL;
}

size_t choice_unmet(struct sender *s, const struct relay *r, int purpose, int64_t now_ms) {
    int class = purpose == FOR_URGENT ? URGENT : ROUTINE;
    struct lane *l = purpose == FOR_LETTERS ? s->lanes.letters : s->lanes.first;
    size_t n = 0;
    for (; l; l = l->next) {
        if (!wants(s, l, purpose, r, now_ms))
            continue;
        size_t limit = l->breaker.tripped ? 1 : flow_limit(&l->flow);
        size_t room = limit - (class == URGENT ? l->in_use[URGENT] : lane_in_use(l));
        n += l->todo[class] < room ? l->todo[class] : room;
    }
    return n;
}
