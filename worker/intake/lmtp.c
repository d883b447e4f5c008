/* The server's side of one LMTP conversation. */
#include "intake/lmtp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "text.h"

enum { OUT_B = 64 * 1024 };

/* Where the reader stands in a mail; only CR LF . CR LF ends it. */
enum data_state { AT_LINE, AFTER_DOT, AFTER_DOT_CR, IN_LINE, AFTER_CR };

struct lmtp {
    const struct lmtp_rules *rules;
    struct buf out;
    char line[LMTP_LINE_B + 1];
    size_t line_b;
    bool line_over; /* longer than its limit: thrown away */
    int mistakes;
    bool greeted, in_mail, in_data, over;
    enum data_state state;
    size_t size_b; /* of the mail so far */
    struct buf kept;
    /* the transaction */
    char to[LMTP_RCPTS][LMTP_ADDRESS_B];
    const char *wanted[LMTP_RCPTS];
    bool is_wanted[LMTP_RCPTS];
    size_t to_count;
    struct lmtp_mail mail;
};

/* ---- answers ---- */

static void say(struct lmtp *s, const char *words) {
    buf_printf(&s->out, "%s\r\n", words);
    s->over |= s->out.over; /* asks and asks, and does not listen */
}

/* A command out of its place, or none at all. */
static void complain(struct lmtp *s, const char *words) {
    if (++s->mistakes > LMTP_MISTAKES)
        lmtp_leave(s, "too many mistakes");
    else
        say(s, words);
}

void lmtp_leave(struct lmtp *s, const char *words) {
    buf_printf(&s->out, "421 4.3.0 %s\r\n", words);
    s->over = true;
}

/* ---- a transaction ---- */

static void forget(struct lmtp *s) {
    s->in_mail = s->in_data = false;
    s->to_count = s->size_b = 0;
    buf_clear(&s->kept);
    s->mail = (struct lmtp_mail){.to = s->wanted};
}

/* The address in "<…>" at the start of s, and what stands behind it; false when there is none, or
 * one too long or with control characters. */
static bool path_read(const char *s, char address[LMTP_ADDRESS_B], const char **rest) {
    bool quoted = false;
    size_t n = 0;
    s += strspn(s, " ");
    if (*s++ != '<')
        return false;
    for (; *s && (quoted || *s != '>'); s++) {
        quoted ^= *s == '"';
        if ((unsigned char)*s < ' ' || *s == '\x7f' || n + 1 == LMTP_ADDRESS_B)
            return false;
        address[n++] = *s;
    }
    address[n] = '\0';
    *rest = s + 1;
    return *s == '>';
}

/* Whether SIZE= (RFC 1870) among the parameters says more than the limit. */
static bool is_too_large(const struct lmtp *s, const char *parameters) {
    const char *at = strcasestr(parameters, " SIZE=");
    char number[24];
    int64_t size_b;
    if (!at)
        return false;
    snprintf(number, sizeof number, "%.*s", (int)strcspn(at + 6, " "), at + 6);
    return !text_int(number, 0, INT64_MAX, &size_b) || (uint64_t)size_b > s->rules->size_b;
}

static void on_mail(struct lmtp *s, const char *rest) {
    char address[LMTP_ADDRESS_B];
    if (!s->greeted || s->in_mail)
        complain(s, "503 5.5.1 Not now");
    else if (!path_read(rest, address, &rest))
        complain(s, "501 5.1.7 No such address");
    else if (is_too_large(s, rest))
        say(s, "552 5.3.4 Too large");
    else {
        forget(s);
        s->in_mail = true;
        s->mail.null_sender = !address[0];
        say(s, "250 2.1.0 Ok");
    }
}

