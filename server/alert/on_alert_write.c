/* Writing an alert: the form, what its buttons do, and the form again with everything typed. */
#include <string.h>
#include <time.h>

#include "alert/alert_tree.h"
#include "alert/on.h"
#include "page/parts.h"
#include "page/tree.h"
#include "settings/conf.h"
#include "text.h"
#include "vocabulary.h"
#include "words/say.h"

enum { PICKS_MOST = 200 };

/* The form as it was sent, and what became of it. */
struct form {
    struct alert_draft draft; /* texts in normal form */
    struct prose title, body;
    const char *typed_title, *typed_body, *typed_until;
    bool everywhere;
    bool strange;            /* a category or area that is no number */
    const struct alert *old; /* what is edited; NULL: a new one */
    json_t *tree;            /* for errors */
};

static const char *typed(const struct req *r, const char *name) {
    const char *value = req_field(r, name);
    return value ? value : "";
}

static bool ticked(const struct req *r, const char *name) {
    return typed(r, name)[0] != '\0';
}

static void judge(struct req *r, struct form *form) {
    const char *title = form->typed_title, *body = form->typed_body;
    form->title = prose_check(r->arena, PROSE_TITLE, "ja", "", title, strlen(title));
    form->body = prose_check(r->arena, PROSE_BODY, "ja", "", body, strlen(body));
    form->draft.title = form->title.text;
    form->draft.body = form->body.text;
}

/* ---- showing it ---- */

static bool has_id(const int64_t *ids, size_t count, int64_t id) {
    for (size_t i = 0; i < count; i++)
        if (ids[i] == id)
            return true;
    return false;
}

static json_t *choice_list(const struct req *r, const struct alert_choice *choices, size_t count,
                           bool areas, const struct alert_draft *draft) {
    json_t *list = json_array();
    const int64_t *ids = areas ? draft->areas : draft->categories;
    size_t id_count = areas ? draft->area_count : draft->category_count;
    for (size_t i = 0; i < count; i++) {
        if (choices[i].is_area != areas)
            continue;
        bool english = strcmp(r->lang, "en") == 0 && choices[i].name_en[0];
        json_array_append_new(list,
                              TREE(NUMBER("id", choices[i].id),
                                   TEXT("name", english ? choices[i].name_en : choices[i].name),
                                   TRUTH("checked", has_id(ids, id_count, choices[i].id))));
    }
    return list;
}

static void put_texts(const struct req *r, const struct form *form) {
    json_t *texts = TREE(TEXT("title", form->typed_title),
                         TEXT("title_count", parts_number(r->arena, (int64_t)form->title.count)),
                         NUMBER("title_max", form->title.most), TEXT("body", form->typed_body),
                         TEXT("body_count", parts_number(r->arena, (int64_t)form->body.count)),
                         NUMBER("body_max", form->body.most), TEXT("lang", "ja"), TEXT("stamp", ""),
                         NODE("title_report", alert_report_tree(r, &form->title)),
                         NODE("body_report", alert_report_tree(r, &form->body)));
    json_object_update(form->tree, texts);
    json_decref(texts);
}

static void put_conditions(const struct req *r, const struct form *form) {
    const struct alert_draft *d = &form->draft;
    json_t *rest = TREE(TEXT("action", d->id ? alert_href(r, d->id, "") : "/alerts"),
                        NUMBER("version", d->version), TRUTH("everywhere", form->everywhere),
                        TRUTH("urgent", d->urgent), TEXT("urgent_reason", d->urgent_reason),
                        TRUTH("everybody", d->everybody), TEXT("valid_until", form->typed_until));
    json_object_update(form->tree, rest);
    json_decref(rest);
}

static void put_returned(const struct form *form) {
    const struct alert *old = form->old;
    bool returned = old && old->returned_version > 0;
    TREE_PUT(form->tree, TRUTH("has_returned", returned),
             NODE("returned", TREE(TEXT("by", returned ? old->returned_by : ""),
                                   TEXT("at", returned ? old->returned_at : ""),
                                   TEXT("reason", returned ? old->returned_reason : ""))));
}

static bool put_reach(const struct req *r, const struct form *form, struct fault *f) {
    struct alert_actor who = alert_actor_of(r);
    struct alert_reach reach;
    if (!alert_reach(r->db, r->arena, &who, &form->draft, &reach, f))
        return false;
    TREE_PUT(form->tree, NODE("has_reach", json_true()),
             NODE("reach", alert_reach_tree(r, &reach)));
    return true;
}

