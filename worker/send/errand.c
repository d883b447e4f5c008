/* Asking the database, one errand at a time. */
#include "send/errand.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "clock.h"
#include "log.h"
#include "send/errand_impl.h"

enum {
    POLL_MS = 1000, /* where a NOTIFY was missed */
    RETRY_MS = 250, /* between looks for a database that is away */
    LOOK_MS = 100   /* a late answer is looked for without a sign from the socket */
};

/* ---- the connection ---- */

static void on_db(void *ctx, int fd, uint32_t events) {
    (void)fd;
    (void)events;
    ((struct errands *)ctx)->db_readable = true;
}

/* The socket changes with every reconnect and is gone while there is no connection. */
static void watch(struct sender *s) {
    int fd = db_socket(s->db);
    if (fd == s->errands->db_fd)
        return;
    if (s->errands->db_fd >= 0)
        loop_drop(s->loop, s->errands->db_fd);
    if (fd >= 0)
        loop_watch(s->loop, fd, EPOLLIN, on_db, s->errands);
    s->errands->db_fd = fd;
}

static void forget_errand(struct sender *s) {
    s->errands->errand = NULL;
    s->errands->about = NULL;
    if (s->errands->closing)
        s->errands->closing->closing = false;
    s->errands->closing = NULL;
    s->errands->splitting = NULL;
    for (struct broadcast *b = s->hand.broadcasts; b; b = b->next)
        b->noting = 0;
}

/* There may be chunks to claim, in any lane. */
static void work_may_wait(struct sender *s, bool urgent) {
    if (urgent)
        s->errands->due |= DUE_URGENT;
    for (struct lane *l = s->lanes.first; l; l = l->next)
        l->due = true;
}

/* What the lost statement did is not known: every errand may be repeated, and leases are compared
 * before anything starts. */
static void failed(struct sender *s, const char *name, const struct fault *f) {
    if (!fault_retry(f->kind))
        die("%s: %s %s", name, f->text, f->detail);
    log_warn("%s: %s %s", name, f->text, f->detail);
    forget_errand(s);
    s->held_due = s->post.due = true;
    s->errands->due |= DUE_STATES | DUE_LANES;
    work_may_wait(s, true);
    s->lanes.changed = true;
    s->errands->retry_ms = clock_ms() + RETRY_MS;
    watch(s);
}

static void hear_notices(struct sender *s) {
    char payload[64];
    for (const char *channel; (channel = db_notified(s->db, payload, sizeof payload));)
        if (strcmp(channel, "kairan_alert") == 0)
            s->errands->due |= DUE_STATES;
        else if (strcmp(channel, "kairan_lane") == 0)
            s->errands->due |= DUE_LANES;
        else if (strcmp(payload, "letter") == 0)
            s->post.due = true;
        else
            work_may_wait(s, strcmp(payload, "routine") != 0);
}

static void fetch(struct sender *s) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    struct fault f = {0};
    int got = db_result(s->db, &rows, &f);
    if (got == 0)
        return;
    const struct errand *e = s->errands->errand;
    if (got < 0) {
        failed(s, e->name, &f);
        return;
    }
    s->heard_ms = s->errands->sent_ms;
    e->done(s, &rows);
    broadcast_look(&s->hand); /* what has changed is judged by before anything else is asked */
    s->errands->errand = NULL;
    s->errands->about = NULL;
}

/* They are waited for. */
static bool see_to_letters(struct sender *s, struct fault *f) {
    if (!letters_record(&s->post, s->db, f))
        return false;
    bool claim =
        letters_wants(&s->post) && sender_may_start(s) && lane_relay(s->lanes.letters, clock_ms());
    return !claim || letters_claim(&s->post, s->db, f);
}

static void start(struct sender *s) {
    struct fault f = {0};
    if (!see_to_letters(s, &f)) {
        failed(s, "letters", &f);
        return;
    }
    for (size_t i = 0; i < ERRAND_COUNT && !s->errands->errand; i++) {
        s->errands->about = NULL;
        if (!ERRANDS[i]->due(s))
            continue;
        arena_reset(s->errands->arena);
        s->errands->errand = ERRANDS[i];
        s->errands->sent_ms = clock_ms();
        if (!ERRANDS[i]->send(s, &f))
            failed(s, ERRANDS[i]->name, &f);
        return;
    }
}

static bool connected(struct sender *s) {
    struct fault f = {0};
    if (db_socket(s->db) >= 0)
        return true;
    if (clock_ms() < s->errands->retry_ms)
        return false;
    if (!db_alive(s->db, &f)) {
        s->errands->retry_ms = clock_ms() + RETRY_MS;
        return false;
    }
    log_info("the database is back");
    watch(s);
    return true;
}

void errand_step(struct sender *s) {
    int64_t now_ms = clock_ms();
    if (!connected(s))
        return;
    if (now_ms - s->errands->work_ms >= POLL_MS) {
        s->errands->work_ms = now_ms;
        s->post.due = true;
        work_may_wait(s, true);
        s->errands->db_readable = true;
    }
    if (s->errands->errand && (s->errands->db_readable || now_ms - s->errands->sent_ms >= LOOK_MS))
        fetch(s);
    if (s->errands->db_readable && db_socket(s->db) >= 0)
        hear_notices(s);
    s->errands->db_readable = false;
    if (!s->errands->errand && db_socket(s->db) >= 0 && now_ms >= s->errands->retry_ms)
        start(s);
    watch(s);
}

void errand_open(struct sender *s) {
    struct errands *e = calloc(1, sizeof *e);
    if (!e)
        abort();
    *e = (struct errands){.arena = arena_new(), .db_fd = -1, .due = DUE_URGENT | DUE_LANES};
    s->errands = e;
    s->post.due = true;
    s->heard_ms = clock_ms();
    watch(s);
}

void errand_close(struct sender *s) {
    free(s->errands->strange);
    arena_free(&s->errands->arena);
    free(s->errands);
    s->errands = NULL;
}

bool errand_is_out(const struct sender *s) {
    return s->errands->errand != NULL;
}

const struct broadcast *errand_about(const struct sender *s) {
    return s->errands->about;
}
