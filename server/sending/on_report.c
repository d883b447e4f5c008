/* What came of an alert: counts, times, a chart, and the list of recipients as a file. */
#include "sending/report.h"

#include <stdio.h>
#include <string.h>

#include "alert/alert_tree.h"
#include "http/csv.h"
#include "page/parts.h"
#include "page/tree.h"
#include "sending/on.h"
#include "words/say.h"
#include "words/word.h"

enum { BARS = 60, CHART_H = 200, CHART_W = 1000, PAGE_ROWS = 1000 };

static const char *result_word(const struct req *r, const char *result) {
    return strcmp(result, "waiting") == 0 ? req_say(r, N_("Waiting"))
                                          : parts_said(r, delivery_result_words, result);
}

/* ---- times ---- */

static const char *duration(const struct req *r, int64_t s) {
    return arena_printf(r->arena, "%lld:%02lld:%02lld", (long long)(s / 3600),
                        (long long)(s / 60 % 60), (long long)(s % 60));
}

static const char *time_word(const struct req *r, const char *name) {
    static const struct {
        const char *code, *word;
    } WORDS[] = {{"first", N_("First accepted")},
                 {"median", N_("Half of them accepted")},
                 {"most", N_("95% of them accepted")},
                 {"last", N_("Last accepted")}};
    size_t i = 0;
    while (i + 1 < COUNT(WORDS) && strcmp(name, WORDS[i].code) != 0)
        i++;
    return req_say(r, WORDS[i].word);
}

static bool put_times(struct req *r, int64_t alert, json_t *tree, struct fault *f) {
    struct report_time *times;
    const char *approved;
    size_t count;
    if (!report_times(r->db, r->arena, r->who.token, alert, &approved, &times, &count, f))
        return false;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        bool known = times[i].at[0] != '\0';
        json_array_append_new(
            list, TREE(TEXT("name", times[i].name), TEXT("label", time_word(r, times[i].name)),
                       TEXT("at", known ? times[i].at : "–"),
                       TEXT("after", known ? duration(r, times[i].after_s) : "–"),
                       NUMBER("after_s", known ? (json_int_t)times[i].after_s : -1)));
    }
    TREE_PUT(tree, TEXT("approved_at", approved[0] ? approved : "–"), NODE("times", list));
    return true;
}

/* ---- counts ---- */

/* What came to pass in one lane, or at one relay. */
struct group {
    const char *name;
    int64_t n[DELIVERY_RESULT_LAST];
};

/* A doubt that was tried again counts as that. */
static enum delivery_result result_of(const struct report_sum *s) {
    return s->final ? word_of(delivery_result_words, s->result) : DELIVERY_TEMPORARY;
}

static struct group *group_of(struct group *groups, size_t *count, const char *name) {
    for (size_t i = 0; i < *count; i++)
        if (strcmp(groups[i].name, name) == 0)
            return &groups[i];
    groups[*count] = (struct group){.name = name};
    return &groups[(*count)++];
}

static json_t *group_tree(const struct req *r, const struct group *g) {
    const char *name = g->name[0] ? g->name : req_say(r, N_("Not handed to a relay"));
    json_t *tree = TREE(TEXT("name", name));
    for (size_t i = DELIVERY_ACCEPTED; i < DELIVERY_RESULT_LAST; i++) {
        json_object_set_new(tree, delivery_result_words[i].code,
                            json_string(parts_number(r->arena, g->n[i])));
    }
    return tree;
}

static json_t *groups_tree(const struct req *r, const struct report_sum *sums, size_t count,
                           bool relays) {
    struct group *groups = arena_array(r->arena, count + 1, sizeof *groups);
    size_t group_count = 0;
    for (size_t i = 0; i < count; i++) {
        const char *name = relays ? sums[i].relay : sums[i].lane;
        group_of(groups, &group_count, name)->n[result_of(&sums[i])] += sums[i].n;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < group_count; i++)
        json_array_append_new(list, group_tree(r, &groups[i]));
    return list;
}

static bool put_sums(struct req *r, int64_t alert, json_t *tree, struct fault *f) {
    struct report_sum *sums;
    size_t count;
    if (!report_sums(r->db, r->arena, r->who.token, alert, &sums, &count, f))
        return false;
    struct group whole = {.name = "-"};
    for (size_t i = 0; i < count; i++)
        whole.n[result_of(&sums[i])] += sums[i].n;
    TREE_PUT(tree, TRUTH("has_sums", count > 0), NODE("counts", group_tree(r, &whole)),
             NODE("lanes", groups_tree(r, sums, count, false)),
             NODE("relays", groups_tree(r, sums, count, true)));
    return true;
}

/* ---- the chart ---- */

/* One bar, from below: accepted, refused, others. */
static void add_bars(json_t *list, const struct report_span *s, int64_t bars, int64_t most) {
    const struct {
        const char *kind;
        int64_t n;
    } parts[] = {{"accepted", s->accepted}, {"refused", s->refused}, {"unknown", s->others}};
    int64_t x = s->span * CHART_W / bars, next = (s->span + 1) * CHART_W / bars, below = 0;
    for (size_t i = 0; i < COUNT(parts); i++) {
        int64_t top = (below + parts[i].n) * CHART_H / most, from = below * CHART_H / most;
        below += parts[i].n;
        if (top > from) {
            json_array_append_new(list, TREE(TEXT("kind", parts[i].kind), NUMBER("x", x),
                                             NUMBER("y", CHART_H - top), NUMBER("width", next - x),
                                             NUMBER("height", top - from)));
        }
    }
}

