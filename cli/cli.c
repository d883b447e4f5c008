/* What the commands of `kairan` share: faults in words, files, questions at the terminal. */
#include "cli.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "buf.h"

int cli_fail(const struct fault *f) {
    fprintf(stderr, "kairan: %s%s%s%s%s%s\n", f->field, *f->field ? ": " : "", f->text,
            *f->detail ? " (" : "", f->detail, *f->detail ? ")" : "");
    return CLI_FAILED;
}

int cli_usage(const char *usage) {
    fprintf(stderr, "usage: %s\n", usage);
    return CLI_USAGE;
}

static void file_close(FILE **file) {
    if (*file && *file != stdin)
        fclose(*file);
}

bool cli_read_file(struct arena *a, const char *path, size_t most_b, char **data, size_t *len_b,
                   struct fault *f) {
    CLEANUP(file_close) FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    CLEANUP(buf_done) struct buf b = buf_init(most_b);
    char block[65536];
    if (!file)
        return fault_detail(f, FAULT_INVALID, "The file cannot be opened.", "%s: %s", path,
                            strerror(errno));
    for (size_t n; (n = fread(block, 1, sizeof(block), file)) > 0;)
        buf_add(&b, block, n);
    if (ferror(file))
        return fault_detail(f, FAULT_INVALID, "The file cannot be read.", "%s: %s", path,
                            strerror(errno));
    if (b.over)
        return fault_detail(f, FAULT_INVALID, "The file is too large.", "%s: at most %zu bytes",
                            path, most_b);
    *data = arena_alloc(a, b.len_b + 1); /* zeroed: the NUL behind is there */
    memcpy(*data, buf_text(&b), b.len_b);
    *len_b = b.len_b;
    return true;
}

/* The terminal as it was before letters were hidden; back at scope end. */
struct hidden {
    bool on;
    struct termios before;
};

static void hidden_end(struct hidden *h) {
    if (!h->on)
        return;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &h->before);
    fputc('\n', stderr);
}

static void hidden_begin(struct hidden *h) {
    if (tcgetattr(STDIN_FILENO, &h->before) != 0)
        return;
    struct termios quiet = h->before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    h->on = tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
}

bool cli_ask(struct arena *a, const char *prompt, bool secret, char **line, struct fault *f) {
    char typed[4096];
    CLEANUP(hidden_end) struct hidden h = {0};
    if (secret) /* before the prompt: what is typed at once is neither shown nor flushed */
        hidden_begin(&h);
    if (isatty(STDIN_FILENO))
        fprintf(stderr, "%s: ", prompt);
    if (!fgets(typed, sizeof(typed), stdin))
        return fault_detail(f, FAULT_INVALID, "Nothing was given.", "%s", prompt);
    *line = arena_strndup(a, typed, strcspn(typed, "\r\n"));
    OPENSSL_cleanse(typed, sizeof(typed));
    return true;
}
