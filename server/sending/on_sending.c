/* How sending stands: worker processes, relays, lanes, and what waits. */
#include <stdlib.h>
#include <string.h>

#include "db/drift.h"
#include "page/parts.h"
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
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "name", s->name, "host",
                     s->host, "state", state_code(s), "badge", state_badge(s), "state_text",
                     state_word(r, s), "connections", parts_number(r->arena, s->connections),
                     "reason", s->reason, "since", s->since[0] ? s->since : "–", "next_try",
                     s->next_try[0] ? s->next_try : "–");
}

static json_t *lane_tree(const struct req *r, const struct report_state *s) {
    json_t *tree = state_tree(r, s);
    json_t *more = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "waiting", parts_number(r->arena, s->waiting),
        "leased", parts_number(r->arena, s->leased), "most", parts_number(r->arena, s->most),
        "pace", s->pace ? parts_number(r->arena, s->pace) : req_say(r, N_("No limit")),
        "latency_ms", parts_number(r->arena, s->latency_ms), "relays", s->relays, "oldest",
        s->waiting > 0 ? seconds(r, s->oldest_s) : "–");
    json_object_update(tree, more);
    json_decref(more);
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
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:s}", "host", w->host, "role", w->role,
                     "role_text", word, "alive", parts_number(r->arena, w->alive), "known",
                     parts_number(r->arena, w->known), "is_well", w->alive == w->known, "seen",
                     w->seen);
}

static bool put_workers(struct req *r, json_t *tree, struct fault *f) {
    struct report_worker *workers;
    size_t count;
    if (!report_workers(r->db, r->arena, r->who.token, &workers, &count, f))
        return false;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, worker_tree(r, &workers[i]));
    json_object_set_new(tree, "has_workers", json_boolean(count > 0));
    json_object_set_new(tree, "workers", list);
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
    json_object_set_new(tree, "has_relays", json_boolean(count > 0));
    json_object_set_new(tree, "relays", list);
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
    json_object_set_new(tree, "lanes", list);
    json_object_set_new(tree, "waiting", json_string(parts_number(r->arena, waiting)));
    json_object_set_new(tree, "in_hand", json_string(parts_number(r->arena, leased)));
    json_object_set_new(tree, "oldest",
                        json_string(waiting + leased > 0 ? seconds(r, oldest_s) : "–"));
    return true;
}

/* This server's clock beside the database's. */
static bool put_drift(struct req *r, json_t *tree, struct fault *f) {
    int64_t ms;
    if (!drift_measure(r->db, &ms, f))
        return false;
    bool bearable = llabs(ms) <= DRIFT_TOLD_MS;
    json_object_set_new(tree, "drift_s", json_sprintf("%+.1f", (double)ms / 1000));
    json_object_set_new(tree, "drift_badge", json_string(bearable ? "ok" : "paused"));
    json_object_set_new(tree, "drifts", json_boolean(!bearable));
    return true;
}

bool on_sending(struct req *r, struct reply *out, struct fault *f) {
    out->page = "sending";
    out->tree = json_object();
    return put_workers(r, out->tree, f) && put_relays(r, out->tree, f) &&
           put_lanes(r, out->tree, f) && put_drift(r, out->tree, f);
}
