/* The relay's troubles: growing pauses with jitter, one probe after each, a reason for the console.
 */
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "log.h"
#include "sender.h"

enum { DELAY_FIRST_MS = 1000, DELAY_MOST_MS = 60000 };

/* A random part of a half, so that many senders do not come back at the same instant. */
static int64_t jitter(int64_t half_ms) {
    uint32_t r = 0;
    if (RAND_bytes((unsigned char *)&r, sizeof r) != 1)
        return half_ms;
    return (int64_t)(r % (uint64_t)(half_ms + 1));
}

bool relay_ready(const struct relay *r) {
    return r->until_ms <= clock_ms();
}

void relay_trouble(struct relay *r, enum trouble kind, const char *reason) {
    if (!relay_ready(r))
        return; /* the rest of the connections that fell with the first */
    int64_t delay_ms = r->delay_ms ? r->delay_ms * 2 : DELAY_FIRST_MS;
    r->delay_ms = delay_ms < DELAY_MOST_MS ? delay_ms : DELAY_MOST_MS;
    r->until_ms = clock_ms() + r->delay_ms / 2 + jitter(r->delay_ms / 2);
    r->trouble = kind;
    snprintf(r->reason, sizeof r->reason, "%s", reason);
    r->report_due = true;
    r->reported_up = false;
    log_warn("the relay is in trouble: %s; next try in %lld ms", reason,
             (long long)(r->until_ms - clock_ms()));
}

void relay_fine(struct relay *r) {
    if (r->trouble != TROUBLE_NONE)
        log_info("the relay is well again");
    r->report_due = r->report_due || !r->reported_up;
    r->trouble = TROUBLE_NONE;
    r->reported_up = true;
    r->delay_ms = r->until_ms = 0;
    r->reason[0] = '\0';
}
