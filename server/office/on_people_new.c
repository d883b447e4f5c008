/* A new person, or a guest: the form, the password made for the first sign-in, and the page that
 * shows it once. Nobody chooses it, and nothing stores it. */
#include <string.h>

#include "door/first_password.h"
#include "office/on.h"
#include "page/office_form.h"
#include "page/tree.h"
#include "words/say.h"

static const struct office_form STAFF = {
    .title = N_("Register a member of staff"),
    .lead = N_("The first password is shown once on the next page. Hand it over in person."),
    .button = N_("Register"),
    .fields = OFFICE_LOGIN | OFFICE_NAME | OFFICE_MAIL | OFFICE_DEPARTMENT | OFFICE_ROLE |
              OFFICE_FROM | OFFICE_UNTIL | OFFICE_EXCEPTION,
    .optional = OFFICE_ROLE,
};

static const struct office_form GUEST = {
    .title = N_("Register a guest"),
    .lead = N_("A guest is a drafter for a period, on the application of a department head. The "
               "first password is shown once on the next page."),
    .button = N_("Register the guest"),
    .until_hint = N_("Not later than 31 March of the fiscal year."),
    .fields = OFFICE_LOGIN | OFFICE_NAME | OFFICE_MAIL | OFFICE_DEPARTMENT | OFFICE_PURPOSE |
              OFFICE_ORGANISATION | OFFICE_HEAD | OFFICE_FROM | OFFICE_UNTIL | OFFICE_REASON,
};

static bool is_guest(const struct req *r) {
    return strcmp(r->path, "/staff/guest") == 0;
}

static const struct office_form *form_of(const struct req *r) {
    return is_guest(r) ? &GUEST : &STAFF;
}

bool on_people_new(struct req *r, struct reply *out, struct fault *f) {
    return office_show(r, out, form_of(r), json_null(), r->path, "/staff", f);
}

static bool again(struct req *r, struct reply *out, struct fault *f) {
    return office_again(r, out, form_of(r), json_null(), r->path, "/staff", f);
}

/* A guest without a purpose is one still: the schema asks for it. */
static bool read_form(const struct req *r, struct people_form *form, struct fault *f) {
    if (!office_read(r, form_of(r), form, f))
        return false;
    if (is_guest(r) && !form->purpose)
        form->purpose = "";
    return true;
}

static bool registered(struct req *r, struct reply *out, struct fault *f) {
    struct people_form form = {0};
    struct people_secret secret;
    int64_t person;
    if (!read_form(r, &form, f) || !first_password_secret(r, out, &secret, f) ||
        !people_add(r->db, r->who.token, &form, &secret, r->network, &person, f))
        return again(r, out, f);
    out->page = "person_made";
    out->tree = TREE(NUMBER("id", person), TEXT("login", form.login), TEXT("name", form.name),
                     TEXT("password", first_password_text(out)));
    return true;
}

bool on_people_add(struct req *r, struct reply *out, struct fault *f) {
    struct people_form form = {0};
    return read_form(r, &form, f) ? first_password_ask(r, out, registered, f) : again(r, out, f);
}
