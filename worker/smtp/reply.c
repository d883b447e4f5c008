/* SMTP replies: reading them within limits, and the table that says what each one means. */
#include "smtp/reply.h"

#include <string.h>

/* ---- a reply to an outcome ---- */

#define IN(phase) (1U << (phase))
enum {
    ANY = -1,
    IN_OPENING = IN(PHASE_CONNECT) | IN(PHASE_EHLO),
    IN_RCPT = IN(PHASE_RCPT),
    IN_DATA = IN(PHASE_DATA),
    IN_DOT = IN(PHASE_DOT),
    IN_BEFORE_RCPT = IN_OPENING | IN(PHASE_MAIL),
    IN_COMMANDS = IN_BEFORE_RCPT | IN_RCPT | IN_DATA,
    IN_ALL = IN_COMMANDS | IN_DOT
};

struct rule {
    unsigned phases;
    int from, to;             /* codes */
    int subject, least, most; /* of the enhanced code; ANY also fits none */
    struct outcome outcome;
};

#define ACCEPTED                                                                                   \
    { SCOPE_RECIPIENT, END_ACCEPTED, false }
#define UNKNOWN                                                                                    \
    { SCOPE_RECIPIENT, END_UNKNOWN, false }
#define TEMPORARY(s)                                                                               \
    { (s), END_TEMPORARY, false }
#define PERMANENT(s)                                                                               \
    { (s), END_PERMANENT, false }
#define POLICY                                                                                     \
    { SCOPE_RECIPIENT, END_PERMANENT, true }

