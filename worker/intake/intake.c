/* What a mail says, on its way to the database: one statement at a time, never waited for. */
#include "intake/intake.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <time.h>

#include "clock.h"
#include "log.h"
#include "settings/conf.h"
#include "text.h"

enum {
    RETRY_MS = 500,
    TALLY_MS = 5000,
    LOOK_MS = 100 /* a late answer is looked for without a sign from the socket */
};

static const char *const ENDS[] = {
    [INTAKE_FORGED] = "forged", [INTAKE_NOTHING] = "nothing",   [INTAKE_COUNTED] = "counted",
    [INTAKE_AGAIN] = "again",   [INTAKE_STRANGER] = "stranger", [INTAKE_LETTER] = "letter",
};
static_assert(COUNT(ENDS) == INTAKE_END_LAST, "a name for each end");

static enum intake_end end_of(const char *name) {
    for (size_t i = 0; i < COUNT(ENDS); i++)
        if (strcmp(name, ENDS[i]) == 0)
            return (enum intake_end)i;
    return INTAKE_NOTHING;
}

/* ---- whose mail ---- */

static bool is_genuine(const struct intake *in, const char *token) {
    struct verp what;
    return verp_open(in->keys, token, time(NULL), &what);
}

/* The plain return address, which providers are told to send complaints to. */
static bool is_plain(const char *address) {
    size_t local_b = strlen(conf.bounce_local);
    return strncasecmp(address, conf.bounce_local, local_b) == 0 && address[local_b] == '@' &&
           strcasecmp(address + local_b + 1, conf.domain) == 0;
}

bool intake_wanted(void *ctx, const char *address) {
    struct intake *in = ctx;
    char token[VERP_B];
    bool wanted = (verp_find(address, token) && is_genuine(in, token)) || is_plain(address);
    in->tallies[INTAKE_FORGED] += !wanted;
    return wanted;
}

/* The token that a mail to this recipient acts with: a complaint's own, else the address's. NULL:
 * it acts with none. */
static const char *token_for(struct guest *g, const char *address) {
    char token[VERP_B];
    bool complaint = g->returned.count > 0 && g->returned.list[0].kind == RETURNED_COMPLAINT;
    if (complaint && is_genuine(g->in, g->returned.token))
        return g->returned.token;
    return verp_find(address, token) ? arena_strdup(g->arena, token) : NULL;
}

/* ---- a mail ---- */

static void answer(struct guest *g, bool taken) {
    g->waits = g->asked = false;
    arena_free(&g->arena);
    if (!g->gone)
        lmtp_answer(g->lmtp, taken);
}

/* Goes to the next recipient for whom there is something to ask; without one the mail is done. */
static void go_on(struct guest *g) {
    const struct lmtp_mail *mail = lmtp_mail(g->lmtp);
    for (; g->rcpt < mail->count; g->rcpt++) {
        g->token = g->returned.count > 0 ? token_for(g, mail->to[g->rcpt]) : NULL;
        if (g->token) {
            g->waits = true;
            return;
        }
        g->in->tallies[INTAKE_NOTHING]++;
    }
    answer(g, true);
}

void intake_mail(struct guest *g) {
    const struct lmtp_mail *mail = lmtp_mail(g->lmtp);
    g->arena = arena_new();
    g->rcpt = 0;
    returned_read(g->arena, mail->data, mail->data_b, mail->null_sender, &g->returned);
    go_on(g);
}

void intake_forget(struct guest *g) {
    if (g->in->asker == g)
        g->in->asker = NULL; /* its answer comes and is nobody's */
    arena_free(&g->arena);
}

/* ---- the database ---- */

static void on_db(void *ctx, int fd, uint32_t events) {
    (void)fd;
    (void)events;
    ((struct intake *)ctx)->db_readable = true;
}

static void watch(struct intake *in) {
    int fd = db_socket(in->db);
    if (fd == in->db_fd)
        return;
    if (in->db_fd >= 0)
        loop_drop(in->loop, in->db_fd);
    if (fd >= 0)
        loop_watch(in->loop, fd, EPOLLIN, on_db, in);
    in->db_fd = fd;
}

/* Everybody who waits is told to come again: the town's mail server keeps the mail. */
static void put_off(struct intake *in) {
    for (struct guest *g = in->guests; g; g = g->next)
        if (g->waits)
            answer(g, false);
    in->asker = NULL;
}

