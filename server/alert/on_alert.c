/* Alerts after writing: the list, the approver's desk, transitions, live progress. */
#include <string.h>
#include <time.h>

#include "alert/alert_tree.h"
#include "alert/on.h"
#include "db/drift.h"
#include "http/route.h"
#include "page/parts.h"
#include "page/tree.h"
#include "settings/conf.h"
#include "text.h"
#include "words/say.h"

enum { LIST_ROWS = 50, REFUSAL_ROWS = 50 };

/* ---- the list ---- */

static json_t *row_tree(const struct req *r, const struct alert_row *row) {
    bool english = strcmp(r->lang, "en") == 0 && row->department_en[0];
    return TREE(NUMBER("id", row->id), TEXT("href", alert_href(r, row->id, "")),
                TEXT("title", row->title), TEXT("state", alert_state_words[row->state].code),
                TEXT("state_label", req_say(r, alert_state_words[row->state].said)),
                TRUTH("urgent", row->urgent), TRUTH("everybody", row->everybody),
                TRUTH("drill", false),
                TEXT("department", english ? row->department_en : row->department),
                TEXT("author", row->creator), TEXT("changed", row->changed));
}

static json_t *pager(const struct req *r, const struct alert_row *rows, size_t count,
                     int64_t before) {
    int64_t last = count ? rows[count - 1].id : 0;
    const char *older = arena_printf(r->arena, "/alerts?before=%lld", (long long)last);
    return TREE(TRUTH("has_newer", before > 0), TEXT("newer", "/alerts"),
                TRUTH("has_older", count == LIST_ROWS), TEXT("older", older),
                TEXT("range", arena_printf(r->arena, "%zu", count)));
}

bool on_alerts(struct req *r, struct reply *out, struct fault *f) {
    struct alert_actor who = alert_actor_of(r);
    struct alert_row *rows;
    size_t count, waiting = 0;
    int64_t before = 0;
    if ((req_field(r, "before") && !req_int(r, "before", 1, INT64_MAX, &before, f)) ||
        !alert_list(r->db, r->arena, &who, before, LIST_ROWS, &rows, &count, f))
        return false;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, row_tree(r, &rows[i]));
        waiting += rows[i].state == ALERT_SUBMITTED;
    }
    out->page = "alert_list";
    out->tree = TREE(TRUTH("can_write", req_may(r, MAY_ALERT_SAVE)), TRUTH("has_alerts", count > 0),
                     NODE("alerts", list),
                     TRUTH("has_to_approve", req_may(r, MAY_ALERT_APPROVE) && waiting > 0),
                     TEXT("to_approve", parts_number(r->arena, (int64_t)waiting)),
                     NODE("pager", pager(r, rows, count, before)));
    return true;
}

/* ---- before it leaves ---- */

static const char *why_not(const struct req *r, const struct alert *alert) {
    if (alert->state != ALERT_SUBMITTED)
        return "";
    if (!req_may(r, MAY_ALERT_APPROVE))
        return req_say(r, N_("It waits for the approver of the department, or a delegate."));
    return alert->own ? req_say(r, N_("Nobody may approve an alert that he or she wrote or "
                                      "submitted."))
                      : "";
}

/* What this person may do with it now. The database decides; this only shows the right buttons. */
static void put_rights(const struct req *r, const struct alert *alert, json_t *tree) {
    bool draft = alert->state == ALERT_DRAFT, submitted = alert->state == ALERT_SUBMITTED;
    const char *why = why_not(r, alert);
    json_t *rights =
        TREE(TRUTH("can_approve", submitted && req_may(r, MAY_ALERT_APPROVE) && !alert->own),
             TRUTH("can_return", submitted && req_may(r, MAY_ALERT_RETURN)),
             TRUTH("can_edit", draft && req_may(r, MAY_ALERT_SAVE)),
             TRUTH("can_submit", draft && req_may(r, MAY_ALERT_SUBMIT)),
             TRUTH("can_discard", draft && req_may(r, MAY_ALERT_DISCARD)),
             TRUTH("can_withdraw", submitted && req_may(r, MAY_ALERT_WITHDRAW)),
             TRUTH("has_why_not", why[0] != '\0'), TEXT("why_not", why));
    json_object_update(tree, rights);
    json_decref(rights);
}

