/* The way of deliveries through the database: parameters out, rows in, the fingerprint's proof. */
#include "sending/delivery.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "settings/conf.h"
#include "text.h"
#include "words/word.h"

/* A number as a parameter. */
struct number {
    char text[24];
};

static const char *num(struct number *n, int64_t value) {
    snprintf(n->text, sizeof n->text, "%lld", (long long)value);
    return n->text;
}

static const char *truth(bool value) {
    return value ? "t" : "f";
}

#define SEND(db, which, f, ...)                                                                    \
    db_send((db), (which), (const char *const[]){__VA_ARGS__},                                     \
            COUNT(((const char *const[]){__VA_ARGS__})), (f))

/* ---- signs of life ---- */

bool delivery_beat_send(struct db *db, const struct delivery_who *who, struct fault *f) {
    struct number slot = {0}, pid = {0};
    return SEND(db, SQL_DELIVERY_BEAT, f, who->host, who->role, num(&slot, who->slot),
                num(&pid, getpid()));
}

bool delivery_beat(struct db *db, const struct delivery_who *who, struct fault *f) {
    struct number slot = {0}, pid = {0};
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_DELIVERY_BEAT, &rows, f, who->host, who->role, num(&slot, who->slot),
                  num(&pid, getpid()));
}

/* ---- claiming ---- */

enum { CHUNKS_AT_ONCE = 4 }; /* of a lane */

bool delivery_claim_send(struct db *db, struct arena *a, const struct delivery_who *who,
                         const struct delivery_want *wants, size_t count, bool urgent_only,
                         struct fault *f) {
    struct number slot = {0}, most = {0};
    const char **lanes = arena_array(a, count, sizeof *lanes);
    int64_t *members = arena_array(a, count, sizeof *members);
    for (size_t i = 0; i < count; i++) {
        lanes[i] = wants[i].lane;
        members[i] = wants[i].members;
    }
    /* Quiet hours all day long leave the urgent ones. */
    const char *from = urgent_only ? "00:00" : conf.quiet_from;
    const char *to = urgent_only ? "24:00" : conf.quiet_to;
    return SEND(db, SQL_DELIVERY_CLAIM, f, who->host, num(&slot, who->slot),
                db_array(a, lanes, count), db_int_array(a, members, count),
                num(&most, CHUNKS_AT_ONCE), from, to);
}

static const struct db_column CLAIMED[] = {
    DB_COLUMN(struct delivery_claimed, chunk),        DB_COLUMN(struct delivery_claimed, token),
    DB_COLUMN(struct delivery_claimed, alert),        DB_COLUMN(struct delivery_claimed, attempt),
    DB_COLUMN(struct delivery_claimed, again),        DB_COLUMN(struct delivery_claimed, contact),
    DB_COLUMN_LENT(struct delivery_claimed, address), DB_COLUMN_LENT(struct delivery_claimed, lang),
    DB_COLUMN_LENT(struct delivery_claimed, lane),    DB_COLUMN(struct delivery_claimed, handover),
    DB_COLUMN_LENT(struct delivery_claimed, variant),
};

struct delivery_claimed *delivery_claim_read(struct arena *a, const struct db_rows *rows) {
    return DB_STRUCTS(a, rows, CLAIMED, struct delivery_claimed);
}

/* ---- what was approved ---- */

/* Places in alert_fields() of the schema; from FIELD_TEXTS on: language, title, body of each text;
 * where the mark is 2 (an alert that corrects or cancels another): language, variant, title, body.
 */
enum {
    FIELD_MARK,
    FIELD_ALERT,
    FIELD_VERSION,
    FIELD_DEPARTMENT = 4,
    FIELD_SENDER,
    FIELD_DRILL = 7,
    FIELD_URGENT = 13,
    FIELD_TEXTS = 17
};

bool delivery_load_send(struct db *db, int64_t alert, struct fault *f) {
    struct number id = {0};
    return SEND(db, SQL_DELIVERY_LOAD, f, num(&id, alert), conf.quiet_from, conf.quiet_to);
}

/* A row of delivery_load: a field of those that were approved; and, in each, what else there is to
 * know. */
