/* What the other side of a channel answers, and what an answer means, whatever the channel.
 *
 * An outcome says whom an answer concerns and whether it may change:
 *   scope       recipient  this address alone
 *               alert      this text: the next recipient would hear the same
 *               lane       this lane's connection or destination; other lanes go on
 *               relay      the relay or our standing with it; nobody's address is to blame
 *   permanence  accepted, temporary, permanent, unknown (it left, and no answer tells)
 * Only a recipient's or an alert's outcome may end a delivery; a lane's or a relay's pauses the
 * lane or the relay and leaves the delivery waiting with its attempt not counted (design section
 * 5). The idea of scope times permanence is old in mail: see RFC 3463 section 2 for the classes. */
#ifndef WORKER_ANSWER_H
#define WORKER_ANSWER_H

#include "base.h"

enum outcome_scope { SCOPE_RECIPIENT, SCOPE_ALERT, SCOPE_LANE, SCOPE_RELAY, SCOPE_LAST };
enum outcome_end { END_ACCEPTED, END_TEMPORARY, END_PERMANENT, END_UNKNOWN, END_LAST };

struct outcome {
    enum outcome_scope scope;
    enum outcome_end end;
    /* A recipient's permanent refusal in words that also fit "this relay will not send for you": a
     * run of these with no acceptance in between is a relay fault and ends nobody's delivery. */
    bool policy;
};

enum { ANSWER_TEXT_B = 500, /* of kept text, cut at a character's border */ ANSWER_DETAIL_B = 12 };

/* Codes that stand for no answer: the connection ended or the time was over; and for bytes that
 * are none. */
enum { ANSWER_NONE = 0, ANSWER_GARBAGE = 1 };

struct answer {
    int code;                     /* of the channel (200..599), ANSWER_NONE or ANSWER_GARBAGE */
    int detail[3];                /* RFC 3463 code {5, 1, 1}; {0, 0, 0} when there is none */
    char text[ANSWER_TEXT_B + 1]; /* valid UTF-8 without control characters; the relay's own id of
                                     what it took stands here as well */
};

/* Appends text made clean: controls become spaces, malformed bytes U+FFFD; stops whole characters
 * before the limit. */
NONNULL void answer_add(struct answer *a, const char *text, size_t len_b);

/* An answer made by us for what has none: code ANSWER_NONE and our words ("connection timed out"),
 * made clean like a relay's. */
NONNULL void answer_say(struct answer *out, const char *text);

/* "5.1.1", or "" without an enhanced code. */
NONNULL const char *answer_detail(const struct answer *a, char out[ANSWER_DETAIL_B]);

/* Whether it ends the delivery; `again`: the recipient may have been sent to before. In doubt
 * twice: a third time would be no better (design section 5). */
bool outcome_is_final(struct outcome o, bool again);

/* "recipient", "alert", "lane", "relay"; "accepted", "temporary", "permanent", "unknown". */
const char *outcome_scope_name(enum outcome_scope scope);
const char *outcome_end_name(enum outcome_end end);

#endif
