/* Forms 1 to 3: the list, a form with its history and acts, the sheet to print, and applying. */
#include "forms.h"

#include <string.h>

#include "office_form.h"
#include "on.h"
#include "password.h"
#include "present.h"
#include "say.h"
#include "text.h"

static const struct office_form FORMS[] = {
    {.title = N_("Form 1: Application to use the system"),
     .lead = N_("An account is made once the administrator has accepted. For somebody who has an "
                "account already, type his or her user ID."),
     .button = N_("Apply"),
     .has_all_roles = true,
     .fields =
         OFFICE_LOGIN | OFFICE_NAME | OFFICE_MAIL | OFFICE_ROLE | OFFICE_FROM | OFFICE_REASON},
    {.title = N_("Form 2: Application to end the use"),
     .lead = N_("The post ends once the administrator has accepted, and not before the last day."),
     .button = N_("Apply"),
     .until_hint = N_("Leave it empty to end at once."),
     .fields = OFFICE_LOGIN | OFFICE_ROLE | OFFICE_UNTIL | OFFICE_REASON},
    {.title = N_("Form 3: Application to initialise a password"),
     .lead = N_("Say why it cannot be helped. The administrator hands a one-time password over "
                "once the application is accepted."),
     .button = N_("Apply"),
     .fields = OFFICE_LOGIN | OFFICE_REASON},
};

static const struct state {
    const char *code, *word, *badge;
} STATES[] = {
    {"applied", N_("Applied for"), "warn"},
    {"asked_back", N_("Asked back"), "warn"},
    {"accepted_once", N_("Accepted by the first of two"), "warn"},
    {"accepted", N_("Accepted"), "ok"},
    {"refused", N_("Refused by the administrator"), "bad"},
    {"withdrawn", N_("Withdrawn"), ""},
};

static const char *string_of(const json_t *object, const char *key) {
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "";
}

static void put(json_t *object, const char *key, const char *value) {
    json_object_set_new(object, key, json_string(value));
}

static size_t kind_of(const json_t *form) {
    return (size_t)json_integer_value(json_object_get(form, "kind"));
}

static void put_state(const struct req *r, json_t *row) {
    for (size_t i = 0; i < COUNT(STATES); i++) {
        if (strcmp(STATES[i].code, string_of(row, "state")) == 0) {
            put(row, "state_text", req_say(r, STATES[i].word));
            put(row, "badge", STATES[i].badge);
            return;
        }
    }
    assert(false); /* a state without words */
}

/* Words for what the database gives as codes. */
static void put_words(const struct req *r, json_t *form) {
    const char *role = string_of(form, "role");
    put_state(r, form);
    put(form, "title", req_say(r, FORMS[kind_of(form) - 1].title));
    put(form, "role_text", role[0] ? present_role(r, role) : "");
    if (strcmp(r->lang, "en") == 0) {
        put(form, "number", arena_strdup(r->arena, string_of(form, "number_en")));
        if (string_of(form, "department_en")[0]) {
            put(form, "department", arena_strdup(r->arena, string_of(form, "department_en")));
        }
    }
}

bool on_forms(struct req *r, struct reply *out, struct fault *f) {
    const char *json, *shown = req_field(r, "show");
    bool open = !shown || strcmp(shown, "all") != 0;
    if (!forms_list(r->db, r->arena, r->who.token, open, &json, f)) {
        return false;
    }
    json_t *rows = json_loads(json, 0, NULL), *row;
    size_t i;
    json_array_foreach(rows, i, row) {
        put_words(r, row);
    }
    out->page = "forms";
    out->tree = json_pack("{s:b, s:b, s:b, s:o}", "can_apply", strcmp(r->who.role, "approver") == 0,
                          "open", open, "has_rows", json_array_size(rows) > 0, "rows", rows);
    return true;
}

/* ---- one form ---- */

static bool read_one(struct req *r, json_t **out, struct fault *f) {
    const char *json;
    int64_t number;
    if (!req_arg_int(r, 0, &number, f) ||
        !forms_read(r->db, r->arena, r->who.token, r->args[0], r->network, &json, f)) {
        return false;
    }
    *out = json_loads(json, 0, NULL);
    return true;
}

