/* The records of a journal as bytes: header (checksum, length, type), numbers little-endian. */
#ifndef WORKER_JOURNAL_RECORD_H
#define WORKER_JOURNAL_RECORD_H

#include "base.h"
#include "buf.h"

enum record_type { RECORD_CLAIM = 1, RECORD_INTENT, RECORD_OUTCOME, RECORD_CLOSED, RECORD_LAST };

enum {
    RECORD_HEAD_B = 7,     /* u32 checksum of all that follows, u16 payload length, u8 type */
    RECORD_PAYLOAD_B = 600 /* the longest payload */
};

/* A record taken apart; which fields count depends on the type. */
struct record {
    enum record_type type;
    int64_t chunk;
    int64_t contact;                               /* intent, outcome */
    int64_t token, alert, members, attempt, again; /* claim */
    int64_t scope, end, policy, code, detail[3];   /* outcome */
    const char *text;                              /* outcome: not terminated, borrowed */
    size_t text_b;
};

NONNULL void record_write(struct buf *out, const struct record *r);

/* Reads the record at data; returns the bytes it takes, 0 when it is not whole or not sound. */
NONNULL size_t record_read(const char *data, size_t len_b, struct record *r);

#endif