static void failed(struct intake *in, const struct fault *f) {
    if (fault_retry(f->kind))
        log_warn("%s %s", f->text, f->detail);
    else
        log_error("%s %s", f->text, f->detail);
    for (size_t i = 0; i < INTAKE_END_LAST; i++)
        in->tallies[i] += in->told[i];
    memset(in->told, 0, sizeof in->told);
    in->busy = false;
    put_off(in);
    in->retry_ms = clock_ms() + RETRY_MS;
    watch(in);
}

static bool connected(struct intake *in) {
    struct fault f = {0};
    if (db_socket(in->db) >= 0)
        return true;
    put_off(in);
    if (clock_ms() < in->retry_ms)
        return false;
    if (!db_alive(in->db, &f)) {
        in->retry_ms = clock_ms() + RETRY_MS;
        return false;
    }
    log_info("the database is back");
    watch(in);
    return true;
}

static void fetch(struct intake *in) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    struct fault f = {0};
    int got = db_result(in->db, &rows, &f);
    if (got == 0)
        return;
    if (got < 0) {
        failed(in, &f);
        return;
    }
    struct guest *g = in->asker;
    in->busy = false;
    in->asker = NULL;
    memset(in->told, 0, sizeof in->told);
    if (!g)
        return;
    in->tallies[end_of(db_text(&rows, 0, 0))]++;
    g->waits = g->asked = false;
    g->rcpt++;
    go_on(g);
}

/* ---- asking ---- */

static const char *column(struct arena *a, const struct returned *b,
                          const char *(*get)(const struct returned_recipient *r)) {
    const char **items = arena_array(a, b->count, sizeof *items);
    for (size_t i = 0; i < b->count; i++)
        items[i] = get(&b->list[i]);
    return db_array(a, items, b->count);
}

static const char *kind_of(const struct returned_recipient *r) {
    return returned_kind_name(r->kind);
}

static const char *status_of(const struct returned_recipient *r) {
    return r->status;
}

static const char *address_of(const struct returned_recipient *r) {
    return r->address;
}

static const char *reply_of(const struct returned_recipient *r) {
    return r->reply;
}

static void ask(struct intake *in, struct guest *g) {
    struct fault f = {0};
    const char *params[] = {g->token, column(g->arena, &g->returned, kind_of),
                            column(g->arena, &g->returned, status_of),
                            column(g->arena, &g->returned, address_of),
                            column(g->arena, &g->returned, reply_of)};
    in->asker = g;
    in->busy = g->asked = true;
    in->asked_ms = clock_ms();
    if (!db_send(in->db, SQL_BOUNCE_TAKE, params, COUNT(params), &f))
        failed(in, &f);
}

static void tell_tallies(struct intake *in) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct fault f = {0};
    memcpy(in->told, in->tallies, sizeof in->told);
    memset(in->tallies, 0, sizeof in->tallies);
    const char *params[] = {db_array(a, ENDS, COUNT(ENDS)),
                            db_int_array(a, in->told, COUNT(in->told))};
    in->busy = true;
    in->tally_ms = in->asked_ms = clock_ms();
    if (!db_send(in->db, SQL_BOUNCE_COUNT, params, COUNT(params), &f))
        failed(in, &f);
}

static bool has_tallies(const struct intake *in) {
    for (size_t i = 0; i < INTAKE_END_LAST; i++)
        if (in->tallies[i] > 0)
            return true;
    return false;
}

static struct guest *next_waiting(const struct intake *in) {
    for (struct guest *g = in->guests; g; g = g->next)
        if (g->waits)
            return g;
    return NULL;
}

void intake_step(struct intake *in) {
    int64_t now_ms = clock_ms();
    if (!connected(in))
        return;
    if (in->busy && (in->db_readable || now_ms - in->asked_ms >= LOOK_MS))
        fetch(in);
    in->db_readable = false;
    struct guest *g = next_waiting(in);
    if (!in->busy && db_socket(in->db) >= 0) {
        if (g)
            ask(in, g);
        else if (has_tallies(in) && now_ms - in->tally_ms >= TALLY_MS)
            tell_tallies(in);
    }
    watch(in);
}