/* First row that fits. Enhanced codes go before bare ones: they say more (RFC 3463). */
static const struct rule rules[] = {
    /* No reply, or none that can be read. After the dot the relay may have taken the mail. Before
     * RCPT the relay knows no domain yet; from RCPT on only this lane's connection is doubted: if
     * the relay is ill, the other lanes find out at their own. */
    {IN_DOT, ANSWER_NONE, ANSWER_GARBAGE, ANY, 0, 999, UNKNOWN},
    {IN_COMMANDS, ANSWER_GARBAGE, ANSWER_GARBAGE, ANY, 0, 999, TEMPORARY(SCOPE_RELAY)},
    {IN_BEFORE_RCPT, ANSWER_NONE, ANSWER_NONE, ANY, 0, 999, TEMPORARY(SCOPE_RELAY)},
    {IN_RCPT | IN_DATA, ANSWER_NONE, ANSWER_NONE, ANY, 0, 999, TEMPORARY(SCOPE_LANE)},

    /* Go on. 354 alone invites the text (RFC 5321 4.3.2); nothing else in 3xx does anything. */
    {IN_DATA, 354, 354, ANY, 0, 999, ACCEPTED},
    {IN_ALL & ~IN_DATA, 200, 299, ANY, 0, 999, ACCEPTED},
    {IN_DOT, 300, 399, ANY, 0, 999, UNKNOWN},
    {IN_COMMANDS, 200, 399, ANY, 0, 999, TEMPORARY(SCOPE_RELAY)},

    /* 421: the relay closes this connection (RFC 5321 3.8). Nobody's address is to blame, and after
     * the dot it is a definite refusal of the text (4.2.5). */
    {IN_BEFORE_RCPT, 421, 421, ANY, 0, 999, TEMPORARY(SCOPE_RELAY)},
    {IN_ALL, 421, 421, ANY, 0, 999, TEMPORARY(SCOPE_LANE)},

    /* Too big for the system is too big for all; too big for this mailbox is not (RFC 3463 3.4,
     * 3.3). 552 at MAIL answers SIZE (RFC 1870). At RCPT a bare 552 is the old "too many
     * recipients" and to be taken for 452 (RFC 5321 4.5.3.1.10). */
    {IN_ALL, 500, 599, 3, 4, 4, PERMANENT(SCOPE_ALERT)},
    {IN_RCPT | IN_DOT, 500, 599, 2, 3, 3, PERMANENT(SCOPE_RECIPIENT)},
    {IN_ALL, 500, 599, 2, 3, 3, PERMANENT(SCOPE_ALERT)},
    {IN_RCPT | IN_DOT, 552, 552, 2, 0, 999, PERMANENT(SCOPE_RECIPIENT)},
    {IN_RCPT, 552, 552, ANY, 0, 999, TEMPORARY(SCOPE_RECIPIENT)},
    {IN_ALL, 552, 552, ANY, 0, 999, PERMANENT(SCOPE_ALERT)},

    /* Greeting, EHLO, TLS, AUTH, MAIL: who we are and whom we send for. Not one recipient has been
     * named, so none is refused: 5xx waits for the operator. */
    {IN_BEFORE_RCPT, 400, 499, ANY, 0, 999, TEMPORARY(SCOPE_RELAY)},
    {IN_BEFORE_RCPT, 500, 599, ANY, 0, 999, PERMANENT(SCOPE_RELAY)},

    /* RCPT, temporary: greylisting, a full mailbox, a domain that does not resolve now, too many
     * recipients (4.5.3). Only the relay's own want of room or rest (4.3.x) is not the recipient's.
     */
    {IN_RCPT, 400, 499, 3, 0, 999, TEMPORARY(SCOPE_RELAY)},
    {IN_RCPT, 400, 499, ANY, 0, 999, TEMPORARY(SCOPE_RECIPIENT)},

    /* RCPT, permanent. 5.7.x is the hard one. 5.7.8 to 5.7.14 and 5.7.20 on (IANA's list: login,
     * encryption, SPF, DKIM, DMARC, ARC, reverse DNS) and 530, 535, 538 speak of us: the relay's.
     * The sender's address (5.1.7, 5.1.8) and disputes of protocol are ours too. The rest, above
     * all 5.7.1, may mean this mailbox ("access denied") as well as us ("relay access denied"),
     * with the same digits from Postfix, and Exim says either with a bare 550. To blame the relay
     * would let one closed mailbox stop a town's alert; to blame the recipient would write off the
     * town when the relay's list of networks is wrong. So: the recipient's, marked `policy`, and a
     * run of such answers is the relay's. */
    {IN_RCPT, 530, 538, ANY, 0, 999, PERMANENT(SCOPE_RELAY)},
    {IN_RCPT, 500, 599, 1, 7, 8, PERMANENT(SCOPE_RELAY)},
    {IN_RCPT, 500, 599, 1, 0, 999, PERMANENT(SCOPE_RECIPIENT)},
    {IN_RCPT, 500, 599, 2, 0, 999, PERMANENT(SCOPE_RECIPIENT)},
    {IN_RCPT, 500, 599, 4, 0, 999, PERMANENT(SCOPE_RECIPIENT)},
    {IN_RCPT, 500, 599, 5, 0, 999, PERMANENT(SCOPE_RELAY)},
    {IN_RCPT, 500, 599, 7, 8, 14, PERMANENT(SCOPE_RELAY)},
    {IN_RCPT, 500, 599, 7, 20, 29, PERMANENT(SCOPE_RELAY)},
    {IN_RCPT, 500, 599, 7, 0, 999, POLICY},
    /* Bare codes: 501 quarrels with the address as written, 500 and 502 to 504 with our SMTP. */
    {IN_RCPT, 500, 500, ANY, 0, 999, PERMANENT(SCOPE_RELAY)},
    {IN_RCPT, 501, 501, ANY, 0, 999, PERMANENT(SCOPE_RECIPIENT)},
    {IN_RCPT, 502, 504, ANY, 0, 999, PERMANENT(SCOPE_RELAY)},
    {IN_RCPT, 500, 599, ANY, 0, 999, POLICY},

    /* The DATA command: the recipients were taken and no text was seen yet. */
    {IN_DATA, 400, 499, ANY, 0, 999, TEMPORARY(SCOPE_LANE)},
    {IN_DATA, 500, 599, ANY, 0, 999, PERMANENT(SCOPE_RELAY)},

    /* The dot, temporary: want of room or rest (4.3.x, and 452 by its name) is the relay's. */
    {IN_DOT, 452, 452, 0, 0, 999, TEMPORARY(SCOPE_RELAY)},
    {IN_DOT, 400, 499, 3, 0, 999, TEMPORARY(SCOPE_RELAY)},
    {IN_DOT, 400, 499, ANY, 0, 999, TEMPORARY(SCOPE_RECIPIENT)},

    /* The dot, permanent: addressing and mailbox (a relay that asks the next host first) are the
     * recipient's, login and sender the relay's; what is left found fault with the text. */
    {IN_DOT, 530, 538, ANY, 0, 999, PERMANENT(SCOPE_RELAY)},
    {IN_DOT, 500, 599, 1, 7, 8, PERMANENT(SCOPE_RELAY)},
    {IN_DOT, 500, 599, 1, 0, 999, PERMANENT(SCOPE_RECIPIENT)},
    {IN_DOT, 500, 599, 2, 0, 999, PERMANENT(SCOPE_RECIPIENT)},
    {IN_DOT, 500, 599, 4, 0, 999, PERMANENT(SCOPE_RECIPIENT)},
    {IN_DOT, 500, 599, 7, 20, 29, PERMANENT(SCOPE_RELAY)},
    {IN_DOT, 500, 504, ANY, 0, 999, PERMANENT(SCOPE_RELAY)},
    {IN_DOT, 500, 599, ANY, 0, 999, PERMANENT(SCOPE_ALERT)},
};

