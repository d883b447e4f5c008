/* The address and parameters of MAIL and RCPT (RFC 5321 section 4.1.2). */
#ifndef INBOX_PATH_H
#define INBOX_PATH_H

#include "base.h"

enum { PATH_ADDRESS_B = 256 }; /* 254 octets (RFC 5321 section 4.5.3.1.3) and more than enough */

/* Reads "<address>" at s; "" is well-formed and the caller's to refuse. Dots may stand anywhere
 * in the local part, as some phones' addresses have them. Writes the address without brackets,
 * and without quotes that only its dots need, and returns what follows the bracket; NULL when it is
 * no path. */
NONNULL const char *path_read(const char *s, char address[PATH_ADDRESS_B]);

/* The domain of an address: what follows the last @; "" when there is none. */
NONNULL const char *path_domain(const char *address);

/* What MAIL may carry besides the path. */
struct path_options {
    uint64_t size_b; /* SIZE= (RFC 1870), 0 when absent */
    bool eight_bit;  /* BODY=8BITMIME (RFC 6152) */
};

/* Reads the parameters of MAIL after the path; false when one is not known or wrong. */
MUST_USE NONNULL bool path_options(const char *s, struct path_options *out);

#endif
