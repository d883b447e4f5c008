/* The administrator's desk, an act a page: whatever is done to a person, a post, a department or a
 * delegation has its own form at its own address, and the same two handlers. */
#include <string.h>

#include "office/on.h"
#include "page/office_form.h"
#include "text.h"
#include "words/say.h"

#define UNTIL_NOW   N_("Leave it empty to end at once.")
#define UNTIL_GUEST N_("Not later than 31 March of the fiscal year.")

/* The last part of the address says which. */
static const struct desk {
    const char *slug;
    const char *kind; /* what it is about; NULL: nothing that has a number */
    people_act *act;
    struct office_form form;
} DESKS[] = {
    {"change",
     "person",
     people_change,
     {.title = N_("Change name and mail address"),
      .button = N_("Change"),
      .fields = OFFICE_NAME | OFFICE_MAIL}},
    {"post",
     "person",
     people_post_add,
     {.title = N_("Add a post"),
      .button = N_("Add the post"),
      .fields = OFFICE_DEPARTMENT | OFFICE_ROLE | OFFICE_FROM | OFFICE_UNTIL | OFFICE_EXCEPTION,
      .optional = OFFICE_DEPARTMENT}},
    {"suspend",
     "person",
     people_suspend,
     {.title = N_("Suspend a person"),
      .lead = N_("All sessions of this person end at once, and nobody can sign in under this user "
                 "ID until the suspension is lifted. What was submitted stays for the others of "
                 "the department."),
      .button = N_("Suspend"),
      .fields = OFFICE_CAUSE | OFFICE_NOTE,
      .causes = office_causes,
      .cause_count = COUNT(office_causes),
      .is_grave = true}},
    {"lift",
     "person",
     people_lift,
     {.title = N_("Lift a suspension"),
      .button = N_("Lift the suspension"),
      .fields = OFFICE_REASON}},
    {"sessions",
     "person",
     people_sessions_end,
     {.title = N_("End all sessions"),
      .lead = N_("For a lost or stolen device: this person is signed out everywhere at once, and "
                 "no browser is known any more."),
      .button = N_("End all sessions"),
      .is_grave = true}},
    {"instruct",
     "person",
     people_instruct,
     {.title = N_("Instruct improvement"),
      .lead = N_("It goes to the approver of the department, who acknowledges and answers it."),
      .button = N_("Give the instruction"),
      .fields = OFFICE_DEPARTMENT | OFFICE_CAUSE | OFFICE_BODY,
      .causes = office_drafter_causes,
      .cause_count = COUNT(office_drafter_causes)}},
    {"extend",
     "person",
     people_guest_extend,
     {.title = N_("Extend a guest's period"),
      .button = N_("Extend"),
      .until_hint = UNTIL_GUEST,
      .fields = OFFICE_HEAD | OFFICE_UNTIL | OFFICE_REASON}},
    {"end",
     "post",
     people_post_end,
     {.title = N_("End a post"),
      .button = N_("End the post"),
      .until_hint = UNTIL_NOW,
      .fields = OFFICE_UNTIL | OFFICE_REASON}},
    {"transfer",
     "post",
     people_transfer,
     {.title = N_("Transfer"),
      .lead = N_("The old post ends the moment the new one begins."),
      .button = N_("Transfer"),
      .fields = OFFICE_DEPARTMENT | OFFICE_ROLE | OFFICE_FROM | OFFICE_EXCEPTION | OFFICE_REASON}},
    {"revoke",
     "post",
     people_revoke,
     {.title = N_("Revoke a post"),
      .lead = N_("The post ends at once, for the cause you choose."),
      .button = N_("Revoke the post"),
      .fields = OFFICE_CAUSE | OFFICE_NOTE,
      .causes = office_causes,
      .cause_count = COUNT(office_causes),
      .is_grave = true}},
    {"add",
     NULL,
     people_department_add,
     {.title = N_("Add a department"),
      .button = N_("Add the department"),
      .fields = OFFICE_NAME | OFFICE_NAME_EN | OFFICE_CODE | OFFICE_OF_ADMINISTRATOR}},
    {"rename",
     "department",
     people_department_change,
     {.title = N_("Change a department"),
      .lead = N_("What was approved keeps the name it was approved under."),
      .button = N_("Change"),
      .fields = OFFICE_NAME | OFFICE_NAME_EN | OFFICE_OF_ADMINISTRATOR}},
    {"approver",
     "department",
     people_approver,
     {.title = N_("Change the approver"),
      .lead = N_("The present approver's post ends the moment the new one begins. A day in the "
                 "future, such as 1 April, may be registered now."),
      .button = N_("Change the approver"),
      .fields = OFFICE_LOGIN | OFFICE_FROM | OFFICE_EXCEPTION | OFFICE_REASON}},
    {"delegate",
     NULL,
     people_delegate,
     {.title = N_("Delegate approvals"),
      .lead =
          N_("The delegate may approve alerts of the department in this period. It stays in "
             "force while the approver is suspended or the post is empty, until it is revoked or "
             "another approver takes office."),
      .button = N_("Delegate"),
      .until_hint = N_("Within a year."),
      .fields = OFFICE_PERSON | OFFICE_FROM | OFFICE_UNTIL | OFFICE_REASON}},
    {"call-off",
     "delegation",
     people_call_off,
     {.title = N_("Revoke a delegation"),
      .button = N_("Revoke"),
      .fields = OFFICE_REASON,
      .is_grave = true}},
    {"answer",
     "instruction",
     people_answer,
     {.title = N_("Answer an instruction"), .button = N_("Answer"), .fields = OFFICE_BODY}},
    {"acknowledge",
     "instruction",
     people_acknowledge,
     {.title = N_("Acknowledge an instruction"), .button = N_("Acknowledge")}},
    {"lost-device",
     NULL,
     people_sessions_end,
     {.title = N_("I have lost a device"),
      .lead = N_("You are signed out everywhere at once, here too, and no browser is known any "
                 "more. Then sign in again and change your password."),
      .button = N_("End all my sessions"),
      .is_grave = true}},
};

