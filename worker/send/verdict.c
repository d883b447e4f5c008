/* What came of a mail: whom an answer concerns (reply.c has the table), what it means for the relay
 * and the lane, and each recipient's outcome. */
#include <stdio.h>

#include "clock.h"
#include "log.h"
#include "send/sender.h"
#include "settings/conf.h"

enum {
    /* refusals for policy's sake since a mail was taken: nobody's address is to blame */
    POLICY_RUN = 10,
    LATELY_MS = 5000 /* a relay that took a mail is not down */
};

/* A mail that ended, as the judges see it. */
struct trial {
    struct sender *s;
    struct slot *slot;
    struct job *job;
    bool current;
    bool taken, delayed; /* some recipient's mail was; some recipient is refused for now */
};

/* What becomes of the recipient. */
enum sentence { STANDS, BACK, ACCUSED };

static const char *words(char out[BREAKER_REASON_B], const struct answer *reply) {
    if (reply->code == ANSWER_NONE || reply->code == ANSWER_GARBAGE)
        snprintf(out, BREAKER_REASON_B, "%s", reply->text);
    else
        snprintf(out, BREAKER_REASON_B, "%d %s", reply->code, reply->text);
    return out;
}

static struct domain *domain_at(const struct trial *t, size_t place) {
    return t->job->chunk ? t->job->members[place]->domain : NULL;
}

/* ---- relay and lane ---- */

static bool lately(const struct relay *r) {
    return r->taken_ms > 0 && clock_ms() - r->taken_ms < LATELY_MS;
}

static void blame_relay(struct trial *t, const struct outcome *o, const char *reason) {
    struct relay *r = t->slot->relay;
    /* Short of room while it takes others: fewer connections help more than none. */
    if (o->end == END_TEMPORARY && lately(r) && r->since_taken < POLICY_RUN)
        relay_squeeze(r, r->limit / 2);
    else
        relay_trouble(t->s, r, true, reason);
}

/* A refusal in words that also fit "this relay will not send for you". */
static void weigh_policy(struct trial *t, struct outcome *o, const char *reason) {
    struct relay *r = t->slot->relay;
    if (r->since_taken < POLICY_RUN) {
        relay_fine(t->s, r);
        return;
    }
    o->end = END_TEMPORARY;
    if (r->since_taken >= (size_t)2 * POLICY_RUN)
        relay_trouble(t->s, r, true, reason);
}

static void on_taken(struct trial *t) {
    struct relay *r = t->slot->relay;
    r->since_taken = 0;
    r->taken_ms = clock_ms();
    relay_fine(t->s, r);
    lane_fine(t->s, t->job->lane);
    if (t->job->chunk)
        accuse_lift(t->s, t->job->chunk->broadcast);
}

/* The answer as it is; o may change. */
static enum sentence judge(struct trial *t, struct outcome *o, size_t place,
                           const struct answer *reply) {
    char reason[BREAKER_REASON_B];
    struct relay *r = t->slot->relay;
    words(reason, reply);
    r->since_taken++;
    if (o->end == END_ACCEPTED) {
        on_taken(t);
        return STANDS;
    }
    if (o->end == END_UNKNOWN) {
        t->slot->blamed = true;
        lane_fault(t->s, t->job->lane, r, domain_at(t, place), true, reason);
        return STANDS;
    }
    switch (o->scope) {
    case SCOPE_RELAY:
        /* 421 in place of the next mail's go-ahead: this connection has served its time. */
        if (reply->code != 421 || t->slot->served == 0)
            blame_relay(t, o, reason);
        return BACK;
    case SCOPE_LANE:
        t->slot->blamed = true;
        lane_fault(t->s, t->job->lane, r, domain_at(t, place), false, reason);
        return BACK;
    case SCOPE_ALERT:
        relay_fine(t->s, r);
        return t->job->chunk ? ACCUSED : STANDS;
    default:
        lane_fine(t->s, t->job->lane);
        if (o->policy && o->end == END_PERMANENT)
            weigh_policy(t, o, reason);
        else
            relay_fine(t->s, r);
        return STANDS;
    }
}

