/* A sender's lanes and relays: what each may have under way, and which relay a lane uses now. */
#ifndef WORKER_LANES_H
#define WORKER_LANES_H

#include "arena.h"
#include "channel/channel.h"
#include "db/db.h"
#include "lanes/breaker.h"
#include "lanes/domain.h"
#include "lanes/flow.h"

/* One of the servers that take what we send. */
struct relay {
    const char *server;
    struct channel *channel;
    struct channel_gate *gate;
    struct slot *slots;
    size_t count; /* slots: channel->links and some spare ones for urgent work */
    size_t open;  /* slots not closed */
    size_t busy;  /* slots with a mail */
    struct breaker breaker;
    bool by_mail; /* its trouble was with mails: a connection alone proves nothing */
    /* Connections it lets us have: fewer than channel->links after it refused some. */
    size_t limit;
    int64_t grow_ms, hold_ms; /* when one more may be tried; after which wait */
    int64_t taken_ms;         /* when it last took a mail */
    size_t since_taken;       /* mails ended since then */
};

enum { ROUTINE, URGENT, CLASSES };

/* A group of recipient domains; or the letters, which have one of their own. */
struct lane {
    struct lane *next;
    char *name;
    struct channel *channel;
    size_t chunks;         /* in hand */
    bool keep;             /* split off, and still in trouble: to be said to the database */
    bool served;           /* the database has it */
    bool other;            /* the lane of all domains that have none */
    struct relay **relays; /* in order of preference */
    size_t relay_count;
    int64_t pace; /* mails a second, all senders together; 0: no limit */
    struct bucket bucket;
    struct flow flow;
    struct breaker breaker;
    uint64_t taken;      /* mails taken so far */
    int64_t full_ms;     /* since when it waits for answers with as many mails as it may have */
    uint64_t full_taken; /* mails that all lanes had taken then */
    size_t run;          /* faults since the last of them, ... */
    size_t run_of;       /* ... at so many domains; in the lane `other` only */
    const struct domain *run_domains[3];
    uint64_t begun;         /* mails so far */
    size_t in_use[CLASSES]; /* connections with a mail of it in flight */
    size_t todo[CLASSES];   /* members that may be sent to; counted each round */
    bool due;               /* there may be chunks to claim */
};

/* Domains with a lane, in order of their names. */
struct lane_domain {
    const char *domain;
    struct lane *lane;
};

struct lanes {
    struct channel *const *channels;
    size_t channel_count;
    struct lane *first; /* all but the letters' */
    struct lane *letters;
    struct domains *domains; /* of the lane `other` */
    struct relay *relays;
    size_t relay_count;
    uint64_t taken;      /* mails taken so far, in all lanes */
    int64_t senders;     /* who share a lane's pace: all hosts' */
    bool changed;        /* a relay or lane: to be reported */
    struct arena *names; /* of relays */
    struct arena *arena; /* of the map */
    struct lane_domain *map;
    size_t map_count;
};

/* ---- lane_set.c ---- */

/* The relays of these channels, without connections, and the letters' lane. */
NONNULL void lanes_open(struct lanes *all, struct channel *const *channels, size_t count);
NONNULL void lanes_close(struct lanes *all);

/* Takes the rows of lane_read. */
NONNULL void lanes_take(struct lanes *all, const struct db_rows *rows);
NONNULL struct lane *lanes_find(const struct lanes *all, const char *name);
/* The lane a domain has of its own; NULL: none. */
NONNULL struct lane *lanes_of_domain(const struct lanes *all, const char *domain);
/* Shares the paces among so many senders. */
NONNULL void lanes_share(struct lanes *all, int64_t senders);

/* The relay that a mail of the lane should go to now: the first that is well, or whose pause is
 * over and which waits for a mail to prove it. NULL: none at present, or their channel is not
 * ready. */
NONNULL struct relay *lane_relay(const struct lane *l, int64_t now_ms);
NONNULL size_t lane_in_use(const struct lane *l);
/* Whether one more mail of a class may begin. Urgent ones have the whole limit to themselves. */
NONNULL bool lane_open(struct lane *l, int class, int64_t now_ms);
/* Pauses end now: what is urgent is the next probe. */
NONNULL void lanes_hurry(struct lanes *all);

/* ---- trouble.c ---- */

/* The relay is in trouble and paused. by_mail: a connection alone proves nothing. */
NONNULL void relay_trouble(struct lanes *all, struct relay *r, bool by_mail, const char *reason);
/* It refuses some of our connections, or is short of room: it gets fewer for a while. */
NONNULL void relay_squeeze(struct relay *r, size_t limit);
/* Once a round: what was squeezed grows again. */
NONNULL void relay_tick(struct relay *r, int64_t now_ms);
NONNULL void relay_fine(struct lanes *all, struct relay *r);

/* The lane's destination dropped a connection or did not answer (`silent`); `d` in the lane
 * `other`. */
void lane_fault(struct lanes *all, struct lane *l, struct relay *r, const struct domain *d,
                bool silent, const char *reason) __attribute__((nonnull(1, 2, 3, 6)));
/* It answered for a recipient; or took a mail. */
NONNULL void lane_fine(struct lanes *all, struct lane *l);

#endif
