/* Letters in hand. They are few (capped an hour), so the database is waited for here, between
 * errands; a letter sent twice harms nobody, so that no journal is kept of them. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "letters/letter.h"
#include "log.h"
#include "send/sender.h"
#include "settings/conf.h"
#include "tokens/verp.h"

enum { LETTERS_AT_ONCE = 20 };

enum parcel_state { PARCEL_TODO, PARCEL_STARTED, PARCEL_ENDED };

struct parcel {
    struct parcel *next;
    struct arena *arena;
    struct letter letter;
    enum parcel_state state;
    const char *result, *reply; /* ENDED */
};

static const char *copy(struct arena *a, const char *s) {
    return s ? arena_strdup(a, s) : NULL;
}

static void add(struct sender *s, const struct letter *l) {
    struct arena *a = arena_new();
    struct parcel *p = arena_alloc(a, sizeof *p), **end = &s->parcels;
    while (*end)
        end = &(*end)->next;
    *p = (struct parcel){.arena = a, .letter = *l};
    p->letter.lang = copy(a, l->lang);
    p->letter.address = copy(a, l->address);
    p->letter.secret = copy(a, l->secret);
    *end = p;
}

static size_t in_hand(const struct sender *s) {
    size_t n = 0;
    for (const struct parcel *p = s->parcels; p; p = p->next)
        n++;
    return n;
}

static bool claim(struct sender *s, struct fault *f) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct letter *letters = NULL;
    size_t count = 0, room = LETTERS_AT_ONCE - in_hand(s);
    if (!letter_claim(s->db, a, s->who.host, (int)s->who.slot, (int)room, &letters, &count, f))
        return false;
    for (size_t i = 0; i < count; i++)
        add(s, &letters[i]);
    if (count < room)
        s->due &= ~(unsigned)DUE_LETTERS;
    return true;
}

static void drop(struct parcel **at) {
    struct parcel *p = *at;
    *at = p->next;
    struct arena *a = p->arena;
    arena_free(&a);
}

static bool record(struct sender *s, struct parcel **at, struct fault *f) {
    struct parcel *p = *at;
    bool temporary = strcmp(p->result, "temporary") == 0;
    int delay_s = temporary ? (int)delivery_delay_s(p->letter.attempt) : 0;
    if (!letter_record(s->db, &p->letter, p->result, p->reply, delay_s, f))
        return false;
    drop(at);
    return true;
}

/* Letters in hand do not keep others from being claimed: one may stand at a slow relay's dot. */
bool post_step(struct sender *s, struct fault *f) {
    for (struct parcel **at = &s->parcels; *at;) {
        if ((*at)->state != PARCEL_ENDED)
            at = &(*at)->next;
        else if (!record(s, at, f))
            return false;
    }
    bool wanted = (s->due & DUE_LETTERS) && in_hand(s) < LETTERS_AT_ONCE && sender_may_start(s) &&
                  pool_ready(s->lanes.letters);
    return !wanted || claim(s, f);
}

struct parcel *post_next(struct sender *s) {
    for (struct parcel *p = s->parcels; p; p = p->next)
        if (p->state == PARCEL_TODO) {
            p->state = PARCEL_STARTED;
            return p;
        }
    return NULL;
}

const char *post_address(const struct parcel *p) {
    return p->letter.address;
}

bool post_write(struct sender *s, struct job *job, struct fault *f) {
    struct parcel *p = job->parcel;
    struct letter_mail mail;
    struct mime *m = NULL;
    char id[MIME_ID_B];
    if (!letter_compose(p->arena, &p->letter, s->keys, &mail, f))
        return false;
    struct mime_text text = {.from_name = mail.from_name,
                             .from_address = mail.from_address,
                             .subject = mail.subject,
                             .body = mail.body,
                             .lang = p->letter.lang};
    if (!mime_prepare(p->arena, &text, &m, f))
        return false;
    mime_id(id, 'l', p->letter.id, 0, 0, conf.domain);
    struct verp from = {.kind = VERP_LETTER, .part = p->letter.id};
    if (!verp_address(s->verp_keys, &from, time(NULL), job->from, f))
        return false;
    buf_clear(&job->bytes);
    struct mime_to to = {
        .address = p->letter.address, .message_id = id, .date_s = time(NULL), .one_click = false};
    return mime_write(m, &to, &job->bytes, f) && signer_sign(s->signer, &job->bytes, to.date_s, f);
}

void post_put_back(struct parcel *p) {
    p->state = PARCEL_TODO;
}

void post_end(struct parcel *p, const char *result, const char *reply) {
    p->state = PARCEL_ENDED;
    p->result = result;
    p->reply = arena_strdup(p->arena, reply);
}

size_t post_todo(const struct sender *s) {
    size_t n = 0;
    for (const struct parcel *p = s->parcels; p; p = p->next)
        n += p->state == PARCEL_TODO;
    return n;
}

void post_give_back(struct sender *s) {
    struct fault f = {0};
    if (s->parcels && !letter_release(s->db, s->who.host, (int)s->who.slot, &f))
        log_warn("letters stay leased: %s", f.detail);
    while (s->parcels)
        drop(&s->parcels);
}
