/* The sender process, shared by its parts:
 *   role_send.c  the loop: what happened, what may start, what goes on file, what leaves
 *   errand*.c    asking the database for things, one statement at a time, never waiting
 *   batch.c      chunks in hand and their members
 *   broadcast.c  what was approved: loaded, proven, encoded
 *   express.c    urgent alerts: one mail for many
 *   record.c     outcomes on their way to the database
 *   lane_set.c   lanes and relays; breaker.c, flow.c, domain.c: what each may have under way
 *   relay.c      their troubles
 *   choice.c     which mail goes next
 *   pool.c       connections, and when a text leaves
 *   verdict.c    what came of a mail, and whom an answer concerns
 *   accuse.c     a text that the relay refuses
 *   post.c       letters in hand
 *
 * The order of truth: an intent is in the journal before the final dot leaves, an outcome after the
 * reply, and a chunk stays in the journal till the database has all of it. */
#ifndef WORKER_SENDER_H
#define WORKER_SENDER_H

#include "arena.h"
#include "buf.h"
#include "db/db.h"
#include "journal/journal.h"
#include "loop.h"
#include "mail/mime.h"
#include "mail/signer.h"
#include "send/lanes.h"
#include "sending/delivery.h"
#include "smtp/smtp.h"
#include "tokens/link.h"
#include "tokens/verp.h"

enum member_state {
    MEMBER_TODO,
    MEMBER_STARTED,   /* a connection has it */
    MEMBER_ENDED,     /* a final outcome */
    MEMBER_TEMPORARY, /* comes again after a delay */
    MEMBER_UNKNOWN,   /* comes again at once, flagged */
    MEMBER_ASIDE,     /* comes again in another lane */
    MEMBER_ACCUSED    /* refused for the text's sake: whose fault it is will be seen */
};

struct member {
    int64_t contact;
    const char *address; /* NULL: not to be sent to any more */
    const char *lang;
    enum member_state state;
    bool counted;                 /* its domain counts the mail by it */
    struct domain *domain;        /* in the lane `other`; else NULL */
    const struct answer *refusal; /* ACCUSED: what the relay said, ... */
    const char *relay;            /* ... and which one */
    bool alone; /* shares no mail: one to several was refused, and nobody knows for whose sake */
};

/* A chunk in hand. */
struct chunk {
    struct chunk *next;
    struct arena *arena;
    struct broadcast *broadcast;
    struct lane *lane;
    int64_t id, token, handover;
    int attempt;
    bool again;
    struct express *express; /* its mails, once they were written */
    bool lost;               /* the lease is not ours any more: nothing of it is started */
    bool closing;            /* its close is under way */
    bool stuck;              /* all whose turn it is must wait for their domains */
    struct member *members;
    size_t count, room;
    size_t todo;    /* members in MEMBER_TODO */
    size_t waiting; /* of them, those passed over for their domains when one was looked for last */
    size_t from;    /* none of them is before this one */
    size_t started; /* in MEMBER_STARTED */
    size_t accused; /* in MEMBER_ACCUSED */
    size_t unnoted; /* outcomes the database has not confirmed */
};

/* An alert in hand: what was approved, ready to be mailed; a correction's two texts are two of
 * these. */
struct broadcast {
    struct broadcast *next;
    struct arena *arena;
    int64_t alert;
    const char *variant;
    bool loaded;  /* `what` is proven and encoded */
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
    struct mime **mimes; /* as what.texts */
    /* outcomes for the database, oldest first; the first `noting` are under way */
    struct note *notes;
    size_t notes_count, notes_room, noting;
};

struct note {
    struct delivery_note of;
    struct chunk *chunk;
    char *reply, *enhanced; /* of.reply, of.enhanced, owned */
};

/* One mail on its way. */
struct job {
    bool busy;
    bool released; /* its text has left */
    int class;     /* ROUTINE or URGENT */
    struct lane *lane;
    int64_t left_ms;     /* when its text did */
    struct chunk *chunk; /* NULL: a letter */
    struct member *members[SMTP_RCPTS];
    struct parcel *parcel;
    char from[VERP_ADDRESS_B];
    const char *to[SMTP_RCPTS]; /* the recipients as the wire gets them */
    size_t count;               /* of them */
    size_t leaving;             /* those the text was released for */
    const char *text;           /* in `bytes`, or the chunk's */
    size_t text_b;
    struct buf bytes;
};

/* A connection and the mails on it. */
struct slot {
    struct sender *sender;
    struct relay *relay;
    struct smtp *smtp;
    struct job jobs[2];
    struct job *current, *behind;
    int64_t idle_since_ms;
    size_t served; /* mails the relay answered for on this connection */
    bool ours;     /* we close it */
    bool used;     /* it had a mail */
    bool blamed;   /* why it ends was said of a mail */
};

enum errand_due {
    DUE_STATES = 1 << 0,
    DUE_HELD =
        1 << 1, /* compare what we hold with what the database says; nothing starts till then */
    DUE_URGENT = 1 << 2, /* there may be urgent chunks, however full our hands are */
    DUE_LETTERS = 1 << 3,
    DUE_LANES = 1 << 4 /* the lanes have changed */
};

