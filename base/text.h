/* Strict parsing of what comes from outside: numbers, times, UTF-8, tokens. Nothing is guessed. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "arena.h"
#include "base.h"

/* The whole of s as a decimal number in [min, max]; no sign but a leading '-', no spaces, no
 * leading zeros, no overflow. False leaves *out alone. */
MUST_USE NONNULL bool text_int(const char *s, int64_t min, int64_t max, int64_t *out);

/* The number in decimal; lives in the arena. */
NONNULL RETURNS_NONNULL char *text_number(struct arena *a, int64_t n);

/* Next code point of the valid UTF-8 at *s (before end); moves *s on. Returns -1 on a malformed,
 * overlong, surrogate or cut sequence (RFC 3629), leaving *s at it. */
NONNULL int32_t text_utf8_next(const char **s, const char *end);

/* Whether all len_b bytes are well-formed UTF-8 (RFC 3629) without NUL. */
MUST_USE NONNULL bool text_utf8_valid(const char *s, size_t len_b);

/* Code points in a valid UTF-8 string. */
NONNULL size_t text_utf8_count(const char *s);

/* Writes the UTF-8 of cp (a scalar value) to out[4]; returns its length in bytes. */
NONNULL size_t text_utf8_put(int32_t cp, char out[4]);

/* s without leading and trailing ASCII white space and U+3000; lives in the arena. */
NONNULL RETURNS_NONNULL char *text_trim(struct arena *a, const char *s);

/* base64url without padding (RFC 4648 section 5), and lower-case hex. */
NONNULL RETURNS_NONNULL char *text_b64url(struct arena *a, const void *data, size_t len_b);
MUST_USE NONNULL bool text_b64url_decode(struct arena *a, const char *s, unsigned char **out,
                                         size_t *len_b);
NONNULL RETURNS_NONNULL char *text_hex(struct arena *a, const void *data, size_t len_b);
MUST_USE NONNULL bool text_hex_decode(const char *s, unsigned char *out, size_t len_b);

/* Splits "a<sep>b" into trimmed pieces; returns a NULL-terminated array, *n pieces. Empty pieces
 * count ("a,,b" has three), but an s of nothing but white space has none. */
NONNULL RETURNS_NONNULL char **text_split(struct arena *a, const char *s, char sep, size_t *n);

/* "2026-11-22T18:30" (local Japan time, as <input type=datetime-local> sends) to Unix seconds. */
MUST_USE NONNULL bool text_local_time(const char *s, int64_t *unix_s);

/* Unix seconds as "2026-11-22T18:30" in Japan time. */
NONNULL RETURNS_NONNULL char *text_local_format(struct arena *a, int64_t unix_s);

#endif
