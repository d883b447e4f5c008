/* The SMTP commands: each checks its place and its argument, changes the state and answers. */
#include <string.h>
#include <strings.h>

#include "talk_state.h"

static void on_ehlo(struct talk *t, const char *arg) {
    if (!*arg) {
        talk_bad(t, "501 5.5.4 EHLO wants a name");
        return;
    }
    talk_reset(t);
    t->greeted = true;
    talk_reply(t, "250-inbox.example\r\n250-PIPELINING\r\n250-SIZE 2097152\r\n"
                  "250-ENHANCEDSTATUSCODES\r\n250 8BITMIME");
    static_assert(TALK_MAIL_MAX_B == 2097152, "the size that EHLO tells");
}

static void on_helo(struct talk *t, const char *arg) {
    if (!*arg) {
        talk_bad(t, "501 5.5.4 HELO wants a name");
        return;
    }
    talk_reset(t);
    t->greeted = true;
    talk_reply(t, "250 inbox.example");
}

static void on_mail(struct talk *t, const char *arg) {
    struct path_options options;
    if (!t->greeted || t->in_mail) {
        talk_bad(t, t->greeted ? "503 5.5.1 A mail is under way" : "503 5.5.1 Say EHLO first");
        return;
    }
    const char *rest = strncasecmp(arg, "FROM:", 5) != 0 ? NULL : path_read(arg + 5, t->from);
    if (!rest || (*t->from && !*path_domain(t->from)))
        talk_bad(t, "501 5.1.7 The sender address is malformed");
    else if (!path_options(rest, &options))
        talk_bad(t, "555 5.5.4 This parameter is not known here");
    else if (options.size_b > TALK_MAIL_MAX_B)
        talk_bad(t, "552 5.3.4 The mail is too big");
    else {
        t->in_mail = true;
        t->eight_bit = options.eight_bit;
        talk_reply(t, "250 2.1.0 Ok");
    }
}

static void take_rcpt(struct talk *t, const char *address) {
    const char *domain = path_domain(address);
    struct verdict v = rules_apply(t->world.rules, RULE_RCPT, domain);
    if (talk_obey(t, v)) {
        talk_count(t, address, v.act);
        return;
    }
    buf_add(&t->rcpts, address, strlen(address) + 1);
    t->rcpt_count++;
    talk_reply(t, "250 2.1.5 Ok");
}

static void on_rcpt(struct talk *t, const char *arg) {
    char address[PATH_ADDRESS_B];
    if (!t->in_mail) {
        talk_bad(t, "503 5.5.1 Say MAIL first");
        return;
    }
    const char *rest = strncasecmp(arg, "TO:", 3) != 0 ? NULL : path_read(arg + 3, address);
    if (!rest || !*path_domain(address))
        talk_bad(t, "501 5.1.3 The recipient address is malformed");
    else if (rest[strspn(rest, " ")])
        talk_bad(t, "555 5.5.4 RCPT takes no parameters here");
    else if (t->rcpt_count == TALK_RCPT_MAX)
        talk_reply(t, "452 4.5.3 Too many recipients");
    else
        take_rcpt(t, address);
}

static void on_data(struct talk *t, const char *arg) {
    if (*arg || !t->in_mail) {
        talk_bad(t, *arg ? "501 5.5.4 DATA takes no argument" : "503 5.5.1 Say MAIL first");
        return;
    }
    if (!t->rcpt_count) {
        talk_bad(t, "554 5.5.1 No recipient was accepted");
        return;
    }
    struct verdict v = talk_judge(t, RULE_DATA);
    if (talk_obey(t, v)) {
        talk_count_all(t, v.act);
        talk_reset(t);
        return;
    }
    t->in_data = true;
    talk_reply(t, "354 End with a dot on a line of its own");
}

static void on_rset(struct talk *t, const char *arg) {
    (void)arg;
    talk_reset(t);
    talk_reply(t, "250 2.0.0 Ok");
}

static void on_noop(struct talk *t, const char *arg) {
    (void)arg;
    talk_reply(t, "250 2.0.0 Ok");
}

static void on_vrfy(struct talk *t, const char *arg) {
    (void)arg;
    talk_reply(t, "252 2.5.0 Send mail and see");
}

static void on_quit(struct talk *t, const char *arg) {
    (void)arg;
    talk_reply(t, "221 2.0.0 Bye");
    t->over = true;
}

static const struct {
    const char *verb;
    void (*run)(struct talk *t, const char *arg);
} commands[] = {
    {"RCPT", on_rcpt}, {"MAIL", on_mail}, {"DATA", on_data}, {"EHLO", on_ehlo}, {"HELO", on_helo},
    {"RSET", on_rset}, {"NOOP", on_noop}, {"VRFY", on_vrfy}, {"QUIT", on_quit},
};

void talk_command(struct talk *t) {
    size_t verb_b = strcspn(t->line, " ");
    const char *arg = t->line + verb_b + strspn(t->line + verb_b, " ");
    t->world.tally->commands++;
    for (size_t i = 0; i < COUNT(commands); i++) {
        if (verb_b == 4 && !strncasecmp(t->line, commands[i].verb, 4)) {
            commands[i].run(t, arg);
            return;
        }
    }
    talk_bad(t, "500 5.5.2 This command is not known here");
}
