/* Connections to the relay: opened as work asks for, fed, closed when idle; what came of each mail.
 */
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "conf.h"
#include "encode.h"
#include "log.h"
#include "sender.h"

enum {
    IDLE_MS = 30000,
    POLICY_RUN =
        10 /* refusals for policy's sake since an acceptance: nobody's address is to blame */
};

/* ---- what came of a mail ---- */

static void put_back(struct job *job, size_t place) {
    if (job->chunk)
        batch_put_back(job->chunk, job->members[place]);
    else
        post_put_back(job->parcel);
}

static void end_letter(struct job *job, struct outcome o, const struct reply *reply) {
    static const char *const WORDS[] = {[END_ACCEPTED] = "accepted",
                                        [END_TEMPORARY] = "temporary",
                                        [END_PERMANENT] = "refused",
                                        [END_UNKNOWN] = "again"};
    post_end(job->parcel, WORDS[o.end], reply->text);
}

static void end_member(struct sender *s, struct chunk *c, struct member *m, struct outcome o,
                       const struct reply *reply) {
    static const struct {
        enum delivery_result result;
        enum member_state state;
        bool final;
    } ENDS[] = {[END_ACCEPTED] = {DELIVERY_ACCEPTED, MEMBER_ENDED, true},
                [END_TEMPORARY] = {DELIVERY_TEMPORARY, MEMBER_TEMPORARY, false},
                [END_PERMANENT] = {DELIVERY_REFUSED, MEMBER_ENDED, true},
                [END_UNKNOWN] = {DELIVERY_UNKNOWN, MEMBER_UNKNOWN, false}};
    /* In doubt twice: a third time would be no better (design section 5). */
    bool doubt_ends = o.end == END_UNKNOWN && c->again;
    record_note(s, c, m, ENDS[o.end].result, ENDS[o.end].final || doubt_ends, reply, conf.relay);
    batch_end(c, m, doubt_ends ? MEMBER_ENDED : ENDS[o.end].state);
}

/* What the reply says about the relay. True: it speaks of the relay alone, nobody's delivery is
 * touched by it. */
static bool judge_relay(struct relay *r, struct outcome *o, const struct reply *reply) {
    char reason[600];
    snprintf(reason, sizeof reason, "%d %s", reply->code, reply->text);
    r->since_accepted = o->end == END_ACCEPTED ? 0 : r->since_accepted + 1;
    bool refused = o->end == END_TEMPORARY || o->end == END_PERMANENT;
    if (refused && (o->scope == SCOPE_LANE || o->scope == SCOPE_RELAY)) {
        relay_trouble(r, TROUBLE_MAIL, reason);
        return true;
    }
    if (o->end == END_PERMANENT && o->policy && r->since_accepted >= POLICY_RUN) {
        o->end = END_TEMPORARY;
        if (r->since_accepted >= 2 * POLICY_RUN)
            relay_trouble(r, TROUBLE_MAIL, reason);
    } else if (o->end != END_UNKNOWN) {
        relay_fine(r);
    }
    return false;
}

/* A relay that refuses a mail to several at the dot may mean one of them: nobody's delivery ends by
 * it, each gets a mail of his own. */
static bool for_whose_sake(const struct job *job, const struct outcome *o) {
    return job->leaving > 1 && o->scope == SCOPE_RECIPIENT &&
           (o->end == END_TEMPORARY || o->end == END_PERMANENT);
}

static void end_one(struct sender *s, struct job *job, size_t place, struct outcome o,
                    const struct reply *reply) {
    if (job->chunk)
        end_member(s, job->chunk, job->members[place], o, reply);
    else
        end_letter(job, o, reply);
}

/* An answer of one recipient's own, before the text left: to a RCPT. */
static void end_own(struct sender *s, struct job *job, size_t place, const struct smtp_end *end) {
    struct outcome o = reply_outcome(end->reply, end->phase);
    if (end->fate == SMTP_UNTRIED || judge_relay(&s->relay, &o, end->reply))
        put_back(job, place);
    else
        end_one(s, job, place, o, end->reply);
}

