/* The role `send`: one process, one loop. Each round: what happened on connections and in the
 * database; which mails may begin; intents to the journal; texts out. */
#include "clock.h"
#include "hand/batch.h"
#include "hand/broadcast.h"
#include "journal/replay.h"
#include "process/channels.h"
#include "process/role.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "letters/letter.h"
#include "log.h"
#include "proc.h"
#include "send/errand.h"
#include "send/pool.h"
#include "send/sender.h"
#include "settings/conf.h"

enum {
    ROUND_MS = 20, /* the longest sleep while something is in hand */
    IDLE_ROUND_MS = 250,
    AWAY_MS = 5000,       /* how long a stopping sender waits for the database */
    LOCK_WAIT_US = 100000 /* for a dead process' lock to go */
};

static const char *const SETS[] = {"delivery", "lane", "letter"};

/* ---- a round ---- */

static bool file_intents(struct sender *s) {
    struct fault f = {0};
    bool good = journal_flush(s->journal, &f);
    if (!good && !s->journal_bad)
        log_error("%s %s", f.text, f.detail);
    if (good && s->journal_bad)
        log_info("the journal takes records again");
    s->journal_bad = !good;
    return good;
}

static int pause_ms(const struct sender *s, int relay_ms) {
    int most = s->hand.chunks || s->post.parcels || s->hand.unnoted ? ROUND_MS : IDLE_ROUND_MS;
    return relay_ms < most ? relay_ms : most;
}

static void go_round(struct sender *s) {
    loop_wait(s->loop, pause_ms(s, pool_tick(s)));
    sender_fence(s);
    for (size_t i = 0; i < s->channel_count; i++)
        if (s->channels[i]->does->look(s->channels[i]))
            s->lanes.changed = true;
    errand_step(s);
    broadcast_look(&s->hand);
    pool_withdraw(s);
    pool_assign(s);
    pool_intend(s);
    if (file_intents(s))
        pool_release(s);
    broadcast_tidy(&s->hand, errand_about(s));
}

/* ---- start ---- */

/* The lock of a killed process goes with it; a wait for it is short. */
static struct journal *wait_for_journal(int64_t slot) {
    struct fault f = {0};
    struct journal *j;
    for (int said = 0; !(j = role_journal(slot, &f)); said++) {
        if (f.kind != FAULT_CONFLICT)
            die("%s %s: %s", f.text, conf.journal_dir, f.detail);
        if (said == 0)
            log_warn("%s Waiting for it.", f.text);
        if (proc_stop)
            exit(0);
        usleep(LOCK_WAIT_US);
    }
    return j;
}

static bool begin_channels(struct sender *s, struct fault *f) {
    for (size_t i = 0; i < s->channel_count; i++)
        if (!s->channels[i]->does->begin(s->channels[i], s->db, f))
            return false;
    return true;
}

/* Till it succeeds: nothing is sent before the past is settled. */
static void settle_past(struct sender *s, const char *servers) {
    struct fault f = {0};
    while (!db_alive(s->db, &f) || !replay_journal(s->db, &s->who, s->journal, servers, &f) ||
           !letter_release(s->db, s->who.host, (int)s->who.slot, &f) || !begin_channels(s, &f) ||
           !db_listen(s->db, "kairan_alert", &f) || !db_listen(s->db, "kairan_work", &f) ||
           !db_listen(s->db, "kairan_lane", &f) || !channels_write_lanes(s->db, &f)) {
        if (!fault_retry(f.kind))
            die("%s %s", f.text, f.detail);
        if (proc_stop)
            exit(0);
        log_warn("%s %s", f.text, f.detail);
        usleep(LOCK_WAIT_US);
    }
}

static void open_channels(struct sender *s, struct arena *a) {
    struct fault f = {0};
    if (!(s->channels = channels_open(a, &s->channel_count, &f)))
        die("%s %s", f.text, f.detail);
    lanes_open(&s->lanes, s->channels, s->channel_count);
    s->hand.lanes = &s->lanes;
    for (size_t i = 0; i < s->channel_count; i++)
        if (s->channels[i]->links > s->hand.links)
            s->hand.links = s->channels[i]->links;
}

static void open_sender(struct sender *s, struct arena *a, int64_t slot) {
    struct fault f = {0};
    size_t sets_count = COUNT(SETS);
    const char *const *sets = channels_sets(a, SETS, &sets_count);
    s->who = (struct delivery_who){.host = role_host(a), .role = "send", .slot = slot};
    open_channels(s, a);
    s->journal = wait_for_journal(slot);
    s->hand.journal = s->journal;
    s->post = (struct letters){.who = &s->who, .channel = s->lanes.letters->channel};
    if (!db_open_wait("kairan_sender", sets, sets_count, &s->db, &f) || !loop_open(&s->loop, &f) ||
        !pool_open(s, &f))
        die("%s %s", f.text, f.detail);
    settle_past(s, channels_servers(a));
    errand_open(s);
}

/* ---- end ---- */

/* Mails under way are waited for, their outcomes brought home, chunks given back. A second signal,
 * or a database that stays away, cuts this short and leaves the rest to the journal. */
static bool has_ended(const struct sender *s) {
    if (!proc_stop || (proc_stop == 1 && pool_in_flight(s) > 0))
        return false;
    bool away = db_socket(s->db) < 0 && clock_ms() - s->heard_ms > AWAY_MS;
    return proc_stop > 1 || away || (s->hand.unnoted == 0 && !s->hand.chunks && !errand_is_out(s));
}

static void close_sender(struct sender *s) {
    letters_give_back(&s->post, s->db);
    batch_drop_all(&s->hand);
    pool_close(s);
    lanes_close(&s->lanes);
    broadcast_drop_all(&s->hand);
    errand_close(s);
    for (size_t i = 0; i < s->channel_count; i++)
        s->channels[i]->does->close(&s->channels[i]);
    journal_close(&s->journal);
    loop_close(&s->loop);
    db_close(&s->db);
}

int role_send(int64_t slot) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct sender s = {0};
    open_sender(&s, a, slot);
    proc_ready();
    log_info("ready, up to %zu connections to each of %s", s.hand.links, channels_servers(a));
    while (!has_ended(&s)) {
        s.stopping = proc_stop > 0;
        go_round(&s);
    }
    close_sender(&s);
    return 0;
}
