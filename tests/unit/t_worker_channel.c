/* The seam for channels: a made-up one, a gateway that takes one text to one number at a time and
 * answers later, is served by the engine as mail is. */
#include "channel/channel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "clock.h"
#include "hand/broadcast.h"
#include "hand/chunk.h"
#include "journal/journal.h"
#include "send/pool.h"
#include "settings/conf.h"
#include "worker_scene.h"

enum { ALERT = 7, CHUNK = 9, MEMBERS = 5, LINKS = 1, PARTS = 3 };

/* ---- the channel ---- */

struct channel_link {
    struct slot *slot;
    struct channel_load *load; /* offered; NULL: none */
    bool open, sent;
};

struct channel_gate {
    const struct channel_hooks *hooks;
    struct channel_link links[LINKS + 2]; /* and the spare ones */
    size_t count;
};

static struct channel_gate gate;
static size_t riders; /* loads that came to ride behind another */

static bool look(struct channel *c) {
    return c->ready = true, false;
}

static const char **relays(struct arena *a, const char *lane, size_t *count) {
    (void)lane;
    const char **servers = arena_array(a, 1, sizeof *servers);
    servers[0] = "gateway.example";
    *count = 1;
    return servers;
}

static size_t together(const struct delivery_broadcast *what) {
    (void)what;
    return 1;
}

static const char *unfit(const char *address) {
    return address[0] == '0' ? NULL : "That is no number.";
}

static bool write_text(struct channel *c, const struct channel_alert *alert,
                       struct channel_load *out, struct fault *f) {
    (void)c;
    (void)f;
    out->text = alert->what->texts[alert->text].body;
    out->text_b = strlen(out->text);
    out->parts = PARTS;
    return true;
}

static bool gate_open(struct channel *c, struct loop *loop, const char *server,
                      const struct channel_hooks *hooks, struct channel_gate **out,
                      struct fault *f) {
    (void)c;
    (void)loop;
    (void)server;
    (void)f;
    gate = (struct channel_gate){.hooks = hooks};
    *out = &gate;
    return true;
}

static void gate_close(struct channel_gate **g) {
    *g = NULL;
}

/* Numbers that end in 9 are not known to anybody. */
static void answer_one(struct channel_gate *g, struct channel_link *l) {
    static const struct answer TAKEN = {.code = 202, .text = "id-1"};
    static const struct answer UNKNOWN_NUMBER = {.code = 404, .text = "no such number"};
    const struct channel_load *load = l->load;
    bool known = load->to[0][strlen(load->to[0]) - 1] != '9';
    struct channel_end end = {
        .stage = STAGE_TEXT,
        .outcome = {.scope = SCOPE_RECIPIENT, .end = known ? END_ACCEPTED : END_PERMANENT},
        .answer = known ? &TAKEN : &UNKNOWN_NUMBER};
    l->load = NULL;
    l->sent = false;
    g->hooks->end(l->slot, load, &end, 1);
    g->hooks->ready(l->slot);
}

static int gate_tick(struct channel_gate *g) {
    for (size_t i = 0; i < g->count; i++)
        if (g->links[i].sent)
            answer_one(g, &g->links[i]);
    return 1000;
}

static struct channel_link *link_new(struct channel_gate *g, struct slot *slot) {
    assert_true(g->count < COUNT(g->links));
    g->links[g->count].slot = slot;
    return &g->links[g->count++];
}

static void open_link(struct channel_link *l) {
    l->open = true;
    gate.hooks->ready(l->slot);
}

static bool is_closed(const struct channel_link *l) {
    return !l->open;
}

static bool is_idle(const struct channel_link *l) {
    return l->open && !l->load;
}

static bool is_waiting(const struct channel_link *l) {
    return l->load && !l->sent;
}

static size_t most(const struct channel_link *l) {
    (void)l;
    return 1;
}

static void offer(struct channel_link *l, struct channel_load *load) {
    l->load = load;
}

static bool took(const struct channel_link *l, size_t place) {
    (void)l;
    return place == 0;
}

static void release(struct channel_link *l, struct channel_load *next) {
    l->sent = true;
    riders += next != NULL;
}

static void quit(struct channel_link *l) {
    l->open = false;
    gate.hooks->closed(l->slot, true, "done");
}

static const struct channel_does DOES = {.look = look,
                                         .relays = relays,
                                         .together = together,
                                         .unfit = unfit,
                                         .write = write_text,
                                         .gate_open = gate_open,
                                         .gate_close = gate_close,
                                         .gate_tick = gate_tick,
                                         .link_new = link_new,
                                         .open = open_link,
                                         .is_closed = is_closed,
                                         .is_idle = is_idle,
                                         .is_waiting = is_waiting,
                                         .most = most,
                                         .offer = offer,
                                         .took = took,
                                         .release = release,
                                         .quit = quit};

/* ---- the engine ---- */

static const struct delivery_text TEXT = {.lang = "ja", .title = "大雨", .body = "川から離れて"};

/* A sender with a chunk of five numbers in hand, none sent to. */
struct scene {
    char dir[64];
    struct channel channel, *channels[1];
    struct sender s;
    struct broadcast broadcast;
    struct chunk chunk;
    struct member members[MEMBERS];
    struct lane lane;
    struct relay *way[1];
};

