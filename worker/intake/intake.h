/* The intake process, shared by its parts:
 *   role_intake.c   the loop, the door, guests: connections of the town's mail server
 *   intake.c        what a mail says, on its way to the database
 * A mail is parsed only when it came to an address with a genuine token (or to the plain return
 * address, where complaints go). It is answered for when the database has taken what it says;
 * while the database is away, with 451: the mail server keeps it. */
#ifndef WORKER_INTAKE_H
#define WORKER_INTAKE_H

#include "arena.h"
#include "db/db.h"
#include "intake/lmtp.h"
#include "intake/returned.h"
#include "loop.h"

enum { INTAKE_READ_B = 16 * 1024, INTAKE_GUESTS = 50 };

/* What can come of a mail; the names are the database's and the console's. */
enum intake_end {
    INTAKE_FORGED,
    INTAKE_NOTHING,
    INTAKE_COUNTED,
    INTAKE_AGAIN,
    INTAKE_STRANGER,
    INTAKE_LETTER,
    INTAKE_END_LAST
};

/* One connection. */
struct guest {
    struct guest *next;
    struct intake *in;
    int fd;
    struct lmtp *lmtp;
    char bytes[INTAKE_READ_B]; /* read, and not yet given to lmtp */
    size_t from_b, to_b;
    int64_t until_ms; /* it is closed then */
    bool timed;       /* until_ms is that of a transaction */
    bool over;        /* no more is read; closed once all is written */
    bool gone;        /* to be swept */
    /* a mail under way */
    bool waits; /* for the database */
    bool asked; /* its statement is the one under way */
    struct arena *arena;
    struct returned returned;
    size_t rcpt; /* the recipient in hand */
    const char *token;
};

struct intake {
    struct loop *loop;
    struct db *db;
    struct link_keys *keys;
    int db_fd, door_fd;
    bool door_open; /* watched */
    struct guest *guests;
    size_t guest_count;
    bool db_readable;
    struct guest *asker; /* whose statement is under way; NULL with `busy`: the tally's */
    bool busy;
    int64_t tallies[INTAKE_END_LAST], told[INTAKE_END_LAST]; /* told: those under way */
    int64_t tally_ms, retry_ms, asked_ms;
    struct lmtp_rules rules;
};

/* ---- intake.c ---- */

/* Whether anybody waits for mails to this address; counts the others. For lmtp_rules. */
NONNULL bool intake_wanted(void *ctx, const char *address);
/* A guest's mail is there: parses it; afterwards it waits, or it is answered already. */
NONNULL void intake_mail(struct guest *g);
/* Connects, fetches an answer that has come, asks the next. */
NONNULL void intake_step(struct intake *in);
/* A guest goes: nothing is answered to it any more. */
NONNULL void intake_forget(struct guest *g);

#endif