static bool show(struct req *r, struct reply *out, struct form *form, struct fault *f) {
    struct alert_actor who = alert_actor_of(r);
    struct alert_choice *choices;
    size_t count;
    out->page = "alert_edit";
    out->tree = form->tree;
    if (!alert_choices(r->db, r->arena, &who, &choices, &count, f) || !put_reach(r, form, f))
        return false;
    put_texts(r, form);
    put_conditions(r, form);
    put_returned(form);
    TREE_PUT(form->tree, NODE("categories", choice_list(r, choices, count, false, &form->draft)),
             NODE("areas", choice_list(r, choices, count, true, &form->draft)));
    return true;
}

/* ---- reading it ---- */

static void wrong(struct req *r, struct form *form, bool is_wrong, const char *field,
                  const char *sentence) {
    if (is_wrong)
        parts_error(r, form->tree, field, sentence);
}

/* All values of a field that are ids. What is none was not chosen on our form, but the form comes
 * back all the same, with all that was typed. */
static void read_ids(struct req *r, struct form *form, const char *name, int64_t **ids,
                     size_t *count) {
    *ids = arena_array(r->arena, PICKS_MOST, sizeof **ids);
    const char *value;
    bool strange = false;
    for (size_t k = 0; !strange && (value = req_field_nth(r, name, k)); k++) {
        strange = k == PICKS_MOST || !text_int(value, 1, 32767, &(*ids)[*count]);
        *count += !strange && !has_id(*ids, *count, (*ids)[*count]);
    }
    wrong(r, form, strange, name, N_("This category or area does not exist."));
    form->strange = form->strange || strange;
}

static void read_form(struct req *r, struct form *form) {
    struct alert_draft *d = &form->draft;
    form->typed_title = typed(r, "title");
    form->typed_body = typed(r, "body");
    form->typed_until = typed(r, "valid_until");
    form->everywhere = strcmp(typed(r, "where"), "some") != 0;
    d->urgent = ticked(r, "urgent");
    d->everybody = ticked(r, "everybody");
    d->urgent_reason = text_trim(r->arena, typed(r, "urgent_reason"));
    read_ids(r, form, "category", &d->categories, &d->category_count);
    read_ids(r, form, "area", &d->areas, &d->area_count);
    if (!req_field(r, "where")) /* a script says it by naming areas or none */
        form->everywhere = d->area_count == 0;
    judge(r, form);
}

static void check_until(struct req *r, struct form *form) {
    int64_t now = (int64_t)time(NULL);
    int64_t hours = form->draft.urgent ? conf.valid_hours_urgent : conf.valid_hours;
    form->draft.valid_until = now + hours * 3600;
    if (form->typed_until[0]) {
        bool read = text_local_time(form->typed_until, &form->draft.valid_until);
        wrong(r, form, !read || form->draft.valid_until <= now, "valid_until",
              N_("The end of validity must be later than now and within 31 days."));
    }
}

/* Adds an error for each thing that is wrong; true when none is. */
static bool check(struct req *r, struct form *form) {
    struct fault f = {0};
    const struct alert_draft *d = &form->draft;
    if (!prose_accept(&form->title, PROSE_TITLE, "title", &f))
        parts_error_fault(r, form->tree, &f);
    if (!prose_accept(&form->body, PROSE_BODY, "body", &f))
        parts_error_fault(r, form->tree, &f);
    wrong(r, form, d->category_count == 0 && !form->strange, "category",
          N_("Choose at least one category for the alert."));
    wrong(r, form, form->everywhere && d->area_count > 0, "area",
          N_("Areas are chosen, and the whole municipality too. Leave only one of the two."));
    wrong(r, form, !form->everywhere && d->area_count == 0 && !form->strange, "area",
          N_("Choose at least one area, or the whole municipality."));
    wrong(r, form, d->everybody && !d->urgent, "urgency",
          N_("Only an urgent alert may go to everybody."));
    wrong(r, form, d->urgent && !d->urgent_reason[0], "urgent_reason",
          N_("Give the reason for the urgency."));
    wrong(r, form, !d->urgent && d->urgent_reason[0], "urgent_reason",
          N_("There is a reason for the urgency, but the alert is not marked as urgent."));
    wrong(r, form, text_utf8_count(d->urgent_reason) > LIMIT_SHORT_CHARS, "urgent_reason",
          N_("The reason is over 200 characters. Shorten it."));
    check_until(r, form);
    return json_array_size(json_object_get(form->tree, "errors")) == 0;
}

