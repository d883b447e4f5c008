/* Lanes (groups of recipient domains) and relays, as the database keeps them for all hosts. The
 * _send functions start a statement on an event loop's connection (db_send); `a` is used for the
 * parameters. */
#ifndef CORE_LANE_H
#define CORE_LANE_H

#include "arena.h"
#include "base.h"
#include "db/db.h"
#include "fault.h"
#include "sending/delivery.h"

/* A lane by setting. */
struct lane_setting {
    const char *name;
    int64_t pace; /* messages a second, all hosts together; 0: no limit */
    const char *const *domains;
    size_t count;
};

/* Makes these, and `other`, the lanes of all hosts. */
MUST_USE NONNULL bool lane_sync(struct db *db, struct arena *a, const struct lane_setting *lanes,
                                size_t count, struct fault *f);

MUST_USE NONNULL bool lane_read_send(struct db *db, struct fault *f);
/* A row of it. Texts live as long as the rows; domain NULL: the lane has none. */
struct lane_row {
    const char *lane, *domain;
    int64_t pace;
};
NONNULL RETURNS_NONNULL struct lane_row *lane_read_rows(struct arena *a,
                                                        const struct db_rows *rows);

MUST_USE NONNULL bool lane_split_send(struct db *db, const char *domain, struct fault *f);

/* How a sender finds a relay, or a lane, at present. */
struct lane_health {
    const char *name;
    bool up;
    const char *reason;  /* of a pause */
    int64_t wait_ms;     /* till the next try, of one in trouble */
    int64_t connections; /* open now */
    /* of a lane */
    const char *relay; /* in use */
    int64_t most;      /* connections it may have at present */
    int64_t in_hand;   /* deliveries claimed and not yet sent */
    int64_t latency_ms;
};
MUST_USE NONNULL bool lane_report_send(struct db *db, struct arena *a,
                                       const struct delivery_who *who,
                                       const struct lane_health *relays, size_t relay_count,
                                       const struct lane_health *lanes, size_t lane_count,
                                       struct fault *f);

#endif
