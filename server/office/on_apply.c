/* Forms 1 to 3 without sign-in: a head applies from the staff network and confirms by a link that
 * is mailed to an address of the municipality; a question is answered by a link, too. A GET changes
 * nothing, and no answer tells whether a person or an address is known. */
#include "office/forms.h"

#include <string.h>

#include "office/application.h"
#include "office/on.h"
#include "page/tree.h"
#include "text.h"
#include "words/say.h"

static bool is_on(struct fault *f) {
    return forms_open() || fault_set(f, FAULT_DENIED,
                                     N_("Applying without sign-in is turned off here. Ask the "
                                        "system administrator."));
}

bool on_apply(struct req *r, struct reply *out, struct fault *f) {
    (void)r;
    (void)f;
    out->page = "apply";
    out->tree = TREE(TRUTH("is_on", forms_open()));
    return true;
}

static const char *kind_asked(const struct req *r) {
    return strrchr(r->path, '/') + 1;
}

static const struct office_form *form_of(const struct req *r) {
    return application_form((size_t)(kind_asked(r)[0] - '0'), APPLICATION_OPEN);
}

bool on_apply_new(struct req *r, struct reply *out, struct fault *f) {
    return is_on(f) && office_show(r, out, form_of(r), json_null(), r->path, "/apply", f);
}

bool on_apply_request(struct req *r, struct reply *out, struct fault *f) {
    struct people_form form = {0};
    if (!is_on(f))
        return false;
    if (!office_read(r, form_of(r), &form, f) ||
        !forms_request(r->db, r->arena, kind_asked(r), &form, r->lang, r->network, f))
        return office_again(r, out, form_of(r), json_null(), r->path, "/apply", f);
    out->page = "apply_sent";
    out->tree = json_object();
    return true;
}

/* ---- by the link of a letter ---- */

static bool show(struct req *r, struct reply *out, const char *page, const char *json) {
    out->page = page;
    out->tree = json_loads(json, 0, NULL);
    application_put_words(r, out->tree);
    TREE_PUT(out->tree, TEXT("action", r->path));
    return true;
}

bool on_apply_link(struct req *r, struct reply *out, struct fault *f) {
    const char *json;
    if (!forms_peek(r->db, r->arena, r->args[0], &json, f))
        return false;
    show(r, out, "apply_confirm", json);
    if (json_string_length(json_object_get(out->tree, "number")) > 0)
        out->page = "apply_confirmed";
    return true;
}

bool on_apply_confirm(struct req *r, struct reply *out, struct fault *f) {
    const char *json;
    return forms_confirm(r->db, r->arena, r->args[0], r->network, &json, f) &&
           show(r, out, "apply_confirmed", json);
}

static void json_done(json_t **json) {
    json_decref(*json);
}

/* The form as it was, and the question above it. */
static bool read_question(struct req *r, json_t **out, struct fault *f) {
    const char *json;
    if (!forms_question(r->db, r->arena, r->args[0], &json, f))
        return false;
    *out = json_loads(json, 0, NULL);
    application_put_words(r, *out);
    const char *number = json_string_value(json_object_get(*out, "number"));
    const char *question = json_string_value(json_object_get(*out, "question"));
    const char *about = arena_printf(r->arena, "%s\n%s", number, question);
    json_object_set_new(*out, "subject", json_string(about));
    return true;
}

static const struct office_form *reply_form(const json_t *question) {
    return application_form(application_kind(question), APPLICATION_REPLY);
}

bool on_apply_question(struct req *r, struct reply *out, struct fault *f) {
    CLEANUP(json_done) json_t *question = NULL;
    return read_question(r, &question, f) &&
           office_show(r, out, reply_form(question), question, r->path, "/apply", f);
}

bool on_apply_reply(struct req *r, struct reply *out, struct fault *f) {
    CLEANUP(json_done) json_t *question = NULL;
    struct people_form form = {0};
    const char *json;
    if (!read_question(r, &question, f))
        return false;
    if (!office_read(r, reply_form(question), &form, f) ||
        !forms_reply(r->db, r->arena, r->args[0], &form, r->network, &json, f))
        return office_again(r, out, reply_form(question), question, r->path, "/apply", f);
    return show(r, out, "apply_confirmed", json);
}
