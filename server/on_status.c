/* What the system says of itself: /health for monitors, the operation log for those who may read.
 */
#include <string.h>

#include "log_words.h"
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

static json_t *row_tree(const struct req *r, const struct oplog_row *row) {
    const char *href;
    const char *object = log_object(r, row, &href);
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:b, s:s, s:s, s:s, s:s}",
                     "seq", (json_int_t)row->seq, "at", row->at, "person", log_person(r, row),
                     "post", log_post(r, row), "act", log_act(r, row), "object", row->object,
                     "object_text", object, "has_href", href[0] != '\0', "href", href, "ok",
                     row->done, "result", req_say(r, row->done ? N_("Done") : N_("Refused")),
                     "reason", row->reason, "reason_text", log_reason(r, row), "network",
                     row->network);
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
                     arena_printf(r->arena, "%s–%s", present_number(r->arena, first),
                                  present_number(r->arena, last)));
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