struct field {
    const char *item; /* lent */
    const char *fingerprint;
    enum alert_state state;
    int64_t valid_until_ms, approved_ms, routine_until_ms;
};
static const struct db_column FIELD[] = {
    DB_COLUMN_LENT(struct field, item),
    DB_COLUMN_LENT(struct field, fingerprint),
    DB_COLUMN_WORD(struct field, state, alert_state_words),
    DB_COLUMN(struct field, valid_until_ms),
    DB_COLUMN(struct field, approved_ms),
    DB_COLUMN(struct field, routine_until_ms),
};

/* SHA-256 over the fields as netstrings, "~," for NULL: netstrings() of the schema. */
static void hash_fields(const struct field *fields, size_t count, unsigned char out[32]) {
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    if (!md || !EVP_DigestInit_ex(md, EVP_sha256(), NULL))
        abort();
    for (size_t i = 0; i < count; i++) {
        const char *item = fields[i].item;
        struct number length = {0};
        if (!item) {
            EVP_DigestUpdate(md, "~,", 2);
            continue;
        }
        num(&length, (int64_t)strlen(item));
        EVP_DigestUpdate(md, length.text, strlen(length.text));
        EVP_DigestUpdate(md, ":", 1);
        EVP_DigestUpdate(md, item, strlen(item));
        EVP_DigestUpdate(md, ",", 1);
    }
    EVP_DigestFinal_ex(md, out, NULL);
    EVP_MD_CTX_free(md);
}

static bool is_approved(const struct field *fields, size_t count) {
    unsigned char approved[32], found[32];
    hash_fields(fields, count, found);
    return text_hex_decode(fields[0].fingerprint, approved, sizeof approved) &&
           memcmp(approved, found, sizeof found) == 0;
}

/* One of the fields; "" for NULL. */
static const char *item(const struct field *fields, size_t place) {
    return fields[place].item ? fields[place].item : "";
}

/* Fields of one text; 0: the mark is none of ours. */
static size_t text_fields(const struct field *fields, size_t count) {
    const char *mark = count > 0 ? item(fields, FIELD_MARK) : "";
    return strcmp(mark, "kairan alert 1") == 0 ? 3 : strcmp(mark, "kairan alert 2") == 0 ? 4 : 0;
}

static void take_texts(struct arena *a, const struct field *fields, size_t count, size_t each,
                       struct delivery_broadcast *out) {
    assert(each > 0);
    out->count = (count - FIELD_TEXTS) / each;
    struct delivery_text *texts = arena_array(a, out->count, sizeof *texts);
    for (size_t i = 0; i < out->count; i++) {
        size_t first = FIELD_TEXTS + i * each, last = first + each - 1;
        texts[i] = (struct delivery_text){
            .lang = arena_strdup(a, item(fields, first)),
            .variant = each == 3 ? "only" : arena_strdup(a, item(fields, first + 1)),
            .title = arena_strdup(a, item(fields, last - 1)),
            .body = arena_strdup(a, item(fields, last))};
    }
    out->texts = texts;
}

bool delivery_load_read(struct arena *a, const struct db_rows *rows, struct delivery_broadcast *out,
                        struct fault *f) {
    CLEANUP(arena_free) struct arena *read = arena_new();
    const struct field *fields = DB_STRUCTS(read, rows, FIELD, struct field);
    size_t count = (size_t)rows->count, each = text_fields(fields, count);
    if (each == 0 || count <= FIELD_TEXTS || (count - FIELD_TEXTS) % each != 0)
        return fault_set(f, FAULT_BROKEN, "The alert's text cannot be read.");
    if (!is_approved(fields, count))
        return fault_set(f, FAULT_CONFLICT, "The text is not the approved one.");
    *out = (struct delivery_broadcast){
        .department = arena_strdup(a, item(fields, FIELD_DEPARTMENT)),
        .sender = arena_strdup(a, item(fields, FIELD_SENDER)),
        .urgent = strcmp(item(fields, FIELD_URGENT), "true") == 0,
        .drill = strcmp(item(fields, FIELD_DRILL), "true") == 0,
        .sending = fields[0].state == ALERT_SENDING,
        .valid_until_ms = fields[0].valid_until_ms,
        .approved_ms = fields[0].approved_ms,
        .routine_until_ms = fields[0].routine_until_ms,
    };
    bool numbers = text_int(item(fields, FIELD_ALERT), 1, INT64_MAX, &out->alert) &&
                   text_int(item(fields, FIELD_VERSION), 1, INT64_MAX, &out->version);
    assert(numbers);
    take_texts(a, fields, count, each, out);
    return true;
}

