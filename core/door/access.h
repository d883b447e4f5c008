/* The town's rules of access in the database: who needs a second factor, the usual hours. */
#ifndef CORE_ACCESS_H
#define CORE_ACCESS_H

#include "arena.h"
#include "db/db.h"

enum { ACCESS_RULES = 5 };

/* The settings as the schema's functions take them, as text: roles, minutes, from, to, enforced. */
NONNULL void access_settings(struct arena *a, const char *out[ACCESS_RULES]);

/* Makes the rule as strict as the settings; *more: it asks for more than they do. */
MUST_USE NONNULL bool access_keep(struct db *db, bool *more, struct fault *f);

#endif
