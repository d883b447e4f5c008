/* Counts since the start, in all and by recipient domain. */
#ifndef INBOX_TALLY_H
#define INBOX_TALLY_H

#include "base.h"

enum { TALLY_DOMAINS = 512, TALLY_DOMAIN_B = 64 };

/* Recipients of one domain. */
struct tally_domain {
    char name[TALLY_DOMAIN_B]; /* lower case; a longer one counts under its end */
    uint64_t accepted;         /* recipients of mails taken */
    uint64_t refused;          /* refused at RCPT, at DATA or at the dot */
    uint64_t dropped;          /* the connection was closed instead of a reply */
};

struct tally {
    uint64_t connections, commands, bad_commands;
    uint64_t accepted;         /* mails taken */
    uint64_t bytes;            /* of mails taken */
    uint64_t refused;          /* mails refused at the dot or DATA, recipients refused at RCPT */
    uint64_t delayed;          /* replies held back */
    uint64_t dropped;          /* connections closed by a rule */
    uint64_t faulty;           /* mails taken with a fault noted */
    struct tally_domain other; /* all domains that came when the table was full */
    size_t count;              /* domains in the table */
    struct tally_domain domains[TALLY_DOMAINS]; /* hashed by name; "" is free */
};

/* The counts of a domain (any case), made when new; never NULL. */
NONNULL struct tally_domain *tally_find(struct tally *t, const char *domain);

#endif
