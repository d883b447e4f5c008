/* The table of channels. */
#include "process/channels.h"

#include <string.h>

#include "channel/kind.h"
#include "mail/mail.h"

/* The last has the lanes that no other knows: those of domains. */
static const struct channel_kind *const CHANNELS[] = {&MAIL};

bool channels_check(struct fault *f) {
    for (size_t i = 0; i < COUNT(CHANNELS); i++)
        if (!CHANNELS[i]->check(f))
            return false;
    return true;
}

struct channel **channels_open(struct arena *a, size_t *count, struct fault *f) {
    struct channel **channels = arena_array(a, COUNT(CHANNELS), sizeof *channels);
    *count = COUNT(CHANNELS);
    for (size_t i = 0; i < COUNT(CHANNELS); i++)
        if (!(channels[i] = CHANNELS[i]->open(f)))
            return NULL;
    return channels;
}

/* A copy of `items` with `more` behind them. */
static void *join(struct arena *a, const void *items, size_t *count, const void *more,
                  size_t more_count, size_t size_b) {
    char *all = arena_array(a, *count + more_count + 1, size_b);
    if (*count)
        memcpy(all, items, *count * size_b);
    if (more_count)
        memcpy(all + *count * size_b, more, more_count * size_b);
    *count += more_count;
    return all;
}

const char *const *channels_sets(struct arena *a, const char *const *own, size_t *count) {
    for (size_t i = 0; i < COUNT(CHANNELS); i++)
        own = join(a, own, count, CHANNELS[i]->sets, CHANNELS[i]->set_count, sizeof *own);
    return own;
}

bool channels_write_lanes(struct db *db, struct fault *f) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    const struct lane_setting *all = NULL;
    size_t count = 0;
    for (size_t i = 0; i < COUNT(CHANNELS); i++) {
        const struct lane_setting *lanes;
        size_t more;
        if (!CHANNELS[i]->lanes(a, &lanes, &more, f))
            return false;
        all = join(a, all, &count, lanes, more, sizeof *all);
    }
    return lane_sync(db, a, all, count, f);
}

const char *channels_servers(struct arena *a) {
    const char *all = *CHANNELS[0]->servers;
    for (size_t i = 1; i < COUNT(CHANNELS); i++)
        all = arena_printf(a, "%s,%s", all, *CHANNELS[i]->servers);
    return all;
}
