/* What came of an alert, and how sending stands. Strings live in the arena; times are those of
 * Japan as text. MISSING: there is no such alert for this post. */
#ifndef CORE_REPORT_H
#define CORE_REPORT_H

#include "arena.h"
#include "base.h"
#include "db/db.h"
#include "fault.h"

/* A moment of a broadcast: "first", "median", "most" (95 %) and "last" of those accepted. */
struct report_time {
    const char *name, *at, *approved; /* at "": not yet */
    int64_t after_s;                  /* seconds after the approval, rounded up */
};
MUST_USE NONNULL bool report_times(struct db *db, struct arena *a, const char *token, int64_t alert,
                                   const char **approved, struct report_time **out, size_t *count,
                                   struct fault *f);

/* Outcomes of one kind; not final: came again later. */
struct report_sum {
    const char *lane, *relay, *result;
    bool final;
    int64_t n;
};
MUST_USE NONNULL bool report_sums(struct db *db, struct arena *a, const char *token, int64_t alert,
                                  struct report_sum **out, size_t *count, struct fault *f);

/* Outcomes of a span of time; spans without any are left out. */
struct report_span {
    int64_t span, length_s; /* span 0 is the first */
    const char *at;
    int64_t accepted, refused, others, again;
};
MUST_USE NONNULL bool report_series(struct db *db, struct arena *a, const char *token,
                                    int64_t alert, int64_t most, struct report_span **out,
                                    size_t *count, struct fault *f);

/* A recipient and his end. */
struct report_row {
    int64_t contact, code, attempt;
    const char *channel, *address, *result, *enhanced, *reply, *relay, *lane, *at;
};
/* Which of an alert's recipients: at most `most` after a contact (0: the first). */
struct report_page {
    int64_t alert, after, most;
};
/* They, masked, in the arena. */
MUST_USE NONNULL bool report_list(struct db *db, struct arena *a, const char *token,
                                  const struct report_page *page, struct report_row **out,
                                  size_t *count, struct fault *f);
/* They with whole addresses: administrators only, on record. */
MUST_USE NONNULL bool report_export(struct db *db, struct arena *a, const char *token,
                                    const char *network, const struct report_page *page,
                                    struct report_row **out, size_t *count, struct fault *f);

/* How living senders find a relay, or a lane. Of those not well: reason, since when, next try. */
struct report_state {
    const char *name, *host; /* host: of a relay */
    int64_t senders, well, connections;
    const char *reason, *since, *next_try;
    /* of a lane */
    const char *relays;
    int64_t pace, waiting, leased, most, latency_ms, oldest_s;
};
MUST_USE NONNULL bool report_relays(struct db *db, struct arena *a, const char *token,
                                    struct report_state **out, size_t *count, struct fault *f);
MUST_USE NONNULL bool report_lanes(struct db *db, struct arena *a, const char *token,
                                   struct report_state **out, size_t *count, struct fault *f);

struct report_worker {
    const char *host, *role, *seen;
    int64_t alive, known; /* processes */
};
MUST_USE NONNULL bool report_workers(struct db *db, struct arena *a, const char *token,
                                     struct report_worker **out, size_t *count, struct fault *f);

#endif