/* What came of the mail for all whom one answer concerns. */
static void end_common(struct sender *s, struct job *job, const size_t *places, size_t count,
                       const struct smtp_end *end) {
    struct outcome o = end->fate == SMTP_UNKNOWN
                           ? (struct outcome){.scope = SCOPE_RECIPIENT, .end = END_UNKNOWN}
                           : reply_outcome(end->reply, end->phase);
    bool alone = for_whose_sake(job, &o);
    int64_t contacts[SMTP_RCPTS];
    for (size_t i = 0; job->chunk && i < count; i++)
        contacts[i] = job->members[places[i]]->contact;
    if (job->leaving && job->chunk)
        journal_outcome(s->journal, job->chunk->id, contacts, count,
                        alone ? (struct outcome){SCOPE_LANE, END_TEMPORARY, false} : o, end->reply);
    bool back = end->fate == SMTP_UNTRIED || judge_relay(&s->relay, &o, end->reply) || alone;
    for (size_t i = 0; i < count; i++) {
        if (alone)
            job->members[places[i]]->alone = true;
        if (back)
            put_back(job, places[i]);
        else
            end_one(s, job, places[i], o, end->reply);
    }
}

static void on_end(void *ctx, struct smtp *c, void *about, const struct smtp_end *ends,
                   size_t count) {
    struct sender *s = ctx;
    struct slot *slot = smtp_owner(c);
    struct job *job = about;
    size_t common[SMTP_RCPTS], commons = 0;
    bool served = false;
    slot->current = slot->behind;
    slot->behind = NULL;
    s->relay.busy -= job->leaving;
    for (size_t i = 0; i < count; i++) {
        served = served || ends[i].fate != SMTP_UNTRIED;
        if (ends[i].phase == PHASE_RCPT)
            end_own(s, job, i, &ends[i]);
        else
            common[commons++] = i;
    }
    if (commons > 0)
        end_common(s, job, common, commons, &ends[common[0]]);
    slot->served += served;
    job->busy = job->released = false;
    job->leaving = 0;
}

static void on_ready(void *ctx, struct smtp *c) {
    struct sender *s = ctx;
    struct slot *slot = smtp_owner(c);
    slot->idle_since_ms = clock_ms();
    if (s->relay.trouble != TROUBLE_MAIL)
        relay_fine(&s->relay);
}

static void on_go(void *ctx, struct smtp *c) {
    (void)ctx;
    (void)c; /* pool_intend looks at every connection once a round */
}

static void on_closed(void *ctx, struct smtp *c, bool was_open, const char *text) {
    struct sender *s = ctx;
    struct slot *slot = smtp_owner(c);
    s->relay.open--;
    log_debug("connection closed: %s", text);
    /* One that never carried a mail through would be opened again and again for nothing. */
    if (!was_open)
        relay_trouble(&s->relay, TROUBLE_CONNECT, text);
    else if (!slot->ours && slot->served == 0)
        relay_trouble(&s->relay, TROUBLE_MAIL, text);
}

static const struct smtp_hooks HOOKS = {
    .ready = on_ready, .go = on_go, .end = on_end, .closed = on_closed};

/* ---- giving work ---- */

static struct smtp_mail mail_of(struct job *job) {
    return (struct smtp_mail){.from = job->from,
                              .to = job->to,
                              .count = job->count,
                              .bytes = job->text,
                              .size_b = job->text_b,
                              .about = job};
}

/* The wire refuses what it would misread, whatever went wrong before. */
static bool fit_for_wire(struct job *job, struct fault *f) {
    if (smtp_address_ok(job->from) && smtp_bytes_ok(job->text, job->text_b))
        return true;
    return fault_set(f, FAULT_INVALID, "The address or the text is not fit for mail.");
}

static bool write_own(struct sender *s, struct job *job, struct fault *f) {
    if (!(job->chunk ? broadcast_write(s, job, f) : post_write(s, job, f)))
        return false;
    job->text = job->bytes.data;
    job->text_b = job->bytes.len_b;
    return true;
}

static bool write_job(struct sender *s, struct job *job, struct fault *f) {
    bool express = job->chunk && express_wanted(job->chunk->broadcast);
    return (express ? express_write(s, job, f) : write_own(s, job, f)) && fit_for_wire(job, f);
}

static void refuse_member(struct sender *s, struct chunk *c, struct member *m, const char *why) {
    record_end(s, c, m, DELIVERY_REFUSED, why);
    batch_end(c, m, MEMBER_ENDED);
}

