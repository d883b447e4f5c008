/* The channels there are, and what the start of a process asks of all of them. */
#ifndef WORKER_CHANNELS_H
#define WORKER_CHANNELS_H

#include "arena.h"
#include "channel/channel.h"
#include "db/db.h"
#include "fault.h"

/* As channel_kind.check, of each. */
MUST_USE NONNULL bool channels_check(struct fault *f);

/* All of them, in the order of the table: the first that knows a lane has it. The array lives in
 * the arena, each channel till its `close`. NULL: *f as channel_kind.open. */
MUST_USE NONNULL struct channel **channels_open(struct arena *a, size_t *count, struct fault *f);

/* A role's own sets of statements, *count of them, and those of the channels. Lives in the arena.
 */
NONNULL const char *const *channels_sets(struct arena *a, const char *const *own, size_t *count);

/* The lanes of this host's settings become those of all hosts. */
MUST_USE NONNULL bool channels_write_lanes(struct db *db, struct fault *f);

/* The relays of all, for people to read. Lives in the arena, or as long as the settings. */
NONNULL const char *channels_servers(struct arena *a);

#endif
