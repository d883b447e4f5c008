/* The three forms, each in three ways, and their words. */
#include "office/application.h"

#include <string.h>

#include "page/parts.h"
#include "page/tree.h"
#include "words/say.h"
#include "words/word.h"

#define TITLE_1 N_("Form 1: Application to use the system")
#define TITLE_2 N_("Form 2: Application to end the use")
#define TITLE_3 N_("Form 3: Application to initialise a password")

#define LEAD_1                                                                                     \
    N_("An account is made once the administrator has accepted. For somebody who has an account "  \
       "already, type his or her user ID.")
#define LEAD_2 N_("The post ends once the administrator has accepted, and not before the last day.")
#define LEAD_3                                                                                     \
    N_("Say why it cannot be helped. The administrator hands a one-time password over once the "   \
       "application is accepted.")

#define APPLY   N_("Apply")
#define CONFIRM N_("Go on to the confirmation by mail")
#define AT_ONCE N_("Leave it empty to end at once.")

#define WHO (OFFICE_FROM_DEPARTMENT | OFFICE_FROM_HEAD | OFFICE_FROM_MAIL)
#define FIELDS_1                                                                                   \
    (OFFICE_LOGIN | OFFICE_NAME | OFFICE_MAIL | OFFICE_ROLE | OFFICE_FROM | OFFICE_REASON)
#define FIELDS_2 (OFFICE_LOGIN | OFFICE_ROLE | OFFICE_UNTIL | OFFICE_REASON)
#define FIELDS_3 (OFFICE_LOGIN | OFFICE_REASON)

#define FORM(title_, lead_, button_, fields_)                                                      \
    {                                                                                              \
        .title = title_, .lead = lead_, .button = button_, .until_hint = AT_ONCE,                  \
        .has_all_roles = true, .fields = fields_                                                   \
    }

static const struct office_form FORMS[][APPLICATION_KINDS] = {
    [APPLICATION_SIGNED_IN] = {FORM(TITLE_1, LEAD_1, APPLY, FIELDS_1),
                               FORM(TITLE_2, LEAD_2, APPLY,
                                    OFFICE_POST | OFFICE_UNTIL | OFFICE_REASON),
                               FORM(TITLE_3, LEAD_3, APPLY, OFFICE_STAFF | OFFICE_REASON)},
    [APPLICATION_OPEN] = {FORM(TITLE_1, LEAD_1, CONFIRM, WHO | FIELDS_1),
                          FORM(TITLE_2, LEAD_2, CONFIRM, WHO | FIELDS_2),
                          FORM(TITLE_3, LEAD_3, CONFIRM, WHO | FIELDS_3)},
    [APPLICATION_REPLY] = {FORM(TITLE_1, NULL, APPLY, FIELDS_1),
                           FORM(TITLE_2, NULL, APPLY, FIELDS_2),
                           FORM(TITLE_3, NULL, APPLY, FIELDS_3)},
};

static const char *const BADGES[] = {
    [FORM_APPLIED] = "warn", [FORM_ASKED_BACK] = "warn", [FORM_ACCEPTED_ONCE] = "warn",
    [FORM_ACCEPTED] = "ok",  [FORM_REFUSED] = "bad",     [FORM_WITHDRAWN] = ""};
static_assert(COUNT(BADGES) == FORM_STATE_LAST, "a badge for each state");

static const char *string_of(const json_t *object, const char *key) {
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "";
}

const struct office_form *application_form(size_t kind, enum application_way way) {
    assert(kind >= 1 && kind <= APPLICATION_KINDS);
    return &FORMS[way][kind - 1];
}

size_t application_kind(const json_t *form) {
    return (size_t)json_integer_value(json_object_get(form, "kind"));
}

void application_put_state(const struct req *r, json_t *row) {
    unsigned state = word_of(form_state_words, string_of(row, "state"));
    assert(state != FORM_STATE_NONE);
    TREE_PUT(row, TEXT("state_text", req_say(r, form_state_words[state].said)),
             TEXT("badge", BADGES[state]));
}

void application_put_words(const struct req *r, json_t *form) {
    size_t kind = application_kind(form);
    const char *role = string_of(form, "role");
    TREE_PUT(form, TEXT("title", req_say(r, application_form(kind, APPLICATION_SIGNED_IN)->title)),
             TEXT("role_text", role[0] ? parts_role(r, role) : ""));
    for (size_t i = 1; i <= APPLICATION_KINDS; i++)
        json_object_set_new(form, arena_printf(r->arena, "is_%zu", i), json_boolean(i == kind));
    if (strcmp(r->lang, "en") == 0) {
        TREE_PUT(form, TEXT("number", arena_strdup(r->arena, string_of(form, "number_en"))));
        if (string_of(form, "department_en")[0])
            TREE_PUT(form,
                     TEXT("department", arena_strdup(r->arena, string_of(form, "department_en"))));
    }
}
