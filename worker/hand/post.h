/* Letters in hand. They are few (capped an hour), so the database is waited for here, between
 * errands; a letter sent twice harms nobody, so that no journal is kept of them. */
#ifndef WORKER_POST_H
#define WORKER_POST_H

#include "channel/channel.h"
#include "db/db.h"
#include "fault.h"
#include "sending/delivery.h"

struct parcel; /* one letter */

struct post {
    const struct delivery_who *who;
    struct channel *channel;
    struct parcel *parcels;
    bool due; /* there may be letters to claim */
};

/* Records letters that have ended. False: the database is away. */
MUST_USE NONNULL bool post_record(struct post *p, struct db *db, struct fault *f);
/* Whether new ones should be claimed, as far as our hands go; and: claims them. */
NONNULL bool post_wants(const struct post *p);
MUST_USE NONNULL bool post_claim(struct post *p, struct db *db, struct fault *f);

/* The next letter in hand; NULL: none. */
NONNULL struct parcel *post_next(struct post *p);
MUST_USE NONNULL bool post_write(struct post *p, struct parcel *parcel, struct channel_load *out,
                                 struct fault *f);
NONNULL const char *post_address(const struct parcel *parcel);
NONNULL void post_put_back(struct parcel *parcel);
/* What came of it: a word of letter_record. */
NONNULL void post_end(struct parcel *parcel, const char *result, const char *reply);
NONNULL size_t post_todo(const struct post *p);
/* Gives back what is in hand. */
NONNULL void post_give_back(struct post *p, struct db *db);

#endif
