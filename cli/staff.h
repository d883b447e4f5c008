/* Registering a person with a post and a password from the host. */
#ifndef CLI_STAFF_H
#define CLI_STAFF_H

#include "arena.h"
#include "db/db.h"

struct staff_new {
    const char *login, *name, *mail;
    const char *role;       /* of table post */
    const char *department; /* its code; NULL for administrator and auditor */
    const char *password;
};

/* Adds the person in the connection's transaction, and the log row of it. INVALID or CONFLICT name
 * the field. Takes half a second: the password is hashed here. */
MUST_USE NONNULL bool staff_new_add(struct arena *a, struct db *db, const struct staff_new *s,
                                    struct fault *f);

#endif
