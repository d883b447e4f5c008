/* A watch over other hosts' signs of life. */
#include "house/watch.h"

enum {
    GAP_MS = 15000, /* more between two looks is a sleep */
    JUMP_MS = 5000  /* more between the two clocks is a clock that was set */
};

void watch_stop(struct watch *w) {
    w->on = false;
}

static bool even(const struct watch *w, int64_t now_ms, int64_t db_ms) {
    int64_t passed_ms = now_ms - w->at_ms, off_ms = db_ms - w->db_ms - passed_ms;
    return passed_ms <= GAP_MS && off_ms <= JUMP_MS && off_ms >= -JUMP_MS;
}

void watch_look(struct watch *w, int64_t now_ms, int64_t db_ms) {
    if (!w->on || !even(w, now_ms, db_ms))
        w->since_ms = now_ms;
    w->on = true;
    w->at_ms = now_ms;
    w->db_ms = db_ms;
}

bool watch_long(const struct watch *w, int64_t now_ms) {
    return w->on && now_ms - w->since_ms >= WATCH_MS;
}
