/* Forms 1 to 3 of the regulation: a department head applies, an administrator decides. The schema
 * (forms*.law.sql) judges; every act writes its log row. */
#ifndef CORE_FORMS_H
#define CORE_FORMS_H

#include "office/people.h"

/* JSON in the arena; DENIED to posts that may not read, MISSING for a form of others. `before`: a
 * form's number below which the list begins, 0 for the newest. */
MUST_USE NONNULL bool forms_list(struct db *db, struct arena *a, const char *token, bool open,
                                 int64_t before, int most, const char **json, struct fault *f);
MUST_USE NONNULL bool forms_read(struct db *db, struct arena *a, const char *token, const char *id,
                                 const char *network, const char **json, struct fault *f);

/* Posts (kind "2") or people (kind "3") that the head may choose, as JSON. */
MUST_USE NONNULL bool forms_choices(struct db *db, struct arena *a, const char *token,
                                    const char *kind, const char **json, struct fault *f);

/* *id is the new form. INVALID with the field. */
MUST_USE NONNULL bool forms_apply(struct db *db, const char *token, const char *kind,
                                  const struct people_form *p, const char *network, int64_t *id,
                                  struct fault *f);
/* p->id is the form. `version` is the one that was seen; CONFLICT when it is not the newest. */
MUST_USE NONNULL bool forms_again(struct db *db, const char *token, const char *version,
                                  const struct people_form *p, const char *network,
                                  struct fault *f);

/* What is done to a form, with the reason where the act takes one. */
typedef bool forms_act(struct db *db, const char *token, const char *id, const char *version,
                       const char *reason, const char *network, struct fault *f);
forms_act forms_withdraw, forms_ask, forms_refuse;

/* p->id is the form, p->note how the administrator made sure of a head whose address is not known.
 * *fresh: the password is the person's now, and to be handed over. */
MUST_USE NONNULL bool forms_accept(struct db *db, const char *token, const char *version,
                                   const struct people_form *p, const struct people_secret *secret,
                                   const char *network, bool *fresh, struct fault *f);

/* ---- without sign-in: no answer tells whether a person or an address is known ---- */

/* Whether applying without sign-in is on (conf.staff_mail_domains). */
bool forms_open(void);

MUST_USE NONNULL bool forms_departments(struct db *db, struct arena *a, const char **json,
                                        struct fault *f);

/* Keeps the form and mails the link that confirms it to p->head_mail; INVALID with the field,
 * LIMIT. */
MUST_USE NONNULL bool forms_request(struct db *db, struct arena *a, const char *kind,
                                    const struct people_form *p, const char *lang,
                                    const char *network, struct fault *f);

/* The form as it was typed, as JSON; MISSING for a link that is over or none of ours. peek and
 * question change nothing; confirm may come twice, reply once. */
MUST_USE NONNULL bool forms_peek(struct db *db, struct arena *a, const char *link,
                                 const char **json, struct fault *f);
MUST_USE NONNULL bool forms_confirm(struct db *db, struct arena *a, const char *link,
                                    const char *network, const char **json, struct fault *f);
MUST_USE NONNULL bool forms_question(struct db *db, struct arena *a, const char *link,
                                     const char **json, struct fault *f);
MUST_USE NONNULL bool forms_reply(struct db *db, struct arena *a, const char *link,
                                  const struct people_form *p, const char *network,
                                  const char **json, struct fault *f);

#endif
