/* Asking the database, one statement at a time: the first due errand of the table is sent, its
 * answer fetched when it has come. The loop never waits for an answer. */
#include "send/errand.h"

#include <string.h>
#include <sys/epoll.h>

#include "clock.h"
#include "log.h"

enum {
    POLL_MS = 1000, /* where a NOTIFY was missed */
    RETRY_MS = 250, /* between looks for a database that is away */
    LOOK_MS = 100   /* a late answer is looked for without a sign from the socket */
};

/* ---- the connection ---- */

static void on_db(void *ctx, int fd, uint32_t events) {
    (void)fd;
    (void)events;
    ((struct sender *)ctx)->db_readable = true;
}

/* The socket changes with every reconnect and is gone while there is no connection. */
void errand_watch(struct sender *s) {
    int fd = db_socket(s->db);
    if (fd == s->db_fd)
        return;
    if (s->db_fd >= 0)
        loop_drop(s->loop, s->db_fd);
    if (fd >= 0)
        loop_watch(s->loop, fd, EPOLLIN, on_db, s);
    s->db_fd = fd;
}

static void forget_errand(struct sender *s) {
    s->errand = NULL;
    s->about = NULL;
    if (s->closing)
        s->closing->closing = false;
    s->closing = NULL;
    s->splitting = NULL;
    for (struct broadcast *b = s->broadcasts; b; b = b->next)
        b->noting = 0;
}

/* There may be chunks to claim, in any lane. */
static void work_may_wait(struct sender *s, bool urgent) {
    if (urgent)
        s->due |= DUE_URGENT;
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
    s->due |= DUE_HELD | DUE_STATES | DUE_LANES | DUE_LETTERS;
    work_may_wait(s, true);
    s->report_due = true;
    s->retry_ms = clock_ms() + RETRY_MS;
    errand_watch(s);
}

static void hear_notices(struct sender *s) {
    char payload[64];
    for (const char *channel; (channel = db_notified(s->db, payload, sizeof payload));) {
        if (strcmp(channel, "kairan_alert") == 0)
            s->due |= DUE_STATES;
        else if (strcmp(channel, "kairan_lane") == 0)
            s->due |= DUE_LANES;
        else if (strcmp(payload, "letter") == 0)
            s->due |= DUE_LETTERS;
        else
            work_may_wait(s, strcmp(payload, "routine") != 0);
    }
}

static void fetch(struct sender *s) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    struct fault f = {0};
    int got = db_result(s->db, &rows, &f);
    if (got == 0)
        return;
    const struct errand *e = s->errand;
    if (got < 0) {
        failed(s, e->name, &f);
        return;
    }
    s->heard_ms = s->sent_ms;
    e->done(s, &rows);
    broadcast_look(s); /* what has changed is judged by before anything else is asked */
    s->errand = NULL;
    s->about = NULL;
}

static void start(struct sender *s) {
    struct fault f = {0};
    if (!post_step(s, &f)) {
        failed(s, "letters", &f);
        return;
    }
    for (size_t i = 0; i < ERRAND_COUNT && !s->errand; i++) {
        s->about = NULL;
        if (!ERRANDS[i]->due(s))
            continue;
        arena_reset(s->arena);
        s->errand = ERRANDS[i];
        s->sent_ms = clock_ms();
        if (!ERRANDS[i]->send(s, &f))
            failed(s, ERRANDS[i]->name, &f);
        return;
    }
}

static bool connected(struct sender *s) {
    struct fault f = {0};
    if (db_socket(s->db) >= 0)
        return true;
    if (clock_ms() < s->retry_ms)
        return false;
    if (!db_alive(s->db, &f)) {
        s->retry_ms = clock_ms() + RETRY_MS;
        return false;
    }
    log_info("the database is back");
    errand_watch(s);
    return true;
}

void errand_step(struct sender *s) {
    int64_t now_ms = clock_ms();
    if (!connected(s))
        return;
    if (now_ms - s->work_ms >= POLL_MS) {
        s->work_ms = now_ms;
        s->due |= DUE_LETTERS;
        work_may_wait(s, true);
        s->db_readable = true;
    }
    if (s->errand && (s->db_readable || now_ms - s->sent_ms >= LOOK_MS))
        fetch(s);
    if (s->db_readable && db_socket(s->db) >= 0)
        hear_notices(s);
    s->db_readable = false;
    if (!s->errand && db_socket(s->db) >= 0 && now_ms >= s->retry_ms)
        start(s);
    errand_watch(s);
}
