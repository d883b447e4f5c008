/* Residents by file, for administrators: choose, look at what it would do, apply or discard. */
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "http/csv.h"
#include "page/parts.h"
#include "page/tree.h"
#include "residents/clerk.h"
#include "residents/import_stage.h"
#include "residents/on.h"
#include "settings/conf.h"
#include "words/say.h"

enum {
    REFUSED_SHOWN = 50,
    REPORT_CAP_B = 64 << 20,
    /* What is worked on within its request; more goes to a clerk, so that nobody else's page waits.
     */
    SMALL_B = 128 << 10,
    SMALL_ROWS = 2000
};

static struct import_actor actor(const struct req *r) {
    return (struct import_actor){.token = r->who.token, .network = r->network};
}

static bool go(struct req *r, struct reply *out, int64_t id) {
    out->location = arena_printf(r->arena, "/import/%lld", (long long)id);
    return true;
}

/* ---- choosing ---- */

static const char *reason_of(const struct req *r) {
    const char *reason = req_field(r, "reason");
    return reason ? reason : "";
}

static bool show_form(struct req *r, struct reply *out) {
    out->page = "import_form";
    out->tree = TREE(TEXT("reason", reason_of(r)));
    return true;
}

bool on_import_form(struct req *r, struct reply *out, struct fault *f) {
    (void)f;
    return show_form(r, out);
}

/* Whether it is a file of residents at all, by its first lines: said at once where it can be. */
static bool looks_right(struct req *r, const struct import_file *file, struct fault *f) {
    const char *cut = memrchr(file->data, '\n', SMALL_B);
    struct import_file head = *file;
    head.data_b = cut ? (size_t)(cut - file->data) + 1 : SMALL_B;
    return import_check(r->db, r->arena, &head, f);
}

/* Puts the file on record and leaves it to a clerk. */
static bool leave_file(struct req *r, const struct import_actor *who, struct import_file *file,
                       struct fault *f) {
    if (!looks_right(r, file, f) || !import_begin(r->db, who, file, &file->id, f) ||
        !import_claim(r->db, r->arena, who->token, file->id, "reading", f))
        return false;
    struct clerk_work work = {.import = file->id, .who = *who, .file = file};
    return clerk_start(&work, f);
}

static bool stage(struct req *r, const struct field *upload, int64_t *id, struct fault *f) {
    struct import_actor who = actor(r);
    struct import_result result = {0};
    struct import_file file = {.name = upload->filename ? upload->filename : "",
                               .reason = reason_of(r),
                               .data = upload->value,
                               .data_b = upload->value_b,
                               .own_domain = conf.domain};
    bool done = file.data_b > SMALL_B ? leave_file(r, &who, &file, f)
                                      : import_stage(r->db, r->arena, &who, &file, &result, f);
    *id = file.id ? file.id : result.id;
    return done;
}

bool on_import_stage(struct req *r, struct reply *out, struct fault *f) {
    const struct field *upload = req_upload(r, "file");
    int64_t id = 0;
    bool staged = upload ? stage(r, upload, &id, f)
                         : fault_field(f, FAULT_INVALID, "file", N_("Choose a file."));
    if (staged)
        return go(r, out, id);
    if (f->kind != FAULT_INVALID)
        return false;
    show_form(r, out);
    parts_error_fault(r, out->tree, f);
    out->status = fault_status(f->kind);
    return true;
}

/* ---- looking ---- */

static json_t *counts(struct req *r, const struct import_view *view) {
    return TREE(TEXT("rows", parts_number(r->arena, (int64_t)view->count.rows)),
                TEXT("added", parts_number(r->arena, view->added)),
                TEXT("changed", parts_number(r->arena, view->changed)),
                TEXT("same", parts_number(r->arena, view->kept)),
                TEXT("duplicates", parts_number(r->arena, (int64_t)view->count.duplicates)),
                TEXT("refused", parts_number(r->arena, (int64_t)view->count.refused)));
}

static void add_refused(struct req *r, json_t *tree, int64_t id, const struct import_refused *rows,
                        size_t count) {
    json_t *list = json_array();
    size_t shown = count < REFUSED_SHOWN ? count : REFUSED_SHOWN;
    for (size_t i = 0; i < shown; i++) {
        json_array_append_new(
            list,
            TREE(TEXT("line", arena_printf(r->arena, "%lld", (long long)rows[i].line)),
                 TEXT("reason", req_say(r, rows[i].reason)), TEXT("excerpt", rows[i].excerpt)));
    }
    const char *report = arena_printf(r->arena, "/import/%lld/refused.csv", (long long)id);
    TREE_PUT(tree, TRUTH("has_refused", count > 0), TEXT("report", report), NODE("refused", list),
             TRUTH("has_more", count > shown),
             TEXT("more", parts_number(r->arena, (int64_t)(count - shown))));
}

