/* The operation log: search, pages, a file of what was found. */
#include <string.h>

#include "http/csv.h"
#include "log/inspection.h"
#include "log/log_words.h"
#include "log/on.h"
#include "log/oplog.h"
#include "page/parts.h"
#include "page/tree.h"
#include "text.h"
#include "words/say.h"

enum { LOG_ROWS = 50, FILE_ROWS = 1000, PART_B = 8 << 20, QUERY_B = 16384 };

/* Names of the form's fields, in the order of struct oplog_filter. */
static const char *const names[] = {
    [OPLOG_PERSON] = "person",   [OPLOG_ROLE] = "role",     [OPLOG_DEPARTMENT] = "department",
    [OPLOG_ACT] = "act",         [OPLOG_OBJECT] = "object", [OPLOG_RESULT] = "result",
    [OPLOG_NETWORK] = "network", [OPLOG_SINCE] = "since",   [OPLOG_UNTIL] = "until",
    [OPLOG_WORDS] = "words"};
static_assert(COUNT(names) == OPLOG_FILTER_LAST, "each text of a filter has its field");

/* What was asked for; true when it is anything at all. */
static bool read_filter(const struct req *r, struct oplog_filter *what) {
    bool any = false;
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *value = req_field(r, names[i]);
        what->text[i] = value ? text_trim(r->arena, value) : "";
        any = any || what->text[i][0];
    }
    return any;
}

/* ---- rows ---- */

static const char *post_words(const struct req *r, const struct oplog_row *row) {
    const char *post = log_post(r, row);
    return row->behalf[0]
               ? arena_printf(r->arena, "%s (%s: %s)", post, req_say(r, N_("for")), row->behalf)
               : post;
}

static const char *result_word(const struct req *r, const struct oplog_row *row) {
    return req_say(r, row->done ? N_("Done") : N_("Refused"));
}

/* As they are stored. */
static json_t *facts_tree(const struct oplog_row *row) {
    json_t *facts = json_loads(row->facts, 0, NULL);
    return facts ? facts : json_object();
}

static json_t *row_tree(const struct req *r, const struct oplog_row *row) {
    const char *href;
    const char *object = log_object(r, row, &href);
    return TREE(NUMBER("seq", row->seq), TEXT("at", row->at), TEXT("person", log_person(r, row)),
                TEXT("post", post_words(r, row)), TEXT("act", log_act(r, row)),
                TEXT("object", row->object), TEXT("object_text", object),
                TRUTH("has_href", href[0] != '\0'), TEXT("href", href), TRUTH("ok", row->done),
                TEXT("result", result_word(r, row)), TEXT("reason", row->reason),
                TEXT("reason_text", log_reason(r, row)), NODE("facts", facts_tree(row)),
                TEXT("network", row->network), TEXT("behalf", row->behalf),
                TEXT("request", row->request), TEXT("code", row->act));
}

/* ---- addresses ---- */

static void add_encoded(struct buf *out, const char *text) {
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~";
    for (const char *p = text; *p; p++)
        if (strchr(plain, *p))
            buf_char(out, *p);
        else
            buf_printf(out, "%%%02X", (unsigned char)*p);
}

/* "/log?person=a&before=51": the same search, below a row. */
static const char *log_href(const struct req *r, const struct oplog_filter *what, int64_t before) {
    CLEANUP(buf_done) struct buf b = buf_init(QUERY_B);
    const char *mark = "?";
    buf_str(&b, "/log");
    for (size_t i = 0; i < COUNT(names); i++) {
        if (what->text[i][0]) {
            buf_printf(&b, "%s%s=", mark, names[i]);
            add_encoded(&b, what->text[i]);
            mark = "&";
        }
    }
    if (before > 0)
        buf_printf(&b, "%sbefore=%lld", mark, (long long)before);
    return b.over ? "/log" : arena_strdup(r->arena, buf_text(&b));
}

/* Without a filter numbers have no gaps, and the page of newer rows is found by counting; with one
 * it is the first page. */
