/* Strictness: RFC 9112 and RFC 9110 as written, where libmicrohttpd 0.9.75 is lenient.
 *
 * Some things are not visible in its callbacks: a line that ends in a bare LF, a NUL inside a line
 * (the text comes cut at it), a folded line (it comes glued to the name before). All of them make
 * the head's size differ from what its lines add up to, each written as everybody writes them, with
 * one space after the colon; so the sizes are held against each other. Who hides a byte by leaving
 * out another still gets through here; nginx, which stands before us in production, refuses the
 * things themselves. Answers that libmicrohttpd gives on its own (to a Content-Length that is no
 * number, a head or target over its memory) bear none of our headers; nginx adds them. */
#include "http/guard.h"

#include <string.h>
#include <strings.h>

#include "text.h"
#include "words/say.h"

#define MALFORMED N_("The request is malformed.")

static const struct {
    int status;
    const char *why, *text;
} refusals[] = {
    [REFUSE_NONE] = {200, "", ""},
    [REFUSE_URI] = {400, "bad target", MALFORMED},
    [REFUSE_METHOD] = {405, "bad method", N_("This page does not accept that method.")},
    [REFUSE_HEADER_NAME] = {400, "header name", MALFORMED},
    [REFUSE_HEADER_TEXT] = {400, "header text", MALFORMED},
    [REFUSE_HEADER_TWICE] = {400, "header twice", MALFORMED},
    [REFUSE_SIZE] = {400, "head size", MALFORMED},
    [REFUSE_HOST] = {400, "no host", MALFORMED},
    [REFUSE_CODING] = {400, "transfer coding", MALFORMED},
    [REFUSE_CHUNKED] = {411, "no length",
                        N_("The request must say how long it is (Content-Length).")},
    [REFUSE_LENGTH] = {400, "bad length", MALFORMED},
    [REFUSE_BODY] = {400, "body without use", MALFORMED},
    [REFUSE_LARGE] = {413, "too large", N_("What was sent is too large.")},
    [REFUSE_TYPE] = {415, "content type",
                     N_("Send a form (urlencoded or multipart) or a JSON object.")},
    [REFUSE_FORM] = {400, "bad form", N_("The form could not be read. Send it again.")},
    [REFUSE_COOKIE] = {400, "cookie twice", MALFORMED},
};
static_assert(COUNT(refusals) == REFUSE_LAST, "each refusal has its row");

int guard_status(enum refusal r) {
    return refusals[r].status;
}

const char *guard_text(enum refusal r) {
    return refusals[r].text;
}

const char *guard_why(enum refusal r) {
    return refusals[r].why;
}

static const struct {
    const char *name;
    bool list; /* more than one line is legal; the first counts */
} heads_known[] = {
    [HEAD_HOST] = {"Host", false},
    [HEAD_LENGTH] = {"Content-Length", false},
    [HEAD_CODING] = {"Transfer-Encoding", false},
    [HEAD_TYPE] = {"Content-Type", false},
    [HEAD_PACKING] = {"Content-Encoding", false},
    [HEAD_COOKIE] = {"Cookie", false},
    [HEAD_ORIGIN] = {"Origin", false},
    [HEAD_SITE] = {"Sec-Fetch-Site", false},
    [HEAD_FORWARDED] = {"X-Forwarded-For", false},
    [HEAD_NONE_MATCH] = {"If-None-Match", true},
    [HEAD_AGENT] = {"User-Agent", true},
    [HEAD_ACCEPT] = {"Accept", true},
};
static_assert(COUNT(heads_known) == HEAD_LAST, "each header has its row");

/* RFC 9110 section 5.6.2 */
static bool token(const char *s, size_t len_b) {
    for (size_t i = 0; i < len_b; i++) {
        bool letter = (s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z');
        bool digit = s[i] >= '0' && s[i] <= '9';
        if (!letter && !digit && (s[i] == '\0' || !strchr("!#$%&'*+-.^_`|~", s[i])))
            return false;
    }
    return len_b > 0;
}

static bool printable(const char *s, size_t len_b) {
    for (size_t i = 0; i < len_b; i++) {
        unsigned char c = (unsigned char)s[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

static enum refusal keep(struct heads *h, const char *name, const char *value) {
    for (size_t i = 0; i < HEAD_LAST; i++) {
        if (strcasecmp(name, heads_known[i].name) != 0)
            continue;
        if (h->value[i])
            return heads_known[i].list ? REFUSE_NONE : REFUSE_HEADER_TWICE;
        h->value[i] = value;
    }
    return REFUSE_NONE;
}

void guard_head(struct heads *h, const char *name, size_t name_b, const char *value,
                size_t value_b) {
    h->bytes_b += name_b + strlen(":") + (value_b > 0) + value_b + strlen("\r\n");
    h->slack_b += value_b == 0;
    if (h->refusal != REFUSE_NONE)
        return;
    if (!token(name, name_b))
        h->refusal = REFUSE_HEADER_NAME;
    else if (!printable(value, value_b))
        h->refusal = REFUSE_HEADER_TEXT;
    else
        h->refusal = keep(h, name, value);
}

/* An absolute path and a query of visible ASCII; "%00" would be cut off by everything in C. */
static bool uri_sound(const char *uri) {
    for (const char *c = uri; *c; c++)
        if (*c <= 0x20 || *c >= 0x7f)
            return false;
    return uri[0] == '/' && !strstr(uri, "%00");
}

static enum refusal check_length(const struct heads *h, bool post, size_t *length_b) {
    const char *length = h->value[HEAD_LENGTH];
    const char *coding = h->value[HEAD_CODING];
    if (coding) {
        /* Only a length can be held against the limit before the body is read, and a message
         * with both is how requests are smuggled (RFC 9112 section 6.1). */
        return !length && strcasecmp(coding, "chunked") == 0 ? REFUSE_CHUNKED : REFUSE_CODING;
    }
    int64_t bytes = 0;
    if (length && !text_int(length, 0, INT64_MAX, &bytes))
        return REFUSE_LENGTH;
    if (bytes > 0 && !post)
        return REFUSE_BODY;
    *length_b = (size_t)bytes;
    return REFUSE_NONE;
}

/* "GET /x HTTP/1.1", its line end, and the empty line after the headers. */
static bool size_right(const struct guard_line *line, const struct heads *h) {
    size_t least_b =
        strlen(line->method) + 1 + strlen(line->uri) + 1 + strlen(line->version) + 4 + h->bytes_b;
    return line->head_b >= least_b && line->head_b <= least_b + h->slack_b;
}

enum refusal guard_request(const struct guard_line *line, const struct heads *h, size_t *length_b) {
    bool post = strcmp(line->method, "POST") == 0;
    if (!post && strcmp(line->method, "GET") != 0 && strcmp(line->method, "HEAD") != 0)
        return REFUSE_METHOD;
    if (!uri_sound(line->uri))
        return REFUSE_URI;
    if (h->refusal != REFUSE_NONE)
        return h->refusal;
    if (!size_right(line, h))
        return REFUSE_SIZE;
    if (!h->value[HEAD_HOST] || !h->value[HEAD_HOST][0])
        return REFUSE_HOST;
    if (h->value[HEAD_PACKING])
        return REFUSE_TYPE;
    return check_length(h, post, length_b);
}