static void on_rcpt(struct lmtp *s, const char *rest) {
    if (!s->in_mail)
        complain(s, "503 5.5.1 Not now");
    else if (s->to_count == LMTP_RCPTS)
        say(s, "452 4.5.3 Too many recipients");
    else if (!path_read(rest, s->to[s->to_count], &rest) || !s->to[s->to_count][0])
        complain(s, "501 5.1.3 No such address");
    else {
        s->is_wanted[s->to_count] = s->rules->wanted(s->rules->ctx, s->to[s->to_count]);
        if (s->is_wanted[s->to_count])
            s->wanted[s->mail.count++] = s->to[s->to_count];
        s->to_count++;
        say(s, "250 2.1.5 Ok");
    }
}

static void on_data(struct lmtp *s, const char *rest) {
    (void)rest;
    if (s->to_count == 0) {
        complain(s, "503 5.5.1 No recipients");
        return;
    }
    s->in_data = true;
    s->state = AT_LINE;
    say(s, "354 Go ahead");
}

/* ---- commands ---- */

static void on_lhlo(struct lmtp *s, const char *rest) {
    (void)rest;
    forget(s);
    s->greeted = true;
    buf_printf(
        &s->out,
        "250-%s\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250 SIZE %zu\r\n",
        s->rules->name, s->rules->size_b);
    s->over |= s->out.over;
}

static void on_rset(struct lmtp *s, const char *rest) {
    (void)rest;
    forget(s);
    say(s, "250 2.0.0 Ok");
}

static void on_noop(struct lmtp *s, const char *rest) {
    (void)rest;
    say(s, "250 2.0.0 Ok");
}

static void on_vrfy(struct lmtp *s, const char *rest) {
    (void)rest;
    complain(s, "252 2.5.0 Perhaps");
}

static void on_quit(struct lmtp *s, const char *rest) {
    (void)rest;
    say(s, "221 2.0.0 Bye");
    s->over = true;
}

/* EHLO and HELO are none of LMTP's (RFC 2033 4.1). */
static const struct {
    const char *word;
    void (*act)(struct lmtp *s, const char *rest);
} COMMANDS[] = {
    {"LHLO ", on_lhlo}, {"MAIL FROM:", on_mail}, {"RCPT TO:", on_rcpt}, {"DATA", on_data},
    {"RSET", on_rset},  {"NOOP", on_noop},       {"VRFY ", on_vrfy},    {"QUIT", on_quit},
};

static void obey(struct lmtp *s) {
    size_t line_b = s->line_b;
    s->line_b = 0;
    if (s->line_over || memchr(s->line, '\0', line_b)) {
        s->line_over = false;
        complain(s, "500 5.5.2 No such line");
        return;
    }
    while (line_b > 0 && (s->line[line_b - 1] == '\r' || s->line[line_b - 1] == ' '))
        line_b--;
    s->line[line_b] = '\0';
    for (size_t i = 0; i < COUNT(COMMANDS); i++) {
        size_t word_b = strlen(COMMANDS[i].word);
        bool whole = COMMANDS[i].word[word_b - 1] >= 'A';
        if (strncasecmp(s->line, COMMANDS[i].word, word_b) == 0 && (!whole || !s->line[word_b])) {
            COMMANDS[i].act(s, s->line + word_b);
            return;
        }
    }
    complain(s, "500 5.5.1 No such command");
}

/* Takes bytes of a command line; how many. */
static size_t read_line(struct lmtp *s, const char *data, size_t data_b) {
    const char *end = memchr(data, '\n', data_b);
    size_t n = end ? (size_t)(end - data) : data_b, room = LMTP_LINE_B - s->line_b;
    s->line_over |= n > room;
    memcpy(s->line + s->line_b, data, n < room ? n : room);
    s->line_b += n < room ? n : room;
    if (!end)
        return n;
    obey(s);
    return n + 1;
}

/* ---- the mail ---- */

static void keep(struct lmtp *s, const char *bytes, size_t bytes_b) {
    s->size_b += bytes_b;
    size_t room = s->rules->keep_b > s->kept.len_b ? s->rules->keep_b - s->kept.len_b : 0;
    if (s->mail.count > 0 && room > 0)
        buf_add(&s->kept, bytes, bytes_b < room ? bytes_b : room);
}

