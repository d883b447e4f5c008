/* The ladder of delays after temporary refusals. */
#include "sending/ladder.h"

#include "arena.h"
#include "settings/conf.h"
#include "text.h"

int64_t ladder_delay_s(int attempt) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    size_t n = 0;
    char **rungs = text_split(a, conf.retry_delays_s, ',', &n);
    int64_t delay_s = 60;
    size_t rung = attempt < 1 ? 0 : (size_t)attempt - 1;
    if (n > 0 && !text_int(rungs[rung < n ? rung : n - 1], 1, INT32_MAX, &delay_s))
        delay_s = 60;
    return delay_s;
}
