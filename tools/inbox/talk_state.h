/* The inside of a conversation, shared by talk.c (lines, texts, rules) and talk_verbs.c. */
#ifndef INBOX_TALK_STATE_H
#define INBOX_TALK_STATE_H

#include "body.h"
#include "path.h"
#include "talk.h"

enum { BAD_COMMANDS_MAX = 20, OUT_MAX_B = 4 << 20 };

struct talk {
    struct talk_world world;
    bool greeted, in_mail, in_data, eight_bit;
    bool over, held_over; /* held_over becomes over after the pause */
    int pause_ms, bad_commands;
    struct buf out, held; /* held: the reply a rule holds back */
    char line[TALK_LINE_MAX_B + 1];
    size_t line_b;
    bool line_over;
    char from[PATH_ADDRESS_B];
    struct buf rcpts; /* one after another, each with its NUL */
    size_t rcpt_count;
    struct body body;
};

/* Sends a reply line (without CRLF), or holds it while a rule delays it. */
NONNULL void talk_reply(struct talk *t, const char *line);

/* talk_reply for a client's mistake; too many of them end the conversation. */
NONNULL void talk_bad(struct talk *t, const char *line);

/* Forgets the mail under way. */
NONNULL void talk_reset(struct talk *t);

/* Does what the rules say; false when they say nothing but a delay: the caller replies. */
NONNULL bool talk_obey(struct talk *t, struct verdict v);

/* The verdict on a mail: that on all its recipients joined. */
NONNULL struct verdict talk_judge(struct talk *t, enum rule_at at);

/* Counts a recipient, or all of the mail, under what came of it (RULE_ACT_LAST: taken). */
NONNULL void talk_count(struct talk *t, const char *address, enum rule_act act);
NONNULL void talk_count_all(struct talk *t, enum rule_act act);

/* Runs the command in t->line, which is printable ASCII. */
NONNULL void talk_command(struct talk *t);

#endif
