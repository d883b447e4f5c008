/* The care of the operation log: its chain checked, and old years removed by two persons. */
#include <string.h>

#include "log/on.h"
#include "log/oplog.h"
#include "page/parts.h"
#include "page/tree.h"
#include "text.h"
#include "words/say.h"

static struct oplog_actor actor_of(const struct req *r) {
    return (struct oplog_actor){r->who.token, r->network};
}

static bool go(struct reply *out, const char *location) {
    out->location = location;
    return true;
}

/* ---- the check ---- */

static const char *found_words(const struct req *r, const char *found) {
    static const struct {
        const char *code, *words;
    } WORDS[] = {
        {"gap", N_("Entries are missing, or a number was given twice.")},
        {"link", N_("The entry does not follow from the one before it.")},
        {"content", N_("The entry was changed after it was written.")},
        {"clock", N_("The clock was set back before this entry, and nothing says so.")},
        {"head", N_("Entries at the end are missing, or the log was written anew.")},
        {"base", N_("What is on record of removed entries does not fit the log.")},
    };
    for (size_t i = 0; i < COUNT(WORDS); i++)
        if (strcmp(found, WORDS[i].code) == 0)
            return req_say(r, WORDS[i].words);
    return "";
}

static json_t *check_tree(const struct req *r, const struct oplog_check *c) {
    bool known = c->started[0], ended = c->ended[0], bad = c->found[0];
    int64_t whole = c->last - c->first, past = c->done - c->first;
    return TREE(
        TRUTH("has_check", known), TRUTH("is_running", known && !ended),
        TRUTH("is_good", known && ended && !bad), TRUTH("is_bad", bad),
        TRUTH("can_start", !known || ended), TEXT("started", c->started), TEXT("ended", c->ended),
        TEXT("person", c->person[0] ? c->person : req_say(r, N_("By itself, once a day"))),
        TEXT("found_text", found_words(r, c->found)), TEXT("done", parts_number(r->arena, past)),
        TEXT("whole", parts_number(r->arena, whole)),
        NUMBER("percent", whole > 0 ? past * 100 / whole : 100),
        TEXT("row", parts_number(r->arena, c->done + 1)),
        TEXT("head", parts_number(r->arena, c->head)), TEXT("head_hash", c->head_hash),
        TRUTH("has_clocks", c->clocks > 0), TEXT("clocks", parts_number(r->arena, c->clocks)));
}

bool on_log_check(struct req *r, struct reply *out, struct fault *f) {
    struct oplog_check check;
    if (!oplog_check_state(r->db, r->arena, r->who.token, &check, f))
        return false;
    out->page = "log_check";
    out->tree = check_tree(r, &check);
    return true;
}

bool on_log_check_start(struct req *r, struct reply *out, struct fault *f) {
    struct oplog_actor who = actor_of(r);
    return oplog_check_start(r->db, &who, f) && go(out, "/log/verify");
}

/* ---- old years ---- */

static json_t *year_tree(const struct req *r, const struct oplog_purge *p) {
    bool asked = p->asked_at[0], confirmed = p->confirmed_at[0], done = p->done_at[0];
    const char *by =
        confirmed && !p->confirmed_by[0] ? req_say(r, N_("Operator on the host")) : p->confirmed_by;
    return TREE(NUMBER("year", p->year), TEXT("kept_until", p->kept_until), TRUTH("is_due", p->due),
                TRUTH("is_asked", asked), TRUTH("is_confirmed", confirmed), TRUTH("is_done", done),
                TRUTH("can_ask", req_may(r, MAY_LOG_PURGE_ASK) && p->due && !asked),
                TRUTH("can_confirm", asked && !confirmed && !p->mine),
                TRUTH("can_withdraw", asked && !done), TEXT("asked_by", p->asked_by),
                TEXT("asked_at", p->asked_at), TEXT("confirmed_by", by),
                TEXT("confirmed_at", p->confirmed_at), TEXT("done_at", p->done_at));
}

bool on_log_years(struct req *r, struct reply *out, struct fault *f) {
    struct oplog_purge *all;
    size_t count;
    if (!oplog_purges(r->db, r->arena, r->who.token, &all, &count, f))
        return false;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, year_tree(r, &all[i]));
    out->page = "log_years";
    out->tree = TREE(TRUTH("has_years", count > 0), NODE("years", list));
    return true;
}

static bool purge(struct req *r, struct reply *out, enum oplog_purge_act act, struct fault *f) {
    struct oplog_actor who = actor_of(r);
    int64_t year;
    if (!req_arg_int(r, 0, &year, f))
        return false;
    if (year > 9999)
        return fault_set(f, FAULT_MISSING, N_("There is no such page."));
    return oplog_purge_do(r->db, &who, act, year, f) && go(out, "/log/years");
}

bool on_log_year_request(struct req *r, struct reply *out, struct fault *f) {
    return purge(r, out, OPLOG_PURGE_REQUEST, f);
}

bool on_log_year_confirm(struct req *r, struct reply *out, struct fault *f) {
    return purge(r, out, OPLOG_PURGE_CONFIRM, f);
}

bool on_log_year_withdraw(struct req *r, struct reply *out, struct fault *f) {
    return purge(r, out, OPLOG_PURGE_WITHDRAW, f);
}
