/* The last guard before the wire: what may stand in an SMTP command, what may go as a text. */
#ifndef WORKER_SMTP_GUARD_H
#define WORKER_SMTP_GUARD_H

#include "base.h"

/* Whether an address may stand between < and > in MAIL or RCPT: not empty, at most 320 bytes, no
 * byte below 0x21, no 0x7F, no '<' or '>' (RFC 5321 section 4.1.2; curl 7.88.1 filters none). */
MUST_USE NONNULL bool smtp_address_ok(const char *address);

/* Whether a message can go over the wire as it is: ends in CRLF, no bare CR or LF, no NUL, no line
 * over 998 bytes, no line that begins with a dot (so that there is nothing to stuff: RFC 5321
 * section 4.5.2). */
MUST_USE NONNULL bool smtp_bytes_ok(const char *bytes, size_t size_b);

#endif