static bool rule_fits(const struct rule *rule, const struct answer *reply, enum reply_phase phase) {
    return (rule->phases & IN(phase)) && reply->code >= rule->from && reply->code <= rule->to &&
           (rule->subject == ANY || rule->subject == reply->detail[1]) &&
           reply->detail[2] >= rule->least && reply->detail[2] <= rule->most;
}

struct outcome reply_outcome(const struct answer *reply, enum reply_phase phase) {
    for (size_t i = 0; i < COUNT(rules); i++)
        if (rule_fits(&rules[i], reply, phase))
            return rules[i].outcome;
    /* 100 to 199 and what else no SMTP reply can be. */
    struct answer garbage = {.code = ANSWER_GARBAGE};
    assert(reply->code != ANSWER_GARBAGE);
    return reply_outcome(&garbage, phase);
}

/* ---- bytes to a reply ---- */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* One number of an enhanced code: 1 to 3 digits (RFC 3463 2). Returns the digits read. */
static size_t number_read(const char *s, size_t len_b, int *out) {
    size_t n = 0;
    for (*out = 0; n < len_b && n < 3 && is_digit(s[n]); n++)
        *out = *out * 10 + (s[n] - '0');
    return n;
}

/* The enhanced code at the start of a line's text (RFC 2034 4); it counts only when its class
 * agrees with the code. Returns its length with the space after it, 0 when there is none. */
static size_t detail_read(const char *s, size_t len_b, int code, int detail[3]) {
    size_t at = 0;
    int got[3];
    for (int i = 0; i < 3; i++) {
        size_t n = number_read(s + at, len_b - at, &got[i]);
        at += n;
        if (n == 0 || (i < 2 && (at >= len_b || s[at++] != '.')))
            return 0;
    }
    if (got[0] != code / 100 || (at < len_b && s[at] != ' '))
        return 0;
    memcpy(detail, got, sizeof got);
    return at < len_b ? at + 1 : at;
}

/* Reply codes are 2yz to 5yz with y up to 5 (RFC 5321 4.2.1; 1yz is not used in SMTP). */
static int code_read(const char *line, size_t len_b) {
    if (len_b < 3 || line[0] < '2' || line[0] > '5' || line[1] < '0' || line[1] > '5' ||
        !is_digit(line[2]))
        return ANSWER_GARBAGE;
    if (len_b > 3 && line[3] != ' ' && line[3] != '-')
        return ANSWER_GARBAGE;
    return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

static enum reply_step reader_spoil(struct reply_reader *r, struct answer *out) {
    r->bad = true;
    *out = (struct answer){.code = ANSWER_GARBAGE};
    answer_add(out, r->line, r->line_b);
    return REPLY_BAD;
}

/* A whole line, without its end, is in r->line. */
static enum reply_step line_take(struct reply_reader *r, struct answer *out) {
    struct answer *so_far = &r->so_far;
    if (r->line_b && r->line[r->line_b - 1] == '\r')
        r->line_b--;
    int code = code_read(r->line, r->line_b);
    if (code == ANSWER_GARBAGE || (so_far->code && so_far->code != code))
        return reader_spoil(r, out);
    so_far->code = code;
    bool more = r->line_b > 3 && r->line[3] == '-';
    size_t at = r->line_b > 3 ? 4 : 3;
    at += detail_read(r->line + at, r->line_b - at, code, so_far->detail);
    if (so_far->text[0] && at < r->line_b)
        answer_add(so_far, " / ", 3);
    answer_add(so_far, r->line + at, r->line_b - at);
    r->line_b = 0;
    if (more)
        return REPLY_MORE;
    *out = *so_far;
    r->so_far = (struct answer){0};
    r->total_b = 0;
    return REPLY_WHOLE;
}

enum reply_step reply_read(struct reply_reader *r, const char *data, size_t len_b, size_t *used_b,
                           struct answer *out) {
    *used_b = 0;
    if (r->bad)
        return reader_spoil(r, out);
    while (*used_b < len_b) {
        char c = data[(*used_b)++];
        if (r->total_b++ >= REPLY_TOTAL_B || (c != '\n' && r->line_b == REPLY_LINE_B))
            return reader_spoil(r, out);
        if (c != '\n') {
            r->line[r->line_b++] = c;
            continue;
        }
        enum reply_step step = line_take(r, out);
        if (step != REPLY_MORE)
            return step;
    }
    return REPLY_MORE;
}
