/* worker/send/verdict: what a channel answers is carried out, whether one answer concerns all, each
 * recipient has one of his or her own, or none was tried. */
#include "send/verdict.h"

#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "clock.h"
#include "hand/broadcast.h"
#include "journal/journal.h"
#include "worker_scene.h"

enum { ALERT = 7, CHUNK = 9, MEMBERS = 3 };

/* A sender with one mail under way, whose text has left to three recipients. */
struct scene {
    char dir[64];
    struct sender s;
    struct broadcast broadcast;
    struct chunk chunk;
    struct member members[MEMBERS];
    struct lane lane;
    struct relay relay;
    struct slot slot;
    struct channel_end ends[MEMBERS];
};

static int set_up(void **state) {
    struct scene *t = calloc(1, sizeof *t);
    assert_non_null(t);
    struct fault f = {0};
    *state = t;
    snprintf(t->dir, sizeof t->dir, "/tmp/t_worker_verdict.XXXXXX");
    if (!mkdtemp(t->dir) || !journal_open(t->dir, "j", &t->s.journal, &f))
        return -1;
    journal_claim(t->s.journal, &(struct journal_chunk){.id = CHUNK, .alert = ALERT, .members = 3});
    t->broadcast.alert = ALERT;
    t->chunk = (struct chunk){.arena = arena_new(),
                              .broadcast = &t->broadcast,
                              .lane = &t->lane,
                              .id = CHUNK,
                              .attempt = 1,
                              .members = t->members,
                              .count = MEMBERS,
                              .started = MEMBERS};
    t->s.hand = (struct hand){.lanes = &t->s.lanes, .journal = t->s.journal, .chunks = &t->chunk};
    t->lane.name = (char *)"other";
    flow_init(&t->lane.flow, 4, 10, clock_ms());
    t->relay = (struct relay){.server = "relay.example:25", .limit = 10};
    t->slot.relay = &t->relay;
    struct job *job = t->slot.current = &t->slot.jobs[0];
    *job = (struct job){.lane = &t->lane,
                        .chunk = &t->chunk,
                        .leaving = MEMBERS,
                        .left_ms = clock_ms(),
                        .load = {.count = MEMBERS}};
    for (size_t i = 0; i < MEMBERS; i++) {
        t->members[i] = (struct member){.contact = (int64_t)i + 1, .state = MEMBER_STARTED};
        job->members[i] = &t->members[i];
    }
    return 0;
}

static int tear_down(void **state) {
    struct scene *t = *state;
    scene_done(&t->s, t->dir, &t->broadcast, &t->chunk);
    free(t);
    return 0;
}

static void pass(struct scene *t) {
    verdict_pass(&t->s, &t->slot, t->slot.current, true, t->ends, MEMBERS);
}

/* What the journal says of the chunk's members. */
static struct journal_chunk on_file(struct scene *t, struct arena *a) {
    struct fault f = {0};
    struct journal_state state;
    assert_true(journal_flush(t->s.journal, &f) && journal_read(t->s.journal, a, &state, &f));
    assert_int_equal(state.count, 1);
    return state.chunks[0];
}

static const struct answer TAKEN = {.code = 200, .text = "id-1"};
static const struct answer UNKNOWN_NUMBER = {.code = 404, .text = "no such number"};
static const struct answer LATER = {.code = 503, .text = "later"};

#define ANSWERED(scope_, end_, answer_)                                                            \
    (struct channel_end) {                                                                         \
        .stage = STAGE_TEXT, .outcome = {.scope = (scope_), .end = (end_)}, .answer = (answer_)    \
    }

/* A channel may answer each recipient after the text, as gateways do. */
static void each_answer_is_its_own_recipients(void **state) {
    struct scene *t = *state;
    t->ends[0] = ANSWERED(SCOPE_RECIPIENT, END_ACCEPTED, &TAKEN);
    t->ends[1] = ANSWERED(SCOPE_RECIPIENT, END_PERMANENT, &UNKNOWN_NUMBER);
    t->ends[2] = ANSWERED(SCOPE_RECIPIENT, END_TEMPORARY, &LATER);
    pass(t);
    assert_int_equal(t->members[0].state, MEMBER_ENDED);
    assert_int_equal(t->members[1].state, MEMBER_ENDED);
    assert_int_equal(t->members[2].state, MEMBER_TEMPORARY);
    assert_false(t->members[1].alone || t->members[2].alone);
    assert_int_equal(t->s.hand.unnoted, 3);
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct journal_chunk c = on_file(t, a);
    static const enum outcome_end ENDS[] = {END_ACCEPTED, END_PERMANENT, END_TEMPORARY};
    assert_int_equal(c.count, 3);
    for (size_t i = 0; i < c.count; i++)
        if (!c.marks[i].has_outcome || c.marks[i].outcome.end != ENDS[i])
            ROW_FAIL(i, "%s", c.marks[i].text);
    assert_string_equal(c.marks[0].text, "id-1");
}

/* Nobody knows for whose sake: nobody's delivery ends, each gets a mail of his own. */
static void one_refusal_of_several_ends_nobody(void **state) {
    struct scene *t = *state;
    for (size_t i = 0; i < MEMBERS; i++)
        t->ends[i] = ANSWERED(SCOPE_RECIPIENT, END_PERMANENT, &UNKNOWN_NUMBER);
    pass(t);
    for (size_t i = 0; i < MEMBERS; i++)
        if (t->members[i].state != MEMBER_TODO || !t->members[i].alone)
            ROW_FAIL(i, "state %d", t->members[i].state);
    assert_int_equal(t->s.hand.unnoted, 0);
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct journal_chunk c = on_file(t, a);
    assert_int_equal(c.marks[0].outcome.scope, SCOPE_LANE);
}

/* A connection that was lost before anybody was named says nothing of the lane; one that was lost
 * afterwards does. */
static void untried_members_come_again(void **state) {
    struct scene *t = *state;
    struct answer lost;
    answer_say(&lost, "lost");
    t->slot.current->leaving = 0;
    for (size_t i = 0; i < MEMBERS; i++)
        t->ends[i] = (struct channel_end){.stage = STAGE_OPENING,
                                          .untried = true,
                                          .outcome = {SCOPE_RELAY, END_TEMPORARY, false},
                                          .answer = &lost};
    pass(t);
    assert_int_equal(t->chunk.todo, 3);
    assert_int_equal(t->lane.run, 0);
    t->chunk.started = 3;
    for (size_t i = 0; i < MEMBERS; i++)
        t->ends[i].stage = STAGE_TEXT;
    pass(t);
    assert_int_equal(t->lane.run, 1);
    assert_true(t->slot.blamed);
    CLEANUP(arena_free) struct arena *a = arena_new();
    assert_int_equal(on_file(t, a).count, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(each_answer_is_its_own_recipients),
        TEST(one_refusal_of_several_ends_nobody),
        TEST(untried_members_come_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
