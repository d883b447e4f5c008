/* What HTTP allows but we do not: strictness that libmicrohttpd 0.9.75 lacks. */
#ifndef SERVER_GUARD_H
#define SERVER_GUARD_H

#include "base.h"

/* Why a request is refused before anybody looks at what it wants. */
enum refusal {
    REFUSE_NONE,
    REFUSE_URI,         /* not an absolute path of visible ASCII, or a "%00" in it */
    REFUSE_METHOD,      /* none of GET, HEAD, POST */
    REFUSE_HEADER_NAME, /* no token: a space before the colon, a folded line */
    REFUSE_HEADER_TEXT, /* a control byte */
    REFUSE_HEADER_TWICE,
    REFUSE_SIZE,   /* the head holds bytes that its lines do not */
    REFUSE_HOST,   /* none */
    REFUSE_CODING, /* Transfer-Encoding beside a length, or none that we know */
    REFUSE_CHUNKED,
    REFUSE_LENGTH,
    REFUSE_BODY, /* on a method that has none */
    REFUSE_LARGE,
    REFUSE_TYPE, /* neither a form nor JSON, or packed */
    REFUSE_FORM, /* its encoding is broken, or it has too many fields */
    REFUSE_COOKIE,
    REFUSE_LAST
};

/* The headers we read. Each may come once, but for those a list may be split over. */
enum head {
    HEAD_HOST,
    HEAD_LENGTH,
    HEAD_CODING,
    HEAD_TYPE,
    HEAD_PACKING,
    HEAD_COOKIE,
    HEAD_ORIGIN,
    HEAD_SITE,
    HEAD_FORWARDED,
    HEAD_NONE_MATCH,
    HEAD_AGENT,
    HEAD_ACCEPT,
    HEAD_LAST
};

struct heads {
    const char *value[HEAD_LAST]; /* NULL when absent; borrowed */
    enum refusal refusal;         /* of the first bad one */
    size_t bytes_b;               /* of all header lines as they should have been written */
    size_t slack_b;               /* empty values may have a space before them, or none */
};

/* The request line as libmicrohttpd cut it, and the size of the whole head as it came. */
struct guard_line {
    const char *method, *uri, *version;
    size_t head_b;
};

/* Status, sentence for people (a msgid) and word for the log. */
int guard_status(enum refusal r);
const char *guard_text(enum refusal r);
const char *guard_why(enum refusal r);

/* Takes one header as libmicrohttpd split it; sizes are of the raw text, values NUL-terminated. */
NONNULL void guard_head(struct heads *h, const char *name, size_t name_b, const char *value,
                        size_t value_b);

/* Judges the request line and the headers together; *length_b is the announced body. */
MUST_USE NONNULL enum refusal guard_request(const struct guard_line *line, const struct heads *h,
                                            size_t *length_b);

#endif