/* Nothing was sent. A connection that was lost at RCPT or DATA speaks of whom the mail was for; the
 * mail behind another, or on a connection that we closed, of nobody. */
static void judge_untried(struct trial *t, size_t place, const struct smtp_end *end) {
    struct slot *slot = t->slot;
    if (end->reply->code != ANSWER_NONE || !t->current || slot->ours || slot->blamed)
        return;
    if (end->phase != PHASE_RCPT && end->phase != PHASE_DATA)
        return; /* verdict_closed looks at the connection */
    char reason[BREAKER_REASON_B];
    slot->blamed = true;
    lane_fault(t->s, t->job->lane, slot->relay, domain_at(t, place), true,
               words(reason, end->reply));
}

/* ---- recipients ---- */

static void end_letter(struct job *job, struct outcome o, const struct answer *reply) {
    static const char *const WORDS[] = {[END_ACCEPTED] = "accepted",
                                        [END_TEMPORARY] = "temporary",
                                        [END_PERMANENT] = "refused",
                                        [END_UNKNOWN] = "again"};
    post_end(job->parcel, WORDS[o.end], reply->text);
}

static void end_member(struct trial *t, struct member *m, struct outcome o,
                       const struct answer *reply) {
    static const enum delivery_result RESULTS[] = {[END_ACCEPTED] = DELIVERY_ACCEPTED,
                                                   [END_TEMPORARY] = DELIVERY_TEMPORARY,
                                                   [END_PERMANENT] = DELIVERY_REFUSED,
                                                   [END_UNKNOWN] = DELIVERY_UNKNOWN};
    struct chunk *c = t->job->chunk;
    bool final = outcome_is_final(o, c->again);
    t->taken = t->taken || o.end == END_ACCEPTED;
    t->delayed = t->delayed || o.end == END_TEMPORARY;
    record_note(t->s, c, m, RESULTS[o.end], final, reply, t->slot->relay->server);
    batch_end(c, m,
              final                    ? MEMBER_ENDED
              : o.end == END_TEMPORARY ? MEMBER_TEMPORARY
                                       : MEMBER_UNKNOWN);
}

/* Nothing of a lane's or a relay's fault stays with a letter but a delay of its own. */
static void carry_out_letter(struct trial *t, enum sentence sentence, const struct outcome *o,
                             const struct smtp_end *end) {
    bool rests = sentence == BACK && end->fate == SMTP_REFUSED && o->scope == SCOPE_LANE;
    struct outcome rest = {.end = END_TEMPORARY};
    if (sentence == BACK && !rests)
        post_put_back(t->job->parcel);
    else
        end_letter(t->job, rests ? rest : *o, end->reply);
}

static void carry_out(struct trial *t, size_t place, enum sentence sentence,
                      const struct outcome *o, const struct smtp_end *end) {
    struct chunk *c = t->job->chunk;
    if (!c)
        carry_out_letter(t, sentence, o, end);
    else if (sentence == BACK)
        batch_put_back(c, t->job->members[place]);
    else if (sentence == ACCUSED)
        accuse_note(c, t->job->members[place], t->slot->relay->server, end->reply);
    else
        end_member(t, t->job->members[place], *o, end->reply);
}

/* The domain's own account of it: before the member may be taken up again. */
static void tell_domain(struct trial *t, size_t place, const struct outcome *o,
                        const struct smtp_end *end, bool blamed) {
    struct domain *d = domain_at(t, place);
    if (!d)
        return;
    enum domain_end how = blamed                        ? DOMAIN_FAULT
                          : end->fate == SMTP_UNTRIED   ? DOMAIN_UNTRIED
                          : o->end == END_ACCEPTED      ? DOMAIN_TAKEN
                          : o->scope == SCOPE_RECIPIENT ? DOMAIN_ANSWERED
                                                        : DOMAIN_UNTRIED;
    if (domain_ended(d, t->job->members[place]->counted, how, clock_ms(), t->job->lane->taken))
        pool_unstick(t->s);
}

