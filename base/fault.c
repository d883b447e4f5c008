/* The kinds of failure: what each means to HTTP, to a second try, and in a log. */
#include "fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct kind {
    const char *name;
    int status;
    bool retry;
};

static const struct kind kinds[] = {
    [FAULT_NONE] = {"none", 200, false},       [FAULT_INVALID] = {"invalid", 422, false},
    [FAULT_DENIED] = {"denied", 403, false},   [FAULT_UNSIGNED] = {"unsigned", 401, false},
    [FAULT_MISSING] = {"missing", 404, false}, [FAULT_CONFLICT] = {"conflict", 409, false},
    [FAULT_STALE] = {"stale", 403, false},     [FAULT_LIMIT] = {"limit", 429, true},
    [FAULT_RETRY] = {"retry", 503, true},      [FAULT_BROKEN] = {"broken", 500, false},
};
static_assert(COUNT(kinds) == FAULT_KIND_LAST, "every kind has its row");

static const struct kind *kind_of(enum fault_kind kind) {
    assert(kind < FAULT_KIND_LAST);
    return &kinds[kind];
}

/* Takes a character cut in two off the end, so that the text stays UTF-8. */
static void drop_cut_character(char *s, size_t len_b) {
    size_t start = len_b;
    while (start > 0 && ((unsigned char)s[start - 1] & 0xC0) == 0x80)
        start--;
    if (start > 0 && ((unsigned char)s[start - 1] & 0xC0) == 0xC0)
        s[start - 1] = '\0';
}

/* Copies as much as fits; text may lie in the same fault. */
static void copy(char *to, size_t size_b, const char *text) {
    size_t len_b = strlen(text);
    bool cut = len_b >= size_b;
    if (cut)
        len_b = size_b - 1;
    memmove(to, text, len_b);
    to[len_b] = '\0';
    if (cut)
        drop_cut_character(to, len_b);
}

bool fault_field(struct fault *f, enum fault_kind kind, const char *field, const char *text) {
    f->kind = kind;
    copy(f->text, sizeof f->text, text);
    copy(f->field, sizeof f->field, field);
    f->detail[0] = '\0';
    return false;
}

bool fault_set(struct fault *f, enum fault_kind kind, const char *text) {
    return fault_field(f, kind, "", text);
}

bool fault_detail(struct fault *f, enum fault_kind kind, const char *text, const char *fmt, ...) {
    char detail[FAULT_TEXT_B];
    va_list args;
    va_start(args, fmt);
    int wanted = vsnprintf(detail, sizeof detail, fmt, args);
    va_end(args);
    if (wanted >= (int)sizeof detail)
        drop_cut_character(detail, sizeof detail - 1);

    fault_set(f, kind, text);
    copy(f->detail, sizeof f->detail, detail);
    return false;
}

int fault_status(enum fault_kind kind) {
    return kind_of(kind)->status;
}

bool fault_retry(enum fault_kind kind) {
    return kind_of(kind)->retry;
}

const char *fault_name(enum fault_kind kind) {
    return kind_of(kind)->name;
}
