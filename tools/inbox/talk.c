/* The SMTP conversation: lines become commands, commands change the state and answer. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "log.h"
#include "talk_state.h"

void talk_reply(struct talk *t, const char *line) {
    struct buf *b = t->pause_ms ? &t->held : &t->out;
    buf_str(b, line);
    buf_add(b, "\r\n", 2);
}

void talk_bad(struct talk *t, const char *line) {
    t->world.tally->bad_commands++;
    talk_reply(t, line);
    if (++t->bad_commands < BAD_COMMANDS_MAX)
        return;
    talk_reply(t, "421 4.7.0 Too many errors");
    t->over = true;
}

struct talk *talk_new(const struct talk_world *world) {
    struct talk *t = calloc(1, sizeof *t);
    if (!t)
        die("out of memory");
    t->world = *world;
    t->out = buf_init(OUT_MAX_B);
    t->held = buf_init(OUT_MAX_B);
    t->rcpts = buf_init((size_t)TALK_RCPT_MAX * PATH_ADDRESS_B);
    t->body = body_init(TALK_MAIL_MAX_B);
    world->tally->connections++;
    talk_reply(t, "220 inbox.example ESMTP Kairan demo inbox");
    return t;
}

void talk_free(struct talk **t) {
    if (!*t)
        return;
    buf_done(&(*t)->out);
    buf_done(&(*t)->held);
    buf_done(&(*t)->rcpts);
    body_done(&(*t)->body);
    free(*t);
    *t = NULL;
}

void talk_reset(struct talk *t) {
    t->in_mail = t->in_data = t->eight_bit = false;
    t->rcpt_count = 0;
    buf_clear(&t->rcpts);
    body_clear(&t->body);
}

static void drop(struct talk *t) {
    t->world.tally->dropped++;
    *(t->pause_ms ? &t->held_over : &t->over) = true;
}

bool talk_obey(struct talk *t, struct verdict v) {
    t->pause_ms = v.delay_ms;
    t->world.tally->delayed += v.delay_ms > 0;
    if (v.act == RULE_ACT_LAST)
        return false;
    if (v.act == RULE_DROP) {
        drop(t);
        return true;
    }
    t->world.tally->refused++;
    buf_printf(t->pause_ms ? &t->held : &t->out, "%d %s\r\n", v.code, v.text);
    return true;
}

void talk_count(struct talk *t, const char *address, enum rule_act act) {
    struct tally_domain *d = tally_find(t->world.tally, path_domain(address));
    d->accepted += act == RULE_ACT_LAST;
    d->refused += act == RULE_REFUSE;
    d->dropped += act == RULE_DROP;
}

void talk_count_all(struct talk *t, enum rule_act act) {
    const char *end = t->rcpts.data + t->rcpts.len_b;
    for (const char *r = t->rcpts.data; r < end; r += strlen(r) + 1)
        talk_count(t, r, act);
}

struct verdict talk_judge(struct talk *t, enum rule_at at) {
    struct verdict v = {.act = RULE_ACT_LAST};
    const char *end = t->rcpts.data + t->rcpts.len_b;
    if (!t->world.rules->count)
        return v;
    for (const char *r = t->rcpts.data; r < end; r += strlen(r) + 1)
        v = verdict_join(v, rules_apply(t->world.rules, at, path_domain(r)));
    return v;
}

/* Whether the line holds printable ASCII alone: no control byte reaches a page or a log. */
static bool line_clean(const char *s) {
    for (; *s; s++)
        if (*s < ' ' || *s > '~')
            return false;
    return true;
}

static void end_line(struct talk *t) {
    bool crlf = t->line_b && t->line[t->line_b - 1] == '\r';
    if (crlf)
        t->line_b--;
    while (crlf && t->line_b && t->line[t->line_b - 1] == ' ')
        t->line_b--;
    t->line[t->line_b] = '\0';
    if (t->line_over)
        talk_bad(t, "500 5.5.2 The line is too long");
    else if (!crlf)
        talk_bad(t, "500 5.5.2 Lines end with CR LF");
    else if (strlen(t->line) != t->line_b || !line_clean(t->line))
        talk_bad(t, "501 5.5.2 Printable ASCII only");
    else
        talk_command(t);
    t->line_b = 0;
    t->line_over = false;
}

static size_t feed_line(struct talk *t, const char *data, size_t len_b) {
    const char *lf = memchr(data, '\n', len_b);
    size_t n = lf ? (size_t)(lf - data) : len_b;
    size_t room = TALK_LINE_MAX_B - t->line_b;
    t->line_over |= n > room;
    memcpy(t->line + t->line_b, data, n < room ? n : room);
    t->line_b += n < room ? n : room;
    if (lf)
        end_line(t);
    return lf ? n + 1 : n;
}

static int64_t now_ms(void) {
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void keep_mail(struct talk *t) {
    struct tally *tally = t->world.tally;
    unsigned faults = t->body.faults & ~(t->eight_bit ? MAIL_8BIT : 0U);
    const struct mail *m = store_add(t->world.store, &(struct mail){
                                                         .time_ms = now_ms(),
                                                         .faults = faults,
                                                         .rcpt_count = t->rcpt_count,
                                                         .rcpts_b = t->rcpts.len_b,
                                                         .raw_b = t->body.text.len_b,
                                                         .from = t->from,
                                                         .rcpts = buf_text(&t->rcpts),
                                                         .raw = buf_text(&t->body.text),
                                                     });
    tally->accepted++;
    tally->bytes += m->raw_b;
    tally->faulty += m->faults != 0;
    talk_count_all(t, RULE_ACT_LAST);
    if (t->world.dump)
        dump_mail(t->world.dump, m);
}

static void refuse_big(struct talk *t) {
    talk_reply(t, "552 5.3.4 The mail is too big");
    t->world.tally->refused++;
    talk_count_all(t, RULE_REFUSE);
}

/* The final dot. A mail that is kept is kept before a delay: a slow relay, too, has it by then. */
static void end_mail(struct talk *t) {
    struct verdict v = talk_judge(t, RULE_DOT);
    if (talk_obey(t, v)) {
        talk_count_all(t, v.act);
    } else if (t->body.text.over) {
        refuse_big(t);
    } else {
        keep_mail(t);
        if (talk_judge(t, RULE_REPLY).act == RULE_DROP)
            drop(t);
        else
            talk_reply(t, "250 2.0.0 Ok: kept");
    }
    talk_reset(t);
}

static size_t feed_data(struct talk *t, const char *data, size_t len_b) {
    bool end;
    size_t used = body_feed(&t->body, data, len_b, &end);
    if (end)
        end_mail(t);
    return used;
}

size_t talk_feed(struct talk *t, const char *data, size_t len_b) {
    size_t used = 0;
    while (used < len_b && !t->pause_ms && !t->over) {
        bool was_data = t->in_data;
        used += was_data ? feed_data(t, data + used, len_b - used)
                         : feed_line(t, data + used, len_b - used);
        if (!was_data && t->in_data && used < len_b)
            t->body.faults |= MAIL_EARLY;
        if (t->out.over)
            t->over = true;
    }
    return used;
}

struct buf *talk_out(struct talk *t) {
    return &t->out;
}

int talk_pause_ms(const struct talk *t) {
    return t->pause_ms;
}

void talk_resume(struct talk *t) {
    t->pause_ms = 0;
    buf_add(&t->out, buf_text(&t->held), t->held.len_b);
    buf_clear(&t->held);
    t->over |= t->held_over;
}

bool talk_over(const struct talk *t) {
    return t->over;
}
