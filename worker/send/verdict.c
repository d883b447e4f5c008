/* What came of a mail, carried out: relay, lane, domain, recipients. */
#include "send/verdict.h"

#include <stdio.h>

#include "clock.h"
#include "hand/accuse.h"
#include "hand/batch.h"
#include "hand/record.h"
#include "log.h"

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

static const char *words(char out[BREAKER_REASON_B], const struct answer *answer) {
    if (answer->code == ANSWER_NONE || answer->code == ANSWER_GARBAGE)
        snprintf(out, BREAKER_REASON_B, "%s", answer->text);
    else
        snprintf(out, BREAKER_REASON_B, "%d %s", answer->code, answer->text);
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
        relay_trouble(&t->s->lanes, r, true, reason);
}

/* A refusal in words that also fit "this relay will not send for you". */
static void weigh_policy(struct trial *t, struct outcome *o, const char *reason) {
    struct relay *r = t->slot->relay;
    if (r->since_taken < POLICY_RUN) {
        relay_fine(&t->s->lanes, r);
        return;
    }
    o->end = END_TEMPORARY;
    if (r->since_taken >= (size_t)2 * POLICY_RUN)
        relay_trouble(&t->s->lanes, r, true, reason);
}

static void on_taken(struct trial *t) {
    struct relay *r = t->slot->relay;
    r->since_taken = 0;
    r->taken_ms = clock_ms();
    relay_fine(&t->s->lanes, r);
    lane_fine(&t->s->lanes, t->job->lane);
    if (t->job->chunk)
        accuse_lift(&t->s->hand, t->job->chunk->broadcast);
}

/* The answer as it is; o may change. */
static enum sentence judge(struct trial *t, struct outcome *o, size_t place,
                           const struct channel_end *end) {
    char reason[BREAKER_REASON_B];
    struct relay *r = t->slot->relay;
    words(reason, end->answer);
    r->since_taken++;
    if (o->end == END_ACCEPTED) {
        on_taken(t);
        return STANDS;
    }
    if (o->end == END_UNKNOWN) {
        t->slot->blamed = true;
        lane_fault(&t->s->lanes, t->job->lane, r, domain_at(t, place), true, reason);
        return STANDS;
    }
    switch (o->scope) {
    case SCOPE_RELAY:
        /* Parting instead of the next mail's go-ahead: this connection has served its time. */
        if (!end->parting || t->slot->served == 0)
            blame_relay(t, o, reason);
        return BACK;
    case SCOPE_LANE:
        t->slot->blamed = true;
        lane_fault(&t->s->lanes, t->job->lane, r, domain_at(t, place), false, reason);
        return BACK;
    case SCOPE_ALERT:
        relay_fine(&t->s->lanes, r);
        return t->job->chunk ? ACCUSED : STANDS;
    default:
        lane_fine(&t->s->lanes, t->job->lane);
        if (o->policy && o->end == END_PERMANENT)
            weigh_policy(t, o, reason);
        else
            relay_fine(&t->s->lanes, r);
        return STANDS;
    }
}

/* Nothing was sent. A connection that was lost once recipients were named speaks of them; the
 * mail behind another, or on a connection that we closed, of nobody. */
static void judge_untried(struct trial *t, size_t place, const struct channel_end *end) {
    struct slot *slot = t->slot;
    if (end->answer->code != ANSWER_NONE || !t->current || slot->ours || slot->blamed)
        return;
    if (end->stage == STAGE_OPENING)
        return; /* verdict_closed looks at the connection */
    char reason[BREAKER_REASON_B];
    slot->blamed = true;
    lane_fault(&t->s->lanes, t->job->lane, slot->relay, domain_at(t, place), true,
               words(reason, end->answer));
}

/* ---- recipients ---- */

static void end_letter(struct job *job, struct outcome o, const struct answer *answer) {
    static const char *const WORDS[] = {[END_ACCEPTED] = "accepted",
                                        [END_TEMPORARY] = "temporary",
                                        [END_PERMANENT] = "refused",
                                        [END_UNKNOWN] = "again"};
    letters_end(job->parcel, WORDS[o.end], answer->text);
}

static void end_member(struct trial *t, struct member *m, struct outcome o,
                       const struct answer *answer) {
    static const enum delivery_result RESULTS[] = {[END_ACCEPTED] = DELIVERY_ACCEPTED,
                                                   [END_TEMPORARY] = DELIVERY_TEMPORARY,
                                                   [END_PERMANENT] = DELIVERY_REFUSED,
                                                   [END_UNKNOWN] = DELIVERY_UNKNOWN};
    struct chunk *c = t->job->chunk;
    bool final = outcome_is_final(o, c->again);
    t->taken = t->taken || o.end == END_ACCEPTED;
    t->delayed = t->delayed || o.end == END_TEMPORARY;
    record_note(&t->s->hand, c, m, RESULTS[o.end], final, answer, t->slot->relay->server);
    batch_end(c, m,
              final                    ? MEMBER_ENDED
              : o.end == END_TEMPORARY ? MEMBER_TEMPORARY
                                       : MEMBER_UNKNOWN);
}