static const struct db_column STATE[] = {
    DB_COLUMN(struct delivery_state, alert),
    DB_COLUMN_WORD(struct delivery_state, state, alert_state_words),
    DB_COLUMN(struct delivery_state, routine_until_ms),
};

struct delivery_state *delivery_states_read(struct arena *a, const struct db_rows *rows) {
    return DB_STRUCTS(a, rows, STATE, struct delivery_state);
}

bool delivery_states_send(struct db *db, struct arena *a, const int64_t *alerts, size_t count,
                          struct fault *f) {
    return SEND(db, SQL_DELIVERY_STATES, f, db_int_array(a, alerts, count), conf.quiet_from,
                conf.quiet_to);
}

bool delivery_halt_send(struct db *db, int64_t alert, const char *reason, struct fault *f) {
    struct number id = {0};
    return SEND(db, SQL_DELIVERY_HALT, f, num(&id, alert), reason);
}

bool delivery_doubt_text_send(struct db *db, int64_t alert, const char *reply, bool often,
                              struct fault *f) {
    struct number id = {0};
    return SEND(db, SQL_DELIVERY_DOUBT_TEXT, f, num(&id, alert), reply, truth(often));
}

/* ---- recording ---- */

enum { RECORD_PARAMS = 13 };

/* Notes that differ in nothing but contact, time and words are of one kind: the database takes what
 * they share once. */
static bool same_kind(const struct delivery_note *a, const struct delivery_note *b) {
    return a->attempt == b->attempt && a->result == b->result && a->final == b->final &&
           a->again == b->again && a->code == b->code && strcmp(a->enhanced, b->enhanced) == 0 &&
           strcmp(a->lane, b->lane) == 0 && strcmp(a->relay, b->relay) == 0;
}

/* The place of a note's kind among those found so far, from 0; a new one goes to the end. */
static size_t kind_of(const struct delivery_note **kinds, size_t *count,
                      const struct delivery_note *note) {
    size_t k = 0;
    while (k < *count && !same_kind(kinds[k], note))
        k++;
    if (k == *count)
        kinds[(*count)++] = note;
    return k;
}

/* What messages have for themselves, one an item. */
static void message_params(struct arena *a, const struct delivery_note *notes, size_t count,
                           const struct delivery_note **kinds, size_t *kind_count,
                           const char **params) {
    int64_t *contacts = arena_array(a, count, sizeof *contacts);
    int64_t *times = arena_array(a, count, sizeof *times);
    int64_t *places = arena_array(a, count, sizeof *places);
    const char **replies = arena_array(a, count, sizeof *replies);
    for (size_t i = 0; i < count; i++) {
        contacts[i] = notes[i].contact;
        times[i] = notes[i].at_ms;
        places[i] = (int64_t)kind_of(kinds, kind_count, &notes[i]) + 1;
        replies[i] = notes[i].reply;
    }
    params[0] = db_int_array(a, contacts, count);
    params[1] = db_int_array(a, times, count);
    params[2] = db_int_array(a, places, count);
    params[3] = db_array(a, replies, count);
}

static void kind_params(struct arena *a, const struct delivery_note **kinds, size_t count,
                        const char **params) {
    int64_t *attempts = arena_array(a, count, sizeof *attempts);
    int64_t *codes = arena_array(a, count, sizeof *codes);
    const char **texts[6]; /* result, final, again, enhanced, lane, relay */
    for (size_t t = 0; t < COUNT(texts); t++)
        texts[t] = arena_array(a, count, sizeof *texts[t]);
    for (size_t i = 0; i < count; i++) {
        const struct delivery_note *k = kinds[i];
        attempts[i] = k->attempt;
        codes[i] = k->code;
        const char *of[] = {delivery_result_words[k->result].code,
                            truth(k->final),
                            truth(k->again),
                            k->enhanced,
                            k->lane,
                            k->relay};
        for (size_t t = 0; t < COUNT(texts); t++)
            texts[t][i] = of[t];
    }
    params[0] = db_int_array(a, attempts, count);
    params[1] = db_array(a, texts[0], count);
    params[2] = db_array(a, texts[1], count);
    params[3] = db_array(a, texts[2], count);
    params[4] = db_int_array(a, codes, count);
    for (size_t t = 3; t < COUNT(texts); t++)
        params[2 + t] = db_array(a, texts[t], count);
}

