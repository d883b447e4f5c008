/* Forms of the administrator's desk: fields to page, page to typed values. */
#include "page/office_form.h"

#include <stddef.h>
#include <string.h>

#include "office/forms.h"
#include "page/parts.h"
#include "page/tree.h"
#include "text.h"
#include "words/say.h"
#include "words/word.h"

const char *const office_causes[5] = {
    N_("Does not fulfil the duties of the post"),
    N_("Did something that is forbidden"),
    N_("Has not used the system for a long time"),
    N_("There is a problem with the state of sending"),
    N_("Is unfit for another reason"),
};

const char *const office_drafter_causes[4] = {
    N_("Does not fulfil the duties of the post"),
    N_("Did something that is forbidden"),
    N_("Has not used the system for a long time"),
    N_("Is unfit for another reason"),
};

enum kind { KIND_TEXT, KIND_AREA, KIND_DAY, KIND_CHOICE, KIND_TICK };

#define AT(member) offsetof(struct people_form, member)

static const struct row {
    unsigned bit;
    const char *name;
    size_t at;
    enum kind kind;
    bool is_must;
    const char *label, *hint;
} FIELDS[] = {
    {OFFICE_FROM_DEPARTMENT, "department", AT(department), KIND_CHOICE, true,
     N_("Department that applies"), NULL},
    {OFFICE_FROM_HEAD, "head", AT(head), KIND_TEXT, true, N_("Name of the department head"), NULL},
    {OFFICE_FROM_MAIL, "head_mail", AT(head_mail), KIND_TEXT, true,
     N_("Mail address of the department head"),
     N_("An address of the municipality. The link that confirms the application goes there.")},
    {OFFICE_STAFF, "staff", AT(staff), KIND_CHOICE, true, N_("Person"), NULL},
    {OFFICE_POST, "post", AT(post), KIND_CHOICE, true, N_("Person and role"), NULL},
    {OFFICE_LOGIN, "login", AT(login), KIND_TEXT, true, N_("User ID"),
     N_("Small letters, digits, dots, hyphens and underscores.")},
    {OFFICE_NAME, "name", AT(name), KIND_TEXT, true, N_("Name"), NULL},
    {OFFICE_NAME_EN, "name_en", AT(name_en), KIND_TEXT, false, N_("Name in English"), NULL},
    {OFFICE_MAIL, "mail", AT(mail), KIND_TEXT, false, N_("Mail address"), NULL},
    {OFFICE_CODE, "code", AT(code), KIND_TEXT, true, N_("Code of the department"),
     N_("The part before @ of the address its alerts come from. It stays as it is.")},
    {OFFICE_DEPARTMENT, "department", AT(department), KIND_CHOICE, true, N_("Department"), NULL},
    {OFFICE_ROLE, "role", AT(role), KIND_CHOICE, true, N_("Role"), NULL},
    {OFFICE_PERSON, "person", AT(person), KIND_CHOICE, true, N_("Delegate"),
     N_("Who belongs to the department and neither drafts nor approves there.")},
    {OFFICE_PURPOSE, "purpose", AT(purpose), KIND_AREA, true, N_("Purpose"), NULL},
    {OFFICE_ORGANISATION, "organisation", AT(organisation), KIND_TEXT, true, N_("Organisation"),
     NULL},
    {OFFICE_HEAD, "head", AT(head), KIND_TEXT, true, N_("Department head who applies"), NULL},
    {OFFICE_CAUSE, "cause", AT(cause), KIND_CHOICE, true, N_("Cause"), NULL},
    {OFFICE_FROM, "from", AT(from), KIND_DAY, false, N_("First day"),
     N_("Leave it empty to begin at once.")},
    {OFFICE_UNTIL, "until", AT(until), KIND_DAY, false, N_("Last day"),
     N_("Leave it empty when no end is known.")},
    {OFFICE_EXCEPTION, "exception", AT(exception), KIND_AREA, false, N_("Reason of the exception"),
     N_("For an approver of the administrator's own department: why the deputy head approves.")},
    {OFFICE_NOTE, "note", AT(note), KIND_AREA, true, N_("What happened"), NULL},
    {OFFICE_BODY, "body", AT(body), KIND_AREA, true, N_("Text"), NULL},
    {OFFICE_REASON, "reason", AT(reason), KIND_AREA, true, N_("Reason"), NULL},
    {OFFICE_OF_ADMINISTRATOR, "of_administrator", AT(of_administrator), KIND_TICK, false,
     N_("The administrator's own department"), NULL},
};

const char *office_label(const char *name) {
    for (size_t i = 0; i < COUNT(FIELDS); i++)
        if (strcmp(name, FIELDS[i].name) == 0)
            return FIELDS[i].kind < KIND_CHOICE ? FIELDS[i].label : NULL;
    return NULL;
}

/* ---- reading ---- */

