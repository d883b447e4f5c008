/* The sender's journal: gathering records, one write(), emptying; and reading it back. */
#include "journal/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "failpoint.h"
#include "journal/boot.h"
#include "journal/journal_record.h"

enum { WAITING_CAP_B = 32 << 20 };

static_assert((int)JOURNAL_CONTACTS == (int)RECORD_CONTACTS, "a mail's recipients fit a record");
static_assert((int)ANSWER_TEXT_B <= (int)RECORD_TEXT_B, "a reply's text fits a record");

struct journal {
    int fd;
    int64_t size_b;     /* of the file */
    int64_t open_count; /* chunks claimed and not closed, as of the last record */
    bool torn;          /* a record cut short stands behind size_b */
    char *mark;         /* path of the mark of the machine's start */
    bool doubtful;
    struct buf waiting;
};

/* ---- open, lock, close ---- */

static bool fail(struct fault *f, const char *what) {
    return fault_detail(f, FAULT_RETRY, "The sender's journal cannot be used; nothing is sent.",
                        "%s: %s", what, strerror(errno));
}

static bool lock(int fd, struct fault *f) {
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return true;
    if (errno == EWOULDBLOCK)
        return fault_set(f, FAULT_CONFLICT, "Another process holds this journal.");
    return fail(f, "flock");
}

static struct journal *new_journal(int fd, int64_t size_b, const char *path) {
    struct journal *j = calloc(1, sizeof *j);
    char *mark = NULL;
    if (!j || asprintf(&mark, "%s.boot", path) < 0)
        abort();
    *j = (struct journal){.fd = fd, .size_b = size_b, .waiting = buf_init(WAITING_CAP_B)};
    j->mark = mark;
    j->doubtful = !boot_is_marked(mark);
    return j;
}