static json_t *span_tree(const struct req *r, const struct report_span *s) {
    return TREE(TEXT("at", s->at), TEXT("accepted", parts_number(r->arena, s->accepted)),
                TEXT("refused", parts_number(r->arena, s->refused)),
                TEXT("others", parts_number(r->arena, s->others)),
                TEXT("temporary", parts_number(r->arena, s->again)));
}

static bool put_chart(struct req *r, int64_t alert, json_t *tree, struct fault *f) {
    struct report_span *spans;
    size_t count;
    if (!report_series(r->db, r->arena, r->who.token, alert, BARS, &spans, &count, f))
        return false;
    int64_t most = 1;
    int64_t bars = count ? spans[count - 1].span + 1 : 1;
    for (size_t i = 0; i < count; i++) {
        int64_t n = spans[i].accepted + spans[i].refused + spans[i].others;
        most = n > most ? n : most;
    }
    json_t *rects = json_array();
    json_t *rows = json_array();
    for (size_t i = 0; i < count; i++) {
        add_bars(rects, &spans[i], bars < BARS / 6 ? BARS / 6 : bars, most);
        json_array_append_new(rows, span_tree(r, &spans[i]));
    }
    TREE_PUT(tree, TRUTH("has_chart", count > 0), NODE("chart", rects), NODE("series", rows),
             TEXT("most", parts_number(r->arena, most)), TEXT("from", count ? spans[0].at : ""),
             TEXT("to", count ? spans[count - 1].at : ""),
             TEXT("span", duration(r, count ? spans[0].length_s : 0)));
    return true;
}

/* ---- the page ---- */

static bool read_alert(struct req *r, struct alert *alert, struct fault *f) {
    struct alert_actor who = alert_actor_of(r);
    int64_t id;
    return req_arg_int(r, 0, &id, f) && alert_read(r->db, r->arena, &who, id, alert, f);
}

bool on_report(struct req *r, struct reply *out, struct fault *f) {
    struct alert alert;
    if (!read_alert(r, &alert, f))
        return false;
    out->page = "report";
    out->tree =
        TREE(NODE("alert", alert_tree(r, &alert)), TEXT("href", alert_href(r, alert.id, "")),
             TEXT("file", alert_href(r, alert.id, "/report.csv")),
             TRUTH("can_export", req_may(r, MAY_REPORT_EXPORT)));
    return put_times(r, alert.id, out->tree, f) && put_sums(r, alert.id, out->tree, f) &&
           put_chart(r, alert.id, out->tree, f);
}

/* ---- the list ---- */

/* Where a download stands. */
struct list {
    int64_t alert, after;
    bool whole, ended;
    const char *first; /* made by the handler, so that a refusal is an answer of its own */
    size_t first_b;
};

static void add_row(const struct req *r, struct buf *out, const struct report_row *row) {
    char number[24], code[24], attempt[24];
    snprintf(number, sizeof number, "%lld", (long long)row->contact);
    snprintf(code, sizeof code, "%lld", (long long)row->code);
    snprintf(attempt, sizeof attempt, "%lld", (long long)row->attempt);
    csv_row(out,
            (const char *const[]){number, row->channel, row->address, result_word(r, row->result),
                                  row->at, row->code ? code : "", row->enhanced, row->reply,
                                  row->relay, row->lane, row->attempt ? attempt : "", NULL});
}

static void add_heads(const struct req *r, struct buf *out) {
    csv_begin(out);
    csv_row(out,
            (const char *const[]){
                req_say(r, N_("Number")), req_say(r, N_("Channel")), req_say(r, N_("Address")),
                req_say(r, N_("Result")), req_say(r, N_("Time")), req_say(r, N_("Reply code")),
                req_say(r, N_("Enhanced code")), req_say(r, N_("Words of the relay")),
                req_say(r, N_("Relay")), req_say(r, N_("Lane")), req_say(r, N_("Attempt")), NULL});
}

/* The next page of recipients. */
static bool add_page(struct req *r, struct list *list, struct buf *out, struct fault *f) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct report_page page = {list->alert, list->after, PAGE_ROWS};
    struct report_row *rows;
    size_t count;
    if (!(list->whole ? report_export(r->db, a, r->who.token, r->network, &page, &rows, &count, f)
                      : report_list(r->db, a, r->who.token, &page, &rows, &count, f)))
        return false;
    for (size_t i = 0; i < count; i++)
        add_row(r, out, &rows[i]);
    list->after = count ? rows[count - 1].contact : list->after;
    list->ended = count < PAGE_ROWS;
    return true;
}

static bool more(struct req *r, void *state, struct buf *out, struct fault *f) {
    struct list *list = state;
    if (list->first_b > 0) {
        buf_add(out, list->first, list->first_b);
        list->first_b = 0;
        return true;
    }
    return list->ended || add_page(r, list, out, f);
}

static bool send_list(struct req *r, struct reply *out, bool whole, struct fault *f) {
    CLEANUP(buf_done) struct buf first = buf_init(4 << 20);
    struct list *list = arena_alloc(r->arena, sizeof *list);
    struct stream *stream = arena_alloc(r->arena, sizeof *stream);
    *list = (struct list){.whole = whole};
    add_heads(r, &first);
    if (!req_arg_int(r, 0, &list->alert, f) || !add_page(r, list, &first, f))
        return false;
    *stream = (struct stream){.more = more, .state = list};
    list->first = arena_memdup(r->arena, buf_text(&first), first.len_b);
    list->first_b = first.len_b;
    out->stream = stream;
    out->type = CSV_TYPE;
    out->filename = arena_printf(r->arena, "alert-%lld-recipients.csv", (long long)list->alert);
    return true;
}

bool on_report_list(struct req *r, struct reply *out, struct fault *f) {
    return send_list(r, out, false, f);
}

bool on_report_export(struct req *r, struct reply *out, struct fault *f) {
    return send_list(r, out, true, f);
}