/* While a clerk is at work, or when its work came to nothing. */
static void show_work(struct req *r, struct reply *out, int64_t id, const struct import_view *v) {
    bool reading = strcmp(v->doing, "reading") == 0;
    int64_t whole = v->whole > 0 ? v->whole : 1;
    int64_t percent = v->done < whole ? v->done * 100 / whole : 99;
    const char *failed = *v->failed ? v->failed : N_("The work was interrupted.");
    out->page = "import_work";
    out->tree = TREE(NUMBER("id", id), TEXT("filename", v->file_name), TEXT("reason", v->reason),
                     TRUTH("working", v->alive), TRUTH("reading", reading),
                     TEXT("href", arena_printf(r->arena, "/import/%lld", (long long)id)),
                     NUMBER("percent", percent), TRUTH("failed", !v->alive),
                     TEXT("why", v->alive ? "" : req_say(r, failed)));
}

bool on_import(struct req *r, struct reply *out, struct fault *f) {
    int64_t id;
    struct import_view view;
    struct import_refused *refused;
    size_t count;
    if (!req_arg_int(r, 0, &id, f) || !import_read(r->db, r->arena, r->who.token, id, &view, f) ||
        !import_refused_list(r->db, r->arena, r->who.token, id, &refused, &count, f))
        return false;
    if (strcmp(view.state, "discarded") == 0) {
        out->location = "/import";
        return true;
    }
    if (view.doing[0]) {
        show_work(r, out, id, &view);
        return true;
    }
    out->page = strcmp(view.state, "applied") == 0 ? "import_result" : "import_preview";
    out->tree =
        TREE(NUMBER("id", id), TEXT("filename", view.file_name), TEXT("reason", view.reason),
             TRUTH("can_import", view.added + view.changed > 0), NODE("counts", counts(r, &view)));
    add_refused(r, out->tree, id, refused, count);
    return true;
}

/* ---- deciding ---- */

static bool apply(struct req *r, int64_t id, const struct import_view *view, struct fault *f) {
    struct import_actor who = actor(r);
    if (view->count.good <= SMALL_ROWS && view->doing[0] == '\0')
        return import_apply(r->db, r->arena, &who, id, f);
    struct clerk_work work = {.import = id, .who = who};
    return import_claim(r->db, r->arena, who.token, id, "applying", f) && clerk_start(&work, f);
}

bool on_import_apply(struct req *r, struct reply *out, struct fault *f) {
    int64_t id;
    struct import_view view;
    return req_arg_int(r, 0, &id, f) && import_read(r->db, r->arena, r->who.token, id, &view, f) &&
           apply(r, id, &view, f) && go(r, out, id);
}

bool on_import_discard(struct req *r, struct reply *out, struct fault *f) {
    int64_t id;
    struct import_actor who = actor(r);
    if (!req_arg_int(r, 0, &id, f) || !import_discard(r->db, r->arena, &who, id, f))
        return false;
    out->location = "/import";
    return true;
}

/* ---- the report ---- */

bool on_import_report(struct req *r, struct reply *out, struct fault *f) {
    int64_t id;
    struct import_refused *rows;
    size_t count;
    if (!req_arg_int(r, 0, &id, f) ||
        !import_refused_list(r->db, r->arena, r->who.token, id, &rows, &count, f))
        return false;
    CLEANUP(buf_done) struct buf b = buf_init(REPORT_CAP_B);
    csv_begin(&b);
    csv_row(&b, (const char *const[]){req_say(r, N_("Line")), req_say(r, N_("Reason")),
                                      req_say(r, N_("How the row begins")), NULL});
    for (size_t i = 0; i < count; i++) {
        char line[24];
        snprintf(line, sizeof line, "%lld", (long long)rows[i].line);
        csv_row(&b, (const char *const[]){line, req_say(r, rows[i].reason), rows[i].excerpt, NULL});
    }
    if (b.over)
        return fault_set(f, FAULT_BROKEN, N_("The report is too large."));
    out->bytes = arena_memdup(r->arena, buf_text(&b), b.len_b);
    out->bytes_b = b.len_b;
    out->type = CSV_TYPE;
    out->filename = "refused.csv";
    return true;
}
