/* Domains within the lane `other`, which many share: one that does not answer, or only drops
 * connections, must not take them all before it gets a lane of its own. So each has a few mails
 * under way at first, one more for each that was taken; after a fault it rests for a while, which
 * grows with the faults; and it is suspected when it does not answer while the others do. Times are
 * clock_ms; the caller gives them. */
#ifndef WORKER_DOMAIN_H
#define WORKER_DOMAIN_H

#include "base.h"

enum {
    DOMAIN_FIRST = 4,       /* mails under way before the first was taken */
    DOMAIN_WIDEN_MS = 100,  /* without an answer from anybody: some more */
    DOMAIN_QUIET_MS = 1000, /* without an answer, ... */
    DOMAIN_FAULTS = 3,      /* or so many dropped connections in a row, ... */
    DOMAIN_OTHERS = 20      /* ... while so many other mails of the lane were taken */
};

struct domain {
    struct domain *next; /* of its place in the table */
    char *name;
    size_t refs;                /* members in hand */
    uint64_t mail;              /* the last one begun */
    size_t in_flight;           /* mails begun */
    size_t allowed;             /* of them, at once */
    size_t faults;              /* since one was taken */
    int64_t quiet_ms;           /* since when it has given no answer */
    int64_t until_ms, delay_ms; /* it rests till then; the last rest */
    uint64_t mark, fault_mark;  /* mails the lane had taken then; at the first of the faults */
    bool suspect;               /* should have a lane of its own */
    bool asked;                 /* the database was asked for it */
};

struct domains;

NONNULL struct domains *domains_new(void);
void domains_free(struct domains **d);

/* The domain of an address; a new one is made. Counts one member; domain_drop gives it back. */
NONNULL struct domain *domain_take(struct domains *d, const char *address);
NONNULL void domain_drop(struct domains *d, struct domain *domain);

/* The next suspect that was not asked for; NULL: none. */
NONNULL struct domain *domain_suspect(struct domains *d);
/* The one of this name; NULL: not known. */
NONNULL struct domain *domain_find(struct domains *d, const char *name);

/* Whether one more mail may begin, or one more recipient be added to the mail of this number (0:
 * none has begun). */
NONNULL bool domain_open(const struct domain *d, uint64_t mail, int64_t now_ms);
/* Whether it has taken mails and dropped none since. */
NONNULL bool domain_proven(const struct domain *d);
/* A recipient of the mail of this number (from 1): the first one begins it. `taken` mails of the
 * lane have been taken so far. True: it is the first, whose end is to be counted. */
NONNULL bool domain_begin(struct domain *d, uint64_t mail, int64_t now_ms, uint64_t taken);

enum domain_end { DOMAIN_TAKEN, DOMAIN_ANSWERED, DOMAIN_FAULT, DOMAIN_UNTRIED };
/* What came of it for a recipient. True: the domain had as many as it may and is open again. */
NONNULL bool domain_ended(struct domain *d, bool counted, enum domain_end end, int64_t now_ms,
                          uint64_t taken);

/* Looks, where no more may begin, whether it leaves us waiting while others are served: then it is
 * suspected. While nobody is served, more may begin. */
NONNULL void domain_look(struct domain *d, int64_t now_ms, uint64_t taken);

#endif