static bool put_reach(const struct req *r, const struct alert *alert, json_t *tree,
                      struct fault *f) {
    struct alert_actor who = alert_actor_of(r);
    struct alert_draft draft = {.categories = alert->categories,
                                .category_count = alert->category_count,
                                .areas = alert->areas,
                                .area_count = alert->area_count,
                                .everybody = alert->everybody};
    struct alert_reach reach;
    if (!alert_reach(r->db, r->arena, &who, &draft, &reach, f))
        return false;
    TREE_PUT(tree, NODE("reach", alert_reach_tree(r, &reach)));
    return true;
}

/* The text the approver returned, beside the new one. */
static bool put_before(const struct req *r, const struct alert *alert, json_t *tree,
                       struct fault *f) {
    struct alert_actor who = alert_actor_of(r);
    const char *title = "", *body = "";
    bool other = alert->returned_version > 0 && alert->returned_version < alert->version;
    if (other &&
        !alert_text(r->db, r->arena, &who, alert->id, alert->returned_version, &title, &body, f))
        return false;
    TREE_PUT(tree, TRUTH("has_before", other),
             NODE("before", TREE(TEXT("title", title), TEXT("body", body),
                                 TEXT("reason", other ? alert->returned_reason : ""))));
    return true;
}

static bool show_review(struct req *r, struct reply *out, const struct alert *alert,
                        const char *reason, struct fault *f) {
    json_t *tree =
        TREE(NODE("alert", alert_tree(r, alert)), NODE("mail", alert_mail_tree(r, alert)),
             TEXT("fingerprint", alert->fingerprint), TEXT("href", alert_href(r, alert->id, "")),
             TEXT("reason", reason));
    out->page = "alert_review";
    out->tree = tree;
    put_rights(r, alert, tree);
    return put_reach(r, alert, tree, f) && put_before(r, alert, tree, f);
}

/* ---- on its way ---- */

static const char *trouble(const struct req *r, const struct alert *alert,
                           const struct alert_progress *p) {
    if (p->halted[0]) {
        const char *why = req_say(r, p->halted);
        bool words = p->trouble[0] && alert->state == ALERT_PAUSED;
        return words ? arena_printf(r->arena, "%s (%s)", why, p->trouble) : why;
    }
    if (alert->state == ALERT_PAUSED)
        return req_say(r, N_("It was paused. An approver or a delegate can resume it."));
    bool under_way = alert->state == ALERT_APPROVED || alert->state == ALERT_SENDING;
    if (under_way && !alert->urgent && !p->routine) {
        return arena_printf(r->arena, "%s %s",
                            req_say(r, N_("At night only urgent alerts are sent. It goes on at")),
                            conf.quiet_to);
    }
    return under_way && p->trouble[0]
               ? arena_printf(r->arena, "%s (%s)",
                              req_say(r, N_("The mail relay does not take mails now. Sending goes "
                                            "on by itself.")),
                              p->trouble)
               : "";
}

static const char *remaining(const struct req *r, const struct alert_progress *p) {
    if (p->remaining_s < 0)
        return "–";
    return arena_printf(r->arena, "%lld:%02lld", (long long)(p->remaining_s / 60),
                        (long long)(p->remaining_s % 60));
}

struct part {
    const char *kind;
    int64_t count;
};

/* Stacked bar, 1000 wide in all: each part ends where the sum so far says, so nothing is lost. */
static json_t *bar_tree(const struct part *parts, size_t count, int64_t total) {
    json_t *bar = json_array();
    int64_t sum = 0;
    for (size_t i = 0; i < count && total > 0; i++) {
        int64_t x = sum * 1000 / total;
        sum += parts[i].count;
        json_array_append_new(bar, TREE(TEXT("kind", parts[i].kind), NUMBER("x", x),
                                        NUMBER("width", sum * 1000 / total - x)));
    }
    return bar;
}