static void refuse_ourselves(struct sender *s, struct job *job, const struct fault *f) {
    log_warn("a mail is refused before sending: %s %s %s", f->text, f->field, f->detail);
    for (size_t i = 0; job->chunk && i < job->count; i++)
        refuse_member(s, job->chunk, job->members[i], f->text);
    if (!job->chunk)
        post_end(job->parcel, "refused", f->text);
}

/* Names the recipients; who cannot be named on the wire is refused here, and the others go on.
 * False: nobody is left. */
static bool address_job(struct sender *s, struct job *job) {
    size_t good = 0;
    for (size_t i = 0; i < job->count; i++) {
        const char *to = job->chunk ? job->members[i]->address : post_address(job->parcel);
        if (job->chunk && !encode_address_fits(to)) {
            refuse_member(s, job->chunk, job->members[i],
                          "The address or the text is not fit for mail.");
            continue;
        }
        job->members[good] = job->members[i];
        job->to[good++] = to;
    }
    job->count = good;
    return good > 0;
}

/* Urgent alerts, letters, routine alerts. */
static bool pick(struct sender *s, struct slot *slot, struct job *job) {
    size_t most = smtp_most(slot->smtp);
    if (most > (size_t)conf.express_recipients)
        most = (size_t)conf.express_recipients;
    job->parcel = NULL;
    job->count = 1;
    if ((job->chunk = batch_next(s, true, &job->members[0]))) {
        job->count = express_wanted(job->chunk->broadcast)
                         ? express_gather(job->chunk, most, job->members)
                         : 1;
        return true;
    }
    if ((job->parcel = post_next(s)))
        return true;
    return (job->chunk = batch_next(s, false, &job->members[0])) != NULL;
}

/* A mail ready to go, in whichever of the slot's two jobs is free; NULL: no work. */
static struct job *take_job(struct sender *s, struct slot *slot) {
    struct job *job = slot->jobs[0].busy ? &slot->jobs[1] : &slot->jobs[0];
    assert(!job->busy);
    while (pick(s, slot, job)) {
        struct fault f = {0};
        if (!address_job(s, job))
            continue;
        if (write_job(s, job, &f)) {
            job->busy = true;
            return job;
        }
        refuse_ourselves(s, job, &f);
    }
    return NULL;
}

static void open_more(struct sender *s) {
    struct relay *r = &s->relay;
    size_t most = r->trouble == TROUBLE_NONE ? r->count : 1;
    size_t waiting = batch_todo(s, false) + post_todo(s);
    for (size_t i = 0; i < r->count && r->open < most && waiting > 0; i++) {
        struct slot *slot = &r->slots[i];
        if (!smtp_is_closed(slot->smtp)) {
            waiting -= slot->current == NULL;
            continue;
        }
        r->open++;
        waiting--;
        slot->served = 0;
        slot->ours = false;
        smtp_open(slot->smtp);
    }
}

/* After a trouble one connection proves the relay, work or no work. */
static void probe(struct relay *r) {
    if (r->trouble == TROUBLE_CONNECT && r->open == 0) {
        r->open++;
        r->slots[0].served = 0;
        r->slots[0].ours = false;
        smtp_open(r->slots[0].smtp);
    }
}

static void feed(struct sender *s, struct slot *slot) {
    slot->current = take_job(s, slot);
    if (slot->current) {
        struct smtp_mail mail = mail_of(slot->current);
        smtp_offer(slot->smtp, &mail);
    }
}

void pool_assign(struct sender *s) {
    struct relay *r = &s->relay;
    bool start = sender_may_start(s) && relay_ready(r);
    int64_t now_ms = clock_ms();
    for (size_t i = 0; i < r->count; i++) {
        struct slot *slot = &r->slots[i];
        if (smtp_is_idle(slot->smtp) && start && (r->trouble == TROUBLE_NONE || r->busy == 0))
            feed(s, slot);
        if (smtp_is_idle(slot->smtp) && (s->stopping || now_ms - slot->idle_since_ms > IDLE_MS)) {
            slot->ours = true;
            smtp_quit(slot->smtp);
        }
    }
    if (start) {
        open_more(s);
        probe(r);
    }
}

