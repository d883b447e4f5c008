/* Suspended addresses: who gets nothing and why, turning one on again, and the question whether an
 * alert's failures count. */
#include <string.h>

#include "page/parts.h"
#include "page/tree.h"
#include "residents/on.h"
#include "returned/suspension.h"
#include "words/say.h"

enum { ROWS = 50 };

static const struct word REASONS[] = {
    {"", ""},
    {"permanent", N_("The address does not exist any more")},
    {"temporary", N_("Mails could not be delivered for weeks")},
    {"complaint", N_("The reader reported a mail as unwanted")},
    {"other", N_("Another reason")},
    {"warned", N_("Warned by letter, not suspended yet")},
    {"mail.counted", N_("Returned mails that were taken on record")},
    {"mail.again", N_("Reports that were known already")},
    {"mail.letter", N_("Returned letters")},
    {"mail.nothing", N_("Automatic replies and other mails that report nothing")},
    {"mail.stranger", N_("Reports about nobody the mail went to")},
    {"mail.forged", N_("Mails to addresses that are not ours")},
    {0},
};

static json_t *row_tree(const struct req *r, const struct suspension *s) {
    return TREE(NUMBER("id", s->contact), TEXT("address", s->address), TEXT("reason", s->reason),
                TEXT("reason_text", parts_said(r, REASONS, s->reason)), TEXT("since", s->since),
                TEXT("status", s->status), TEXT("reply", s->reply));
}

static json_t *storm_tree(const struct req *r, const struct suspension_storm *s) {
    bool counts = strcmp(s->verdict, "count") == 0;
    const char *said = req_say(r, counts ? N_("They count.") : N_("They do not count."));
    return TREE(NUMBER("id", s->alert), TEXT("title", s->title), TEXT("at", s->at),
                TEXT("failed", parts_number(r->arena, s->failed)),
                TEXT("total", parts_number(r->arena, s->total)), TRUTH("is_open", !s->verdict[0]),
                TEXT("verdict", s->verdict), TEXT("verdict_text", s->verdict[0] ? said : ""));
}

/* The numbers: of addresses, or of mails. */
static json_t *counts_tree(const struct req *r, const struct suspension_count *counts, size_t count,
                           bool mails) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        if ((strncmp(counts[i].what, "mail.", 5) == 0) == mails)
            json_array_append_new(list, TREE(TEXT("what", counts[i].what),
                                             TEXT("name", parts_said(r, REASONS, counts[i].what)),
                                             TEXT("n", parts_number(r->arena, counts[i].n))));
    return list;
}

static bool put_counts(struct req *r, json_t *tree, struct fault *f) {
    struct suspension_count *counts;
    size_t count;
    if (!suspension_counts(r->db, r->arena, r->who.token, &counts, &count, f))
        return false;
    json_t *addresses = counts_tree(r, counts, count, false);
    json_t *mails = counts_tree(r, counts, count, true);
    TREE_PUT(tree, TRUTH("has_counts", json_array_size(addresses) > 0), NODE("counts", addresses),
             TRUTH("has_mails", json_array_size(mails) > 0), NODE("mails", mails));
    return true;
}

static bool put_storms(struct req *r, json_t *tree, struct fault *f) {
    struct suspension_storm *storms;
    size_t count;
    if (!suspension_storms(r->db, r->arena, r->who.token, &storms, &count, f))
        return false;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, storm_tree(r, &storms[i]));
    TREE_PUT(tree, TRUTH("has_storms", count > 0), NODE("storms", list));
    return true;
}

/* Newer pages are reached by going back: numbers have gaps. */
static json_t *pager(const struct req *r, const struct suspension *rows, size_t count,
                     int64_t before) {
    int64_t last = count ? rows[count - 1].contact : 0;
    return TREE(TRUTH("has_newer", before > 0), TEXT("newer", "/suspended"),
                TRUTH("has_older", count == ROWS),
                TEXT("older", arena_printf(r->arena, "/suspended?before=%lld", (long long)last)),
                TEXT("range", ""));
}

static bool put_rows(struct req *r, json_t *tree, struct fault *f) {
    struct suspension *rows;
    size_t count;
    int64_t before = 0;
    if ((req_field(r, "before") && !req_int(r, "before", 1, INT64_MAX, &before, f)) ||
        !suspension_list(r->db, r->arena, r->who.token, before, ROWS, &rows, &count, f))
        return false;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, row_tree(r, &rows[i]));
    TREE_PUT(tree, TRUTH("has_rows", count > 0), NODE("rows", list),
             NODE("pager", pager(r, rows, count, before)));
    return true;
}

bool on_suspended(struct req *r, struct reply *out, struct fault *f) {
    out->page = "suspended";
    out->tree = TREE(TRUTH("can_act", req_may(r, MAY_CONTACT_RESUME)));
    return put_rows(r, out->tree, f) && put_counts(r, out->tree, f) && put_storms(r, out->tree, f);
}

/* ---- acts ---- */

bool on_suspended_resume(struct req *r, struct reply *out, struct fault *f) {
    int64_t contact;
    if (!req_arg_int(r, 0, &contact, f) ||
        !suspension_lift(r->db, r->arena, r->who.token, contact, r->network, f))
        return false;
    out->location = "/suspended";
    return true;
}

static bool decide(struct req *r, struct reply *out, const char *verdict, struct fault *f) {
    int64_t alert;
    if (!req_arg_int(r, 0, &alert, f) ||
        !suspension_decide(r->db, r->arena, r->who.token, alert, verdict, r->network, f))
        return false;
    out->location = "/suspended";
    return true;
}

bool on_bounces_count(struct req *r, struct reply *out, struct fault *f) {
    return decide(r, out, "count", f);
}

bool on_bounces_forgive(struct req *r, struct reply *out, struct fault *f) {
    return decide(r, out, "forgive", f);
}
