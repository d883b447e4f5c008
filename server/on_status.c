/* What the system says of itself: /health for monitors, the operation log for those who may read.
 */
#include <string.h>

#include "on.h"
#include "oplog.h"
#include "present.h"
#include "route.h"
#include "say.h"
#include "text.h"

enum { LOG_ROWS = 50 };

bool on_health(struct req *r, struct reply *out, struct fault *f) {
    (void)f;
    bool db = r->db != NULL;
    out->status = db ? 200 : 503;
    out->bytes = arena_printf(r->arena, "{\"ok\":%s,\"db\":%s}\n", db ? "true" : "false",
                              db ? "true" : "false");
    out->bytes_b = strlen(out->bytes);
    out->type = "application/json; charset=UTF-8";
    return true;
}

/* ---- the operation log ---- */

/* Words for acts; one that has none is shown as its code. */
static const struct {
    const char *act, *word;
} acts[] = {
    {"sign-in", N_("Sign-in")},
    {"sign-out", N_("Sign-out")},
    {"post.choose", N_("Choice of post")},
    {"log.read", N_("Reading the operation log")},
    {"staff.add", N_("Registration of staff")},
    {"alert.save", N_("Writing of an alert")},
    {"alert.submit", N_("Submission of an alert")},
    {"alert.withdraw", N_("Withdrawal of an alert")},
    {"alert.return", N_("Return of an alert")},
    {"alert.discard", N_("Discarding of a draft")},
    {"alert.approve", N_("Approval of an alert")},
    {"alert.cancel", N_("Cancellation of an approved alert")},
    {"alert.stop", N_("Stop of sending")},
    {"alert.pause", N_("Pause of sending")},
    {"alert.resume", N_("Resumption of sending")},
    {"alert.halt", N_("Halt of sending by the system")},
    {"alert.expire", N_("End of validity")},
    {"import.stage", N_("Reading of a residents' file")},
    {"import.apply", N_("Import of residents")},
    {"import.discard", N_("Discarding of a residents' file")},
};

static const char *act_word(const struct req *r, const char *act) {
    for (size_t i = 0; i < COUNT(acts); i++) {
        if (strcmp(act, acts[i].act) == 0) {
            return req_say(r, acts[i].word);
        }
    }
    return act;
}

static json_t *row_tree(const struct req *r, const struct oplog_row *row) {
    const char *role = present_role(r, row->role);
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:s, s:s}", "seq",
                     (json_int_t)row->seq, "at", row->at, "person",
                     row->name[0] ? row->name : row->login, "post",
                     text_trim(r->arena, arena_printf(r->arena, "%s %s", row->department, role)),
                     "act", act_word(r, row->act), "object", row->object, "ok", row->done, "result",
                     req_say(r, row->done ? N_("Done") : N_("Refused")), "reason",
                     req_say(r, row->reason), "network", row->network);
}

/* Numbers have no gaps, so the page of newer rows is found by counting. */
static json_t *pager(const struct req *r, const struct oplog_row *rows, size_t count,
                     int64_t before) {
    int64_t first = count ? rows[0].seq : 0;
    int64_t last = count ? rows[count - 1].seq : 0;
    const char *newer =
        arena_printf(r->arena, "/log?before=%lld", (long long)(before ? before + LOG_ROWS : 0));
    return json_pack("{s:b, s:s, s:b, s:s, s:s}", "has_newer", before > 0, "newer", newer,
                     "has_older", last > 1, "older",
                     arena_printf(r->arena, "/log?before=%lld", (long long)last), "range",
                     arena_printf(r->arena, "%lld–%lld", (long long)first, (long long)last));
}

bool on_log(struct req *r, struct reply *out, struct fault *f) {
    struct oplog_row *rows;
    size_t count;
    int64_t before = 0;
    if (req_field(r, "before") && !req_int(r, "before", 1, INT64_MAX / 2, &before, f)) {
        return false;
    }
    if (!oplog_page(r->db, r->arena, r->who.token, before, LOG_ROWS, &rows, &count, f)) {
        return false;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, row_tree(r, &rows[i]));
    }
    out->page = "log";
    out->tree = json_pack("{s:b, s:o, s:o}", "has_rows", count > 0, "rows", list, "pager",
                          pager(r, rows, count, before));
    return true;
}
