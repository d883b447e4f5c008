/* Inspections of the operation log: the list, a new one, its findings with notes, its end. */
#include <string.h>
#include <time.h>

#include "log/inspection.h"
#include "log/on.h"
#include "page/parts.h"
#include "page/tree.h"
#include "text.h"
#include "words/say.h"

enum { FINDINGS_MOST = 200 };

static const char *typed(const struct req *r, const char *name) {
    const char *value = req_field(r, name);
    return value ? text_trim(r->arena, value) : "";
}

static struct oplog_actor actor_of(const struct req *r) {
    return (struct oplog_actor){r->who.token, r->network};
}

static const char *href_of(const struct req *r, int64_t id) {
    return arena_printf(r->arena, "/inspections/%lld", (long long)id);
}

static json_t *inspection_tree(const struct req *r, const struct inspection *i) {
    bool open = !i->closed[0];
    return TREE(NUMBER("id", i->id), TEXT("href", href_of(r, i->id)),
                TEXT("kind", parts_said(r, inspection_kind_words, i->kind)),
                TEXT("since", i->since), TEXT("until", i->until), TEXT("reason", i->reason),
                TEXT("inspector", i->inspector), TEXT("opened", i->opened),
                TEXT("findings", parts_number(r->arena, i->findings)),
                TEXT("result", open ? req_say(r, N_("Not closed yet"))
                                    : parts_said(r, inspection_result_words, i->result)),
                TEXT("note", i->note), TEXT("closed", i->closed), TEXT("closed_by", i->closed_by),
                TRUTH("is_open", open));
}

static json_t *choices(const struct req *r, const struct word *words, const char *chosen) {
    json_t *list = json_array();
    for (const struct word *word = words + 1; word->code; word++) {
        json_array_append_new(list,
                              TREE(TEXT("value", word->code), TEXT("label", req_say(r, word->said)),
                                   TRUTH("chosen", strcmp(word->code, chosen) == 0)));
    }
    return list;
}

/* ---- the list ---- */

/* First and last day of the month before this one, in Japan. */
static void last_month(const struct req *r, const char **since, const char **until) {
    time_t now = time(NULL) + 9 * 3600;
    struct tm day;
    gmtime_r(&now, &day);
    struct tm first = {.tm_year = day.tm_year, .tm_mon = day.tm_mon - 1, .tm_mday = 1};
    struct tm last = {.tm_year = day.tm_year, .tm_mon = day.tm_mon, .tm_mday = 0};
    timegm(&first);
    timegm(&last);
    *since = arena_printf(r->arena, "%04d-%02d-%02d", first.tm_year + 1900, first.tm_mon + 1,
                          first.tm_mday);
    *until = arena_printf(r->arena, "%04d-%02d-%02d", last.tm_year + 1900, last.tm_mon + 1,
                          last.tm_mday);
}

static bool show_list(struct req *r, struct reply *out, struct fault *f) {
    struct inspection *all;
    size_t count;
    int64_t overdue;
    const char *since, *until;
    if (!inspection_list(r->db, r->arena, r->who.token, 0, &all, &count, f) ||
        !inspection_overdue(r->db, r->who.token, &overdue, f))
        return false;
    last_month(r, &since, &until);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, inspection_tree(r, &all[i]));
    out->page = "inspection_list";
    out->tree =
        TREE(TRUTH("has_inspections", count > 0), NODE("inspections", list),
             TRUTH("is_overdue", overdue > 0), TEXT("overdue", parts_number(r->arena, overdue)),
             NODE("kinds", choices(r, inspection_kind_words, typed(r, "kind"))),
             TEXT("since", req_field(r, "since") ? typed(r, "since") : since),
             TEXT("until", req_field(r, "until") ? typed(r, "until") : until),
             TEXT("reason", typed(r, "reason")));
    return true;
}

bool on_inspections(struct req *r, struct reply *out, struct fault *f) {
    return show_list(r, out, f);
}