/* Trimmed, lines ended by LF alone; NULL for nothing. */
static const char *typed(const struct req *r, const char *name) {
    const char *value = req_field(r, name);
    char *out = text_trim(r->arena, value ? value : "");
    char *to = out;
    for (const char *at = out; *at; at++)
        if (at[0] != '\r' || at[1] != '\n')
            *to++ = *at;
    *to = '\0';
    return *out ? out : NULL;
}

static bool is_day(struct arena *a, const char *s) {
    int64_t unix_s;
    return strlen(s) == strlen("2027-04-01") &&
           text_local_time(arena_printf(a, "%sT00:00", s), &unix_s);
}

static bool check(const struct req *r, const struct row *row, const char *value, struct fault *f) {
    int64_t n;
    if (value && row->kind == KIND_DAY && !is_day(r->arena, value))
        return fault_field(f, FAULT_INVALID, row->name, N_("Type a day, as in 2027-04-01."));
    if (value && row->kind == KIND_CHOICE && row->bit != OFFICE_ROLE &&
        !text_int(value, 1, INT32_MAX, &n))
        return fault_field(f, FAULT_INVALID, row->name, N_("Choose or type a valid number."));
    return true;
}

bool office_read(const struct req *r, const struct office_form *form, struct people_form *out,
                 struct fault *f) {
    for (size_t i = 0; i < COUNT(FIELDS); i++) {
        const struct row *row = &FIELDS[i];
        if (!(form->fields & row->bit))
            continue; /* another row may have the same place */
        const char *value = typed(r, row->name);
        if (!check(r, row, value, f))
            return false;
        if (row->kind == KIND_TICK)
            out->of_administrator = value != NULL;
        else
            memcpy((char *)out + row->at, &value, sizeof value);
    }
    return true;
}

/* ---- showing ---- */

/* What a field holds: what was typed, or what stands there now. */
static const char *value_of(const struct req *r, const struct row *row, json_t *subject) {
    const char *value = req_field(r, row->name);
    const char *now = json_string_value(json_object_get(subject, row->name));
    bool is_fresh = strcmp(r->method, "POST") != 0;
    return value ? value : is_fresh && now ? now : "";
}

static json_t *option(const char *value, const char *name, const char *chosen) {
    return TREE(TEXT("value", value), TEXT("name", name),
                TRUTH("checked", strcmp(value, chosen) == 0));
}

static json_t *role_options(const struct req *r, const char *chosen, bool none, bool all) {
    json_t *list = json_array();
    if (none)
        json_array_append_new(list, option("", req_say(r, N_("No post yet")), chosen));
    for (const struct word *role = role_words + 1; role->code; role++)
        if (role_of(role->code) & (all ? ROLE_STAFF : ROLE_GIVEN))
            json_array_append_new(list, option(role->code, req_say(r, role->said), chosen));
    return list;
}

static json_t *cause_options(const struct req *r, const struct office_form *form,
                             const char *chosen) {
    json_t *list = json_array();
    json_array_append_new(list, option("", req_say(r, N_("Choose")), chosen));
    for (size_t i = 0; i < form->cause_count; i++) {
        const char *number = text_number(r->arena, (int64_t)i + 1);
        json_array_append_new(list, option(number, req_say(r, form->causes[i]), chosen));
    }
    return list;
}

/* What the database offers: departments, or people with their department's name. */
static json_t *offered(const struct req *r, const char *json, const char *chosen) {
    json_t *list = json_array();
    json_t *rows = json_loads(json, 0, NULL);
    bool english = strcmp(r->lang, "en") == 0;
    size_t i;
    json_t *row;
    json_array_append_new(list, option("", req_say(r, N_("Choose")), chosen));
    json_array_foreach(rows, i, row) {
        const char *en = json_string_value(json_object_get(row, "name_en"));
        const char *at = json_string_value(json_object_get(row, "department"));
        const char *name = json_string_value(json_object_get(row, "name"));
        name = english && en && en[0] ? en : name;
        json_array_append_new(list, option(json_string_value(json_object_get(row, "value")),
                                           at ? arena_printf(r->arena, "%s %s", at, name) : name,
                                           chosen));
    }
    json_decref(rows);
    return list;
}

/* People of a department: "佐藤 (sato) Drafter 2027-04-01 –". */
static json_t *offered_staff(const struct req *r, const char *json, const char *chosen) {
    json_t *list = json_array();
    json_t *rows = json_loads(json, 0, NULL);
    size_t i;
    json_t *row;
    json_array_append_new(list, option("", req_say(r, N_("Choose")), chosen));
    json_array_foreach(rows, i, row) {
        const char *from = json_string_value(json_object_get(row, "from"));
        const char *name = arena_printf(
            r->arena, "%s (%s) %s%s%s%s", json_string_value(json_object_get(row, "name")),
            json_string_value(json_object_get(row, "login")),
            parts_role(r, json_string_value(json_object_get(row, "role"))), from[0] ? " " : "",
            from, from[0] ? " –" : "");
        json_array_append_new(list, option(json_string_value(json_object_get(row, "value")),
                                           text_trim(r->arena, name), chosen));
    }
    json_decref(rows);
    return list;
}

