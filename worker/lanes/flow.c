/* Connections and pace of a lane. */
#include "lanes/flow.h"

void flow_init(struct flow *f, size_t first, size_t most, int64_t now_ms) {
    *f = (struct flow){.limit = (double)(first < most ? first : most),
                       .most = most,
                       .starting = true,
                       .window_ms = now_ms,
                       .cut_ms = now_ms - FLOW_CALM_MS};
}

size_t flow_limit(const struct flow *f) {
    return f->limit < 1 ? 1 : (size_t)f->limit;
}

static void grow(struct flow *f) {
    f->limit += f->limit + 1 <= (double)f->most ? 1 : (double)f->most - f->limit;
}

void flow_good(struct flow *f, int64_t latency_ms) {
    double ms = latency_ms < 1 ? 1 : (double)latency_ms;
    f->good++;
    f->latency_ms += f->latency_ms > 0 ? (ms - f->latency_ms) / 16 : ms;
    if (f->baseline_ms <= 0 || f->latency_ms < f->baseline_ms)
        f->baseline_ms = f->latency_ms;
    if (f->starting)
        grow(f);
}

void flow_widen(struct flow *f) {
    for (size_t half = flow_limit(f); f->starting && half > 0; half--)
        grow(f);
}

void flow_bad(struct flow *f) {
    f->bad++;
}

static void cut(struct flow *f, double factor, int64_t now_ms) {
    f->starting = false;
    if (now_ms - f->cut_ms < FLOW_CALM_MS)
        return; /* what was under way then is still being answered */
    f->cut_ms = now_ms;
    f->limit = f->limit * factor < 1 ? 1 : f->limit * factor;
}

static bool slow(const struct flow *f) {
    return f->good > 0 && f->latency_ms > FLOW_SLOW_MS &&
           f->latency_ms > f->baseline_ms * FLOW_SLOW_TIMES;
}

void flow_tick(struct flow *f, int64_t now_ms, size_t in_use) {
    f->full = f->full || in_use >= flow_limit(f);
    int64_t passed_ms = now_ms - f->window_ms;
    if (passed_ms < FLOW_WINDOW_MS)
        return;
    f->answers_s += ((double)f->good * 1000 / (double)passed_ms - f->answers_s) / 2;
    if (f->bad * 20 > f->good + f->bad)
        cut(f, 0.5, now_ms);
    else if (slow(f))
        cut(f, 0.75, now_ms);
    else if (f->full && f->good > 0)
        grow(f);
    /* What was quick once need not stay the measure for ever. */
    f->baseline_ms *= 1.01;
    f->good = f->bad = 0;
    f->full = false;
    f->window_ms = now_ms;
}

/* ---- pace ---- */

void bucket_set(struct bucket *b, double rate, int64_t now_ms) {
    if (b->rate <= 0)
        *b = (struct bucket){.tokens = 1, .at_ms = now_ms};
    b->rate = rate;
}

bool bucket_has(struct bucket *b, int64_t now_ms) {
    if (b->rate <= 0)
        return true;
    double room = b->rate / 10 + 1;
    b->tokens += b->rate * (double)(now_ms - b->at_ms) / 1000;
    b->tokens = b->tokens < room ? b->tokens : room;
    b->at_ms = now_ms;
    return b->tokens >= 1;
}

void bucket_take(struct bucket *b, size_t count) {
    if (b->rate > 0)
        b->tokens -= (double)count;
}
