/* Letters: system mails to one person (sign-up, leaving, mail that comes back). Fixed texts in the
 * person's language with the town's name, one link and its end of validity put in: nothing that a
 * stranger typed ever stands in a letter, so that the sign-up form cannot be used to send words to
 * strangers. An administrator's words to a head, about a form of his or hers, do. */
#ifndef CORE_LETTER_H
#define CORE_LETTER_H

#include "arena.h"
#include "base.h"
#include "db/db.h"
#include "fault.h"
#include "letters/letter_kind.h"
#include "tokens/link.h"

/* A claimed letter. */
struct letter {
    int64_t id, token; /* token: of the lease, to record with */
    const char *template;
    const struct letter_kind *kind; /* of the template; NULL: it is none of ours */
    const char *lang, *address;
    int64_t contact;    /* LETTER_MINTED: whom the link is for */
    const char *secret; /* LETTER_SECRET: the link's token; LETTER_LINE: the line; LETTER_FORM:
                         * lines, the first the path of the page, then the form's number, then
                         * words */
    int attempt;
    int64_t expires_s;
};

/* What mime_prepare needs of it. */
struct letter_mail {
    const char *from_name, *from_address, *subject, *body;
};

/* Claims up to most letters for the sender `slot` of `host`, none once conf.letters_per_hour have
 * left in this hour. *out (in the arena) has *count; none waiting is success with 0. */
MUST_USE NONNULL bool letter_claim(struct db *db, struct arena *a, const char *host, int slot,
                                   int most, struct letter **out, size_t *count, struct fault *f);

/* What came of it: "accepted", "refused" end the letter; "temporary" brings it back after
 * delay_s, "again" (an unknown try) once more at once, the second time it ends the letter. reply:
 * the relay's words, valid UTF-8. A lease that is over changes nothing. */
MUST_USE NONNULL bool letter_record(struct db *db, const struct letter *letter, const char *result,
                                    const char *reply, int delay_s, struct fault *f);

/* Puts back what a sender that died held. */
MUST_USE NONNULL bool letter_release(struct db *db, const char *host, int slot, struct fault *f);

/* Ends what was not sent in time. */
MUST_USE NONNULL bool letter_sweep(struct db *db, struct fault *f);

/* The text of a letter, in the arena; keys mint the links that leave and stay. INVALID: the row is
 * none of ours; BROKEN without a key. */
MUST_USE NONNULL bool letter_compose(struct arena *a, const struct letter *letter,
                                     struct link_keys *keys, struct letter_mail *out,
                                     struct fault *f);

#endif