static bool show(struct req *r, struct reply *out, const char *page, struct fault *f) {
    json_t *event;
    size_t i;
    if (!read_one(r, &out->tree, f)) {
        return false;
    }
    out->page = page;
    put_words(r, out->tree);
    for (size_t kind = 1; kind <= COUNT(FORMS); kind++) {
        json_object_set_new(out->tree, arena_printf(r->arena, "is_%zu", kind),
                            json_boolean(kind == kind_of(out->tree)));
    }
    json_array_foreach(json_object_get(out->tree, "events"), i, event) {
        put_state(r, event);
        put(event, "role_text", present_role(r, string_of(event, "role")));
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
    if ((why.kind != FAULT_INVALID && why.kind != FAULT_CONFLICT) || !show(r, out, "form", f)) {
        return false;
    }
    present_error(r, out->tree, "main", why.text);
    out->status = why.kind == FAULT_INVALID ? 422 : 409;
    return true;
}

/* The version that was on the page. */
static bool version_of(const struct req *r, const char **out, struct fault *f) {
    int64_t number, version;
    *out = req_field(r, "version");
    if (!req_arg_int(r, 0, &number, f)) {
        return false;
    }
    if (!*out || !text_int(*out, 1, INT32_MAX, &version)) {
        return fault_set(f, FAULT_INVALID, N_("Choose or type a valid number."));
    }
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
    const char *version, *reason = req_field(r, "reason"), *slug = strrchr(r->path, '/') + 1;
    size_t i = 0;
    while (strcmp(acts[i].slug, slug) != 0) {
        i++;
        assert(i < COUNT(acts));
    }
    if (!version_of(r, &version, f) ||
        !acts[i].act(r->db, r->who.token, r->args[0], version,
                     text_trim(r->arena, reason ? reason : ""), r->network, f)) {
        return again(r, out, f);
    }
    out->location = page_of(r);
    return true;
}

/* ---- accepting: with a password at hand, should one be needed ---- */

struct first {
    unsigned char salt[PASSWORD_SALT_B];
    char password[PASSWORD_MADE_B];
};

static bool accepted(struct req *r, struct reply *out, struct fault *f) {
    const struct first *first = out->ask->carry;
    unsigned char verifier[PASSWORD_PROOF_B];
    const char *version;
    bool fresh;
    if (!password_verifier(r->proof, verifier, f)) {
        return false;
    }
    struct people_secret secret = {.salt = text_hex(r->arena, first->salt, sizeof first->salt),
                                   .cost = PASSWORD_COST,
                                   .verifier = text_hex(r->arena, verifier, sizeof verifier)};
    if (!version_of(r, &version, f) ||
        !forms_accept(r->db, r->who.token, r->args[0], version, &secret, r->network, &fresh, f)) {
        return again(r, out, f);
    }
    if (!fresh) {
        out->location = page_of(r);
        return true;
    }
    if (!show(r, out, "form_accepted", f)) {
        return false;
    }
    put(out->tree, "password", first->password);
    return true;
}

bool on_form_accept(struct req *r, struct reply *out, struct fault *f) {
    struct first *first = arena_alloc(r->arena, sizeof *first);
    const char *version;
    if (!version_of(r, &version, f)) {
        return again(r, out, f);
    }
    if (!password_salt(first->salt, f) || !password_make(first->password, f)) {
        return false;
    }
    struct ask *ask = arena_alloc(r->arena, sizeof *ask);
    *ask = (struct ask){.password = first->password,
                        .salt = first->salt,
                        .salt_b = sizeof first->salt,
                        .cost = PASSWORD_COST,
                        .then = accepted,
                        .carry = first};
    out->ask = ask;
    return true;
}

/* ---- applying ---- */

static const struct office_form *form_of(const struct req *r) {
    return &FORMS[strrchr(r->path, '/')[1] - '1'];
}

bool on_form_new(struct req *r, struct reply *out, struct fault *f) {
    return office_show(r, out, form_of(r), json_null(), r->path, "/forms", f);
}

bool on_form_apply(struct req *r, struct reply *out, struct fault *f) {
    struct people_form typed = {0};
    const char *kind = strrchr(r->path, '/') + 1;
    int64_t id;
    if (!office_read(r, form_of(r), &typed, f) ||
        !forms_apply(r->db, r->who.token, kind, &typed, r->network, &id, f)) {
        return office_again(r, out, form_of(r), json_null(), r->path, "/forms", f);
    }
    out->location = arena_printf(r->arena, "/forms/%lld", (long long)id);
    return true;
}

static void json_done(json_t **json) {
    json_decref(*json);
}

bool on_form_change_page(struct req *r, struct reply *out, struct fault *f) {
    CLEANUP(json_done) json_t *now = NULL;
    return read_one(r, &now, f) &&
           office_show(r, out, &FORMS[kind_of(now) - 1], now, r->path, page_of(r), f);
}

/* There is one head: what is judged is the state that the form is in now. */
bool on_form_change(struct req *r, struct reply *out, struct fault *f) {
    CLEANUP(json_done) json_t *now = NULL;
    struct people_form typed = {.id = r->args[0]};
    if (!read_one(r, &now, f)) {
        return false;
    }
    const struct office_form *form = &FORMS[kind_of(now) - 1];
    const char *version =
        text_number(r->arena, json_integer_value(json_object_get(now, "version")));
    bool done = office_read(r, form, &typed, f);
    typed.id = r->args[0];
    if (!done || !forms_again(r->db, r->who.token, version, &typed, r->network, f)) {
        return office_again(r, out, form, now, r->path, page_of(r), f);
    }
    out->location = page_of(r);
    return true;
}