static json_t *pager(const struct req *r, const struct oplog_part *part,
                     const struct oplog_filter *what, bool any, int64_t before) {
    int64_t first = part->count ? part->rows[0].seq : 0;
    int64_t last = part->count ? part->rows[part->count - 1].seq : 0;
    int64_t below = part->next ? part->next : last;
    bool older = part->next > 0 || (part->count == LOG_ROWS && last > 1);
    return TREE(TRUTH("has_newer", before > 0),
                TEXT("newer", log_href(r, what, !any && before ? before + LOG_ROWS : 0)),
                TRUTH("has_older", older), TEXT("older", log_href(r, what, below)),
                TEXT("range", arena_printf(r->arena, "%s–%s", parts_number(r->arena, first),
                                           parts_number(r->arena, last))));
}

/* ---- the form ---- */

static json_t *option(const char *value, const char *label, const char *chosen) {
    return TREE(TEXT("value", value), TEXT("label", label),
                TRUTH("chosen", strcmp(value, chosen) == 0));
}

static json_t *word_options(const struct req *r, const struct word *words, const char *chosen) {
    json_t *list = json_array();
    for (const struct word *word = words + 1; word->code; word++)
        json_array_append_new(list, option(word->code, req_say(r, word->said), chosen));
    return list;
}

static json_t *result_options(const struct req *r, const char *chosen) {
    return TREE_LIST(option("done", req_say(r, N_("Done")), chosen),
                     option("refused", req_say(r, N_("Refused")), chosen));
}

static json_t *department_options(struct req *r, const char *chosen, struct fault *f) {
    struct oplog_department *all;
    size_t count;
    if (!oplog_departments(r->db, r->arena, r->who.token, &all, &count, f))
        return NULL;
    bool english = strcmp(r->lang, "en") == 0;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const char *name = english && all[i].name_en[0] ? all[i].name_en : all[i].name;
        json_array_append_new(list, option(all[i].id, name, chosen));
    }
    return list;
}

/* 004 §8-3: who may inspect is reminded where he or she begins. */
static bool put_reminder(struct req *r, json_t *tree, struct fault *f) {
    int64_t days;
    if (!inspection_overdue(r->db, r->who.token, &days, f))
        return false;
    TREE_PUT(tree, TRUTH("is_overdue", days > 0), TEXT("overdue", parts_number(r->arena, days)));
    return true;
}

static bool put_form(struct req *r, const struct oplog_filter *what, bool any, json_t *tree,
                     struct fault *f) {
    json_t *filters = json_array();
    for (size_t i = 0; i < COUNT(names); i++) {
        json_object_set_new(tree, names[i], json_string(what->text[i]));
        if (what->text[i][0]) {
            json_array_append_new(filters,
                                  TREE(TEXT("name", names[i]), TEXT("value", what->text[i])));
        }
    }
    TREE_PUT(tree, TRUTH("has_filter", any), NODE("filters", filters),
             NODE("roles", word_options(r, role_words, what->text[OPLOG_ROLE])),
             NODE("acts", word_options(r, act_words, what->text[OPLOG_ACT])),
             NODE("results", result_options(r, what->text[OPLOG_RESULT])));
    json_t *departments = department_options(r, what->text[OPLOG_DEPARTMENT], f);
    return departments && json_object_set_new(tree, "departments", departments) == 0;
}

/* ---- the page ---- */

static json_t *rows_tree(const struct req *r, const struct oplog_part *part) {
    json_t *list = json_array();
    for (size_t i = 0; i < part->count; i++)
        json_array_append_new(list, row_tree(r, &part->rows[i]));
    return list;
}

/* A search that cannot be made is shown again with the reason. */
static bool search(struct req *r, const struct oplog_filter *what, int64_t before,
                   struct reply *out, struct oplog_part *part, struct fault *f) {
    *part = (struct oplog_part){0};
    if (oplog_search(r->db, r->arena, r->who.token, what, before, LOG_ROWS, part, f))
        return true;
    if (f->kind != FAULT_INVALID || !f->field[0])
        return false;
    parts_error_fault(r, out->tree, f);
    out->status = 422;
    *f = (struct fault){0};
    return true;
}

