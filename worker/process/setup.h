/* The settings that only a look at this host can judge: the relays' passwords and authorities, the
 * key that signs, the journals' folder. The master looks before it starts anything. */
#ifndef WORKER_SETUP_H
#define WORKER_SETUP_H

#include "arena.h"
#include "base.h"
#include "fault.h"

/* Name and password for one relay. */
struct setup_auth {
    const char *server; /* "relay.example:25", one of conf's */
    char *user, *password;
};

/* Of conf.relay_auth_file, in the arena (none when it is not set). False: INVALID, its field the
 * setting: it cannot be read, has a line of another form or of a relay that conf does not name, or
 * everybody on this host may read it. */
MUST_USE NONNULL bool setup_auths(struct arena *a, struct setup_auth **out, size_t *count,
                                  struct fault *f);
/* Forgets the passwords. */
NONNULL void setup_wipe(struct setup_auth *auths, size_t count);

/* The servers that conf names, once each: relays in their order, then those of single lanes. */
NONNULL RETURNS_NONNULL const char **setup_relays(struct arena *a, size_t *count);

/* Whether senders can start at all. False: as above; or conf.journal_dir is no folder to write to.
 */
MUST_USE NONNULL bool setup_check(struct fault *f);

#endif
