/* What the parts of db share: db.c connects, db_run.c runs, db_rows.c reads, db_copy.c copies. */
#ifndef CORE_DB_IMPL_H
#define CORE_DB_IMPL_H

#include "buf.h"
#include "db/db.h"

enum { DB_CHANNELS_MOST = 8 };

struct db {
    PGconn *conn; /* NULL once lost; db_alive makes a new one */
    struct arena *arena;
    const char *role, *options;
    const char *const *sets;
    size_t set_count;
    const char *channels[DB_CHANNELS_MOST]; /* LISTEN commands, for after a reconnect too */
    size_t channel_count;
    bool *prepared; /* by enum sql */

    bool under_way;      /* a statement was sent, its result not fetched */
    const char *what;    /* its name, for messages */
    int64_t deadline_ms; /* on the monotonic clock */
    PGresult *result;    /* what came of it so far */

    bool in_tx;
    struct buf copy; /* rows of a COPY not handed to libpq yet */
};

/* Gives the connection up: what the server does with it is no longer awaited. */
NONNULL void db_drop(struct db *db);

/* RETRY for a connection that is lost; drops it. Returns false. */
NONNULL bool db_lost(struct db *db, const char *why, struct fault *f);

/* Notes that a statement named `what` was handed to libpq (sent: whether it took it), and sees it
 * off to the server. */
MUST_USE NONNULL bool db_sent(struct db *db, const char *what, int sent, struct fault *f);

/* Hands all that libpq still holds to the kernel. */
MUST_USE NONNULL bool db_flush(struct db *db, struct fault *f);

/* Waits for the result of what was sent. rows may be NULL. */
MUST_USE bool db_await(struct db *db, struct db_rows *rows, struct fault *f);

/* Starts the deadline anew. */
NONNULL void db_set_deadline(struct db *db);

/* Runs one plain command (BEGIN, LISTEN …). */
MUST_USE NONNULL bool db_command(struct db *db, const char *text, struct fault *f);

#endif
