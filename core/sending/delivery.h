/* What senders ask of the database: claim chunks, load what was approved, append outcomes, close.
 * The rules stand in chunk.law.sql, broadcast.law.sql and outcome.law.sql. The _send functions
 * start a statement on an event loop's connection (db_send); its rows come by db_result. */
#ifndef CORE_DELIVERY_H
#define CORE_DELIVERY_H

#include "arena.h"
#include "base.h"
#include "db/db.h"
#include "fault.h"
#include "vocabulary.h"

/* One process of one host, as leases and signs of life name it. */
struct delivery_who {
    const char *host;
    const char *role; /* "send", "fanout", "sweep" */
    int64_t slot;
};

/* What came of one attempt. */
struct delivery_note {
    int64_t contact;
    int attempt;
    enum delivery_result result;
    bool final;           /* ends the delivery */
    bool again;           /* may have been sent before */
    int code;             /* the relay's, 0 for none */
    const char *enhanced; /* "5.1.1" (RFC 3463), "" for none */
    const char *reply;
    const char *lane;
    const char *relay; /* host:port, "" where none had part in it */
    int64_t at_ms;     /* Unix time */
};

/* A row of delivery_claim. Texts live as long as the rows. */
struct delivery_claimed {
    int64_t chunk, token, alert;
    int attempt;
    bool again;
    int64_t contact;
    const char *address; /* NULL: not to be sent to any more */
    const char *lang, *lane;
    int64_t handover;    /* whose hand-over it is; an express mail's Message-ID comes from it */
    const char *variant; /* of the text: "only", or of a correction "reached", "unreached" */
};

/* How many deliveries a sender would like of a lane. */
struct delivery_want {
    const char *lane;
    int64_t members;
};

/* What was approved. Lives in the arena. */
struct delivery_text {
    const char *lang, *variant, *title, *body; /* variant: as of a chunk */
};
struct delivery_broadcast {
    int64_t alert, version;
    const char *department, *sender; /* name; local part of the From address */
    bool urgent, drill;
    bool sending; /* its state allows sending now */
    int64_t approved_ms, valid_until_ms;
    int64_t routine_until_ms; /* till when routine alerts may leave; 0 at night */
    const struct delivery_text *texts;
    size_t count;
};

/* A lease. */
struct delivery_held {
    int64_t chunk, token, alert;
    int attempt;
    bool again;
};

/* Its row: how many senders live, all hosts together. */
MUST_USE NONNULL bool delivery_beat_send(struct db *db, const struct delivery_who *who,
                                         struct fault *f);
MUST_USE NONNULL bool delivery_beat(struct db *db, const struct delivery_who *who, struct fault *f);

/* Claims, for each lane wanted, chunks of about so many deliveries; urgent_only leaves routine
 * ones. `a` is used for the parameters. */
MUST_USE NONNULL bool delivery_claim_send(struct db *db, struct arena *a,
                                          const struct delivery_who *who,
                                          const struct delivery_want *wants, size_t count,
                                          bool urgent_only, struct fault *f);
/* Its rows, in the arena. */
NONNULL RETURNS_NONNULL struct delivery_claimed *delivery_claim_read(struct arena *a,
                                                                     const struct db_rows *rows);

MUST_USE NONNULL bool delivery_load_send(struct db *db, int64_t alert, struct fault *f);

/* Recomputes the fingerprint over the fields and takes the text out of the very same. False:
 * CONFLICT: they are not what was approved; BROKEN: there is no such broadcast, or fields are
 * missing. */
MUST_USE NONNULL bool delivery_load_read(struct arena *a, const struct db_rows *rows,
                                         struct delivery_broadcast *out, struct fault *f);

MUST_USE NONNULL bool delivery_states_send(struct db *db, struct arena *a, const int64_t *alerts,
                                           size_t count, struct fault *f);
/* A row of it. */
struct delivery_state {
    int64_t alert;
    enum alert_state state;
    int64_t routine_until_ms; /* as of delivery_broadcast */
};
NONNULL RETURNS_NONNULL struct delivery_state *delivery_states_read(struct arena *a,
                                                                    const struct db_rows *rows);

/* Records what came of attempts; of a contact at most one end in a call. `a` is used for the
 * parameters. */
MUST_USE NONNULL bool delivery_record_send(struct db *db, struct arena *a, int64_t alert,
                                           const struct delivery_note *notes, size_t count,
                                           struct fault *f);
MUST_USE NONNULL bool delivery_record(struct db *db, struct arena *a, int64_t alert,
                                      const struct delivery_note *notes, size_t count,
                                      struct fault *f);

/* Members who come again: after delay_s, or at once and flagged. */
struct delivery_rest {
    const int64_t *temporary, *unknown;
    size_t temporary_count, unknown_count;
    int64_t delay_s;
};
MUST_USE NONNULL bool delivery_close_send(struct db *db, struct arena *a, int64_t chunk,
                                          int64_t token, const struct delivery_rest *rest,
                                          struct fault *f);
MUST_USE NONNULL bool delivery_close(struct db *db, struct arena *a, int64_t chunk, int64_t token,
                                     const struct delivery_rest *rest, struct fault *f);

MUST_USE NONNULL bool delivery_held_send(struct db *db, const struct delivery_who *who,
                                         struct fault *f);
MUST_USE NONNULL bool delivery_held(struct db *db, const struct delivery_who *who,
                                    struct db_rows *rows, struct fault *f);
NONNULL RETURNS_NONNULL struct delivery_held *delivery_held_read(struct arena *a,
                                                                 const struct db_rows *rows);
/* Whoever is left of a lease may have been sent to: the journal may have lost something. */
MUST_USE NONNULL bool delivery_doubt(struct db *db, int64_t chunk, int64_t token, struct fault *f);

/* Stops an alert whose text must not be sent. */
MUST_USE NONNULL bool delivery_halt_send(struct db *db, int64_t alert, const char *reason,
                                         struct fault *f);

/* The relay refuses the text, `often`: ten times in a row, with these words. Its row: "paused": the
 * alert is now, or is not being sent; "theirs": others take it; "wait": ask again in 0.4 s. */
MUST_USE NONNULL bool delivery_doubt_text_send(struct db *db, int64_t alert, const char *reply,
                                               bool often, struct fault *f);

#endif
