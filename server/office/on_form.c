/* Forms 1 to 3: the list, a form with its history and acts, the sheet to print, and applying. */
#include "office/forms.h"

#include <string.h>

#include "door/first_password.h"
#include "office/application.h"
#include "office/on.h"
#include "page/parts.h"
#include "page/tree.h"
#include "text.h"
#include "words/say.h"

enum { ROWS = 50 };

static const char *string_of(const json_t *object, const char *key) {
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "";
}

/* Newer pages are reached by going back: numbers of others are left out. */
static json_t *pager(const struct req *r, bool open, const json_t *rows, int64_t before) {
    size_t count = json_array_size(rows);
    const char *path = open ? "/forms?" : "/forms?show=all&";
    json_int_t last = json_integer_value(json_object_get(json_array_get(rows, count - 1), "id"));
    return TREE(TRUTH("has_newer", before > 0), TEXT("newer", open ? "/forms" : "/forms?show=all"),
                TRUTH("has_older", count == ROWS),
                TEXT("older", arena_printf(r->arena, "%sbefore=%lld", path, (long long)last)),
                TEXT("range", ""));
}

bool on_forms(struct req *r, struct reply *out, struct fault *f) {
    const char *json, *shown = req_field(r, "show");
    bool open = !shown || strcmp(shown, "all") != 0;
    int64_t before = 0;
    if ((req_field(r, "before") && !req_int(r, "before", 1, INT64_MAX, &before, f)) ||
        !forms_list(r->db, r->arena, r->who.token, open, before, ROWS, &json, f))
        return false;
    json_t *rows = json_loads(json, 0, NULL), *row;
    size_t i;
    json_array_foreach(rows, i, row) {
        application_put_words(r, row);
        application_put_state(r, row);
    }
    out->page = "forms";
    out->tree = TREE(TRUTH("can_apply", req_may(r, MAY_FORM_APPLY)), TRUTH("open", open),
                     TRUTH("has_rows", json_array_size(rows) > 0), NODE("rows", rows),
                     NODE("pager", pager(r, open, rows, before)));
    return true;
}

/* ---- one form ---- */

/* Trimmed; "" for nothing. */
static const char *typed(const struct req *r, const char *name) {
    const char *value = req_field(r, name);
    return text_trim(r->arena, value ? value : "");
}

static bool read_one(struct req *r, json_t **out, struct fault *f) {
    const char *json;
    int64_t number;
    if (!req_arg_int(r, 0, &number, f) ||
        !forms_read(r->db, r->arena, r->who.token, r->args[0], r->network, &json, f))
        return false;
    *out = json_loads(json, 0, NULL);
    return true;
}

static bool show(struct req *r, struct reply *out, const char *page, struct fault *f) {
    json_t *event;
    size_t i;
    if (!read_one(r, &out->tree, f))
        return false;
    out->page = page;
    application_put_words(r, out->tree);
    application_put_state(r, out->tree);
    TREE_PUT(out->tree, TEXT("note", typed(r, "note")), TEXT("typed_reason", typed(r, "reason")));
    json_array_foreach(json_object_get(out->tree, "events"), i, event) {
        application_put_state(r, event);
        TREE_PUT(event, TEXT("role_text", parts_role(r, string_of(event, "role"))),
                 TRUTH("has_address", string_of(event, "address")[0] != '\0'));
    }
    return true;
}

bool on_form(struct req *r, struct reply *out, struct fault *f) {
    return show(r, out, "form", f);
}

bool on_form_print(struct req *r, struct reply *out, struct fault *f) {
    r->lang = "ja"; /* it goes into the town's files */
    return show(r, out, "form_print", f);
}

/* The page again, with what was refused. */
static bool again(struct req *r, struct reply *out, struct fault *f) {
    struct fault why = *f;
    if ((why.kind != FAULT_INVALID && why.kind != FAULT_CONFLICT) || !show(r, out, "form", f))
        return false;
    parts_error(r, out->tree, why.field[0] ? why.field : "main", why.text);
    out->status = fault_status(why.kind);
    return true;
}

/* The version that was on the page. */
static bool version_of(const struct req *r, const char **out, struct fault *f) {
    int64_t number, version;
    *out = req_field(r, "version");
    if (!req_arg_int(r, 0, &number, f))
        return false;
    if (!*out || !text_int(*out, 1, INT32_MAX, &version))
        return fault_set(f, FAULT_INVALID, N_("Choose or type a valid number."));
    return true;
}