static void give_work(struct scene *t) {
    static const char *const NUMBERS[MEMBERS] = {"07011110001", "07011110009", "nobody",
                                                 "07011110003", "07011110004"};
    t->broadcast = (struct broadcast){.alert = ALERT,
                                      .channel = &t->channel,
                                      .loaded = true,
                                      .open = true,
                                      .what = {.texts = &TEXT, .count = 1}};
    t->chunk = (struct chunk){.arena = arena_new(),
                              .broadcast = &t->broadcast,
                              .lane = &t->lane,
                              .id = CHUNK,
                              .attempt = 1,
                              .members = t->members,
                              .count = MEMBERS,
                              .todo = MEMBERS};
    for (size_t i = 0; i < MEMBERS; i++)
        t->members[i] =
            (struct member){.contact = (int64_t)i + 1, .address = NUMBERS[i], .lang = "ja"};
    journal_claim(t->s.journal,
                  &(struct journal_chunk){.id = CHUNK, .alert = ALERT, .members = MEMBERS});
    t->s.hand.chunks = &t->chunk;
}

static int set_up(void **state) {
    struct scene *t = calloc(1, sizeof *t);
    assert_non_null(t);
    struct fault f = {0};
    *state = t;
    riders = 0;
    conf.flush_outcomes = 100;
    snprintf(t->dir, sizeof t->dir, "/tmp/t_worker_channel.XXXXXX");
    if (!mkdtemp(t->dir) || !journal_open(t->dir, "j", &t->s.journal, &f))
        return -1;
    t->channel = (struct channel){.does = &DOES, .ready = true, .links = LINKS, .most = 1};
    t->channels[0] = &t->channel;
    lanes_open(&t->s.lanes, t->channels, 1);
    t->way[0] = &t->s.lanes.relays[0];
    t->lane = (struct lane){
        .name = (char *)"sms", .channel = &t->channel, .relays = t->way, .relay_count = 1};
    flow_init(&t->lane.flow, 4, 10, clock_ms());
    t->s.lanes.first = &t->lane;
    t->s.hand = (struct hand){.lanes = &t->s.lanes, .journal = t->s.journal, .links = LINKS};
    give_work(t);
    return pool_open(&t->s, &f) ? 0 : -1;
}

static int tear_down(void **state) {
    struct scene *t = *state;
    pool_close(&t->s);
    t->s.lanes.first = NULL;
    lanes_close(&t->s.lanes);
    scene_done(&t->s, t->dir, &t->broadcast, &t->chunk);
    free(t);
    return 0;
}

/* What the journal says of the chunk's members. */
static struct journal_chunk on_file(struct scene *t, struct arena *a) {
    struct fault f = {0};
    struct journal_state state;
    assert_true(journal_flush(t->s.journal, &f) && journal_read(t->s.journal, a, &state, &f));
    assert_int_equal(state.count, 1);
    return state.chunks[0];
}

/* A round, as the role goes it. */
static void go_round(struct scene *t) {
    struct fault f = {0};
    pool_tick(&t->s);
    pool_assign(&t->s);
    pool_intend(&t->s);
    assert_true(journal_flush(t->s.journal, &f));
    pool_release(&t->s);
}

static void intent_comes_first(void **state) {
    struct scene *t = *state;
    pool_assign(&t->s); /* opens the link */
    pool_assign(&t->s);
    pool_intend(&t->s);
    assert_non_null(gate.links[0].load);
    assert_false(gate.links[0].sent);
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct journal_chunk c = on_file(t, a);
    assert_int_equal(c.count, 1);
    assert_false(c.marks[0].has_outcome);
    pool_release(&t->s);
    assert_true(gate.links[0].sent);
    assert_int_equal(pool_in_flight(&t->s), 1);
}

/* Who cannot be named never left, so the journal knows nothing of him or her. */
static void all_hear_what_came_of_them(void **state) {
    struct scene *t = *state;
    for (int i = 0; i < 10 && t->chunk.todo + t->chunk.started > 0; i++)
        go_round(t);
    for (size_t i = 0; i < MEMBERS; i++)
        if (t->members[i].state != MEMBER_ENDED)
            ROW_FAIL(i, "state %d", t->members[i].state);
    assert_int_equal(t->s.hand.unnoted, MEMBERS);
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct journal_chunk c = on_file(t, a);
    static const struct {
        int64_t contact;
        enum outcome_end end;
    } SAID[] = {{1, END_ACCEPTED}, {2, END_PERMANENT}, {4, END_ACCEPTED}, {5, END_ACCEPTED}};
    assert_int_equal(c.count, COUNT(SAID));
    for (size_t i = 0; i < c.count; i++)
        if (c.marks[i].contact != SAID[i].contact || c.marks[i].outcome.end != SAID[i].end)
            ROW_FAIL(i, "contact %d: %s", (int)c.marks[i].contact, c.marks[i].text);
    assert_string_equal(c.marks[0].text, "id-1");
    assert_int_equal(riders, 0);
}

/* Only where the channel says so does one load ride behind another. */
static void riding_is_the_channels_to_say(void **state) {
    struct scene *t = *state;
    t->channel.rides = true;
    t->lane.flow.latency_ms = 1;
    pool_assign(&t->s);
    go_round(t);
    assert_int_equal(riders, 1);
}

/* A text of three parts takes three of the lane's pace. */
static void parts_count_in_the_pace(void **state) {
    struct scene *t = *state;
    bucket_set(&t->lane.bucket, 20, clock_ms());
    double before = t->lane.bucket.tokens;
    pool_assign(&t->s);
    t->lane.bucket.rate = 0.001; /* nothing flows in meanwhile */
    go_round(t);
    double spent = before - t->lane.bucket.tokens;
    assert_true(spent > PARTS - 0.1 && spent < PARTS + 0.1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(intent_comes_first),
        TEST(all_hear_what_came_of_them),
        TEST(riding_is_the_channels_to_say),
        TEST(parts_count_in_the_pace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
