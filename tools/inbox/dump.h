/* An append-only record of taken mails for tests: one JSON object a line, with id, time, envelope
 * and Message-ID. It is in the file before the reply to the final dot leaves. */
#ifndef INBOX_DUMP_H
#define INBOX_DUMP_H

#include "base.h"
#include "fault.h"
#include "store.h"

struct dump;

/* Opens the file for appending, made when missing. dump_close accepts NULL and nulls. */
MUST_USE NONNULL bool dump_open(const char *file, struct dump **out, struct fault *f);
void dump_close(struct dump **d);

/* Records one mail; dump_flush writes out what was recorded (dies when it cannot). */
NONNULL void dump_mail(struct dump *d, const struct mail *m);
NONNULL void dump_flush(struct dump *d);

#endif