/* What the database offers of a kind, as JSON. */
static bool offer(struct req *r, unsigned bit, const char **json, struct fault *f) {
    switch (bit) {
    case OFFICE_PERSON:
        return people_candidates(r->db, r->arena, r->who.token, json, f);
    case OFFICE_POST:
        return forms_choices(r->db, r->arena, r->who.token, "2", json, f);
    case OFFICE_STAFF:
        return forms_choices(r->db, r->arena, r->who.token, "3", json, f);
    case OFFICE_FROM_DEPARTMENT:
        return forms_departments(r->db, r->arena, json, f);
    default:
        return people_choices(r->db, r->arena, r->who.token, json, f);
    }
}

static bool options(struct req *r, const struct office_form *form, const struct row *row,
                    const char *chosen, json_t **out, struct fault *f) {
    const char *json;
    bool done = true;
    if (row->kind != KIND_CHOICE) {
        *out = json_array();
    } else if (row->bit == OFFICE_ROLE) {
        *out = role_options(r, chosen, form->optional & OFFICE_ROLE, form->has_all_roles);
    } else if (row->bit == OFFICE_CAUSE) {
        *out = cause_options(r, form, chosen);
    } else {
        done = offer(r, row->bit, &json, f);
        *out = !done                                     ? NULL
               : row->bit & (OFFICE_POST | OFFICE_STAFF) ? offered_staff(r, json, chosen)
                                                         : offered(r, json, chosen);
    }
    return done;
}

static bool add_field(struct req *r, json_t *list, const struct office_form *form,
                      const struct row *row, json_t *subject, struct fault *f) {
    const char *value = value_of(r, row, subject);
    const char *hint = row->bit == OFFICE_UNTIL && form->until_hint ? form->until_hint : row->hint;
    json_t *choices = NULL;
    if (!options(r, form, row, value, &choices, f))
        return false;
    json_array_append_new(
        list,
        TREE(TEXT("id", row->name), TEXT("label", req_say(r, row->label)),
             TRUTH("has_hint", hint != NULL), TEXT("hint", hint ? req_say(r, hint) : ""),
             TEXT("value", value), TRUTH("is_must", row->is_must && !(form->optional & row->bit)),
             TRUTH("is_text", row->kind == KIND_TEXT), TRUTH("is_area", row->kind == KIND_AREA),
             TRUTH("is_day", row->kind == KIND_DAY), TRUTH("is_choice", row->kind == KIND_CHOICE),
             TRUTH("is_tick", row->kind == KIND_TICK), TRUTH("checked", value[0] != '\0'),
             TRUTH("is_bad", 0), NODE("options", choices)));
    return true;
}

bool office_show(struct req *r, struct reply *out, const struct office_form *form, json_t *subject,
                 const char *action, const char *back, struct fault *f) {
    json_t *list = json_array();
    const char *about = json_string_value(json_object_get(subject, "subject"));
    const char *version = json_string_value(json_object_get(subject, "version"));
    out->page = "office_form";
    out->tree =
        TREE(TEXT("title", req_say(r, form->title)), TRUTH("has_lead", form->lead != NULL),
             TEXT("lead", form->lead ? req_say(r, form->lead) : ""),
             TRUTH("has_about", about != NULL), TEXT("about", about ? about : ""),
             TEXT("button", req_say(r, form->button)), TRUTH("is_grave", form->is_grave),
             TEXT("action", action), TEXT("back", back), TRUTH("has_version", version != NULL),
             TEXT("version", version ? version : ""), NODE("fields", list));
    for (size_t i = 0; i < COUNT(FIELDS); i++)
        if ((form->fields & FIELDS[i].bit) && !add_field(r, list, form, &FIELDS[i], subject, f))
            return false;
    return true;
}

/* The summary links to the field; the field itself says that it was refused. */
static void mark(json_t *fields, const char *name) {
    size_t i;
    json_t *field;
    json_array_foreach(fields, i, field) {
        if (strcmp(json_string_value(json_object_get(field, "id")), name) == 0)
            TREE_PUT(field, NODE("is_bad", json_true()));
    }
}

bool office_again(struct req *r, struct reply *out, const struct office_form *form, json_t *subject,
                  const char *action, const char *back, struct fault *f) {
    struct fault why = *f;
    if (why.kind != FAULT_INVALID && why.kind != FAULT_CONFLICT && why.kind != FAULT_LIMIT)
        return false;
    if (!office_show(r, out, form, subject, action, back, f))
        return false;
    mark(json_object_get(out->tree, "fields"), why.field);
    parts_error(r, out->tree, why.field[0] ? why.field : "main", why.text);
    out->status = fault_status(why.kind);
    return true;
}
