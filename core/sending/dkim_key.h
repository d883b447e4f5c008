/* The keys that sign mails (DKIM, RFC 6376), in their folder:
 *
 *   DIR/DOMAIN/SELECTOR.pem   an RSA key of the sender domain, unencrypted, nothing to others
 *   DIR/DOMAIN/current        a symbolic link to the one that signs, "SELECTOR.pem"
 *
 * A switch is one rename of the link: a reader sees the old key or the new one, never half of
 * either. Faults are INVALID with the field dkim_dir and the path in their detail. */
#ifndef CORE_DKIM_KEY_H
#define CORE_DKIM_KEY_H

#include <openssl/evp.h>
#include <sys/stat.h>

#include "arena.h"
#include "base.h"
#include "fault.h"

enum {
    DKIM_SELECTOR_B = 64,       /* one label of a host name (RFC 6376 3.1) and its NUL */
    DKIM_BITS_LEAST = 2048,     /* RFC 8301 3.2: signers should use 2048 at least, */
    DKIM_BITS_MOST = 4096,      /* verifiers need not take more than 4096 */
    DKIM_SIGNATURE_B = 4096 / 8 /* of the longest key */
};

struct dkim_key {
    char selector[DKIM_SELECTOR_B];
    EVP_PKEY *pkey;
};

/* What tells one current key from another: the link and the file that it leads to. */
struct dkim_stamp {
    struct timespec link_time, file_time;
    ino_t link, file;
};

/* Whether a selector is one of ours: 1 to 63 of a-z 0-9 -, no hyphen at either end. */
MUST_USE NONNULL bool dkim_selector_fits(const char *selector);

/* Reads a key and proves by a signature that it works; close it with dkim_key_close. Refused: a
 * file or folder that others may read or write, what is no RSA key of DKIM_BITS_LEAST to _MOST. */
MUST_USE NONNULL bool dkim_key_open(const char *dir, const char *domain, const char *selector,
                                    struct dkim_key *out, struct fault *f);
/* As dkim_key_open, the one that `current` leads to. */
MUST_USE NONNULL bool dkim_key_current(const char *dir, const char *domain, struct dkim_key *out,
                                       struct fault *f);
NONNULL void dkim_key_close(struct dkim_key *key);

/* The current key's stamp, all zero where there is none. */
NONNULL struct dkim_stamp dkim_key_stamp(const char *dir, const char *domain);

/* Makes a key of DKIM_BITS_LEAST in a file that only the folder's owner may read; DIR must be
 * there, DOMAIN's folder is made. CONFLICT when the selector is taken. */
MUST_USE NONNULL bool dkim_key_make(const char *dir, const char *domain, const char *selector,
                                    struct fault *f);
/* Makes a key that dkim_key_open takes the current one. */
MUST_USE NONNULL bool dkim_key_use(const char *dir, const char *domain, const char *selector,
                                   struct fault *f);

/* The selectors that have a file, in order, and which of them is current (""); in the arena. */
MUST_USE NONNULL bool dkim_key_list(struct arena *a, const char *dir, const char *domain,
                                    char ***selectors, size_t *count, const char **current,
                                    struct fault *f);

/* The public half as the text of its TXT record (RFC 6376 3.6.1), in the arena. */
NONNULL RETURNS_NONNULL char *dkim_key_record(struct arena *a, const struct dkim_key *key);

#endif
