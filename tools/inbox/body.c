/* The text of a mail, byte by byte: only CRLF ends a line, only a dot alone on one ends the mail.
 */
#include "body.h"

#include "store.h"

enum { LINE_MAX_B = 998 };

struct body body_init(size_t cap_b) {
    return (struct body){.state = BODY_LINE_START, .text = buf_init(cap_b)};
}

void body_done(struct body *b) {
    buf_done(&b->text);
}

void body_clear(struct body *b) {
    buf_clear(&b->text);
    b->state = BODY_LINE_START;
    b->line_b = 0;
    b->faults = 0;
}

static void add(struct body *b, const char *data, size_t len_b) {
    buf_add(&b->text, data, len_b);
    b->line_b += len_b;
}

static void end_line(struct body *b) {
    if (b->line_b > LINE_MAX_B)
        b->faults |= MAIL_LONG_LINE;
    buf_add(&b->text, "\r\n", 2);
    b->line_b = 0;
    b->state = BODY_LINE_START;
}

/* Takes the longest run without CR and LF; returns its length, 0 when there is none. */
static size_t take_run(struct body *b, const char *data, size_t len_b) {
    unsigned char bits = 0;
    bool nul = false;
    size_t n = 0;
    for (; n < len_b && data[n] != '\r' && data[n] != '\n'; n++) {
        bits |= (unsigned char)data[n];
        nul |= data[n] == '\0';
    }
    if (bits & 0x80)
        b->faults |= MAIL_8BIT;
    if (nul)
        b->faults |= MAIL_NUL;
    add(b, data, n);
    return n;
}

static size_t in_line(struct body *b, const char *data, size_t len_b) {
    b->state = BODY_IN_LINE;
    if (*data == '\r') {
        b->state = BODY_CR;
        return 1;
    }
    if (*data == '\n') {
        b->faults |= MAIL_BARE_LF;
        add(b, data, 1);
        return 1;
    }
    return take_run(b, data, len_b);
}

/* After a CR that no LF followed: it stays in the text as it came. */
static size_t bare_cr(struct body *b) {
    b->faults |= MAIL_BARE_CR;
    add(b, "\r", 1);
    b->state = BODY_IN_LINE;
    return 0;
}

static size_t line_start(struct body *b, const char *data, size_t len_b) {
    if (*data != '.')
        return in_line(b, data, len_b);
    b->state = BODY_DOT;
    return 1;
}

static size_t after_dot(struct body *b, const char *data) {
    b->state = *data == '\r' ? BODY_DOT_CR : BODY_IN_LINE;
    return *data == '\r' ? 1 : 0;
}

static size_t after_cr(struct body *b, const char *data) {
    if (*data != '\n')
        return bare_cr(b);
    end_line(b);
    return 1;
}

static size_t step(struct body *b, const char *data, size_t len_b, bool *end) {
    switch (b->state) {
    case BODY_LINE_START:
        return line_start(b, data, len_b);
    case BODY_IN_LINE:
        return in_line(b, data, len_b);
    case BODY_CR:
        return after_cr(b, data);
    case BODY_DOT:
        return after_dot(b, data);
    case BODY_DOT_CR:
        *end = *data == '\n';
        return *end ? 1 : bare_cr(b);
    }
    return 1;
}

size_t body_feed(struct body *b, const char *data, size_t len_b, bool *end) {
    size_t used = 0;
    *end = false;
    while (used < len_b && !*end)
        used += step(b, data + used, len_b - used, end);
    return used;
}