/* Nothing of a lane's or a relay's fault stays with a letter but a delay of its own. */
static void carry_out_letter(struct trial *t, enum sentence sentence, const struct outcome *o,
                             const struct channel_end *end) {
    bool rests = sentence == BACK && !end->untried && o->scope == SCOPE_LANE;
    struct outcome rest = {.end = END_TEMPORARY};
    if (sentence == BACK && !rests)
        letters_put_back(t->job->parcel);
    else
        end_letter(t->job, rests ? rest : *o, end->answer);
}

static void carry_out(struct trial *t, size_t place, enum sentence sentence,
                      const struct outcome *o, const struct channel_end *end) {
    struct chunk *c = t->job->chunk;
    if (!c)
        carry_out_letter(t, sentence, o, end);
    else if (sentence == BACK)
        batch_put_back(c, t->job->members[place]);
    else if (sentence == ACCUSED)
        accuse_note(c, t->job->members[place], t->slot->relay->server, end->answer);
    else
        end_member(t, t->job->members[place], *o, end->answer);
}

/* The domain's own account of it: before the member may be taken up again. */
static void tell_domain(struct trial *t, size_t place, const struct outcome *o,
                        const struct channel_end *end, bool blamed) {
    struct domain *d = domain_at(t, place);
    if (!d)
        return;
    enum domain_end how = blamed                        ? DOMAIN_FAULT
                          : end->untried                ? DOMAIN_UNTRIED
                          : o->end == END_ACCEPTED      ? DOMAIN_TAKEN
                          : o->scope == SCOPE_RECIPIENT ? DOMAIN_ANSWERED
                                                        : DOMAIN_UNTRIED;
    if (domain_ended(d, t->job->members[place]->counted, how, clock_ms(), t->job->lane->taken))
        batch_unstick(&t->s->hand);
}

/* A relay that refuses a text to several may mean one of them: nobody's delivery ends by it, each
 * gets a mail of his own. */
static bool for_whose_sake(const struct job *job, size_t count, const struct outcome *o) {
    return job->leaving > 0 && count > 1 && o->scope == SCOPE_RECIPIENT &&
           (o->end == END_TEMPORARY || o->end == END_PERMANENT);
}

/* An answer to the text goes on file; `alone`: as one that says nothing of anybody. */
static void file(struct trial *t, const size_t *places, size_t count, bool alone,
                 const struct channel_end *end) {
    const struct job *job = t->job;
    int64_t contacts[CHANNEL_RECIPIENTS];
    for (size_t i = 0; i < count; i++)
        contacts[i] = job->members[places[i]]->contact;
    journal_outcome(t->s->journal, job->chunk->id, contacts, count,
                    alone ? (struct outcome){SCOPE_LANE, END_TEMPORARY, false} : end->outcome,
                    end->answer);
}

/* What came of the mail for all whom one answer concerns. */
static void pass(struct trial *t, const size_t *places, size_t count,
                 const struct channel_end *end) {
    struct job *job = t->job;
    struct outcome o = end->outcome;
    bool text = job->leaving > 0 && end->stage != STAGE_NAMING;
    bool alone = text && for_whose_sake(job, count, &o), was = t->slot->blamed;
    enum sentence sentence = BACK;
    if (text && job->chunk)
        file(t, places, count, alone, end);
    if (end->untried)
        judge_untried(t, places[0], end);
    else
        sentence = judge(t, &o, places[0], end);
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
        t->s->lanes.taken++;
        flow_good(&l->flow, clock_ms() - t->job->left_ms);
    } else if (t->delayed) {
        flow_bad(&l->flow);
    }
}

/* Those from `first` on whom the same answer concerns; 0: they were found with one before. */
static size_t find_all(const struct channel_end *ends, size_t count, size_t first,
                       size_t places[CHANNEL_RECIPIENTS]) {
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (ends[i].stage == STAGE_NAMING || ends[i].answer != ends[first].answer)
            continue;
        if (i < first)
            return 0;
        places[n++] = i;
    }
    return n;
}

/* First what was said at the recipients' names, then what was said of the text. */
void verdict_pass(struct sender *s, struct slot *slot, struct job *job, bool current,
                  const struct channel_end *ends, size_t count) {
    struct trial t = {.s = s, .slot = slot, .job = job, .current = current};
    size_t places[CHANNEL_RECIPIENTS];
    bool served = false;
    for (size_t i = 0; i < count; i++) {
        served = served || !ends[i].untried;
        if (ends[i].stage == STAGE_NAMING)
            pass(&t, &i, 1, &ends[i]);
    }
    for (size_t i = 0; i < count; i++) {
        size_t n = ends[i].stage == STAGE_NAMING ? 0 : find_all(ends, count, i, places);
        if (n > 0)
            pass(&t, places, n, &ends[i]);
    }
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
        relay_trouble(&s->lanes, r, was_open, text);
}