static void put_counts(const struct req *r, const struct alert_progress *p, json_t *tree) {
    const struct part parts[] = {{"accepted", p->accepted},   {"refused", p->refused},
                                 {"unknown", p->unknown},     {"expired", p->expired},
                                 {"cancelled", p->cancelled}, {"waiting", p->waiting}};
    json_t *counts = json_object();
    for (size_t i = 0; i < COUNT(parts); i++) {
        const char *text = parts_number(r->arena, parts[i].count);
        json_object_set_new(counts, parts[i].kind, json_string(text));
    }
    TREE_PUT(tree, NODE("counts", counts), NODE("bar", bar_tree(parts, COUNT(parts), p->total)));
}

static void put_progress(const struct req *r, const struct alert *alert,
                         const struct alert_progress *p, json_t *tree) {
    bool running = alert->state == ALERT_APPROVED || alert->state == ALERT_SENDING ||
                   alert->state == ALERT_PAUSED ||
                   (p->started[0] && !p->ended[0] && alert->state == ALERT_STOPPED);
    int64_t done = p->total - p->waiting;
    int64_t percent = p->total > 0 ? done * 100 / p->total : p->ended[0] ? 100 : 0;
    const char *why = trouble(r, alert, p);
    TREE_PUT(tree, TRUTH("running", running), NUMBER("done", done), NUMBER("left", p->waiting),
             NUMBER("percent", percent), TEXT("total", parts_number(r->arena, p->total)),
             TEXT("average_rate", parts_number(r->arena, p->rate)),
             TEXT("average_remaining", remaining(r, p)),
             TEXT("started", p->started[0] ? p->started : "–"), TEXT("ended", p->ended),
             TRUTH("has_ended", p->ended[0] != '\0'), TRUTH("has_trouble", why[0] != '\0'),
             TEXT("trouble", why));
    put_counts(r, p, tree);
}

static void put_brakes(const struct req *r, const struct alert *alert, json_t *tree) {
    bool sending = alert->state == ALERT_SENDING, paused = alert->state == ALERT_PAUSED;
    bool stop = req_may(r, MAY_ALERT_STOP) && (sending || paused || alert->state == ALERT_APPROVED);
    bool pause = req_may(r, MAY_ALERT_PAUSE) && sending;
    bool resume = req_may(r, MAY_ALERT_RESUME) && paused;
    TREE_PUT(tree, TRUTH("can_stop", stop), TRUTH("can_pause", pause), TRUTH("can_resume", resume));
}

/* Who was refused or is in doubt; not asked for where the sums say that nobody is. */
static bool put_refusals(const struct req *r, const struct alert *alert,
                         const struct alert_progress *p, json_t *tree, struct fault *f) {
    struct alert_actor who = alert_actor_of(r);
    struct alert_refusal *rows = NULL;
    size_t count = 0;
    if (p->refused + p->unknown > 0 &&
        !alert_refusals(r->db, r->arena, &who, alert->id, REFUSAL_ROWS, &rows, &count, f))
        return false;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(
            list, TREE(TEXT("address", rows[i].address),
                       TEXT("result", parts_said(r, delivery_result_words, rows[i].result)),
                       TEXT("reply", rows[i].reply), TEXT("at", rows[i].at)));
    }
    TREE_PUT(tree, TRUTH("has_refusals", count > 0), NODE("refusals", list));
    return true;
}

static bool show_progress(struct req *r, struct reply *out, const struct alert *alert,
                          struct fault *f) {
    struct alert_actor who = alert_actor_of(r);
    struct alert_progress p;
    if (!alert_progress(r->db, r->arena, &who, alert->id, &p, f))
        return false;
    out->page = "alert_progress";
    out->tree =
        TREE(NODE("alert", alert_tree(r, alert)), NODE("mail", alert_mail_tree(r, alert)),
             TEXT("href", alert_href(r, alert->id, "")), TRUTH("has_report", p.started[0] != '\0'),
             TEXT("report", alert_href(r, alert->id, "/report")));
    put_progress(r, alert, &p, out->tree);
    put_brakes(r, alert, out->tree);
    return put_refusals(r, alert, &p, out->tree, f);
}

