/* Growing pauses after troubles, one probe after each. */
#include "lanes/breaker.h"

#include <openssl/rand.h>
#include <stdio.h>

bool breaker_ready(const struct breaker *b, int64_t now_ms) {
    return !b->tripped || b->until_ms <= now_ms;
}

static int64_t random_upto(int64_t most_ms) {
    uint32_t r = 0;
    if (RAND_bytes((unsigned char *)&r, sizeof r) != 1)
        return most_ms;
    return (int64_t)(r % (uint64_t)(most_ms + 1));
}

bool breaker_trip(struct breaker *b, int64_t now_ms, const char *reason) {
    if (!breaker_ready(b, now_ms))
        return false;
    int64_t delay_ms = b->delay_ms ? b->delay_ms * 2 : BREAKER_FIRST_MS;
    b->delay_ms = delay_ms < BREAKER_MOST_MS ? delay_ms : BREAKER_MOST_MS;
    b->until_ms = now_ms + b->delay_ms / 2 + random_upto(b->delay_ms / 2);
    b->tripped = true;
    snprintf(b->reason, sizeof b->reason, "%s", reason);
    return true;
}

bool breaker_mend(struct breaker *b) {
    if (!b->tripped)
        return false;
    *b = (struct breaker){0};
    return true;
}
