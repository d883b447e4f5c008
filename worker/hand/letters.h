/* Letters in hand. They are few (capped an hour), so the database is waited for here, between
 * errands; a letter sent twice harms nobody, so that no journal is kept of them. */
#ifndef WORKER_LETTERS_H
#define WORKER_LETTERS_H

#include "channel/channel.h"
#include "db/db.h"
#include "fault.h"
#include "sending/delivery.h"

struct parcel; /* one letter */

struct letters {
    const struct delivery_who *who;
    struct channel *channel;
    struct parcel *parcels;
    bool due; /* there may be letters to claim */
};

/* Records letters that have ended. False: the database is away. */
MUST_USE NONNULL bool letters_record(struct letters *p, struct db *db, struct fault *f);
/* Whether new ones should be claimed, as far as our hands go; and: claims them. */
NONNULL bool letters_wants(const struct letters *p);
MUST_USE NONNULL bool letters_claim(struct letters *p, struct db *db, struct fault *f);

/* The next letter in hand; NULL: none. */
NONNULL struct parcel *letters_next(struct letters *p);
MUST_USE NONNULL bool letters_write(struct letters *p, struct parcel *parcel,
                                    struct channel_load *out, struct fault *f);
NONNULL const char *letters_address(const struct parcel *parcel);
NONNULL void letters_put_back(struct parcel *parcel);
/* What came of it: a word of letter_record. */
NONNULL void letters_end(struct parcel *parcel, const char *result, const char *reply);
NONNULL size_t letters_todo(const struct letters *p);
/* Gives back what is in hand. */
NONNULL void letters_give_back(struct letters *p, struct db *db);

#endif