bool on_log(struct req *r, struct reply *out, struct fault *f) {
    struct oplog_filter what;
    struct oplog_part part;
    bool any = read_filter(r, &what);
    int64_t before = 0;
    const char *typed = req_field(r, "before");
    if (typed && typed[0] && !req_int(r, "before", 1, INT64_MAX / 2, &before, f))
        return false;
    out->page = "log";
    out->tree = json_object();
    if (!search(r, &what, before, out, &part, f) || !put_form(r, &what, any, out->tree, f) ||
        !put_reminder(r, out->tree, f))
        return false;
    TREE_PUT(out->tree, TRUTH("has_rows", part.count > 0), NODE("rows", rows_tree(r, &part)),
             TRUTH("has_more", part.next > 0), TEXT("next", parts_number(r->arena, part.next)),
             TEXT("older", log_href(r, &what, part.next)),
             NODE("pager", pager(r, &part, &what, any, before)));
    return true;
}

/* ---- the file ---- */

struct list {
    struct oplog_filter what;
    int64_t before;
    bool ended;
    const char *first; /* made by the handler, so that a refusal is an answer of its own */
    size_t first_b;
};

static void add_row(const struct req *r, struct buf *out, const struct oplog_row *row) {
    char number[24];
    const char *href;
    snprintf(number, sizeof number, "%lld", (long long)row->seq);
    csv_row(out, (const char *const[]){number, row->at, row->login, log_person(r, row),
                                       log_post(r, row), row->behalf, row->act, log_act(r, row),
                                       log_object(r, row, &href), result_word(r, row),
                                       log_reason(r, row), row->network, row->request, NULL});
}

static void add_heads(const struct req *r, struct buf *out) {
    csv_begin(out);
    csv_row(out, (const char *const[]){req_say(r, N_("Number")), req_say(r, N_("Time")),
                                       req_say(r, N_("User ID")), req_say(r, N_("Person")),
                                       req_say(r, N_("Post")), req_say(r, N_("On behalf of")),
                                       req_say(r, N_("Code of the act")), req_say(r, N_("Act")),
                                       req_say(r, N_("Object")), req_say(r, N_("Result")),
                                       req_say(r, N_("Reason")), req_say(r, N_("Network address")),
                                       req_say(r, N_("Request")), NULL});
}

static bool add_page(struct req *r, struct list *list, struct buf *out, struct fault *f) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct oplog_actor who = {r->who.token, r->network};
    struct req as = *r;
    struct oplog_part part;
    as.arena = a; /* words of the rows go with the page */
    if (!oplog_export(r->db, a, &who, &list->what, list->before, FILE_ROWS, &part, f))
        return false;
    for (size_t i = 0; i < part.count; i++) {
        add_row(&as, out, &part.rows[i]);
        list->before = part.rows[i].seq;
    }
    list->ended = part.next == 0 && part.count < FILE_ROWS;
    list->before = part.next ? part.next : list->before;
    return true;
}

static bool more(struct req *r, void *state, struct buf *out, struct fault *f) {
    struct list *list = state;
    if (list->first_b > 0) {
        buf_add(out, list->first, list->first_b);
        list->first_b = 0;
        return true;
    }
    while (!list->ended && out->len_b == 0)
        if (!add_page(r, list, out, f))
            return false;
    return true;
}

bool on_log_file(struct req *r, struct reply *out, struct fault *f) {
    CLEANUP(buf_done) struct buf first = buf_init(PART_B);
    struct list *list = arena_alloc(r->arena, sizeof *list);
    struct stream *stream = arena_alloc(r->arena, sizeof *stream);
    *list = (struct list){0};
    read_filter(r, &list->what);
    add_heads(r, &first);
    if (!add_page(r, list, &first, f))
        return false;
    *stream = (struct stream){.more = more, .state = list};
    list->first = arena_memdup(r->arena, buf_text(&first), first.len_b);
    list->first_b = first.len_b;
    out->stream = stream;
    out->type = CSV_TYPE;
    out->filename = "operation-log.csv";
    return true;
}