/* A relay that refuses a mail to several at the dot may mean one of them: nobody's delivery ends by
 * it, each gets a mail of his own. */
static bool for_whose_sake(const struct job *job, const struct outcome *o) {
    return job->leaving > 1 && o->scope == SCOPE_RECIPIENT &&
           (o->end == END_TEMPORARY || o->end == END_PERMANENT);
}

static struct outcome outcome_of(const struct smtp_end *end) {
    return end->fate == SMTP_UNKNOWN
               ? (struct outcome){.scope = SCOPE_RECIPIENT, .end = END_UNKNOWN}
               : reply_outcome(end->reply, end->phase);
}

/* An answer of one recipient's own, before the text left: to a RCPT. */
static void pass_own(struct trial *t, size_t place, const struct smtp_end *end) {
    struct outcome o = outcome_of(end);
    enum sentence sentence = BACK;
    bool was = t->slot->blamed;
    if (end->fate == SMTP_UNTRIED)
        judge_untried(t, place, end);
    else
        sentence = judge(t, &o, place, end->reply);
    tell_domain(t, place, &o, end, !was && t->slot->blamed);
    carry_out(t, place, sentence, &o, end);
}

/* What came of the mail for all whom one answer concerns. */
static void pass_common(struct trial *t, const size_t *places, size_t count,
                        const struct smtp_end *end) {
    struct job *job = t->job;
    struct outcome o = outcome_of(end);
    bool alone = for_whose_sake(job, &o), was = t->slot->blamed;
    int64_t contacts[SMTP_RCPTS];
    for (size_t i = 0; job->chunk && i < count; i++)
        contacts[i] = job->members[places[i]]->contact;
    if (job->leaving && job->chunk)
        journal_outcome(t->s->journal, job->chunk->id, contacts, count,
                        alone ? (struct outcome){SCOPE_LANE, END_TEMPORARY, false} : o, end->reply);
    enum sentence sentence = BACK;
    if (end->fate == SMTP_UNTRIED)
        judge_untried(t, places[0], end);
    else
        sentence = judge(t, &o, places[0], end->reply);
    for (size_t i = 0; i < count; i++) {
        if (alone)
            job->members[places[i]]->alone = true;
        tell_domain(t, places[i], &o, end, i == 0 && !was && t->slot->blamed);
        carry_out(t, places[i], alone ? BACK : sentence, &o, end);
    }
}

/* What the lane learns of it. */
static void teach_lane(const struct trial *t) {
    struct lane *l = t->job->lane;
    if (t->taken) {
        l->taken++;
        t->s->taken++;
        flow_good(&l->flow, clock_ms() - t->job->left_ms);
    } else if (t->delayed) {
        flow_bad(&l->flow);
    }
}

void verdict_pass(struct sender *s, struct slot *slot, struct job *job, bool current,
                  const struct smtp_end *ends, size_t count) {
    struct trial t = {.s = s, .slot = slot, .job = job, .current = current};
    size_t common[SMTP_RCPTS], commons = 0;
    bool served = false;
    for (size_t i = 0; i < count; i++) {
        served = served || ends[i].fate != SMTP_UNTRIED;
        if (ends[i].phase == PHASE_RCPT)
            pass_own(&t, i, &ends[i]);
        else
            common[commons++] = i;
    }
    if (commons > 0)
        pass_common(&t, common, commons, &ends[common[0]]);
    teach_lane(&t);
    slot->served += served;
}

/* ---- connections ---- */

/* One that never carried a mail through would be opened again and again for nothing. One among
 * others that do says how many the relay wants, not that it is down. */
void verdict_closed(struct sender *s, struct slot *slot, bool was_open, bool idle,
                    const char *text) {
    struct relay *r = slot->relay;
    if (slot->ours || slot->blamed || slot->served > 0 || idle)
        return;
    if (r->open > 0 && lately(r))
        relay_squeeze(r, r->open);
    else
        relay_trouble(s, r, was_open, text);
}
