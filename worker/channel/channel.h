/* What a channel is: what prepares, hands over and judges (design section 3). Mail is one;
 * claiming, journal, lanes, recording, stop and corrections are the same for all, and know of a
 * channel what stands here.
 *
 * A channel hands over to relays, by links to them. On a link one load is under way at a time;
 * where the channel has it so, the next rides behind it. What is meant for the recipients leaves
 * only when the engine says so (release), so that an intent is in the journal before. Then, soon or
 * late, the hook `end` tells what came of it for each recipient. A channel's functions never wait.
 */
#ifndef WORKER_CHANNEL_H
#define WORKER_CHANNEL_H

#include "arena.h"
#include "buf.h"
#include "channel/answer.h"
#include "db/db.h"
#include "fault.h"
#include "letters/letter.h"
#include "loop.h"
#include "sending/delivery.h"

struct slot;         /* the engine's: where a link is kept */
struct channel_gate; /* the channel's own: a relay, ... */
struct channel_link; /* ... and one connection to it, open or closed */

enum {
    CHANNEL_RECIPIENTS = 100,  /* the most of one load */
    CHANNEL_FROM_B = 320,      /* room for the sender's address */
    CHANNEL_TEXT_B = 64 * 1024 /* the longest text */
};

/* ---- prepare ---- */

/* What is handed over at once: one text to one recipient or several. */
struct channel_load {
    char from[CHANNEL_FROM_B];
    const char *to[CHANNEL_RECIPIENTS]; /* addresses; lent */
    size_t count;
    size_t parts;     /* as how many messages each recipient's counts in the lane's pace; 1 */
    const char *text; /* in `bytes`, or kept with the chunk */
    size_t text_b;
    struct buf bytes;
};

/* What a load of an alert is written from. */
struct channel_alert {
    const struct delivery_broadcast *what;
    void *prepared;   /* by `prepare` */
    size_t text;      /* of what->texts: that of all its recipients */
    int64_t contact;  /* the first of them; ... */
    const char *lang; /* ... and what he or she reads */
    int64_t handover; /* of the chunk, ... */
    struct arena *arena;
    void **kept; /* ... where the channel may keep what loads of the chunk share; NULL at first */
};

/* ---- verdict ---- */

/* When the answer came, or should have. */
enum channel_stage {
    STAGE_OPENING, /* no recipient was named yet */
    STAGE_NAMING,  /* at the recipient's name, before the text: it concerns nobody else */
    STAGE_TEXT     /* after all names, or the text */
};

/* What came of a load for one of its recipients. Those whom one answer concerns point to the same.
 */
struct channel_end {
    enum channel_stage stage;
    bool untried;                /* the text never left: he or she is to be sent to as before */
    bool parting;                /* with this answer the relay ends the connection */
    struct outcome outcome;      /* what the answer means */
    const struct answer *answer; /* the relay's, or ours (code ANSWER_NONE) where there is none;
                                    its text is kept with the outcome, and so a name that the relay
                                    gave the load; valid in the hook */
};

/* What happens on links. Hooks only take note; they call nothing of the channel. */
struct channel_hooks {
    void (*ready)(struct slot *slot); /* idle: offer or quit */
    /* `ends` in the order of the load's recipients, one each. */
    void (*end)(struct slot *slot, const struct channel_load *load, const struct channel_end *ends,
                size_t count);
    /* `was_open`: it had been ready before; text says why it closed. */
    void (*closed)(struct slot *slot, bool was_open, const char *text);
};

/* ---- capacity ---- */

struct channel {
    const struct channel_does *does;
    bool ready;   /* loads may be written: all that is needed (a key to sign with) is there */
    size_t links; /* of one relay, under way at once */
    bool rides;   /* the next load may ride behind the one under way (release) */
    size_t most;  /* recipients of one load */
};

struct channel_does {
    /* What it needs of the database; asked again till it succeeds. */
    bool (*begin)(struct channel *c, struct db *db, struct fault *f);
    /* Once a round: keeps `ready` true to the facts. True: `trouble` may say something else now. */
    bool (*look)(struct channel *c);
    /* Why it is not ready, or soon will not be; "" when all is well. Valid till the next look. */
    const char *(*trouble)(const struct channel *c);
    void (*close)(struct channel **c);

    /* The relays of a lane in order of preference (NULL: all that it has); in the arena. Returns
     * NULL when the lane is another channel's. */
    const char **(*relays)(struct arena *a, const char *lane, size_t *count);

    /* ---- prepare ---- */

    /* Encodes what all recipients of an alert get alike. *out lives in the arena. */
    bool (*prepare)(struct channel *c, struct arena *a, const struct delivery_broadcast *what,
                    void **out, struct fault *f);
    /* How many recipients of the same text one load may have. */
    size_t (*together)(const struct delivery_broadcast *what);
    /* Why a recipient cannot be named at all, for the record; NULL: he or she can. */
    const char *(*unfit)(const char *address);
    /* Writes a load whose recipients are named. False: it cannot be sent, reason in *f. */
    bool (*write)(struct channel *c, const struct channel_alert *alert, struct channel_load *out,
                  struct fault *f);
    /* Of the channel that has the lane `letters`. */
    bool (*write_letter)(struct channel *c, struct arena *a, const struct letter *letter,
                         struct channel_load *out, struct fault *f);

    /* ---- hand over ---- */

    /* A relay in a loop; the strings are lent. gate_close frees its links as well, calls no hook,
     * accepts NULL, nulls. */
    bool (*gate_open)(struct channel *c, struct loop *loop, const char *server,
                      const struct channel_hooks *hooks, struct channel_gate **out,
                      struct fault *f);
    void (*gate_close)(struct channel_gate **g);
    /* Runs what is due, once a round; milliseconds till the next is. */
    int (*gate_tick)(struct channel_gate *g);

    /* A closed link; lives as long as its gate. */
    struct channel_link *(*link_new)(struct channel_gate *g, struct slot *slot);
    void (*open)(struct channel_link *l); /* ends in `ready` or `closed` */
    bool (*is_closed)(const struct channel_link *l);
    bool (*is_idle)(const struct channel_link *l);
    bool (*is_waiting)(const struct channel_link *l); /* for `release` */
    /* How many recipients a load on this link should have at most; more would be untried. */
    size_t (*most)(const struct channel_link *l);
    /* Names the recipients, on an idle link. The load is lent till its end. */
    void (*offer)(struct channel_link *l, struct channel_load *load);
    /* Whether the relay took this one of those named. */
    bool (*took)(const struct channel_link *l, size_t place);
    /* Lets the text go, and the names of the next load behind it (NULL: none). */
    void (*release)(struct channel_link *l, struct channel_load *next);
    void (*abort)(struct channel_link *l, const char *why); /* at once; ends, then `closed` */
    void (*quit)(struct channel_link *l);                   /* an idle one; then `closed` */
};

#endif
