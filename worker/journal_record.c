/* The records of a journal as bytes. */
#include "journal_record.h"

#include <string.h>
#include <zlib.h>

enum {
    CLAIM_B = 8 + 8 + 8 + 4 + 2 + 1,
    INTENT_B = 8 + 8,
    OUTCOME_B = 8 + 8 + 3 + 2 + 3 * 2, /* without the text */
    CLOSED_B = 8
};

static void put(struct buf *out, int64_t value, size_t size_b) {
    for (size_t i = 0; i < size_b; i++) {
        buf_char(out, (char)(unsigned char)((uint64_t)value >> (8 * i)));
    }
}

static int64_t take(const char **data, size_t size_b) {
    uint64_t value = 0;
    for (size_t i = 0; i < size_b; i++) {
        value |= (uint64_t)(unsigned char)(*data)[i] << (8 * i);
    }
    *data += size_b;
    return (int64_t)value;
}

static uint32_t checksum(const char *data, size_t len_b) {
    return (uint32_t)crc32(crc32(0, NULL, 0), (const unsigned char *)data, (unsigned)len_b);
}

static void put_payload(struct buf *out, const struct record *r) {
    put(out, r->chunk, 8);
    switch (r->type) {
    case RECORD_CLAIM:
        put(out, r->token, 8);
        put(out, r->alert, 8);
        put(out, r->members, 4);
        put(out, r->attempt, 2);
        put(out, r->again, 1);
        break;
    case RECORD_INTENT:
        put(out, r->contact, 8);
        break;
    case RECORD_OUTCOME:
        put(out, r->contact, 8);
        put(out, r->scope, 1);
        put(out, r->end, 1);
        put(out, r->policy, 1);
        put(out, r->code, 2);
        for (int i = 0; i < 3; i++) {
            put(out, r->detail[i], 2);
        }
        buf_add(out, r->text, r->text_b);
        break;
    case RECORD_CLOSED:
    case RECORD_LAST:
        break;
    }
}

void record_write(struct buf *out, const struct record *r) {
    char room[RECORD_HEAD_B + RECORD_PAYLOAD_B];
    size_t at_b = out->len_b;
    put(out, 0, 4 + 2); /* checksum and length follow when known */
    put(out, r->type, 1);
    put_payload(out, r);
    if (out->over) {
        return;
    }
    size_t whole_b = out->len_b - at_b;
    assert(whole_b <= sizeof room);
    struct buf head = {.data = room, .size_b = sizeof room, .cap_b = sizeof room - 1};
    put(&head, (int64_t)(whole_b - RECORD_HEAD_B), 2);
    memcpy(out->data + at_b + 4, head.data, 2);
    buf_clear(&head);
    put(&head, checksum(out->data + at_b + 4, whole_b - 4), 4);
    memcpy(out->data + at_b, head.data, 4);
}

static void take_outcome(const char *p, size_t payload_b, struct record *r) {
    r->contact = take(&p, 8);
    r->scope = take(&p, 1);
    r->end = take(&p, 1);
    r->policy = take(&p, 1);
    r->code = take(&p, 2);
    for (int i = 0; i < 3; i++) {
        r->detail[i] = take(&p, 2);
    }
    r->text = p;
    r->text_b = payload_b - OUTCOME_B;
}

static bool length_ok(int64_t type, size_t payload_b) {
    switch (type) {
    case RECORD_CLAIM:
        return payload_b == CLAIM_B;
    case RECORD_INTENT:
        return payload_b == INTENT_B;
    case RECORD_OUTCOME:
        return payload_b >= OUTCOME_B && payload_b <= RECORD_PAYLOAD_B;
    case RECORD_CLOSED:
        return payload_b == CLOSED_B;
    default:
        return false;
    }
}

size_t record_read(const char *data, size_t len_b, struct record *r) {
    if (len_b < RECORD_HEAD_B) {
        return 0;
    }
    const char *p = data;
    uint32_t sum = (uint32_t)take(&p, 4);
    size_t payload_b = (size_t)take(&p, 2);
    int64_t type = take(&p, 1);
    size_t whole_b = RECORD_HEAD_B + payload_b;
    if (!length_ok(type, payload_b) || whole_b > len_b || checksum(data + 4, whole_b - 4) != sum) {
        return 0;
    }
    *r = (struct record){.type = (enum record_type)type, .chunk = take(&p, 8)};
    if (type == RECORD_CLAIM) {
        r->token = take(&p, 8);
        r->alert = take(&p, 8);
        r->members = take(&p, 4);
        r->attempt = take(&p, 2);
        r->again = take(&p, 1);
    } else if (type == RECORD_INTENT) {
        r->contact = take(&p, 8);
    } else if (type == RECORD_OUTCOME) {
        take_outcome(p, payload_b, r);
    }
    return whole_b;
}
