/* Forms 1 to 3 of the regulation: a department head applies, an administrator decides. The schema
 * (migrations/0021_form.sql) judges; every act writes its log row. */
#ifndef CORE_FORMS_H
#define CORE_FORMS_H

#include "people.h"

/* JSON in the arena; DENIED to posts that may not read, MISSING for a form of others. */
MUST_USE NONNULL bool forms_list(struct db *db, struct arena *a, const char *token, bool open,
                                 const char **json, struct fault *f);
MUST_USE NONNULL bool forms_read(struct db *db, struct arena *a, const char *token, const char *id,
                                 const char *network, const char **json, struct fault *f);

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

/* *fresh: the password is the person's now, and to be handed over. */
MUST_USE NONNULL bool forms_accept(struct db *db, const char *token, const char *id,
                                   const char *version, const struct people_secret *secret,
                                   const char *network, bool *fresh, struct fault *f);

#endif
