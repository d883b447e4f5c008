/* The relays that the settings name, and what shows each of them who we are, and us who it is. */
#ifndef WORKER_RELAY_AUTH_H
#define WORKER_RELAY_AUTH_H

#include "arena.h"
#include "base.h"
#include "fault.h"

/* Name and password for one relay. */
struct relay_auth {
    const char *server; /* "relay.example:25", one of conf's */
    char *user, *password;
};

/* Of conf.relay_auth_file, in the arena (none when it is not set). False: INVALID, its field the
 * setting: it cannot be read, has a line of another form or of a relay that conf does not name, or
 * everybody on this host may read it. */
MUST_USE NONNULL bool relay_auth_read(struct arena *a, struct relay_auth **out, size_t *count,
                                      struct fault *f);
/* That of a relay; NULL: it wants none. */
const struct relay_auth *relay_auth_find(const struct relay_auth *auths, size_t count,
                                         const char *server);
/* Forgets the passwords. */
NONNULL void relay_auth_wipe(struct relay_auth *auths, size_t count);

/* The servers that conf names, once each: relays in their order, then those of single lanes. */
NONNULL RETURNS_NONNULL const char **relay_auth_servers(struct arena *a, size_t *count);

/* Whether conf.relay_ca_file can be read. False: INVALID, its field the setting. */
MUST_USE NONNULL bool relay_auth_check_authorities(struct fault *f);

#endif
