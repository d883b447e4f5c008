/* SMTP replies: bytes to a reply, and a reply to an outcome in one table.
 *
 * An outcome says whom an answer concerns and whether it may change:
 *   scope       recipient  this address alone
 *               alert      this text: the next recipient would hear the same
 *               lane       this lane's connection or destination; other lanes go on
 *               relay      the relay or our standing with it; nobody's address is to blame
 *   permanence  accepted, temporary, permanent, unknown (after the dot, with no reply to tell)
 * Only a recipient's or an alert's outcome may end a delivery; a lane's or a relay's pauses the
 * lane or the relay and leaves the delivery waiting with its attempt not counted (design section
 * 5). The idea of scope times permanence is old in mail: see RFC 3463 section 2 for the classes. */
#ifndef WORKER_REPLY_H
#define WORKER_REPLY_H

#include "base.h"

/* What was asked when the answer came (or did not). EHLO stands for all after the greeting and
 * before MAIL: EHLO, STARTTLS, AUTH. */
enum reply_phase {
    PHASE_CONNECT,
    PHASE_EHLO,
    PHASE_MAIL,
    PHASE_RCPT,
    PHASE_DATA, /* the command; 354 is its acceptance */
    PHASE_DOT,  /* the text and its final dot */
    PHASE_LAST
};

enum reply_scope { SCOPE_RECIPIENT, SCOPE_ALERT, SCOPE_LANE, SCOPE_RELAY, SCOPE_LAST };
enum reply_end { END_ACCEPTED, END_TEMPORARY, END_PERMANENT, END_UNKNOWN, END_LAST };

enum {
    REPLY_TEXT_B = 500,       /* of kept text, cut at a character's border */
    REPLY_LINE_B = 2048,      /* RFC 5321 4.5.3.1.5 grants 512; some say more */
    REPLY_TOTAL_B = 16 * 1024 /* of all lines of one reply */
};

/* Codes that stand for no reply: the connection ended or the time was over; and for bytes that
 * are none. */
enum { REPLY_NONE = 0, REPLY_GARBAGE = 1 };

struct reply {
    int code;                    /* 200..599, REPLY_NONE or REPLY_GARBAGE */
    int detail[3];               /* RFC 3463 code {5, 1, 1}; {0, 0, 0} when there is none */
    char text[REPLY_TEXT_B + 1]; /* valid UTF-8 without control characters; the lines of a
                                    multi-line reply joined by " / ", enhanced code left out */
};

struct outcome {
    enum reply_scope scope;
    enum reply_end end;
    /* A recipient's permanent refusal in words that also fit "this relay will not send for you"
     * (554 5.7.1, Exim's bare 550): a run of these with no acceptance in between is a relay fault
     * and ends nobody's delivery. */
    bool policy;
};

/* The reader of one connection's replies; {0} is a fresh one. After REPLY_BAD it stays bad: close
 * the connection. */
struct reply_reader {
    char line[REPLY_LINE_B];
    size_t line_b, total_b;
    bool bad;
    struct reply so_far;
};

enum reply_step { REPLY_MORE, REPLY_WHOLE, REPLY_BAD };

/* Takes bytes that came from the relay up to the end of one reply; *used_b says how many were
 * taken (pipelined replies: call again with the rest). WHOLE: *out is that reply. BAD: not SMTP,
 * codes that differ within one reply, or over the limits; *out is a REPLY_GARBAGE reply with the
 * offending text. Lines may end in CRLF or LF. */
NONNULL enum reply_step reply_read(struct reply_reader *r, const char *data, size_t len_b,
                                   size_t *used_b, struct reply *out);

/* What a reply in a phase means. With code REPLY_NONE (no reply) or REPLY_GARBAGE: unknown after
 * the dot, else not sent. Accepted before the dot means only that the next step may follow. In a
 * pipelined group ask for the first refusal: what follows a refused MAIL (503) says nothing. */
NONNULL struct outcome reply_outcome(const struct reply *reply, enum reply_phase phase);

/* A reply made by us for what has none: code REPLY_NONE and our words ("connection timed out"),
 * made clean like a relay's. */
NONNULL void reply_say(struct reply *out, const char *text);

/* "5.1.1", or "" without an enhanced code. */
NONNULL const char *reply_detail(const struct reply *reply, char out[12]);

/* "recipient", "alert", "lane", "relay"; "accepted", "temporary", "permanent", "unknown"; as the
 * database's outcome rows hold them. */
const char *reply_scope_name(enum reply_scope scope);
const char *reply_end_name(enum reply_end end);

#endif
