/* Where a form of the door leads afterwards. */
#ifndef SERVER_NEXT_H
#define SERVER_NEXT_H

#include "http/http.h"

/* The request's field `next`, a plain path of ours, never another host; else "/". */
NONNULL const char *next_of(const struct req *r);

#endif