struct sender {
    struct delivery_who who;
    struct arena *names; /* of what conf says of relays */
    struct loop *loop;
    struct db *db;
    struct journal *journal;
    struct link_keys *keys, *verp_keys; /* of links; of envelope senders */
    struct signer *signer;
    struct lanes lanes;
    struct chunk *chunks;
    struct broadcast *broadcasts;
    struct parcel *parcels;
    uint64_t taken;         /* mails taken so far */
    size_t leaving;         /* recipients whose mail's text has left, and no answer has come */
    size_t unnoted;         /* outcomes the database has not confirmed, of all broadcasts */
    int64_t oldest_note_ms; /* when the oldest of them came; 0: none waits */
    bool journal_bad, fenced, stopping;
    /* errands */
    const struct errand *errand; /* the one under way */
    struct chunk *closing;
    struct broadcast *about; /* of the errand under way */
    struct domain *splitting;
    int64_t living;      /* senders, all hosts together */
    bool report_due;     /* a relay or lane has changed */
    struct arena *arena; /* of its parameters */
    int db_fd;
    bool db_readable;
    unsigned due;              /* enum errand_due */
    int64_t sent_ms, heard_ms; /* when the errand under way left; when the last answered one did */
    int64_t beat_ms, work_ms, retry_ms, lanes_ms, report_ms, states_ms, look_ms, suspect_ms;
    struct delivery_held *strange; /* leases we hold and do not know: to be given back */
    size_t strange_count, strange_room;
};

/* ---- role_send.c ---- */

/* Whether a mail may begin at all now: the database hears us, the journal takes records, our lease
 * is young, there is a key to sign with. */
NONNULL bool sender_may_start(const struct sender *s);

/* ---- errand.c ---- */

/* Opens what the loop needs, or reopens it; false while the database is away. */
NONNULL void errand_watch(struct sender *s);
/* Fetches an answer that has come, starts what is due. */
NONNULL void errand_step(struct sender *s);

/* ---- batch.c ---- */

/* Takes a claimed row: into the chunk in hand, or a new one. */
NONNULL struct chunk *batch_take(struct sender *s, const struct delivery_claimed *row);
/* The next member of a lane and class that may be sent to; it becomes STARTED. NULL: none. */
NONNULL struct chunk *batch_next(struct sender *s, struct lane *l, int class, struct member **out);
/* Once a round: counts in every lane the members that may be sent to now. */
NONNULL void batch_count(struct sender *s);
/* Members of a lane in hand that nobody has begun, whether they may be sent to now or not (their
 * broadcast may not be loaded yet); waiting for their domains: not counted. */
NONNULL size_t batch_in_hand(const struct sender *s, const struct lane *l);
/* Whether a member may be sent to now, along with whom was started last. */
NONNULL bool batch_may_join(const struct chunk *c, const struct member *m, int64_t now_ms);
/* Members whose domain has a lane of its own now go there, through the database. */
NONNULL void batch_set_aside(struct sender *s);
/* This one, too, by the same mail. */
NONNULL void batch_start(struct chunk *c, struct member *m);
/* The member was not tried: it is to be sent to as before. */
NONNULL void batch_put_back(struct chunk *c, struct member *m);
NONNULL void batch_end(struct chunk *c, struct member *m, enum member_state state);
/* A chunk of which nothing more can come of here, to be closed; NULL: none. */
NONNULL struct chunk *batch_finished(struct sender *s);
NONNULL bool batch_close_send(struct sender *s, struct chunk *c, struct fault *f);
/* Forgets a chunk; in the journal too. */
NONNULL void batch_drop(struct sender *s, struct chunk *c);
/* Notes the outcomes of members that are not sent to at all (left since the fan-out). */
NONNULL void batch_cancel_left(struct sender *s, struct chunk *c);

/* ---- broadcast.c ---- */

/* The alert in hand, for those who get this of its texts (delivery_claimed.variant); or a new one.
 */
NONNULL struct broadcast *broadcast_get(struct sender *s, int64_t alert, const char *variant);
/* Once a round: whose mails may leave now. */
NONNULL void broadcast_look(struct sender *s);
/* Takes the rows of delivery_load; one that is not as approved becomes bad. */
NONNULL void broadcast_loaded(struct broadcast *b, const struct db_rows *rows);
/* Which of the texts is in a language, else the Japanese, which every alert has. */
NONNULL size_t broadcast_text(const struct broadcast *b, const char *lang);
/* Writes the mail to the job's one member. False: it cannot be mailed, reason in *f. */
MUST_USE NONNULL bool broadcast_write(struct sender *s, struct job *job, struct fault *f);
/* Forgets broadcasts without chunks and notes. */
NONNULL void broadcast_tidy(struct sender *s);

/* ---- express.c ---- */

/* Whether mails of this broadcast go to several at once. */
NONNULL bool express_wanted(const struct broadcast *b);
/* Starts more members who get the same mail as members[0], up to `most` with it; how many there are
 * then. */