static void record_params(struct arena *a, int64_t alert, const struct delivery_note *notes,
                          size_t count, const char *params[RECORD_PARAMS]) {
    const struct delivery_note **kinds = arena_array(a, count, sizeof(struct delivery_note *));
    size_t kind_count = 0;
    struct number id = {0};
    params[0] = arena_strdup(a, num(&id, alert));
    message_params(a, notes, count, kinds, &kind_count, params + 1);
    kind_params(a, kinds, kind_count, params + 5);
}

bool delivery_record_send(struct db *db, struct arena *a, int64_t alert,
                          const struct delivery_note *notes, size_t count, struct fault *f) {
    const char *params[RECORD_PARAMS];
    record_params(a, alert, notes, count, params);
    return db_send(db, SQL_DELIVERY_RECORD, params, RECORD_PARAMS, f);
}

bool delivery_record(struct db *db, struct arena *a, int64_t alert,
                     const struct delivery_note *notes, size_t count, struct fault *f) {
    const char *params[RECORD_PARAMS];
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    record_params(a, alert, notes, count, params);
    return db_run(db, SQL_DELIVERY_RECORD, params, RECORD_PARAMS, &rows, f);
}

/* ---- closing ---- */

enum { CLOSE_PARAMS = 5 };

static const char *id_array(struct arena *a, const int64_t *ids, size_t count) {
    return count ? db_int_array(a, ids, count) : "{}";
}

static void close_params(struct arena *a, int64_t chunk, int64_t token,
                         const struct delivery_rest *rest, const char *params[CLOSE_PARAMS]) {
    struct number n = {0};
    params[0] = arena_strdup(a, num(&n, chunk));
    params[1] = arena_strdup(a, num(&n, token));
    params[2] = id_array(a, rest->temporary, rest->temporary_count);
    params[3] = arena_strdup(a, num(&n, rest->delay_s));
    params[4] = id_array(a, rest->unknown, rest->unknown_count);
}

bool delivery_close_send(struct db *db, struct arena *a, int64_t chunk, int64_t token,
                         const struct delivery_rest *rest, struct fault *f) {
    const char *params[CLOSE_PARAMS];
    close_params(a, chunk, token, rest, params);
    return db_send(db, SQL_DELIVERY_CLOSE, params, CLOSE_PARAMS, f);
}

bool delivery_close(struct db *db, struct arena *a, int64_t chunk, int64_t token,
                    const struct delivery_rest *rest, struct fault *f) {
    const char *params[CLOSE_PARAMS];
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    close_params(a, chunk, token, rest, params);
    return db_run(db, SQL_DELIVERY_CLOSE, params, CLOSE_PARAMS, &rows, f);
}

bool delivery_held_send(struct db *db, const struct delivery_who *who, struct fault *f) {
    struct number slot = {0};
    return SEND(db, SQL_DELIVERY_HELD, f, who->host, num(&slot, who->slot));
}

bool delivery_held(struct db *db, const struct delivery_who *who, struct db_rows *rows,
                   struct fault *f) {
    struct number slot = {0};
    return DB_RUN(db, SQL_DELIVERY_HELD, rows, f, who->host, num(&slot, who->slot));
}

bool delivery_doubt(struct db *db, int64_t chunk, int64_t token, struct fault *f) {
    struct number id = {0}, key = {0};
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_DELIVERY_DOUBT, &rows, f, num(&id, chunk), num(&key, token));
}

static const struct db_column HELD[] = {
    DB_COLUMN(struct delivery_held, chunk), DB_COLUMN(struct delivery_held, token),
    DB_COLUMN(struct delivery_held, alert), DB_COLUMN(struct delivery_held, attempt),
    DB_COLUMN(struct delivery_held, again),
};

struct delivery_held *delivery_held_read(struct arena *a, const struct db_rows *rows) {
    return DB_STRUCTS(a, rows, HELD, struct delivery_held);
}
