/* The record of taken mails: gathered in memory, written in one piece before replies leave. */
#include "dump.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "buf.h"
#include "log.h"

struct dump {
    int fd;
    struct buf lines;
};

bool dump_open(const char *file, struct dump **out, struct fault *f) {
    int fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return fault_detail(f, FAULT_INVALID, "The file of --dump cannot be opened.", "%s: %s",
                            file, strerror(errno));
    struct dump *d = calloc(1, sizeof *d);
    if (!d)
        die("out of memory");
    *d = (struct dump){.fd = fd, .lines = buf_init(64U << 20)};
    *out = d;
    return true;
}

void dump_close(struct dump **d) {
    if (!*d)
        return;
    dump_flush(*d);
    close((*d)->fd);
    buf_done(&(*d)->lines);
    free(*d);
    *d = NULL;
}

static void add_quoted(struct buf *b, const char *s, size_t len) {
    buf_char(b, '"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c < ' ' || c > '~' || c == '"' || c == '\\')
            buf_printf(b, "\\u%04x", c);
        else
            buf_char(b, (char)c);
    }
    buf_char(b, '"');
}

/* The value of the Message-ID line of the header as it stands, "" when there is none. */
static const char *find_message_id(const struct mail *m, size_t *len) {
    static const char name[] = "Message-ID:";
    const char *end = m->raw + m->raw_b;
    *len = 0;
    for (const char *line = m->raw; line < end && *line != '\r' && *line != '\n';) {
        const char *lf = memchr(line, '\n', (size_t)(end - line));
        const char *stop = lf ? lf : end;
        if ((size_t)(stop - line) >= sizeof name && !strncasecmp(line, name, sizeof name - 1)) {
            line += sizeof name - 1;
            while (line < stop && *line == ' ')
                line++;
            while (stop > line && (stop[-1] == '\r' || stop[-1] == ' '))
                stop--;
            *len = (size_t)(stop - line);
            return line;
        }
        line = lf ? lf + 1 : end;
    }
    return "";
}

void dump_mail(struct dump *d, const struct mail *m) {
    struct buf *b = &d->lines;
    size_t len;
    const char *message_id = find_message_id(m, &len);
    buf_printf(b, "{\"id\":%" PRIu64 ",\"time_ms\":%" PRId64 ",\"from\":", m->id, m->time_ms);
    add_quoted(b, m->from, strlen(m->from));
    buf_str(b, ",\"to\":[");
    for (const char *r = m->rcpts; r < m->rcpts + m->rcpts_b; r += strlen(r) + 1) {
        if (r != m->rcpts)
            buf_char(b, ',');
        add_quoted(b, r, strlen(r));
    }
    buf_str(b, "],\"message_id\":");
    add_quoted(b, message_id, len);
    buf_printf(b, ",\"size\":%zu,\"faults\":%u}\n", m->raw_b, m->faults);
}

void dump_flush(struct dump *d) {
    while (d->lines.len_b) {
        ssize_t n = write(d->fd, d->lines.data, d->lines.len_b);
        if (n < 0 && errno != EINTR)
            die("the record of --dump cannot be written: %s", strerror(errno));
        if (n > 0)
            buf_drop(&d->lines, (size_t)n);
    }
}
