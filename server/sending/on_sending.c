/* How sending stands: worker processes, relays, lanes, and what waits. */
#include <stdlib.h>
#include <string.h>

#include "db/drift.h"
#include "page/parts.h"
#include "page/tree.h"
#include "sending/on.h"
#include "sending/report.h"
#include "words/say.h"

/* Well, in trouble, or somewhere between: some senders say so and some not. */
static const char *state_code(const struct report_state *s) {
    return s->senders == 0         ? "idle"
           : s->well == s->senders ? "well"
           : s->well               ? "partly"
                                   : "paused";
}

static const char *state_badge(const struct report_state *s) {
    return s->senders == 0         ? "discarded"
           : s->well == s->senders ? "ok"
           : s->well               ? "warn"
                                   : "paused";
}

static const char *state_word(const struct req *r, const struct report_state *s) {
    return req_say(r, s->senders == 0         ? N_("Nothing to do")
                      : s->well == s->senders ? N_("Well")
                      : s->well               ? N_("Partly in trouble")
                                              : N_("Paused"));
}

static const char *seconds(const struct req *r, int64_t s) {
    return arena_printf(r->arena, "%lld:%02lld", (long long)(s / 60), (long long)(s % 60));
}

static json_t *state_tree(const struct req *r, const struct report_state *s) {
    return TREE(TEXT("name", s->name), TEXT("host", s->host), TEXT("state", state_code(s)),
                TEXT("badge", state_badge(s)), TEXT("state_text", state_word(r, s)),
                TEXT("connections", parts_number(r->arena, s->connections)),
                TEXT("reason", s->reason), TEXT("since", s->since[0] ? s->since : "–"),
                TEXT("next_try", s->next_try[0] ? s->next_try : "–"));
}

static json_t *lane_tree(const struct req *r, const struct report_state *s) {
    json_t *tree = state_tree(r, s);
    TREE_PUT(tree, TEXT("waiting", parts_number(r->arena, s->waiting)),
             TEXT("leased", parts_number(r->arena, s->leased)),
             TEXT("most", parts_number(r->arena, s->most)),
             TEXT("pace", s->pace ? parts_number(r->arena, s->pace) : req_say(r, N_("No limit"))),
             TEXT("latency_ms", parts_number(r->arena, s->latency_ms)), TEXT("relays", s->relays),
             TEXT("oldest", s->waiting > 0 ? seconds(r, s->oldest_s) : "–"));
    return tree;
}

static json_t *worker_tree(const struct req *r, const struct report_worker *w) {
    static const struct {
        const char *role, *word;
    } WORDS[] = {{"send", N_("Sending")},
                 {"fanout", N_("Making the lists of recipients")},
                 {"sweep", N_("Keeping the house")},
                 {"intake", N_("Taking in returned mails")}};
    const char *word = w->role;
    for (size_t i = 0; i < COUNT(WORDS); i++)
        word = strcmp(w->role, WORDS[i].role) == 0 ? req_say(r, WORDS[i].word) : word;
    return TREE(TEXT("host", w->host), TEXT("role", w->role), TEXT("role_text", word),
                TEXT("alive", parts_number(r->arena, w->alive)),
                TEXT("known", parts_number(r->arena, w->known)),
                TRUTH("is_well", w->alive == w->known), TEXT("seen", w->seen));
}

static bool put_workers(struct req *r, json_t *tree, struct fault *f) {
    struct report_worker *workers;
    size_t count;
    if (!report_workers(r->db, r->arena, r->who.token, &workers, &count, f))
        return false;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, worker_tree(r, &workers[i]));
    TREE_PUT(tree, TRUTH("has_workers", count > 0), NODE("workers", list));
    return true;
}

static bool put_relays(struct req *r, json_t *tree, struct fault *f) {
    struct report_state *relays;
    size_t count;
    if (!report_relays(r->db, r->arena, r->who.token, &relays, &count, f))
        return false;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, state_tree(r, &relays[i]));
    TREE_PUT(tree, TRUTH("has_relays", count > 0), NODE("relays", list));
    return true;
}

static bool put_lanes(struct req *r, json_t *tree, struct fault *f) {
    struct report_state *lanes;
    size_t count;
    int64_t waiting = 0, leased = 0, oldest_s = 0;
    if (!report_lanes(r->db, r->arena, r->who.token, &lanes, &count, f))
        return false;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        waiting += lanes[i].waiting;
        leased += lanes[i].leased;
        oldest_s = lanes[i].oldest_s > oldest_s ? lanes[i].oldest_s : oldest_s;
        json_array_append_new(list, lane_tree(r, &lanes[i]));
    }
    TREE_PUT(tree, NODE("lanes", list), TEXT("waiting", parts_number(r->arena, waiting)),
             TEXT("in_hand", parts_number(r->arena, leased)),
             TEXT("oldest", waiting + leased > 0 ? seconds(r, oldest_s) : "–"));
    return true;
}

/* This server's clock beside the database's. */
static bool put_drift(struct req *r, json_t *tree, struct fault *f) {
    int64_t ms;
    if (!drift_measure(r->db, &ms, f))
        return false;
    bool bearable = llabs(ms) <= DRIFT_TOLD_MS;
    TREE_PUT(tree, NODE("drift_s", json_sprintf("%+.1f", (double)ms / 1000)),
             TEXT("drift_badge", bearable ? "ok" : "paused"), TRUTH("drifts", !bearable));
    return true;
}

bool on_sending(struct req *r, struct reply *out, struct fault *f) {
    out->page = "sending";
    out->tree = json_object();
    return put_workers(r, out->tree, f) && put_relays(r, out->tree, f) &&
           put_lanes(r, out->tree, f) && put_drift(r, out->tree, f);
}
