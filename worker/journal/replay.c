/* What a dead sender left: brought to the database, given back. */
#include "journal/replay.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "failpoint.h"
#include "log.h"
#include "sending/ladder.h"

/* A chunk's members by what is known of them. */
struct findings {
    struct delivery_note *notes;
    int64_t *temporary, *unknown;
    size_t notes_count, temporary_count, unknown_count;
};

static struct outcome outcome_of(const struct journal_mark *m) {
    if (m->has_outcome)
        return m->outcome;
    return (struct outcome){.scope = SCOPE_RECIPIENT, .end = END_UNKNOWN};
}

static const char *enhanced_of(struct arena *a, const struct journal_mark *m) {
    char text[ANSWER_DETAIL_B];
    struct answer r = {.detail = {m->detail[0], m->detail[1], m->detail[2]}};
    return arena_strdup(a, answer_detail(&r, text));
}

static void find_mark(struct arena *a, const struct journal_chunk *c, const struct journal_mark *m,
                      const char *relay, struct findings *out) {
    static const enum delivery_result RESULTS[] = {[END_ACCEPTED] = DELIVERY_ACCEPTED,
                                                   [END_TEMPORARY] = DELIVERY_TEMPORARY,
                                                   [END_PERMANENT] = DELIVERY_REFUSED,
                                                   [END_UNKNOWN] = DELIVERY_UNKNOWN};
    struct outcome o = outcome_of(m);
    bool touched = o.end == END_ACCEPTED || o.end == END_UNKNOWN ||
                   (o.scope != SCOPE_LANE && o.scope != SCOPE_RELAY && !o.policy);
    if (!touched)
        return; /* comes again with the rest */
    bool final = outcome_is_final(o, c->again);
    out->notes[out->notes_count++] = (struct delivery_note){
        .contact = m->contact,
        .attempt = c->attempt,
        .result = RESULTS[o.end],
        .final = final,
        .again = c->again,
        .code = m->code,
        .enhanced = enhanced_of(a, m),
        .lane = "", /* the journal does not name it: that of today */
        .relay = relay,
        .reply = m->has_outcome ? m->text : arena_strdup(a, "The sender ended before the reply."),
        .at_ms = (int64_t)time(NULL) * 1000,
    };
    if (o.end == END_TEMPORARY)
        out->temporary[out->temporary_count++] = m->contact;
    if (o.end == END_UNKNOWN && !final)
        out->unknown[out->unknown_count++] = m->contact;
}

static void find(struct arena *a, const struct journal_chunk *c, const char *relay,
                 struct findings *out) {
    *out = (struct findings){.notes = arena_array(a, c->count + 1, sizeof *out->notes),
                             .temporary = arena_array(a, c->count + 1, sizeof(int64_t)),
                             .unknown = arena_array(a, c->count + 1, sizeof(int64_t))};
    for (size_t i = 0; i < c->count; i++)
        find_mark(a, c, &c->marks[i], relay, out);
}

/* Outcomes the database refuses for good (it may be another database's journal) are left out:
 * whoever they tell of is in doubt then. */
static bool bring(struct db *db, struct arena *a, const struct journal_chunk *c, const char *relay,
                  struct findings *found, struct fault *f) {
    find(a, c, relay, found);
    if (found->notes_count == 0 ||
        delivery_record(db, a, c->alert, found->notes, found->notes_count, f))
        return true;
    if (fault_retry(f->kind))
        return false;
    log_error("the journal's outcomes of chunk %lld do not fit the database: %s %s",
              (long long)c->id, f->text, f->detail);
    found->temporary_count = found->unknown_count = 0;
    for (size_t i = 0; i < found->notes_count; i++)
        found->unknown[found->unknown_count++] = found->notes[i].contact;
    return true;
}

static const struct journal_chunk *known(const struct journal_state *state, int64_t id,
                                         int64_t token) {
    for (size_t i = 0; i < state->count; i++)
        if (state->chunks[i].id == id && state->chunks[i].token == token)
            return &state->chunks[i];
    return NULL;
}

/* Gives back one lease: who was in doubt flagged, who was refused for now later, the rest at once;
 * the rest is flagged too when the journal may have lost something. */
static bool give_back(struct db *db, struct arena *a, const struct delivery_held *held,
                      const struct journal_chunk *c, const struct findings *found, bool doubtful,
                      struct fault *f) {
    if (doubtful && !delivery_doubt(db, held->chunk, held->token, f))
        return false;
    struct delivery_rest rest = {.delay_s = ladder_delay_s(held->attempt)};
    if (c) {
        rest.temporary = found->temporary;
        rest.temporary_count = found->temporary_count;
        rest.unknown = found->unknown;
        rest.unknown_count = found->unknown_count;
    }
    return delivery_close(db, a, held->chunk, held->token, &rest, f);
}

static bool settle(struct db *db, struct arena *a, const struct delivery_who *who,
                   const struct journal_state *state, bool doubtful, const char *relay,
                   struct fault *f) {
    struct findings *found = arena_array(a, state->count + 1, sizeof *found);
    for (size_t i = 0; i < state->count; i++)
        if (!bring(db, a, &state->chunks[i], relay, &found[i], f))
            return false;
    FAILPOINT("replay-before-give-back");
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!delivery_held(db, who, &rows, f))
        return false;
    const struct delivery_held *held = delivery_held_read(a, &rows);
    for (int i = 0; i < rows.count; i++) {
        const struct journal_chunk *c = known(state, held[i].chunk, held[i].token);
        if (!give_back(db, a, &held[i], c, c ? &found[c - state->chunks] : found, doubtful, f))
            return false;
    }
    if (state->count > 0 || rows.count > 0)
        log_info("replayed the journal: %zu chunks open, %d leases given back", state->count,
                 rows.count);
    return true;
}

bool replay_journal(struct db *db, const struct delivery_who *who, struct journal *journal,
                    const char *relay, struct fault *f) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct journal_state state;
    if (!journal_read(journal, a, &state, f))
        return false;
    if (state.torn)
        log_warn("the journal ends in a record cut short, after %zu bytes", state.good_b);
    bool doubtful = journal_doubtful(journal);
    return settle(db, a, who, &state, doubtful, relay, f) && journal_empty(journal, f);
}
