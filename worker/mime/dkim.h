/* DKIM signatures (RFC 6376): rsa-sha256 (RFC 8301), relaxed/relaxed, without l=. A key is parsed
 * once; a signature costs the RSA operation and a few microseconds.
 *
 * Every header of the table in dkim.c that a mail may bear is named once more than it is there
 * ("oversigned"): one that is added on the way, or put before ours, breaks the signature. */
#ifndef WORKER_DKIM_H
#define WORKER_DKIM_H

#include "base.h"
#include "buf.h"
#include "fault.h"
#include "sending/dkim_key.h"

struct dkim;

/* What signs for a domain with a key, which is copied (its own reference is taken). Free with
 * dkim_free, which accepts NULL and nulls. */
NONNULL RETURNS_NONNULL struct dkim *dkim_new(const char *domain, const struct dkim_key *key);
void dkim_free(struct dkim **d);

/* Puts a DKIM-Signature header before a mail as mime_write makes it. date_s is its t= tag: the same
 * mail at the same second gets the same bytes. False, the mail as it was: BROKEN when its buffer
 * does not hold it, or it is no mail of ours (no end of the headers, one of them twice). */
MUST_USE NONNULL bool dkim_sign(struct dkim *d, struct buf *mail, int64_t date_s, struct fault *f);

#endif
