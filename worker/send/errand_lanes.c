/* Errands about lanes and relays: which there are, which domain needs one, how they do. */
#include "clock.h"
#include "hand/batch.h"
#include "log.h"
#include "send/errand_impl.h"
#include "sending/lane.h"

enum { LANES_MS = 60000, REPORT_MS = 2000, REPORT_SOON_MS = 100, SUSPECT_MS = 100 };

static bool lanes_due(struct sender *s) {
    return (s->errands->due & DUE_LANES) || clock_ms() - s->errands->lanes_ms >= LANES_MS;
}

static bool lanes_send(struct sender *s, struct fault *f) {
    s->errands->due &= ~(unsigned)DUE_LANES;
    s->errands->lanes_ms = clock_ms();
    return lane_read_send(s->db, f);
}

static void lanes_done(struct sender *s, const struct db_rows *rows) {
    lanes_take(&s->lanes, rows);
    batch_set_aside(&s->hand);
}

/* A lane that was split off and is in trouble still keeps its lane for an hour more. */
static struct lane *to_be_kept(struct sender *s) {
    struct lane *l = s->lanes.first;
    while (l && !l->keep)
        l = l->next;
    return l;
}

static bool split_due(struct sender *s) {
    int64_t now_ms = clock_ms();
    if (now_ms - s->errands->suspect_ms < SUSPECT_MS)
        return false;
    s->errands->suspect_ms = now_ms;
    s->errands->splitting = domain_suspect(s->lanes.domains);
    return s->errands->splitting || to_be_kept(s);
}

static bool split_send(struct sender *s, struct fault *f) {
    if (s->errands->splitting)
        return lane_split_send(s->db, s->errands->splitting->name, f);
    struct lane *l = to_be_kept(s);
    l->keep = false;
    return lane_split_send(s->db, l->name, f);
}

static void split_done(struct sender *s, const struct db_rows *rows) {
    struct domain *d = s->errands->splitting;
    s->errands->splitting = NULL;
    if (!d)
        return;
    d->asked = true;
    log_warn("%s does not answer as the others do; %s", d->name,
             db_bool(rows, 0, 0) ? "it gets a lane of its own" : "it rests");
    s->errands->due |= DUE_LANES;
}

/* When something has changed, and now and then while there is work. */
static bool report_due(struct sender *s) {
    int64_t passed_ms = clock_ms() - s->errands->report_ms;
    return passed_ms >= REPORT_MS || (s->lanes.changed && passed_ms >= REPORT_SOON_MS);
}

static int64_t wait_ms(const struct breaker *b) {
    int64_t left_ms = b->tripped ? b->until_ms - clock_ms() : 0;
    return left_ms > 0 ? left_ms : 0;
}

/* What keeps the channel from sending does so whatever the relay. */
static struct lane_health relay_health(const struct relay *r) {
    const struct channel *c = r->channel;
    return (struct lane_health){.name = r->server,
                                .up = c->ready && !r->breaker.tripped,
                                .reason = c->ready ? r->breaker.reason : c->does->trouble(c),
                                .wait_ms = wait_ms(&r->breaker),
                                .connections = (int64_t)r->open};
}

/* The relay it would use, or waits for. */
static const char *relay_name(const struct lane *l) {
    const struct relay *r = lane_relay(l, clock_ms());
    return (r ? r : l->relays[0])->server;
}

static struct lane_health lane_health(const struct sender *s, const struct lane *l) {
    return (struct lane_health){.name = l->name,
                                .up = !l->breaker.tripped,
                                .reason = l->breaker.reason,
                                .wait_ms = wait_ms(&l->breaker),
                                .connections = (int64_t)lane_in_use(l),
                                .relay = relay_name(l),
                                .most = (int64_t)flow_limit(&l->flow),
                                .in_hand = (int64_t)batch_in_hand(&s->hand, l),
                                .latency_ms = (int64_t)l->flow.latency_ms};
}

static bool report_send(struct sender *s, struct fault *f) {
    size_t relays = s->lanes.relay_count, lanes = 0;
    for (const struct lane *l = s->lanes.first; l; l = l->next)
        lanes++;
    struct lane_health *of_relays = arena_array(s->errands->arena, relays, sizeof *of_relays);
    struct lane_health *of_lanes = arena_array(s->errands->arena, lanes + 1, sizeof *of_lanes);
    for (size_t i = 0; i < relays; i++)
        of_relays[i] = relay_health(&s->lanes.relays[i]);
    lanes = 0;
    for (const struct lane *l = s->lanes.first; l; l = l->next)
        if (l->served)
            of_lanes[lanes++] = lane_health(s, l);
    s->lanes.changed = false;
    s->errands->report_ms = clock_ms();
    return lane_report_send(s->db, s->errands->arena, &s->who, of_relays, relays, of_lanes, lanes,
                            f);
}

static void report_done(struct sender *s, const struct db_rows *rows) {
    (void)s;
    (void)rows;
}

const struct errand ERRAND_LANES = {"lanes", lanes_due, lanes_send, lanes_done};
const struct errand ERRAND_SPLIT = {"split", split_due, split_send, split_done};
const struct errand ERRAND_REPORT = {"report", report_due, report_send, report_done};
