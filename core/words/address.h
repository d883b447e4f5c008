/* Mail addresses and mobile numbers from outside, parsed once into a form that is safe to store,
 * compare and send to. */
#ifndef CORE_ADDRESS_H
#define CORE_ADDRESS_H

#include "arena.h"
#include "base.h"
#include "fault.h"

enum {
    ADDRESS_LOCAL_MOST_B = 64, /* RFC 5321 §4.5.3.1.1 */
    ADDRESS_MOST_B = 254       /* RFC 5321 §4.5.3.1.3: a path of 256 with its angle brackets */
};

struct address {
    const char *send;   /* local part as typed, domain lower case in ASCII (A-labels, RFC 5890) */
    const char *normal; /* all lower case: what tells two addresses apart */
    const char *domain; /* the domain alone */
};

/* Parses one mail address, spaces around it aside. The local part: letters, digits and the other
 * characters of RFC 5322 §3.2.3, dots anywhere (Japanese carriers gave out a..b@ and a.@). No
 * quoted local parts, no address literals, no comments, nothing but ASCII before the @. Addresses
 * of own_domain are refused: what we sent there would come back to us ("" when none is). In the
 * arena. False: *f is INVALID, field "address", and says what is wrong. */
MUST_USE NONNULL bool address_parse(struct arena *a, const char *raw, const char *own_domain,
                                    struct address *out, struct fault *f);

/* Parses a Japanese mobile number to its 11 digits: 060 to 090, then 8 digits, the first of them
 * not 0. Hyphens, spaces, full-width digits and +81 are understood. False: *f is INVALID, field
 * "phone". */
MUST_USE NONNULL bool address_phone_parse(struct arena *a, const char *raw, char **out,
                                          struct fault *f);

#endif