/* ---- letting texts go ---- */

/* What cannot leave before we do, since nobody says that we hold it still, is not waited for. */
static bool allowed(const struct sender *s, const struct job *job) {
    if (s->fenced || (s->stopping && (s->due & DUE_HELD)))
        return false;
    return !job->chunk || (!job->chunk->lost && broadcast_open(job->chunk->broadcast));
}

/* Those whom the relay took; the others have heard their refusal. */
static void intend(struct sender *s, const struct smtp *c, struct job *job) {
    int64_t contacts[SMTP_RCPTS];
    size_t taken = 0;
    for (size_t i = 0; i < job->count; i++)
        if (smtp_took(c, i))
            contacts[taken++] = job->chunk ? job->members[i]->contact : 0;
    job->released = true;
    job->leaving = taken;
    s->relay.busy += taken;
    if (job->chunk)
        journal_intent(s->journal, job->chunk->id, contacts, taken);
}

bool pool_intend(struct sender *s) {
    bool any = false;
    for (size_t i = 0; i < s->relay.count; i++) {
        struct slot *slot = &s->relay.slots[i];
        struct job *job = slot->current;
        if (!smtp_is_waiting(slot->smtp))
            continue;
        if (!job->released && allowed(s, job) && record_room(s, job->count) && !(s->due & DUE_HELD))
            intend(s, slot->smtp, job);
        any = any || job->released;
    }
    return any;
}

void pool_release(struct sender *s) {
    bool more = sender_may_start(s) && s->relay.trouble == TROUBLE_NONE;
    for (size_t i = 0; i < s->relay.count; i++) {
        struct slot *slot = &s->relay.slots[i];
        if (!smtp_is_waiting(slot->smtp) || !slot->current->released)
            continue;
        slot->behind = more ? take_job(s, slot) : NULL;
        struct smtp_mail mail;
        if (slot->behind)
            mail = mail_of(slot->behind);
        smtp_release(slot->smtp, slot->behind ? &mail : NULL);
    }
}

void pool_withdraw(struct sender *s) {
    for (size_t i = 0; i < s->relay.count; i++) {
        struct slot *slot = &s->relay.slots[i];
        if (smtp_is_waiting(slot->smtp) && !allowed(s, slot->current)) {
            slot->ours = true;
            smtp_abort(slot->smtp, "the mail was withdrawn");
        }
    }
}

size_t pool_in_flight(const struct sender *s) {
    size_t n = 0;
    for (size_t i = 0; i < s->relay.count; i++)
        n += s->relay.slots[i].current != NULL;
    return n;
}

/* ---- the pool ---- */

bool pool_open(struct sender *s, struct fault *f) {
    struct relay *r = &s->relay;
    struct smtp_setup setup = {.host_port = conf.relay,
                               .ehlo = conf.domain,
                               .user = conf.relay_user,
                               .password = s->password,
                               .tls = (enum conf_tls)conf.relay_tls,
                               .ca_file = conf.relay_ca_file,
                               .timeout_s = conf.relay_timeout_s,
                               .dot_timeout_s = conf.relay_dot_timeout_s};
    if (!smtp_relay_open(s->loop, &setup, &HOOKS, s, &r->smtp, f))
        return false;
    r->since_accepted = POLICY_RUN; /* it has proven nothing yet */
    r->count = (size_t)conf.relay_connections;
    r->slots = calloc(r->count, sizeof *r->slots);
    if (!r->slots)
        abort();
    for (size_t i = 0; i < r->count; i++) {
        struct slot *slot = &r->slots[i];
        slot->sender = s;
        slot->smtp = smtp_new(r->smtp, slot);
        slot->jobs[0].bytes = buf_init(MIME_MAIL_B);
        slot->jobs[1].bytes = buf_init(MIME_MAIL_B);
    }
    return true;
}

void pool_close(struct sender *s) {
    struct relay *r = &s->relay;
    smtp_relay_close(&r->smtp);
    for (size_t i = 0; i < r->count; i++) {
        buf_done(&r->slots[i].jobs[0].bytes);
        buf_done(&r->slots[i].jobs[1].bytes);
    }
    free(r->slots);
    r->slots = NULL;
    r->count = 0;
}
