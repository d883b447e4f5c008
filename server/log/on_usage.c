/* The usage report (000 §9): numbers by department and person, charts, the same as a file. */
#include <string.h>

#include "http/csv.h"
#include "log/on.h"
#include "log/usage.h"
#include "page/parts.h"
#include "page/tree.h"
#include "text.h"
#include "words/say.h"

enum { CHART_H = 200, CHART_W = 1000, GAUGE_W = 1000, BARS_LEAST = 10, FILE_B = 16 << 20 };

/* The figures' names in the tree, and over their columns. */
static const struct {
    const char *key, *head;
} FIGURES[] = {
    [USAGE_SIGN_INS] = {"sign_ins", N_("Sign-ins")},
    [USAGE_FAILED] = {"failed", N_("Failed")},
    [USAGE_ODD] = {"odd", N_("Odd hours")},
    [USAGE_DRAFTS] = {"drafts", N_("Drafts")},
    [USAGE_SUBMITTED] = {"submitted", N_("Submissions")},
    [USAGE_APPROVED] = {"approved", N_("Approvals")},
    [USAGE_RETURNED] = {"returned", N_("Returns")},
    [USAGE_SENT] = {"sent", N_("Alerts sent")},
    [USAGE_RECIPIENTS] = {"recipients", N_("Recipients reached")},
};
static_assert(COUNT(FIGURES) == USAGE_FIGURE_LAST, "each figure has its column");

#define WAIT_HEAD N_("Wait (median)")

static const char *typed(const struct req *r, const char *name) {
    const char *value = req_field(r, name);
    return value ? text_trim(r->arena, value) : "";
}

/* Administrators and auditors: every department, and the log. */
static bool reads_all(const struct req *r) {
    return req_may(r, ROLE_READERS);
}

/* What was asked for; without days, those of this month. */
static bool read_what(struct req *r, const struct usage_choice *month, struct usage_what *what,
                      struct fault *f) {
    const char *since = typed(r, "since"), *until = typed(r, "until");
    int64_t department;
    *what = (struct usage_what){.token = r->who.token,
                                .network = r->network,
                                .since = since[0] || until[0] ? since : month->since,
                                .until = since[0] || until[0] ? until : month->until};
    if (!typed(r, "department")[0])
        return true;
    if (!req_int(r, "department", 1, INT64_MAX, &department, f))
        return false;
    what->department = text_number(r->arena, department);
    return true;
}

/* ---- words ---- */

static const char *department_word(const struct req *r, const struct usage_row *row) {
    bool english = strcmp(r->lang, "en") == 0 && row->department_en[0];
    const char *name = english ? row->department_en : row->department_name;
    return row->level == USAGE_WHOLE ? req_say(r, N_("In all"))
           : row->department == 0    ? req_say(r, N_("Of no department"))
                                     : name;
}

static const char *roles_said(const struct req *r, char **roles) {
    const char *said = "";
    for (; *roles; roles++)
        said = arena_printf(r->arena, "%s%s%s", said, said[0] ? " / " : "", parts_role(r, *roles));
    return said;
}

static const char *wait_words(const struct req *r, const struct usage_row *row) {
    int64_t s = row->wait_s;
    return s < 0 ? ""
                 : arena_printf(r->arena, "%lld:%02lld:%02lld", (long long)(s / 3600),
                                (long long)(s / 60 % 60), (long long)(s % 60));
}

static const char *dash(const char *text) {
    return text[0] ? text : "–";
}

/* ---- rows ---- */

static const char *log_href(const struct req *r, const struct usage_what *what, const char *login) {
    return arena_printf(r->arena, "/log?person=%s&since=%sT00:00&until=%sT23:59", login,
                        what->since, what->until);
}

static json_t *row_tree(const struct req *r, const struct usage_row *row) {
    json_t *tree = TREE(TEXT("department", department_word(r, row)),
                        TEXT("people", parts_number(r->arena, row->people)),
                        TEXT("wait", dash(wait_words(r, row))), NUMBER("wait_s", row->wait_s));
    for (size_t i = 0; i < COUNT(FIGURES); i++) {
        json_object_set_new(tree, FIGURES[i].key,
                            json_string(parts_number(r->arena, row->figures[i])));
    }
    return tree;
}

static json_t *person_tree(const struct req *r, const struct usage_what *what,
                           const struct usage_row *row) {
    json_t *tree = row_tree(r, row);
    TREE_PUT(tree, TEXT("login", row->login), TEXT("name", row->name),
             TEXT("post", dash(roles_said(r, row->roles))), TRUTH("is_guest", row->guest),
             TEXT("last_sign_in", dash(row->last_sign_in)),
             TEXT("href", log_href(r, what, row->login)));
    return tree;
}

