/* Text to the bytes that mail carries: base64, quoted-printable, encoded words, addresses. Each
 * appends to a buffer. Input was checked before (mime.c): valid UTF-8, no controls but LF. */
#ifndef WORKER_ENCODE_H
#define WORKER_ENCODE_H

#include "base.h"
#include "buf.h"

enum {
    ENCODE_LINE = 76,       /* most characters of a line: RFC 2045 6.7 (5), 6.8; RFC 2047 2 */
    ENCODE_BASE64_STEP = 57 /* bytes that fill one such line of base64 exactly */
};

/* text with every LF as CRLF, and ended by one: the canonical form that is encoded (RFC 2045 6.8,
 * RFC 2046 4.1.1). */
NONNULL void encode_canonical(struct buf *out, const char *text);

/* Lines of base64, each ended by CRLF (RFC 2045 6.8). Encoded in pieces whose lengths are
 * multiples of ENCODE_BASE64_STEP (but the last) the result is the same as at one go. */
NONNULL void encode_base64(struct buf *out, const char *data, size_t len_b);

/* Canonical text as quoted-printable (RFC 2045 6.7). No line begins with '.' or "From ". */
NONNULL void encode_quoted(struct buf *out, const char *data, size_t len_b);

/* Unstructured header text from column *col on: as it is when it is short ASCII, else as encoded
 * words in UTF-8 and base64, split between characters and folded (RFC 2047 2, 5 (1)). */
NONNULL void encode_words(struct buf *out, const char *text, size_t *col);

/* The same for a display name: ASCII becomes a quoted string (RFC 5322 3.2.4, RFC 2047 5 (3)). */
NONNULL void encode_phrase(struct buf *out, const char *text, size_t *col);

/* A mail address; the local part is quoted when it is no dot-atom (RFC 5322 3.4.1, 3.2.3), as with
 * the "a..b" that Japanese carriers gave out. */
NONNULL void encode_address(struct buf *out, const char *address);

/* Whether an address can be written in a header and an SMTP command: at most 254 bytes of
 * 0x21..0x7E without <>, one @ (two look like two recipients), a local part of 1 to 64, a domain of
 * letters, digits, '-' and '.'. */
MUST_USE NONNULL bool encode_address_fits(const char *address);

/* Unix seconds as "Sun, 22 Nov 2026 18:30:00 +0900" (RFC 5322 3.3): Japan time, which knows no
 * summer time. */
NONNULL void encode_date(char out[40], int64_t unix_s);

#endif