static const struct desk *desk_of(const struct req *r) {
    const char *slug = strrchr(r->path, '/') + 1;
    size_t i = 0;
    while (i < COUNT(DESKS) && strcmp(slug, DESKS[i].slug) != 0)
        i++;
    assert(i < COUNT(DESKS)); /* a route without a desk */
    return &DESKS[i];
}

/* The page the act was begun from. */
static const char *back_of(const struct req *r, const struct desk *desk) {
    if (strcmp(desk->slug, "lost-device") == 0)
        return "/";
    if (desk->kind && (strcmp(desk->kind, "person") == 0 || strcmp(desk->kind, "post") == 0))
        return arena_printf(r->arena, "/staff/%s", r->args[0]);
    return arena_strndup(r->arena, r->path, strcspn(r->path + 1, "/") + 1);
}

/* The administrator delegates for a department, the approver for his or her own. */
static struct office_form form_of(const struct req *r, const struct desk *desk) {
    struct office_form form = desk->form;
    if (desk->act == people_delegate && r->who.role == ROLE_ADMINISTRATOR)
        form.fields |= OFFICE_DEPARTMENT;
    return form;
}

/* Number and present state of what the act is about. */
static bool find(struct req *r, const struct desk *desk, const char **id, json_t **subject,
                 struct fault *f) {
    const char *json = "{}";
    int64_t number;
    bool post = desk->kind && strcmp(desk->kind, "post") == 0; /* /staff/{id}/posts/{post}/… */
    if (desk->kind) {
        *id = r->args[post];
        if (!req_arg_int(r, 0, &number, f) || (post && !req_arg_int(r, 1, &number, f)) ||
            !people_subject(r->db, r->arena, r->who.token, desk->kind, *id,
                            post ? r->args[0] : NULL, &json, f))
            return false;
    }
    *subject = json_loads(json, 0, NULL);
    return true;
}

static void json_done(json_t **json) {
    json_decref(*json);
}

bool on_office_page(struct req *r, struct reply *out, struct fault *f) {
    CLEANUP(json_done) json_t *subject = NULL;
    const struct desk *desk = desk_of(r);
    struct office_form form = form_of(r, desk);
    const char *id = NULL;
    return find(r, desk, &id, &subject, f) &&
           office_show(r, out, &form, subject, r->path, back_of(r, desk), f);
}

bool on_office_act(struct req *r, struct reply *out, struct fault *f) {
    CLEANUP(json_done) json_t *subject = NULL;
    const struct desk *desk = desk_of(r);
    struct office_form form = form_of(r, desk);
    struct people_form typed = {0};
    const char *id = NULL;
    if (!find(r, desk, &id, &subject, f))
        return false;
    bool done = office_read(r, &form, &typed, f);
    typed.id = id;
    if (!done || !desk->act(r->db, r->who.token, &typed, r->network, f))
        return office_again(r, out, &form, subject, r->path, back_of(r, desk), f);
    out->location = back_of(r, desk);
    return true;
}
