/* What the texts among the settings may look like. */
#ifndef BASE_CONF_LEGAL_H
#define BASE_CONF_LEGAL_H

#include "base.h"

NONNULL bool legal_any(const char *s);      /* also none */
NONNULL bool legal_some(const char *s);     /* at least one character */
NONNULL bool legal_name(const char *s);     /* 1 to 40 characters */
NONNULL bool legal_version(const char *s);  /* 1 to 32 of A-Z a-z 0-9 . _ - */
NONNULL bool legal_domain(const char *s);   /* lower-case host name of two labels or more */
NONNULL bool legal_domains(const char *s);  /* up to 8 as legal_domain, parted by commas, or none */
NONNULL bool legal_local(const char *s);    /* a lower-case dot-atom (RFC 5322 3.2.3), 1 to 23 */
NONNULL bool legal_listen(const char *s);   /* IP address and port */
NONNULL bool legal_server(const char *s);   /* IP address or host name, and port */
NONNULL bool legal_intake(const char *s);   /* loopback IP address and port, a path, or nothing */
NONNULL bool legal_servers(const char *s);  /* 1 to 8 as legal_server, parted by commas */
NONNULL bool legal_loopback(const char *s); /* as legal_servers, and all on this very host */
NONNULL bool legal_lanes(const char *s);    /* name=domain,domain …; each domain once */
NONNULL bool legal_lane_servers(const char *s); /* name=server,server … */
NONNULL bool legal_lane_numbers(const char *s); /* name=1 to 100000 … */
NONNULL bool legal_url(const char *s);          /* http or https, no slash at the end */
NONNULL bool legal_address(const char *s);      /* IP address, or none */
NONNULL bool legal_mail(const char *s);         /* a mail address, or none */
NONNULL bool legal_clock(const char *s);        /* 00:00 to 23:59 */
NONNULL bool legal_roles(const char *s);        /* auto, or posts parted by commas, or nothing */
NONNULL bool legal_ladder(const char *s);       /* 1 to 20 numbers of seconds, each 1 to 86400 */

#endif
