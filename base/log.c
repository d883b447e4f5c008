/* One write(2) per line, so that the lines of many processes do not mix. */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

enum {
    SENTENCE_B = 2048, /* a longer sentence is cut */
    LINE_B = 4096,     /* PIPE_BUF: written whole or not at all */
};

static struct {
    char program[32], role[32], job[64];
    enum log_level least;
} state = {.program = "kairan", .least = LOG_LEVEL_INFO};

static const char *const level_names[] = {
    [LOG_LEVEL_ERROR] = "error",
    [LOG_LEVEL_WARN] = "warn",
    [LOG_LEVEL_INFO] = "info",
    [LOG_LEVEL_DEBUG] = "debug",
};
static_assert(COUNT(level_names) == LOG_LEVEL_LAST, "every level has its name");

struct line {
    char text[LINE_B];
    size_t len_b;
};

static void add(struct line *l, const char *data, size_t len_b) {
    if (len_b >= sizeof l->text - l->len_b) /* keeps one byte for the line feed */
        return;
    memcpy(l->text + l->len_b, data, len_b);
    l->len_b += len_b;
}

static void add_escaped_byte(struct line *l, unsigned char byte) {
    char hex[5];
    snprintf(hex, sizeof hex, "\\x%02x", byte);
    add(l, hex, 4);
}

/* Adds text with C0 and C1 control characters, line separators, malformed bytes and the backslash
 * itself escaped: what is shown is what was there, on one line. */
static void add_safe(struct line *l, const char *s) {
    const char *end = s + strlen(s);
    while (s < end) {
        const char *start = s;
        int32_t cp = text_utf8_next(&s, end);
        if (cp < 0)
            add_escaped_byte(l, (unsigned char)*s++);
        else if (cp == '\\')
            add(l, "\\\\", 2);
        else if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x2028 || cp == 0x2029)
            while (start < s)
                add_escaped_byte(l, (unsigned char)*start++);
        else
            add(l, start, (size_t)(s - start));
    }
}

static void add_prefix(struct line *l, enum log_level level) {
    char pid[24];
    snprintf(pid, sizeof pid, "[%d]", (int)getpid());
    const char *const parts[] = {level_names[level], " ", state.program, pid, " ", state.role};
    size_t count = COUNT(parts) - (*state.role ? 0 : 2);
    for (size_t i = 0; i < count; i++)
        add_safe(l, parts[i]);
    if (*state.job) {
        add(l, " ", 1);
        add_safe(l, state.job);
    }
    add(l, ": ", 2);
}

static void write_all(const char *data, size_t len_b) {
    while (len_b > 0) {
        ssize_t n = write(STDERR_FILENO, data, len_b);
        if (n <= 0)
            return; /* nowhere to complain to */
        data += n;
        len_b -= (size_t)n;
    }
}

static void say(enum log_level level, const char *fmt, va_list args) PRINTF(2, 0);
static void say(enum log_level level, const char *fmt, va_list args) {
    if (level > state.least)
        return;
    char sentence[SENTENCE_B];
    vsnprintf(sentence, sizeof sentence, fmt, args);
    struct line l = {.len_b = 0};
    add_prefix(&l, level);
    add_safe(&l, sentence);
    l.text[l.len_b++] = '\n';
    write_all(l.text, l.len_b);
}

void log_open(const char *program, const char *role, enum log_level least) {
    snprintf(state.program, sizeof state.program, "%s", program);
    snprintf(state.role, sizeof state.role, "%s", role);
    state.least = least;
}

void log_job(const char *id) {
    snprintf(state.job, sizeof state.job, "%s", id);
}

/* One function per level; a macro, for variable arguments cannot be passed on otherwise. */
#define SAY(level, fmt)                                                                            \
    do {                                                                                           \
        va_list args;                                                                              \
        va_start(args, fmt);                                                                       \
        say((level), (fmt), args);                                                                 \
        va_end(args);                                                                              \
    } while (0)

void log_error(const char *fmt, ...) {
    SAY(LOG_LEVEL_ERROR, fmt);
}

void log_warn(const char *fmt, ...) {
    SAY(LOG_LEVEL_WARN, fmt);
}

void log_info(const char *fmt, ...) {
    SAY(LOG_LEVEL_INFO, fmt);
}

void log_debug(const char *fmt, ...) {
    SAY(LOG_LEVEL_DEBUG, fmt);
}

void die(const char *fmt, ...) {
    SAY(LOG_LEVEL_ERROR, fmt);
    exit(1);
}