/* ---- its buttons ---- */

/* One press: every character that may not stand, replaced. Nothing is cut. */
static void cure(struct req *r, struct form *form) {
    form->typed_title = form->title.cured;
    form->typed_body = form->body.cured;
    judge(r, form);
}

/* The form again with what the database said; defects and dead sessions stay faults. */
static bool refused(struct req *r, struct reply *out, struct form *form, struct fault *f) {
    if (f->kind != FAULT_INVALID && f->kind != FAULT_CONFLICT)
        return false;
    parts_error(r, form->tree, f->field[0] ? f->field : "title", f->text);
    out->status = fault_status(f->kind);
    return show(r, out, form, f);
}

static bool save(struct req *r, struct reply *out, struct form *form, bool submit,
                 struct fault *f) {
    struct alert_actor who = alert_actor_of(r);
    if (!alert_save(r->db, r->arena, &who, &form->draft, submit, f))
        return refused(r, out, form, f);
    json_decref(form->tree);
    out->tree = NULL;
    out->location = alert_href(r, form->draft.id, "");
    return true;
}

static bool press(struct req *r, struct reply *out, struct form *form, struct fault *f) {
    const char *act = typed(r, "act");
    if (strcmp(act, "cure") == 0) {
        cure(r, form);
        check_until(r, form);
        return show(r, out, form, f);
    }
    bool good = check(r, form);
    if (!good || strcmp(act, "check") == 0) {
        out->status = good ? 200 : 422;
        return show(r, out, form, f);
    }
    return save(r, out, form, strcmp(act, "submit") == 0, f);
}

/* The tree is the reply's from the start, so that it is freed whatever happens. */
static void begin(struct reply *out, struct form *form) {
    out->tree = form->tree = json_object();
}

bool on_alert_new(struct req *r, struct reply *out, struct fault *f) {
    struct form form = {.typed_title = "", .typed_body = "", .typed_until = "", .everywhere = true};
    begin(out, &form);
    form.draft.urgent_reason = "";
    judge(r, &form);
    return show(r, out, &form, f);
}

bool on_alert_create(struct req *r, struct reply *out, struct fault *f) {
    struct form form = {0};
    begin(out, &form);
    read_form(r, &form);
    return press(r, out, &form, f);
}

static bool read_old(struct req *r, struct alert *old, struct fault *f) {
    struct alert_actor who = alert_actor_of(r);
    int64_t id;
    return req_arg_int(r, 0, &id, f) && alert_read(r->db, r->arena, &who, id, old, f);
}

static struct form form_of(const struct req *r, const struct alert *old) {
    return (struct form){.typed_title = old->title,
                         .typed_body = old->body,
                         .typed_until = text_local_format(r->arena, old->valid_until),
                         .everywhere = old->area_count == 0,
                         .old = old,
                         .draft = {.id = old->id,
                                   .version = old->version,
                                   .categories = old->categories,
                                   .category_count = old->category_count,
                                   .areas = old->areas,
                                   .area_count = old->area_count,
                                   .everybody = old->everybody,
                                   .urgent = old->urgent,
                                   .urgent_reason = old->urgent_reason}};
}

bool on_alert_edit(struct req *r, struct reply *out, struct fault *f) {
    struct alert old;
    if (!read_old(r, &old, f))
        return false;
    if (old.state != ALERT_DRAFT) {
        return fault_set(f, FAULT_CONFLICT,
                         N_("A submitted alert cannot be edited. Withdraw it first."));
    }
    struct form form = form_of(r, &old);
    begin(out, &form);
    judge(r, &form);
    return show(r, out, &form, f);
}

bool on_alert_update(struct req *r, struct reply *out, struct fault *f) {
    struct alert old;
    struct form form = {.old = &old};
    begin(out, &form);
    if (!read_old(r, &old, f) || !req_int(r, "version", 1, INT32_MAX, &form.draft.version, f))
        return false;
    read_form(r, &form);
    form.draft.id = old.id;
    return press(r, out, &form, f);
}
