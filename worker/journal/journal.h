/* What a sender did and the database may not know yet: an append-only file held under flock, one
 * per sender slot of a host (send-<slot>.journal). It survives kill -9 (the page cache does), so
 * whoever gets the lock next knows which mails left, which may have left, and what was claimed.
 *
 * An intent is on file before a mail's final dot leaves, its outcome after the reply; a mail to
 * several recipients has one intent that names them all, and one outcome for all whom one reply
 * concerns. Records of earlier versions stay readable. Records are
 * gathered and written with one write() (journal_flush). The file is emptied when all its chunks
 * are closed; past JOURNAL_FULL_B no chunk should be taken till that has happened. */
#ifndef WORKER_JOURNAL_H
#define WORKER_JOURNAL_H

#include "arena.h"
#include "base.h"
#include "channel/answer.h"
#include "fault.h"

enum {
    JOURNAL_FULL_B = 8 << 20,
    JOURNAL_MOST_B = 64 << 20, /* of a file to be read */
    JOURNAL_MEMBERS = 10000,   /* the most members of a chunk */
    JOURNAL_CONTACTS = 100     /* the most recipients of a mail */
};

struct journal;

/* Opens dir/name, creating it (0600), and takes its lock. False: CONFLICT: another process has it;
 * RETRY: disk or folder in a state an operator must mend. journal_close gives the lock back; it
 * accepts NULL and nulls. */
MUST_USE NONNULL bool journal_open(const char *dir, const char *name, struct journal **out,
                                   struct fault *f);
void journal_close(struct journal **j);

/* One member a chunk's owner touched. Without an outcome only the intent is known: the mail may
 * or may not have been taken. */
struct journal_mark {
    int64_t contact;
    bool has_outcome;
    struct outcome outcome;
    int code, detail[3]; /* as in struct answer */
    const char *text;
};

/* A chunk that was claimed and not closed. */
struct journal_chunk {
    int64_t id, token, alert, members;
    int attempt;
    bool again; /* its members may have been sent before it was claimed */
    struct journal_mark *marks;
    size_t count;
};

/* ---- writing: records wait in memory till journal_flush ---- */

/* `marks` are not looked at. */
NONNULL void journal_claim(struct journal *j, const struct journal_chunk *chunk);
/* A mail to these contacts, 1 to JOURNAL_CONTACTS, is about to leave. */
NONNULL void journal_intent(struct journal *j, int64_t chunk, const int64_t *contacts,
                            size_t count);
/* What came of it for these of them; answer->text is kept. */
NONNULL void journal_outcome(struct journal *j, int64_t chunk, const int64_t *contacts,
                             size_t count, struct outcome outcome, const struct answer *answer);
/* All that is known of the chunk is in the database: it needs no journal any more. */
NONNULL void journal_closed(struct journal *j, int64_t chunk);

/* Writes what waits; empties the file when no chunk is open. False (RETRY): nothing of it may be
 * taken for written, it waits on, and no mail may leave. */
MUST_USE NONNULL bool journal_flush(struct journal *j, struct fault *f);

/* Whether it has grown so far that it should be let run empty. */
NONNULL bool journal_full(const struct journal *j);

/* ---- reading ---- */

struct journal_state {
    struct journal_chunk *chunks;
    size_t count;
    size_t good_b; /* bytes of whole, sound records */
    bool torn;     /* more bytes followed: a write cut short */
    bool foreign;  /* a sound record followed that only a later version can read */
};

/* What records say; reads strictly, stops at the first record that is not whole, not sound, makes
 * no sense or is not known. Lives in the arena. */
NONNULL void journal_parse(struct arena *a, const char *data, size_t len_b,
                           struct journal_state *out);

/* journal_parse of the file. False: it cannot be read; BROKEN: a later version wrote it, and what
 * it says must not be lost. */
MUST_USE NONNULL bool journal_read(struct journal *j, struct arena *a, struct journal_state *out,
                                   struct fault *f);

/* Whether the machine was started anew since the journal was last emptied. It is not synced (an
 * fsync a mail would cost more than the doubles it saves), so a cut of the power may have taken the
 * end of it: of the chunks that were in hand anybody may have been sent to. */
NONNULL bool journal_doubtful(const struct journal *j);

/* Forgets all records, in memory and on disk, and the doubt. */
MUST_USE NONNULL bool journal_empty(struct journal *j, struct fault *f);

#endif