NONNULL size_t express_gather(struct chunk *c, size_t most, struct member *members[]);
/* The mail to the job's members. False: it cannot be mailed, reason in *f. */
MUST_USE NONNULL bool express_write(struct sender *s, struct job *job, struct fault *f);

/* ---- record.c ---- */

/* Notes an outcome for the database. `relay` lives as long as the sender; "" with a reply of ours.
 */
NONNULL void record_note(struct sender *s, struct chunk *c, struct member *m,
                         enum delivery_result result, bool final, const struct answer *reply,
                         const char *relay);
/* The same for what ends without a relay, in our own words. */
NONNULL void record_end(struct sender *s, struct chunk *c, struct member *m,
                        enum delivery_result result, const char *why);
/* The broadcast whose notes should go now; NULL: none. */
NONNULL struct broadcast *record_due(struct sender *s);
NONNULL bool record_send(struct sender *s, struct broadcast *b, struct fault *f);
NONNULL void record_done(struct sender *s, struct broadcast *b);
/* Whether the outcomes of one more mail to so many may come up: those of flush_outcomes mails may
 * be waited for, and of one more a connection. A host that is lost takes no more with it. */
NONNULL bool record_room(const struct sender *s, size_t recipients);

/* ---- choice.c ---- */

/* The mail that goes next on a free connection; NULL: none may. */
NONNULL struct job *choice_next(struct sender *s, struct slot *slot, int64_t now_ms);
/* The next mail of the same lane and class, behind the text that leaves now; NULL: none, or the
 * connection should be another's. */
NONNULL struct job *choice_behind(struct sender *s, struct slot *slot, int64_t now_ms);
/* What a connection is for, in order. */
enum { FOR_URGENT, FOR_LETTERS, FOR_ROUTINE, PURPOSES };
/* Mails for a relay that could begin now, had they connections. */
NONNULL size_t choice_unmet(struct sender *s, const struct relay *r, int purpose, int64_t now_ms);

/* ---- pool.c ---- */

extern const struct smtp_hooks POOL_HOOKS;

/* Who had to wait for a domain may be looked at again. */
NONNULL void pool_unstick(struct sender *s);
/* Runs what is due on connections; milliseconds till the next is. */
NONNULL int pool_tick(struct sender *s);
/* Whether some relay takes mails of a lane now. */
NONNULL bool pool_ready(const struct lane *l);
/* Opens connections as work asks for, closes idle ones, gives idle ones mails. */
NONNULL void pool_assign(struct sender *s);
/* Puts the intents of mails that are about to leave into the journal. */
NONNULL void pool_intend(struct sender *s);
/* Lets the texts go whose intents are on file. */
NONNULL void pool_release(struct sender *s);
/* Ends mails that wait for their text and may not leave. */
NONNULL void pool_withdraw(struct sender *s);
/* Mails on connections. */
NONNULL size_t pool_in_flight(const struct sender *s);

/* ---- verdict.c ---- */

/* What came of a mail on a slot; `ends` as the hook of smtp.h has them. `current`: it was the one
 * in flight, not the one behind it. */
NONNULL void verdict_pass(struct sender *s, struct slot *slot, struct job *job, bool current,
                          const struct smtp_end *ends, size_t count);
/* A connection ended. */
NONNULL void verdict_closed(struct sender *s, struct slot *slot, bool was_open, bool idle,
                            const char *text);

/* ---- accuse.c ---- */

/* The relay refused the text at this member. */
NONNULL void accuse_note(struct chunk *c, struct member *m, const char *relay,
                         const struct answer *reply);
/* It was taken: those whom it was refused for are the cause themselves. */
NONNULL void accuse_lift(struct sender *s, struct broadcast *b);
/* The alert was paused: all may be tried again when it is resumed. */
NONNULL void accuse_drop(struct sender *s, struct broadcast *b);
/* The broadcast that the database should be asked about; NULL: none. */
NONNULL struct broadcast *accuse_due(struct sender *s);
NONNULL bool accuse_send(struct sender *s, struct broadcast *b, struct fault *f);
NONNULL void accuse_done(struct sender *s, struct broadcast *b, const struct db_rows *rows);

/* ---- post.c ---- */

/* Between errands: records letters that have ended, claims new ones. Waits for the database
 * (letters are few). False: it is away. */
MUST_USE NONNULL bool post_step(struct sender *s, struct fault *f);
/* The next letter in hand; NULL: none. */
NONNULL struct parcel *post_next(struct sender *s);
MUST_USE NONNULL bool post_write(struct sender *s, struct job *job, struct fault *f);
NONNULL const char *post_address(const struct parcel *p);
NONNULL void post_put_back(struct parcel *p);
/* What came of it: a word of letter_record. */
NONNULL void post_end(struct parcel *p, const char *result, const char *reply);
NONNULL size_t post_todo(const struct sender *s);
/* Gives back what is in hand. */
NONNULL void post_give_back(struct sender *s);

#endif
