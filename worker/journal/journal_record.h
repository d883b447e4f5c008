/* The records of a journal as bytes: header (checksum, length, type), numbers little-endian. */
#ifndef WORKER_JOURNAL_RECORD_H
#define WORKER_JOURNAL_RECORD_H

#include "base.h"
#include "buf.h"

/* The numbers are the format's: a new form gets a new number, an old one stays readable, for a
 * journal may be met after an upgrade. */
enum record_type {
    RECORD_CLAIM = 1,
    RECORD_INTENT,   /* of all recipients of a mail; earlier versions wrote one each */
    RECORD_OUTCOME1, /* one recipient's: read, no longer written */
    RECORD_CLOSED,
    RECORD_OUTCOME, /* of all recipients whom one reply concerns */
    RECORD_LAST
};

enum {
    RECORD_HEAD_B = 7, /* u32 checksum of all that follows, u16 payload length, u8 type */
    RECORD_CONTACTS = 100,
    RECORD_TEXT_B = 560,
    RECORD_PAYLOAD_B = 8 + 14 + 8 * RECORD_CONTACTS + RECORD_TEXT_B /* the longest */
};

/* A record taken apart; which fields count depends on the type. */
struct record {
    enum record_type type;
    int64_t chunk;
    size_t count; /* intent, outcome: 1 to RECORD_CONTACTS */
    int64_t contacts[RECORD_CONTACTS];
    int64_t token, alert, members, attempt, again; /* claim */
    int64_t scope, end, policy, code, detail[3];   /* outcome */
    const char *text;                              /* outcome: not terminated, borrowed */
    size_t text_b;
};

NONNULL void record_write(struct buf *out, const struct record *r);

/* Reads the record at data; returns the bytes it takes, 0 when it is not whole or not sound. A type
 * outside of enum record_type is a later program's, whole and sound: nothing else of *r counts. */
NONNULL size_t record_read(const char *data, size_t len_b, struct record *r);

#endif
