/* Forms of the administrator's desk, all made alike from a list of fields: one page, one way to
 * read them, one way to show them again with what was refused. */
#ifndef SERVER_OFFICE_FORM_H
#define SERVER_OFFICE_FORM_H

#include "http/http.h"
#include "office/people.h"

enum office_field {
    OFFICE_LOGIN = 1,
    OFFICE_NAME = 1 << 1,
    OFFICE_NAME_EN = 1 << 2,
    OFFICE_MAIL = 1 << 3,
    OFFICE_CODE = 1 << 4,
    OFFICE_DEPARTMENT = 1 << 5,
    OFFICE_ROLE = 1 << 6,
    OFFICE_PERSON = 1 << 7,
    OFFICE_PURPOSE = 1 << 8,
    OFFICE_ORGANISATION = 1 << 9,
    OFFICE_HEAD = 1 << 10,
    OFFICE_CAUSE = 1 << 11,
    OFFICE_FROM = 1 << 12,
    OFFICE_UNTIL = 1 << 13,
    OFFICE_EXCEPTION = 1 << 14,
    OFFICE_NOTE = 1 << 15,
    OFFICE_BODY = 1 << 16,
    OFFICE_REASON = 1 << 17,
    OFFICE_OF_ADMINISTRATOR = 1 << 18,
    /* forms 1 to 3: what a head who is signed in chooses, and who applies without that */
    OFFICE_STAFF = 1 << 19,
    OFFICE_POST = 1 << 20,
    OFFICE_FROM_DEPARTMENT = 1 << 21,
    OFFICE_FROM_HEAD = 1 << 22,
    OFFICE_FROM_MAIL = 1 << 23
};

struct office_form {
    const char *title, *lead, *button; /* msgids; lead may be NULL */
    unsigned fields;                   /* of office_field */
    unsigned optional;                 /* those that may stay empty */
    const char *until_hint;            /* msgid; NULL: the usual one */
    const char *const *causes;         /* msgids; numbered from 1 */
    size_t cause_count;
    bool is_grave;      /* its button is red */
    bool has_all_roles; /* those too that the desk alone does not give */
};

/* Causes of suspension and revocation (004 §6-1), of instructions (§6-2). */
extern const char *const office_causes[5];
extern const char *const office_drafter_causes[4];

/* What was typed, as the schema takes it; INVALID with the field's name for what is no day or no
 * choice. What the form does not have stays as it was in *out. */
MUST_USE NONNULL bool office_read(const struct req *r, const struct office_form *form,
                                  struct people_form *out, struct fault *f);

/* The form's page: `subject` (object, borrowed) says what it is about, gives what fields hold
 * before somebody types, and the `version` (text) that is being changed. `action` and `back` are
 * addresses of ours. */
MUST_USE NONNULL bool office_show(struct req *r, struct reply *out, const struct office_form *form,
                                  json_t *subject, const char *action, const char *back,
                                  struct fault *f);

/* The page again with the reason, where it is one of the form's; else false, *f as it was. */
MUST_USE NONNULL bool office_again(struct req *r, struct reply *out, const struct office_form *form,
                                   json_t *subject, const char *action, const char *back,
                                   struct fault *f);

/* The label of a field that is written, not chosen; NULL for any other name. */
const char *office_label(const char *name);

#endif
