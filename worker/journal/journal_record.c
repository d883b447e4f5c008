/* The records of a journal as bytes. */
#include "journal/journal_record.h"

#include <string.h>
#include <zlib.h>

enum {
    CLAIM_B = 8 + 8 + 8 + 4 + 2 + 1,
    REPLY_B = 1 + 1 + 1 + 2 + 3 * 2, /* an outcome without its contacts and text */
    OUTCOME_B = 8 + REPLY_B + 2,     /* an outcome of nobody, without its text */
    OUTCOME1_B = 8 + 8 + REPLY_B     /* the old form of one, without its text */
};

static void store(char *at, int64_t value, size_t size_b) {
    for (size_t i = 0; i < size_b; i++)
        at[i] = (char)(unsigned char)((uint64_t)value >> (8 * i));
}

static void put(struct buf *out, int64_t value, size_t size_b) {
    char bytes[8];
    store(bytes, value, size_b);
    buf_add(out, bytes, size_b);
}

static int64_t take(const char **data, size_t size_b) {
    uint64_t value = 0;
    for (size_t i = 0; i < size_b; i++)
        value |= (uint64_t)(unsigned char)(*data)[i] << (8 * i);
    *data += size_b;
    return (int64_t)value;
}

static uint32_t checksum(const char *data, size_t len_b) {
    return (uint32_t)crc32(crc32(0, NULL, 0), (const unsigned char *)data, (unsigned)len_b);
}

/* ---- writing ---- */

static void put_contacts(struct buf *out, const struct record *r) {
    for (size_t i = 0; i < r->count; i++)
        put(out, r->contacts[i], 8);
}

static void put_claim(struct buf *out, const struct record *r) {
    put(out, r->token, 8);
    put(out, r->alert, 8);
    put(out, r->members, 4);
    put(out, r->attempt, 2);
    put(out, r->again, 1);
}

static void put_outcome(struct buf *out, const struct record *r) {
    put(out, r->scope, 1);
    put(out, r->end, 1);
    put(out, r->policy, 1);
    put(out, r->code, 2);
    for (int i = 0; i < 3; i++)
        put(out, r->detail[i], 2);
    put(out, (int64_t)r->count, 2);
    put_contacts(out, r);
    buf_add(out, r->text, r->text_b);
}

static void put_payload(struct buf *out, const struct record *r) {
    put(out, r->chunk, 8);
    if (r->type == RECORD_CLAIM)
        put_claim(out, r);
    else if (r->type == RECORD_INTENT)
        put_contacts(out, r);
    else if (r->type == RECORD_OUTCOME)
        put_outcome(out, r);
}

void record_write(struct buf *out, const struct record *r) {
    assert(r->count <= RECORD_CONTACTS && r->text_b <= RECORD_TEXT_B);
    size_t at_b = out->len_b;
    put(out, 0, 4 + 2); /* checksum and length follow when known */
    put(out, r->type, 1);
    put_payload(out, r);
    if (out->over)
        return;
    size_t whole_b = out->len_b - at_b;
    char *head = out->data + at_b;
    store(head + 4, (int64_t)(whole_b - RECORD_HEAD_B), 2);
    store(head, checksum(head + 4, whole_b - 4), 4);
}

/* ---- reading ---- */

static bool take_contacts(const char **p, size_t count, struct record *r) {
    if (count == 0 || count > RECORD_CONTACTS)
        return false;
    r->count = count;
    for (size_t i = 0; i < count; i++)
        r->contacts[i] = take(p, 8);
    return true;
}

static bool take_claim(const char *p, size_t left_b, struct record *r) {
    if (left_b != CLAIM_B - 8)
        return false;
    r->token = take(&p, 8);
    r->alert = take(&p, 8);
    r->members = take(&p, 4);
    r->attempt = take(&p, 2);
    r->again = take(&p, 1);
    return true;
}

static void take_reply(const char **p, struct record *r) {
    r->scope = take(p, 1);
    r->end = take(p, 1);
    r->policy = take(p, 1);
    r->code = take(p, 2);
    for (int i = 0; i < 3; i++)
        r->detail[i] = take(p, 2);
}

static bool take_text(const char *p, const char *end, struct record *r) {
    r->text = p;
    r->text_b = (size_t)(end - p);
    return r->text_b <= RECORD_TEXT_B;
}

static bool take_outcome(const char *p, const char *end, struct record *r) {
    if (end - p < OUTCOME_B - 8)
        return false;
    take_reply(&p, r);
    size_t count = (size_t)take(&p, 2);
    return (size_t)(end - p) >= 8 * count && take_contacts(&p, count, r) && take_text(p, end, r);
}

static bool take_outcome1(const char *p, const char *end, struct record *r) {
    if (end - p < OUTCOME1_B - 8 || !take_contacts(&p, 1, r))
        return false;
    take_reply(&p, r);
    return take_text(p, end, r);
}

/* What follows the chunk's number. */
static bool take_rest(const char *p, const char *end, struct record *r) {
    size_t left_b = (size_t)(end - p);
    switch (r->type) {
    case RECORD_CLAIM:
        return take_claim(p, left_b, r);
    case RECORD_INTENT:
        return left_b % 8 == 0 && take_contacts(&p, left_b / 8, r);
    case RECORD_OUTCOME1:
        return take_outcome1(p, end, r);
    case RECORD_CLOSED:
        return left_b == 0;
    case RECORD_OUTCOME:
        return take_outcome(p, end, r);
    default:
        return false;
    }
}

size_t record_read(const char *data, size_t len_b, struct record *r) {
    if (len_b < RECORD_HEAD_B)
        return 0;
    const char *p = data;
    uint32_t sum = (uint32_t)take(&p, 4);
    size_t payload_b = (size_t)take(&p, 2);
    int64_t type = take(&p, 1);
    size_t whole_b = RECORD_HEAD_B + payload_b;
    if (type == 0 || whole_b > len_b || checksum(data + 4, whole_b - 4) != sum)
        return 0;
    r->type = (enum record_type)type;
    if (type >= RECORD_LAST)
        return whole_b;
    if (payload_b < 8)
        return 0;
    r->chunk = take(&p, 8);
    return take_rest(p, data + whole_b, r) ? whole_b : 0;
}
