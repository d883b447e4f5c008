/* Records to publish, as lines of a zone file (RFC 1035 5) with a comment before each. */
#ifndef CLI_ZONE_H
#define CLI_ZONE_H

#include "arena.h"
#include "base.h"
#include "sending/dkim_key.h"

/* Prints a TXT record; what is longer than 255 bytes in several strings (RFC 1035 3.3.14). */
NONNULL void zone_txt(const char *name, const char *text);

/* Prints a key's record under SELECTOR._domainkey of the sender domain. */
NONNULL void zone_dkim(struct arena *a, const struct dkim_key *key, bool current);

#endif
