/* Staff as the administrator keeps them: departments, people, dated posts, guests, delegations,
 * suspension, instructions. The schema (*.law.sql beside this) judges; every act writes its log
 * row. What is read comes as JSON text, which lives in the arena and goes into a page's tree. */
#ifndef CORE_PEOPLE_H
#define CORE_PEOPLE_H

#include "arena.h"
#include "db/db.h"

/* What forms of the console ask for; NULL is what a form does not have, or was left empty. Numbers
 * are decimal digits, days "2027-04-01". */
struct people_form {
    const char *id; /* of what the form is about: a person, post, department, … */
    const char *login, *name, *name_en, *mail, *code, *role, *department, *person;
    const char *from, *until;
    const char *exception, *reason, *cause, *note, *body;
    const char *purpose, *organisation, *head; /* of a guest; head: who applies by form, too */
    const char *head_mail, *post, *staff;      /* of forms 1 to 3 */
    bool of_administrator;
};

/* What is stored of a person's first password: salt and verifier in hex. */
struct people_secret {
    const char *salt, *cost, *verifier;
};

struct people_filter {
    const char *words, *role, *state, *after; /* "" asks nothing */
    const char *department, *unused_days;     /* NULL asks nothing */
};

/* Reading: DENIED to posts that may not, MISSING for nobody. */
MUST_USE NONNULL bool people_list(struct db *db, struct arena *a, const char *token,
                                  const struct people_filter *filter, int most, const char **json,
                                  struct fault *f);
MUST_USE NONNULL bool people_read(struct db *db, struct arena *a, const char *token, int64_t person,
                                  const char *network, const char **json, struct fault *f);
MUST_USE NONNULL bool people_departments(struct db *db, struct arena *a, const char *token,
                                         const char **json, struct fault *f);
MUST_USE NONNULL bool people_choices(struct db *db, struct arena *a, const char *token,
                                     const char **json, struct fault *f);
MUST_USE NONNULL bool people_instructions(struct db *db, struct arena *a, const char *token,
                                          const char **json, struct fault *f);
MUST_USE NONNULL bool people_delegations(struct db *db, struct arena *a, const char *token,
                                         const char **json, struct fault *f);
MUST_USE NONNULL bool people_candidates(struct db *db, struct arena *a, const char *token,
                                        const char **json, struct fault *f);
/* kind: person post department delegation instruction. of: the person whose post it is, else NULL;
 * MISSING for another's. */
MUST_USE bool people_subject(struct db *db, struct arena *a, const char *token, const char *kind,
                             const char *id, const char *of, const char **json, struct fault *f);

/* Registers a person, or a guest where form->purpose is there; *person is the new one. */
MUST_USE NONNULL bool people_add(struct db *db, const char *token, const struct people_form *form,
                                 const struct people_secret *secret, const char *network,
                                 int64_t *person, struct fault *f);

/* The other acts: DENIED, INVALID, CONFLICT or MISSING with the sentence and the field. */
typedef bool people_act(struct db *db, const char *token, const struct people_form *form,
                        const char *network, struct fault *f);
people_act people_change, people_post_add, people_post_end, people_transfer, people_suspend,
    people_lift, people_revoke, people_sessions_end, people_guest_extend, people_instruct,
    people_answer, people_acknowledge, people_department_add, people_department_change,
    people_approver, people_delegate, people_call_off;

#endif