/* ---- one alert ---- */

static bool read_alert(struct req *r, struct alert *alert, struct fault *f) {
    struct alert_actor who = alert_actor_of(r);
    int64_t id;
    return req_arg_int(r, 0, &id, f) && alert_read(r->db, r->arena, &who, id, alert, f);
}

bool on_alert(struct req *r, struct reply *out, struct fault *f) {
    struct alert alert;
    if (!read_alert(r, &alert, f))
        return false;
    return alert.approver[0] ? show_progress(r, out, &alert, f)
                             : show_review(r, out, &alert, "", f);
}

/* After an act the alert's page is shown anew; a reload repeats nothing. */
static bool go_to(struct req *r, struct reply *out, int64_t id) {
    out->location = alert_href(r, id, "");
    return true;
}

/* The page again, as the alert stands now, with what was wrong and what was typed. */
static bool show_refused(struct req *r, struct reply *out, const char *reason, struct fault *f) {
    struct fault why = *f;
    struct alert alert;
    if (why.kind != FAULT_INVALID && why.kind != FAULT_CONFLICT)
        return false;
    if (!read_alert(r, &alert, f))
        return false;
    if (!(alert.approver[0] ? show_progress(r, out, &alert, f)
                            : show_review(r, out, &alert, reason, f)))
        return false;
    parts_error(r, out->tree, why.field[0] ? why.field : "main", why.text);
    out->status = fault_status(why.kind);
    return true;
}

static bool act(struct req *r, struct reply *out, enum alert_act which, struct fault *f) {
    struct alert_actor who = alert_actor_of(r);
    int64_t id;
    if (!req_arg_int(r, 0, &id, f))
        return false;
    return alert_act(r->db, r->arena, &who, which, id, f) ? go_to(r, out, id)
                                                          : show_refused(r, out, "", f);
}

bool on_alert_withdraw(struct req *r, struct reply *out, struct fault *f) {
    return act(r, out, ALERT_WITHDRAW, f);
}

bool on_alert_discard(struct req *r, struct reply *out, struct fault *f) {
    return act(r, out, ALERT_DISCARD, f);
}

bool on_alert_stop(struct req *r, struct reply *out, struct fault *f) {
    return act(r, out, ALERT_STOP, f);
}

bool on_alert_pause(struct req *r, struct reply *out, struct fault *f) {
    return act(r, out, ALERT_PAUSE, f);
}

bool on_alert_resume(struct req *r, struct reply *out, struct fault *f) {
    return act(r, out, ALERT_RESUME, f);
}

bool on_alert_submit(struct req *r, struct reply *out, struct fault *f) {
    struct alert_actor who = alert_actor_of(r);
    int64_t id, version;
    if (!req_arg_int(r, 0, &id, f) || !req_int(r, "version", 1, INT32_MAX, &version, f))
        return false;
    return alert_submit(r->db, r->arena, &who, id, version, f) ? go_to(r, out, id)
                                                               : show_refused(r, out, "", f);
}

bool on_alert_approve(struct req *r, struct reply *out, struct fault *f) {
    struct alert_actor who = alert_actor_of(r);
    const char *fingerprint = req_field(r, "fingerprint");
    int64_t id;
    if (!req_arg_int(r, 0, &id, f))
        return false;
    return drift_bearable(r->db, f) &&
                   alert_approve(r->db, r->arena, &who, id, fingerprint ? fingerprint : "", f)
               ? go_to(r, out, id)
               : show_refused(r, out, "", f);
}

bool on_alert_return(struct req *r, struct reply *out, struct fault *f) {
    struct alert_actor who = alert_actor_of(r);
    const char *typed = req_field(r, "reason");
    const char *reason = typed ? text_trim(r->arena, typed) : "";
    int64_t id, version;
    if (!req_arg_int(r, 0, &id, f) || !req_int(r, "version", 1, INT32_MAX, &version, f))
        return false;
    return alert_return(r->db, r->arena, &who, id, version, reason, f)
               ? go_to(r, out, id)
               : show_refused(r, out, typed ? typed : "", f);
}
