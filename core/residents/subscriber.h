/* Residents coming and going by themselves (004 section 2(2)): all through functions of the
 * database that see one address at a time, and answer the same whether they know it or not. */
#ifndef CORE_SUBSCRIBER_H
#define CORE_SUBSCRIBER_H

#include "arena.h"
#include "base.h"
#include "db/db.h"
#include "fault.h"

/* A category or area that may be chosen. */
struct choice {
    bool is_area;
    int64_t id;
    const char *name, *name_en; /* name_en "" when the town gave none */
};

/* All of them, categories before areas, each in the town's order; *out (in the arena) has *count.
 */
MUST_USE NONNULL bool subscriber_choices(struct db *db, struct arena *a, struct choice **out,
                                         size_t *count, struct fault *f);

/* What a resident asks for. */
struct subscriber_wish {
    const char *address; /* as address_parse made it */
    const char *lang;    /* "ja", "en" */
    const int64_t *categories, *areas;
    size_t category_count, area_count;
    const char *terms_version; /* agreed to */
};

/* Asks for a registration, or for a change of one: mails a confirmation letter, unless the address
 * has had its share of letters today (conf.signup_mails_per_address_day), which nobody is told.
 * LIMIT: too many tries from this network (conf.signup_tries_per_network_hour). */
MUST_USE NONNULL bool subscriber_request(struct db *db, struct arena *a,
                                         const struct subscriber_wish *wish, const char *network,
                                         struct fault *f);

/* What the confirmation link's token stands for: the choices (in the arena), and whether it was
 * pressed already. Changes nothing. MISSING: unknown or over. */
MUST_USE NONNULL bool subscriber_peek(struct db *db, struct arena *a, const char *token,
                                      struct choice **out, size_t *count, bool *used,
                                      struct fault *f);

/* Confirms; a second time changes nothing. MISSING as above. */
MUST_USE NONNULL bool subscriber_confirm(struct db *db, const char *token, struct fault *f);

/* Asks for a letter with the leave link of an address; limits as for subscriber_request. */
MUST_USE NONNULL bool subscriber_leave_request(struct db *db, struct arena *a, const char *address,
                                               const char *lang, const char *network,
                                               struct fault *f);

/* Whether a leave link's token is one of ours, also when its bearer has left; MISSING if not.
 * Changes nothing. */
MUST_USE NONNULL bool subscriber_leave_peek(struct db *db, const char *token, struct fault *f);

/* Leaves: mail and SMS both. A second time changes nothing. MISSING: not one of our links. */
MUST_USE NONNULL bool subscriber_leave(struct db *db, const char *token, struct fault *f);

/* Whether the link of a warning that mails come back is one of ours, of somebody who has not left;
 * MISSING if not. */
MUST_USE NONNULL bool subscriber_stay_peek(struct db *db, const char *token, struct fault *f);

/* The address works: its failures are forgiven and it gets alerts again; MISSING as above. */
MUST_USE NONNULL bool subscriber_stay(struct db *db, const char *token, struct fault *f);

#endif