/* The next state on a byte, and what of the bytes held back belongs to the mail after all. */
static enum data_state next_state(struct lmtp *s, char c) {
    switch (s->state) {
    case AFTER_DOT_CR:
        keep(s, "\r", 1); /* the dot was stuffing */
        break;
    case AFTER_DOT:
        if (c == '\r')
            return AFTER_DOT_CR;
        break;
    case AT_LINE:
        if (c == '.')
            return AFTER_DOT;
        break;
    case IN_LINE:
    case AFTER_CR:
        break;
    }
    keep(s, &c, 1);
    return c == '\r' ? AFTER_CR : c == '\n' && s->state == AFTER_CR ? AT_LINE : IN_LINE;
}

/* A run of bytes that mean nothing to SMTP is taken at once. */
static size_t plain_run(const struct lmtp *s, const char *data, size_t data_b) {
    const char *cr = s->state == IN_LINE ? memchr(data, '\r', data_b) : data;
    return cr ? (size_t)(cr - data) : data_b;
}

/* Takes bytes of the mail; *ended when its final dot was among them. */
static size_t read_data(struct lmtp *s, const char *data, size_t data_b, bool *ended) {
    size_t at = 0;
    while (at < data_b) {
        size_t run_b = plain_run(s, data + at, data_b - at);
        keep(s, data + at, run_b);
        at += run_b;
        if (at == data_b)
            break;
        char c = data[at++];
        if (s->state == AFTER_DOT_CR && c == '\n') {
            *ended = true;
            return at;
        }
        s->state = next_state(s, c);
    }
    return at;
}

static void answer_all(struct lmtp *s, const char *wanted, const char *others) {
    for (size_t i = 0; i < s->to_count; i++)
        say(s, s->is_wanted[i] ? wanted : others);
    forget(s);
}

void lmtp_answer(struct lmtp *s, bool taken) {
    answer_all(s, taken ? "250 2.0.0 Ok" : "451 4.3.0 Later, please", "250 2.0.0 Ok");
}

/* The mail is there: true when somebody waits for it. */
static bool finish(struct lmtp *s) {
    s->in_data = false;
    if (s->size_b > s->rules->size_b) {
        answer_all(s, "552 5.3.4 Too large", "552 5.3.4 Too large");
        return false;
    }
    if (s->mail.count == 0) {
        answer_all(s, "", "250 2.0.0 Ok");
        return false;
    }
    s->mail.data = buf_text(&s->kept);
    s->mail.data_b = s->kept.len_b;
    return true;
}

/* ---- the conversation ---- */

struct lmtp *lmtp_new(const struct lmtp_rules *rules) {
    struct lmtp *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->rules = rules;
    s->out = buf_init(OUT_B);
    s->kept = buf_init(rules->keep_b);
    s->mail.to = s->wanted;
    buf_printf(&s->out, "220 %s LMTP\r\n", rules->name);
    return s;
}

void lmtp_free(struct lmtp **s) {
    if (!*s)
        return;
    buf_done(&(*s)->out);
    buf_done(&(*s)->kept);
    free(*s);
    *s = NULL;
}

enum lmtp_step lmtp_read(struct lmtp *s, const char *data, size_t data_b, size_t *used_b) {
    *used_b = 0;
    while (*used_b < data_b && !s->over) {
        bool ended = false;
        if (!s->in_data) {
            *used_b += read_line(s, data + *used_b, data_b - *used_b);
            continue;
        }
        *used_b += read_data(s, data + *used_b, data_b - *used_b, &ended);
        if (ended && finish(s))
            return LMTP_MAIL;
    }
    return s->over ? LMTP_OVER : LMTP_MORE;
}

struct buf *lmtp_out(struct lmtp *s) {
    return &s->out;
}

const struct lmtp_mail *lmtp_mail(const struct lmtp *s) {
    return &s->mail;
}

bool lmtp_busy(const struct lmtp *s) {
    return s->in_mail;
}
