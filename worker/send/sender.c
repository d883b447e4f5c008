/* Whether mails may begin. */
#include "send/sender.h"

#include "clock.h"
#include "hand/record.h"
#include "log.h"
#include "settings/conf.h"

static size_t most_together(const struct sender *s) {
    size_t most = 1;
    for (size_t i = 0; i < s->channel_count; i++)
        if (s->channels[i]->most > most)
            most = s->channels[i]->most;
    return most;
}

bool sender_may_start(const struct sender *s) {
    return !s->stopping && !s->journal_bad && !s->fenced && !s->held_due &&
           record_room(&s->hand, most_together(s));
}

void sender_fence(struct sender *s) {
    bool old = (clock_ms() - s->heard_ms) * 3 > conf.lease_s * 1000 * 2;
    if (old == s->fenced)
        return;
    s->fenced = old;
    if (old) {
        log_warn("self-fenced: the database has not answered for two thirds of the lease");
        s->held_due = true;
    } else {
        log_info("no longer self-fenced");
    }
}