static const char *page_of(const struct req *r) {
    return arena_printf(r->arena, "/forms/%s", r->args[0]);
}

bool on_form_act(struct req *r, struct reply *out, struct fault *f) {
    static const struct {
        const char *slug;
        forms_act *act;
    } acts[] = {{"ask", forms_ask}, {"refuse", forms_refuse}, {"withdraw", forms_withdraw}};
    const char *version, *slug = strrchr(r->path, '/') + 1;
    size_t i = 0;
    while (strcmp(acts[i].slug, slug) != 0) {
        i++;
        assert(i < COUNT(acts));
    }
    if (!version_of(r, &version, f) ||
        !acts[i].act(r->db, r->who.token, r->args[0], version, typed(r, "reason"), r->network, f))
        return again(r, out, f);
    out->location = page_of(r);
    return true;
}

/* ---- accepting: with a password at hand, should one be needed ---- */

static bool accepted(struct req *r, struct reply *out, struct fault *f) {
    struct people_secret secret;
    const char *version;
    bool fresh;
    if (!first_password_secret(r, out, &secret, f))
        return false;
    struct people_form form = {.id = r->args[0], .note = typed(r, "note")};
    if (!version_of(r, &version, f) ||
        !forms_accept(r->db, r->who.token, version, &form, &secret, r->network, &fresh, f))
        return again(r, out, f);
    if (!fresh) {
        out->location = page_of(r);
        return true;
    }
    if (!show(r, out, "form_accepted", f))
        return false;
    TREE_PUT(out->tree, TEXT("password", first_password_text(out)));
    return true;
}

bool on_form_accept(struct req *r, struct reply *out, struct fault *f) {
    const char *version;
    return version_of(r, &version, f) ? first_password_ask(r, out, accepted, f) : again(r, out, f);
}

/* ---- applying ---- */

static const char *kind_asked(const struct req *r) {
    return strrchr(r->path, '/') + 1;
}

static const struct office_form *form_of(const struct req *r) {
    return application_form((size_t)(kind_asked(r)[0] - '0'), APPLICATION_SIGNED_IN);
}

bool on_form_new(struct req *r, struct reply *out, struct fault *f) {
    return office_show(r, out, form_of(r), json_null(), r->path, "/forms", f);
}

bool on_form_apply(struct req *r, struct reply *out, struct fault *f) {
    struct people_form form = {0};
    int64_t id;
    if (!office_read(r, form_of(r), &form, f) ||
        !forms_apply(r->db, r->who.token, kind_asked(r), &form, r->network, &id, f))
        return office_again(r, out, form_of(r), json_null(), r->path, "/forms", f);
    out->location = arena_printf(r->arena, "/forms/%lld", (long long)id);
    return true;
}

static void json_done(json_t **json) {
    json_decref(*json);
}

/* The form as it is now, for its page of corrections: the version that its reader sees goes with
 * it. What was applied for without sign-in was typed, and is typed again. */
static bool read_change(struct req *r, json_t **now, const struct office_form **form,
                        struct fault *f) {
    if (!read_one(r, now, f))
        return false;
    bool open = json_is_true(json_object_get(*now, "without_sign_in"));
    json_int_t version = json_integer_value(json_object_get(*now, "version"));
    *form =
        application_form(application_kind(*now), open ? APPLICATION_REPLY : APPLICATION_SIGNED_IN);
    TREE_PUT(*now, TEXT("version", text_number(r->arena, version)));
    return true;
}

bool on_form_change_page(struct req *r, struct reply *out, struct fault *f) {
    CLEANUP(json_done) json_t *now = NULL;
    const struct office_form *form;
    return read_change(r, &now, &form, f) && office_show(r, out, form, now, r->path, page_of(r), f);
}

bool on_form_change(struct req *r, struct reply *out, struct fault *f) {
    CLEANUP(json_done) json_t *now = NULL;
    struct people_form form = {.id = r->args[0]};
    const struct office_form *fields;
    const char *version;
    if (!read_change(r, &now, &fields, f))
        return false;
    if (!version_of(r, &version, f) || !office_read(r, fields, &form, f) ||
        !forms_again(r->db, r->who.token, version, &form, r->network, f))
        return office_again(r, out, fields, now, r->path, page_of(r), f);
    out->location = page_of(r);
    return true;
}
