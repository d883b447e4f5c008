/* Alerts in hand: what was approved, proven against its fingerprint, prepared by the channel. */
#ifndef WORKER_BROADCAST_H
#define WORKER_BROADCAST_H

#include "arena.h"
#include "channel/channel.h"
#include "db/db.h"
#include "hand/hand.h"
#include "sending/delivery.h"

struct note;

/* An alert on one channel; a correction's two texts are two of these. */
struct broadcast {
    struct broadcast *next;
    struct arena *arena;
    int64_t alert;
    const char *variant;
    struct channel *channel;
    bool loaded;  /* `what` is proven and prepared */
    bool bad;     /* must not be sent; `why` goes on record */
    bool halted;  /* that was recorded */
    bool sending; /* the database says so */
    bool open;    /* in this round its mails may leave */
    /* the relay refuses its text: see accuse.c */
    size_t accused, refusals; /* members in hand; refusals since the text was taken last */
    int64_t ask_ms;           /* when the database is to be asked about it */
    char refusal[ANSWER_TEXT_B + 12];
    const char *why;
    struct delivery_broadcast what;
    void *prepared; /* the channel's */
    /* outcomes for the database, oldest first; the first `noting` are under way: see record.c */
    struct note *notes;
    size_t notes_count, notes_room, noting;
};

/* The alert in hand, for those who get this of its texts (delivery_claimed.variant) by this
 * channel; or a new one. */
NONNULL struct broadcast *broadcast_get(struct hand *h, struct channel *channel, int64_t alert,
                                        const char *variant);
/* Once a round: whose mails may leave now. */
NONNULL void broadcast_look(struct hand *h);
/* Takes the rows of delivery_load; one that is not as approved becomes bad. */
NONNULL void broadcast_loaded(struct broadcast *b, const struct db_rows *rows);
/* Which of the texts is in a language, else the Japanese, which every alert has. */
NONNULL size_t broadcast_text(const struct broadcast *b, const char *lang);
/* Forgets broadcasts without chunks and notes, but `busy`, which the database is asked about. */
void broadcast_tidy(struct hand *h, const struct broadcast *busy) __attribute__((nonnull(1)));
/* Forgets all, whatever is noted: the journal has it. */
NONNULL void broadcast_drop_all(struct hand *h);

#endif
