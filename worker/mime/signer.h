/* The key that signs now. A sender holds one signer and asks it to look again between rounds: a
 * switch of keys (`kairan dkim use`) is noticed within a second, without a restart. A new key that
 * cannot be used leaves the old one in use; without any key nothing may leave. */
#ifndef WORKER_SIGNER_H
#define WORKER_SIGNER_H

#include "base.h"
#include "buf.h"
#include "fault.h"

struct signer;

/* The signer that the settings ask for, with its key if it can be read. Free with signer_close,
 * which accepts NULL and nulls. */
RETURNS_NONNULL struct signer *signer_open(void);
void signer_close(struct signer **s);

/* Looks for another key, at most twice a second; says on the log what it found. True: signer_ready
 * or signer_trouble may say something else now. */
NONNULL bool signer_look(struct signer *s);

/* Whether mails may leave: there is a key, or the settings ask for none. */
NONNULL bool signer_ready(const struct signer *s);

/* Why not, or why the newest key is not in use; "" when all is well. Valid till the next look. */
NONNULL RETURNS_NONNULL const char *signer_trouble(const struct signer *s);

/* Signs a mail when the settings ask for it (see dkim_sign). Only when signer_ready. */
MUST_USE NONNULL bool signer_sign(struct signer *s, struct buf *mail, int64_t date_s,
                                  struct fault *f);

/* Whether the settings' key can be used: for the master, before the start. */
MUST_USE NONNULL bool signer_check(struct fault *f);

#endif
