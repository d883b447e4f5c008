/* A channel before it is opened: what a process needs of it at its start. Each is a row of CHANNELS
 * in process/channels.c. */
#ifndef WORKER_KIND_H
#define WORKER_KIND_H

#include "arena.h"
#include "channel/channel.h"
#include "fault.h"
#include "sending/lane.h"

struct channel_kind {
    const char *const *sets; /* of statements that it prepares, as db_open takes them */
    size_t set_count;
    const char *const *servers; /* the setting that names its relays */
    /* Whether its settings can be used on this host; the master asks. False: INVALID, its field the
     * setting. */
    bool (*check)(struct fault *f);
    /* NULL: the settings cannot be used. */
    struct channel *(*open)(struct fault *f);
    /* Its lanes by setting: their paces, and the domains that lead to each. In the arena. */
    bool (*lanes)(struct arena *a, const struct lane_setting **out, size_t *count, struct fault *f);
};

#endif
