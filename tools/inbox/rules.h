/* What the sink does to mail for a domain instead of taking it: refuse, delay, drop. */
#ifndef INBOX_RULES_H
#define INBOX_RULES_H

#include "base.h"
#include "fault.h"

enum rule_act { RULE_REFUSE, RULE_DELAY, RULE_DROP, RULE_ACT_LAST };

/* Where it happens: at RCPT; at DATA; at the final dot; in place of the reply to the final dot,
 * when the mail is already kept (what a sender cannot tell from RULE_DOT). */
enum rule_at { RULE_RCPT, RULE_DATA, RULE_DOT, RULE_REPLY, RULE_AT_LAST };

enum { RULE_DOMAIN_B = 256, RULE_TEXT_B = 201, RULES_MAX = 100, RULE_DELAY_MAX_MS = 3600000 };

struct rule {
    uint64_t id;                /* given by rules_add */
    char domain[RULE_DOMAIN_B]; /* of the recipient, lower case; "*" for every one */
    enum rule_act act;
    enum rule_at at;
    int code;               /* RULE_REFUSE: 400 … 599 */
    char text[RULE_TEXT_B]; /* RULE_REFUSE: what follows the code */
    int delay_ms;           /* RULE_DELAY */
    int64_t times;          /* works that often, then no more; 0: always */
    int64_t hits;           /* how often it worked */
};

/* The fields of a rule as a form or a JSON body brings them; "" where absent. */
struct rule_form {
    const char *domain, *act, *at, *code, *text, *delay_ms, *times;
};

struct rules {
    struct rule list[RULES_MAX];
    size_t count;
    uint64_t newest; /* id given last */
};

/* What is to happen; act is RULE_ACT_LAST when nothing is. A delay may come with a refusal. */
struct verdict {
    enum rule_act act; /* RULE_REFUSE, RULE_DROP or RULE_ACT_LAST */
    int delay_ms;      /* before the reply */
    int code;          /* of RULE_REFUSE */
    const char *text;  /* of RULE_REFUSE; borrowed from the rule */
};

/* Reads a rule; false names the field and says what would be right. */
MUST_USE NONNULL bool rule_parse(const struct rule_form *form, struct rule *out, struct fault *f);

/* Adds a rule; false (CONFLICT) when there are RULES_MAX. *id gets its number. */
MUST_USE NONNULL bool rules_add(struct rules *r, const struct rule *rule, uint64_t *id,
                                struct fault *f);

/* Removes one; false when there is none of that id. */
MUST_USE NONNULL bool rules_remove(struct rules *r, uint64_t id);
NONNULL void rules_clear(struct rules *r);

/* The verdict on one recipient domain (any case) at one place; counts the rules' hits. The
 * longest delay counts; of refusals and drops the one entered first. */
NONNULL struct verdict rules_apply(struct rules *r, enum rule_at at, const char *domain);

/* Two verdicts on one mail made one: the longer delay, the first refusal or drop. */
struct verdict verdict_join(struct verdict a, struct verdict b);

/* "refuse", "dot": as forms and JSON spell them. */
const char *rule_act_name(enum rule_act act);
const char *rule_at_name(enum rule_at at);

#endif