/* A bar as wide as its share of the widest one. */
static void put_gauge(json_t *tree, const char *key, int64_t n, int64_t most) {
    json_object_set_new(tree, key, json_integer(n > 0 ? n * GAUGE_W / most : 0));
}

/* Departments with their people; the whole goes into *whole. */
static json_t *groups_tree(const struct req *r, const struct usage_what *what,
                           const struct usage_row *rows, size_t count, json_t **whole) {
    json_t *groups = json_array(), *people = NULL;
    int64_t sent = 1, wait_s = 1;
    for (size_t i = 0; i < count; i++) {
        bool one = rows[i].level == USAGE_DEPARTMENT;
        sent = one && rows[i].figures[USAGE_SENT] > sent ? rows[i].figures[USAGE_SENT] : sent;
        wait_s = one && rows[i].wait_s > wait_s ? rows[i].wait_s : wait_s;
    }
    for (size_t i = 0; i < count; i++) {
        if (rows[i].level == USAGE_PERSON) {
            json_array_append_new(people, person_tree(r, what, &rows[i]));
        } else if (rows[i].level == USAGE_DEPARTMENT) {
            json_t *group = row_tree(r, &rows[i]);
            put_gauge(group, "sent_width", rows[i].figures[USAGE_SENT], sent);
            put_gauge(group, "wait_width", rows[i].wait_s, wait_s);
            people = json_array();
            TREE_PUT(group, TRUTH("has_rows", rows[i].people > 0), NODE("rows", people));
            json_array_append_new(groups, group);
        } else {
            *whole = row_tree(r, &rows[i]);
        }
    }
    return groups;
}

static void put_rows(const struct req *r, const struct usage_what *what,
                     const struct usage_row *rows, size_t count, json_t *tree) {
    json_t *whole = NULL;
    json_t *groups = groups_tree(r, what, rows, count, &whole);
    TREE_PUT(tree, TRUTH("has_groups", json_array_size(groups) > 1), NODE("groups", groups),
             NODE("whole", whole));
}

/* ---- the chart ---- */

static json_t *bar_tree(const struct usage_bar *bar, size_t i, size_t bars, int64_t most) {
    int64_t x = (int64_t)i * CHART_W / (int64_t)bars;
    int64_t next = (int64_t)(i + 1) * CHART_W / (int64_t)bars;
    int64_t height = bar->acts * CHART_H / most;
    return TREE(NUMBER("x", x), NUMBER("y", CHART_H - height), NUMBER("width", next - x),
                NUMBER("height", height));
}

static bool put_chart(struct req *r, const struct usage_what *what, json_t *tree, struct fault *f) {
    struct usage_bar *bars;
    size_t count;
    if (!usage_days(r->db, r->arena, what, &bars, &count, f))
        return false;
    int64_t most = 1;
    for (size_t i = 0; i < count; i++)
        most = bars[i].acts > most ? bars[i].acts : most;
    json_t *chart = json_array(), *days = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(chart,
                              bar_tree(&bars[i], i, count > BARS_LEAST ? count : BARS_LEAST, most));
        json_array_append_new(
            days, TREE(TEXT("at", bars[i].at), TEXT("acts", parts_number(r->arena, bars[i].acts))));
    }
    const char *first = count ? bars[0].at : "", *last = count ? bars[count - 1].at : "";
    TREE_PUT(tree, TRUTH("has_chart", count > 0),
             TRUTH("by_month", strlen(first) == strlen("2026-11")), NODE("chart", chart),
             NODE("days", days), TEXT("most", parts_number(r->arena, most)), TEXT("first", first),
             TEXT("last", last));
    return true;
}

/* ---- the page ---- */

static json_t *periods_tree(const struct req *r, const struct usage_choice *periods,
                            const struct usage_what *what) {
    static const char *const words[USAGE_PERIODS] = {N_("This month"), N_("Last month"),
                                                     N_("This fiscal year")};
    const char *department =
        what->department ? arena_printf(r->arena, "&department=%s", what->department) : "";
    json_t *list = json_array();
    for (size_t i = 0; i < USAGE_PERIODS; i++) {
        bool here = strcmp(periods[i].since, what->since) == 0 &&
                    strcmp(periods[i].until, what->until) == 0;
        json_array_append_new(
            list, TREE(TEXT("label", req_say(r, words[i])), TRUTH("is_here", here),
                       TEXT("href", arena_printf(r->arena, "/usage?since=%s&until=%s%s",
                                                 periods[i].since, periods[i].until, department))));
    }
    return list;
}