bool on_inspection_open(struct req *r, struct reply *out, struct fault *f) {
    struct oplog_actor who = actor_of(r);
    const struct inspection what = {.kind = typed(r, "kind"),
                                    .since = typed(r, "since"),
                                    .until = typed(r, "until"),
                                    .reason = typed(r, "reason")};
    int64_t id;
    if (inspection_open(r->db, &who, &what, &id, f)) {
        out->location = href_of(r, id);
        return true;
    }
    struct fault shown = *f;
    if (shown.kind != FAULT_INVALID || !show_list(r, out, f))
        return false;
    parts_error_fault(r, out->tree, &shown);
    out->status = 422;
    return true;
}

/* ---- one ---- */

static json_t *finding_tree(const struct req *r, const struct inspection_finding *row) {
    return TREE(NUMBER("position", row->position), TEXT("code", row->kind),
                TEXT("kind", parts_said(r, finding_words, row->kind)),
                TEXT("subject", row->subject), TEXT("n", parts_number(r->arena, row->n)),
                TEXT("last", row->last), TEXT("note", row->note));
}

static bool show_one(struct req *r, struct reply *out, int64_t id, struct fault *f) {
    struct inspection *i;
    struct inspection_finding *rows;
    size_t count;
    if (!inspection_list(r->db, r->arena, r->who.token, id, &i, &count, f) ||
        !inspection_findings(r->db, r->arena, r->who.token, id, &rows, &count, f))
        return false;
    json_t *list = json_array();
    for (size_t k = 0; k < count; k++)
        json_array_append_new(list, finding_tree(r, &rows[k]));
    out->page = "inspection";
    out->tree = inspection_tree(r, i);
    TREE_PUT(out->tree, TRUTH("has_rows", count > 0), NODE("rows", list),
             NODE("results", choices(r, inspection_result_words, typed(r, "result"))));
    return true;
}

bool on_inspection(struct req *r, struct reply *out, struct fault *f) {
    int64_t id;
    return req_arg_int(r, 0, &id, f) && show_one(r, out, id, f);
}

/* Notes come as note-1, note-2 …, by position. */
static void read_notes(struct req *r, struct inspection_notes *out) {
    int64_t *positions = arena_array(r->arena, FINDINGS_MOST, sizeof *positions);
    const char **notes = arena_array(r->arena, FINDINGS_MOST, sizeof *notes);
    size_t count = 0;
    for (size_t i = 0; i < r->field_count && count < FINDINGS_MOST; i++) {
        const struct field *field = &r->fields[i];
        if (strncmp(field->name, "note-", 5) == 0 &&
            text_int(field->name + 5, 1, FINDINGS_MOST, &positions[count]))
            notes[count++] = text_trim(r->arena, field->value);
    }
    *out = (struct inspection_notes){.positions = positions,
                                     .notes = notes,
                                     .count = count,
                                     .result = typed(r, "result"),
                                     .note = typed(r, "note")};
}

static bool save(struct req *r, struct reply *out, bool closing, struct fault *f) {
    struct oplog_actor who = actor_of(r);
    struct inspection_notes notes;
    int64_t id;
    if (!req_arg_int(r, 0, &id, f))
        return false;
    read_notes(r, &notes);
    if (closing && !notes.result[0]) {
        fault_field(f, FAULT_INVALID, "result", N_("Choose a result."));
    } else {
        notes.result = closing ? notes.result : "";
        if (inspection_save(r->db, r->arena, &who, id, &notes, f)) {
            out->location = href_of(r, id);
            return true;
        }
    }
    struct fault shown = *f;
    if (shown.kind != FAULT_INVALID || !show_one(r, out, id, f))
        return false;
    TREE_PUT(out->tree, TEXT("note", notes.note));
    parts_error_fault(r, out->tree, &shown);
    out->status = 422;
    return true;
}

bool on_inspection_save(struct req *r, struct reply *out, struct fault *f) {
    return save(r, out, false, f);
}

bool on_inspection_close(struct req *r, struct reply *out, struct fault *f) {
    return save(r, out, true, f);
}