bool journal_open(const char *dir, const char *name, struct journal **out, struct fault *f) {
    struct buf path = buf_init(4096);
    buf_printf(&path, "%s/%s", dir, name);
    int fd = open(buf_text(&path), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    struct stat st;
    bool good =
        (fd >= 0 || fail(f, "open")) && lock(fd, f) && (fstat(fd, &st) == 0 || fail(f, "fstat"));
    if (good)
        *out = new_journal(fd, st.st_size, buf_text(&path));
    else if (fd >= 0)
        close(fd);
    buf_done(&path);
    return good;
}

void journal_close(struct journal **j) {
    if (!*j)
        return;
    close((*j)->fd);
    buf_done(&(*j)->waiting);
    free((*j)->mark);
    free(*j);
    *j = NULL;
}

/* ---- writing ---- */

static void add(struct journal *j, const struct record *r) {
    record_write(&j->waiting, r);
    assert(!j->waiting.over);
}

void journal_claim(struct journal *j, const struct journal_chunk *chunk) {
    add(j, &(struct record){.type = RECORD_CLAIM,
                            .chunk = chunk->id,
                            .token = chunk->token,
                            .alert = chunk->alert,
                            .members = chunk->members,
                            .attempt = chunk->attempt,
                            .again = chunk->again});
    j->open_count++;
}

static void name_contacts(struct record *r, const int64_t *contacts, size_t count) {
    assert(count > 0 && count <= RECORD_CONTACTS);
    r->count = count;
    memcpy(r->contacts, contacts, count * sizeof *contacts);
}

void journal_intent(struct journal *j, int64_t chunk, const int64_t *contacts, size_t count) {
    struct record r = {.type = RECORD_INTENT, .chunk = chunk};
    name_contacts(&r, contacts, count);
    add(j, &r);
}

void journal_outcome(struct journal *j, int64_t chunk, const int64_t *contacts, size_t count,
                     struct outcome outcome, const struct answer *answer) {
    FAILPOINT("outcome-before-journal");
    struct record r = {.type = RECORD_OUTCOME,
                       .chunk = chunk,
                       .scope = outcome.scope,
                       .end = outcome.end,
                       .policy = outcome.policy,
                       .code = answer->code,
                       .detail = {answer->detail[0], answer->detail[1], answer->detail[2]},
                       .text = answer->text,
                       .text_b = strlen(answer->text)};
    name_contacts(&r, contacts, count);
    add(j, &r);
}

void journal_closed(struct journal *j, int64_t chunk) {
    add(j, &(struct record){.type = RECORD_CLOSED, .chunk = chunk});
    assert(j->open_count > 0);
    j->open_count--;
}

static bool cut(struct journal *j, int64_t size_b, struct fault *f) {
    if (ftruncate(j->fd, size_b) < 0)
        return fail(f, "ftruncate");
    j->size_b = size_b;
    j->torn = false;
    return true;
}

/* A write cut short leaves a torn record: it is taken back, now or before the next, so that later
 * ones stay readable. */
static bool write_waiting(struct journal *j, struct fault *f) {
    ssize_t n;
    if (j->torn && !cut(j, j->size_b, f))
        return false;
    if (FAILPOINT_ERROR("journal-write"))
        return fail(f, "write");
    do {
        n = write(j->fd, j->waiting.data, j->waiting.len_b);
    } while (n < 0 && errno == EINTR);
    if (n == (ssize_t)j->waiting.len_b) {
        j->size_b += n;
        buf_clear(&j->waiting);
        FAILPOINT("journal-written");
        return true;
    }
    int why = n < 0 ? errno : ENOSPC;
    struct fault ignored = {0};
    j->torn = n > 0 && !cut(j, j->size_b, &ignored);
    errno = why;
    return fail(f, "write");
}

bool journal_flush(struct journal *j, struct fault *f) {
    if (j->open_count == 0 && (j->size_b > 0 || j->waiting.len_b > 0))
        return journal_empty(j, f);
    return j->waiting.len_b == 0 || write_waiting(j, f);
}

bool journal_full(const struct journal *j) {
    return j->size_b > JOURNAL_FULL_B;
}

bool journal_doubtful(const struct journal *j) {
    return j->doubtful;
}

bool journal_empty(struct journal *j, struct fault *f) {
    buf_clear(&j->waiting);
    j->open_count = 0;
    if ((j->size_b > 0 || j->torn) && !cut(j, 0, f))
        return false;
    if (j->doubtful && !boot_mark(j->mark))
        return fail(f, "the mark of this start");
    j->doubtful = false;
    return true;
}

/* ---- reading ---- */

struct reader {
    struct arena *arena;
    struct journal_state *out;
    size_t room; /* of out->chunks */
};

static struct journal_chunk *find(struct journal_state *s, int64_t chunk) {
    for (size_t i = s->count; i > 0; i--)
        if (s->chunks[i - 1].id == chunk)
            return &s->chunks[i - 1];
    return NULL;
}

static bool read_claim(struct reader *rd, const struct record *r) {
    if (find(rd->out, r->chunk) || r->members < 0 || r->members > JOURNAL_MEMBERS)
        return false;
    if (rd->out->count == rd->room) {
        size_t room = rd->room ? rd->room * 2 : 8;
        struct journal_chunk *more = arena_array(rd->arena, room, sizeof *more);
        if (rd->room)
            memcpy(more, rd->out->chunks, rd->room * sizeof *more);
        rd->out->chunks = more;
        rd->room = room;
    }
    rd->out->chunks[rd->out->count++] = (struct journal_chunk){.id = r->chunk,
                                                               .token = r->token,
                                                               .alert = r->alert,
                                                               .members = r->members,
                                                               .attempt = (int)r->attempt,
                                                               .again = r->again != 0};
    return true;
}

/* The mark of a contact; a new one when there is none; NULL when the chunk has no such many. */
static struct journal_mark *mark_of(struct reader *rd, struct journal_chunk *c, int64_t contact) {
    for (size_t i = 0; i < c->count; i++)
        if (c->marks[i].contact == contact)
            return &c->marks[i];
    if ((int64_t)c->count >= c->members)
        return NULL;
    if (!c->marks)
        c->marks = arena_array(rd->arena, (size_t)c->members, sizeof *c->marks);
    struct journal_mark *m = &c->marks[c->count++];
    m->contact = contact;
    return m;
}

static bool read_outcome(struct arena *a, struct journal_mark *m, const struct record *r) {
    if (r->scope >= SCOPE_LAST || r->end >= END_LAST || r->text_b > ANSWER_TEXT_B)
        return false;
    m->has_outcome = true;
    m->outcome = (struct outcome){.scope = (enum outcome_scope)r->scope,
                                  .end = (enum outcome_end)r->end,
                                  .policy = r->policy != 0};
    m->code = (int)r->code;
    for (int i = 0; i < 3; i++)
        m->detail[i] = (int)r->detail[i];
    m->text = arena_strndup(a, r->text, r->text_b);
    return true;
}

static bool read_one(struct reader *rd, const struct record *r) {
    if (r->type == RECORD_CLAIM)
        return read_claim(rd, r);
    struct journal_chunk *c = find(rd->out, r->chunk);
    if (!c)
        return false;
    if (r->type == RECORD_CLOSED) {
        *c = rd->out->chunks[--rd->out->count];
        return true;
    }
    for (size_t i = 0; i < r->count; i++) {
        struct journal_mark *m = mark_of(rd, c, r->contacts[i]);
        if (!m)
            return false;
        m->has_outcome = false; /* of an earlier try, when this is an intent */
        if (r->type != RECORD_INTENT && !read_outcome(rd->arena, m, r))
            return false;
    }
    return true;
}

void journal_parse(struct arena *a, const char *data, size_t len_b, struct journal_state *out) {
    *out = (struct journal_state){0};
    struct reader rd = {.arena = a, .out = out};
    struct record r;
    size_t took_b;
    while ((took_b = record_read(data + out->good_b, len_b - out->good_b, &r)) > 0) {
        out->foreign = r.type >= RECORD_LAST;
        if (out->foreign || !read_one(&rd, &r))
            break;
        out->good_b += took_b;
    }
    out->torn = out->good_b < len_b && !out->foreign;
}

bool journal_read(struct journal *j, struct arena *a, struct journal_state *out, struct fault *f) {
    if (j->size_b > JOURNAL_MOST_B) {
        errno = EFBIG;
        return fail(f, "read");
    }
    char *data = arena_alloc(a, (size_t)j->size_b + 1);
    size_t have_b = 0;
    while (have_b < (size_t)j->size_b) {
        ssize_t n = pread(j->fd, data + have_b, (size_t)j->size_b - have_b, (off_t)have_b);
        if (n < 0 && errno != EINTR)
            return fail(f, "read");
        if (n == 0)
            break;
        have_b += n > 0 ? (size_t)n : 0;
    }
    journal_parse(a, data, have_b, out);
    return !out->foreign ||
           fault_set(f, FAULT_BROKEN, "The sender's journal was written by a later version.");
}