static json_t *departments_tree(const struct req *r, const struct usage_choice *all, size_t count,
                                const struct usage_what *what) {
    bool english = strcmp(r->lang, "en") == 0;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const char *name = english && all[i].name_en[0] ? all[i].name_en : all[i].name;
        bool chosen = what->department && strcmp(what->department, all[i].id) == 0;
        json_array_append_new(
            list, TREE(TEXT("value", all[i].id), TEXT("label", name), TRUTH("chosen", chosen)));
    }
    return list;
}

/* Days that cannot be read about are shown again with the reason. */
static bool put_report(struct req *r, const struct usage_what *what, struct reply *out,
                       struct fault *f) {
    struct usage_row *rows;
    size_t count;
    bool done = usage_read(r->db, r->arena, what, &rows, &count, f);
    TREE_PUT(out->tree, TRUTH("has_report", done));
    if (done) {
        put_rows(r, what, rows, count, out->tree);
        return put_chart(r, what, out->tree, f);
    }
    if (f->kind != FAULT_INVALID)
        return false;
    parts_error_fault(r, out->tree, f);
    out->status = 422;
    *f = (struct fault){0};
    return true;
}

bool on_usage(struct req *r, struct reply *out, struct fault *f) {
    struct usage_choice *choices;
    size_t count;
    struct usage_what what;
    if (!usage_choices(r->db, r->arena, r->who.token, &choices, &count, f) ||
        !read_what(r, &choices[0], &what, f))
        return false;
    out->page = "usage";
    out->tree = TREE(TEXT("since", what.since), TEXT("until", what.until),
                     TEXT("department_chosen", what.department ? what.department : ""),
                     NODE("periods", periods_tree(r, choices, &what)),
                     NODE("departments", departments_tree(r, choices + USAGE_PERIODS,
                                                          count - USAGE_PERIODS, &what)),
                     TRUTH("reads_all", reads_all(r)));
    return put_report(r, &what, out, f);
}

/* ---- the file ---- */

static const char *level_word(const struct req *r, enum usage_level level) {
    return req_say(r, level == USAGE_PERSON       ? N_("Person")
                      : level == USAGE_DEPARTMENT ? N_("Department")
                                                  : N_("In all"));
}

enum { BEFORE = 6, AFTER = 2, CELLS = BEFORE + USAGE_FIGURE_LAST + AFTER };

static void add_heads(const struct req *r, struct buf *out) {
    const char *cells[CELLS + 1] = {req_say(r, N_("Kind of row")), req_say(r, N_("Department")),
                                    req_say(r, N_("User ID")),     req_say(r, N_("Person")),
                                    req_say(r, N_("Guest")),       req_say(r, N_("Post"))};
    for (size_t i = 0; i < COUNT(FIGURES); i++)
        cells[BEFORE + i] = req_say(r, FIGURES[i].head);
    cells[CELLS - 2] = req_say(r, WAIT_HEAD);
    cells[CELLS - 1] = req_say(r, N_("Last sign-in"));
    csv_row(out, cells);
}

static void add_row(const struct req *r, struct buf *out, const struct usage_row *row) {
    const char *cells[CELLS + 1] = {level_word(r, row->level),
                                    row->level == USAGE_WHOLE ? "" : department_word(r, row),
                                    row->login,
                                    row->name,
                                    row->guest ? req_say(r, N_("Guest")) : "",
                                    roles_said(r, row->roles)};
    for (size_t i = 0; i < COUNT(FIGURES); i++)
        cells[BEFORE + i] = text_number(r->arena, row->figures[i]);
    cells[CELLS - 2] = wait_words(r, row);
    cells[CELLS - 1] = row->last_sign_in;
    csv_row(out, cells);
}

bool on_usage_file(struct req *r, struct reply *out, struct fault *f) {
    CLEANUP(buf_done) struct buf file = buf_init(FILE_B);
    struct usage_choice *choices;
    struct usage_what what;
    struct usage_row *rows;
    size_t count;
    if (!usage_choices(r->db, r->arena, r->who.token, &choices, &count, f) ||
        !read_what(r, &choices[0], &what, f) ||
        !usage_export(r->db, r->arena, &what, &rows, &count, f))
        return false;
    csv_begin(&file);
    add_heads(r, &file);
    for (size_t i = 0; i < count; i++)
        add_row(r, &file, &rows[i]);
    if (file.over)
        return fault_set(f, FAULT_BROKEN, N_("The report is too large."));
    out->bytes = arena_memdup(r->arena, buf_text(&file), file.len_b);
    out->bytes_b = file.len_b;
    out->type = CSV_TYPE;
    out->filename = arena_printf(r->arena, "usage-%s-%s.csv", what.since, what.until);
    return true;
}
