/* Anchors of the operation log: a key, lines with a MAC, a file that only grows. */
#include "log/anchor.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "text.h"
#include "words/say.h"

enum { KEY_B = 32, KEY_HEX_B = 64, MAC_HEX_B = 64 };

#define NO_KEY  N_("The key of the anchors cannot be used.")
#define NO_FILE N_("The file of anchors cannot be used.")

/* What the first line follows. */
static const char ZERO[] = "0000000000000000000000000000000000000000000000000000000000000000";

struct key {
    unsigned char bytes[KEY_B];
};

static void key_done(struct key *k) {
    OPENSSL_cleanse(k, sizeof *k);
}

static void close_fd(int *fd) {
    if (*fd >= 0)
        close(*fd);
}

static bool refuse(struct fault *f, enum fault_kind kind, const char *text, const char *path,
                   const char *why) {
    return fault_detail(f, kind, text, "%s: %s", path, why);
}

/* ---- the key ---- */

bool anchor_key_make(const char *path, struct fault *f) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    CLEANUP(key_done) struct key k;
    CLEANUP(close_fd)
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return refuse(f, errno == EEXIST ? FAULT_CONFLICT : FAULT_INVALID, NO_KEY, path,
                      errno == EEXIST ? "there is one already" : strerror(errno));
    if (RAND_bytes(k.bytes, KEY_B) != 1)
        return fault_set(f, FAULT_BROKEN, N_("The system has no random numbers."));
    char *hex = text_hex(a, k.bytes, KEY_B);
    bool good = write(fd, hex, KEY_HEX_B) == KEY_HEX_B && write(fd, "\n", 1) == 1 && fsync(fd) == 0;
    OPENSSL_cleanse(hex, KEY_HEX_B);
    return good || refuse(f, FAULT_INVALID, NO_KEY, path, strerror(errno));
}

bool anchor_key_there(const char *path) {
    return access(path, R_OK) == 0;
}

static bool key_read(const char *path, struct key *k, struct fault *f) {
    CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat s;
    char hex[KEY_HEX_B + 1] = {0};
    if (fd < 0 || fstat(fd, &s) != 0)
        return refuse(f, FAULT_INVALID, NO_KEY, path, strerror(errno));
    if (!S_ISREG(s.st_mode) || s.st_mode & S_IRWXO)
        return refuse(f, FAULT_INVALID, NO_KEY, path,
                      "legal: a file that is nothing to others (mode 0600 or 0640)");
    bool good = read(fd, hex, KEY_HEX_B) == KEY_HEX_B && text_hex_decode(hex, k->bytes, KEY_B);
    OPENSSL_cleanse(hex, sizeof hex);
    return good || refuse(f, FAULT_INVALID, NO_KEY, path, "it has no 64 hex digits");
}

/* ---- lines ---- */

/* MAC over the line's words up to its own. */
static const char *mac_of(struct arena *a, const struct key *k, const char *text) {
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned int mac_b = 0;
    const unsigned char *done =
        HMAC(EVP_sha256(), k->bytes, KEY_B, (const unsigned char *)text, strlen(text), mac, &mac_b);
    assert(done && mac_b == MAC_HEX_B / 2);
    return text_hex(a, mac, mac_b);
}

static const char *words_of(struct arena *a, const struct anchor *anchor, const char *before) {
    return arena_printf(a, "kairan-anchor 1 %s %lld %s %lld %s", anchor->at, (long long)anchor->seq,
                        anchor->hash, (long long)anchor->count, before);
}

/* The MAC at the end of the file's last line, ZERO for an empty file. */
static bool last_mac(int fd, char out[MAC_HEX_B + 1], const char *path, struct fault *f) {
    struct stat s;
    char end[MAC_HEX_B + 1];
    if (fstat(fd, &s) != 0)
        return refuse(f, FAULT_RETRY, NO_FILE, path, strerror(errno));
    memcpy(out, ZERO, MAC_HEX_B + 1);
    if (s.st_size == 0)
        return true;
    if (s.st_size < (off_t)sizeof end ||
        pread(fd, end, sizeof end, s.st_size - (off_t)sizeof end) != (ssize_t)sizeof end ||
        end[MAC_HEX_B] != '\n')
        return refuse(f, FAULT_INVALID, NO_FILE, path, "its last line is not whole");
    memcpy(out, end, MAC_HEX_B);
    return true;
}

bool anchor_write(const char *dir, const char *key_path, const struct anchor *anchor,
                  char line[ANCHOR_LINE_B], struct fault *f) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    CLEANUP(key_done) struct key k;
    char before[MAC_HEX_B + 1];
    const char *path = arena_printf(a, "%s/anchors", dir);
    if (!key_read(key_path, &k, f))
        return false;
    CLEANUP(close_fd)
    int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 || flock(fd, LOCK_EX) != 0)
        return refuse(f, FAULT_RETRY, NO_FILE, path, strerror(errno));
    if (!last_mac(fd, before, path, f))
        return false;
    const char *words = words_of(a, anchor, before);
    int line_b = snprintf(line, ANCHOR_LINE_B, "%s %s\n", words, mac_of(a, &k, words));
    assert(line_b > 0 && line_b < ANCHOR_LINE_B);
    bool good = write(fd, line, (size_t)line_b) == line_b && fsync(fd) == 0;
    line[line_b - 1] = '\0';
    return good || refuse(f, FAULT_RETRY, NO_FILE, path, strerror(errno));
}

/* ---- reading ---- */

/* The line's words as an anchor; false when it is none. */
static bool parse(struct arena *a, const char *line, struct anchor *out, const char **before,
                  const char **mac) {
    size_t n;
    char **word = text_split(a, line, ' ', &n);
    *out = (struct anchor){0};
    if (n != 8 || strcmp(word[0], "kairan-anchor") != 0 || strcmp(word[1], "1") != 0 ||
        strlen(word[4]) != MAC_HEX_B || strlen(word[6]) != MAC_HEX_B ||
        strlen(word[7]) != MAC_HEX_B || !text_int(word[3], 0, INT64_MAX, &out->seq) ||
        !text_int(word[5], 0, INT64_MAX, &out->count))
        return false;
    out->at = word[2];
    out->hash = word[4];
    *before = word[6];
    *mac = word[7];
    return true;
}

/* One line; *before is the MAC of the line before, and becomes its own. NULL: whatever it is. */
static bool check_line(struct arena *a, const struct key *k, const char *line, const char **before,
                       struct anchor *out) {
    const char *said, *mac;
    if (!parse(a, line, out, &said, &mac) || (before && strcmp(said, *before) != 0))
        return false;
    if (CRYPTO_memcmp(mac_of(a, k, words_of(a, out, said)), mac, MAC_HEX_B) != 0)
        return false;
    if (before)
        *before = mac;
    return true;
}

struct list {
    struct anchor *rows;
    size_t count, room;
};

static void list_add(struct arena *a, struct list *l, const struct anchor *row) {
    if (l->count == l->room) {
        size_t room = l->room ? l->room * 2 : 64;
        struct anchor *more = arena_array(a, room, sizeof *more);
        if (l->count)
            memcpy(more, l->rows, l->count * sizeof *more);
        l->rows = more;
        l->room = room;
    }
    l->rows[l->count++] = *row;
}

static void close_file(FILE **file) {
    if (*file)
        fclose(*file);
}

/* The next line without its end; false at the end of the file. What is longer comes in pieces. */
static bool next_line(FILE *file, char line[ANCHOR_LINE_B]) {
    if (!fgets(line, ANCHOR_LINE_B, file))
        return false;
    line[strcspn(line, "\r\n")] = '\0';
    return true;
}

static bool bad_line(const char *path, size_t number, struct fault *f) {
    return fault_detail(
        f, FAULT_INVALID, NO_FILE,
        "%s: line %zu was not written with this key, or a line before it is missing", path, number);
}

/* Lines that begin as an anchor does are to be one; where none may be missing, all others too. */
static bool read_lines(struct arena *a, FILE *file, const struct key *k, const char *path,
                       const char **before, struct list *out, struct fault *f) {
    char line[ANCHOR_LINE_B];
    for (size_t number = 1; next_line(file, line); number++) {
        struct anchor row;
        if (!before && strncmp(line, "kairan-anchor ", strlen("kairan-anchor ")) != 0)
            continue;
        if (!check_line(a, k, line, before, &row))
            return bad_line(path, number, f);
        list_add(a, out, &row);
    }
    return !ferror(file) || refuse(f, FAULT_INVALID, NO_FILE, path, strerror(errno));
}

static bool read_file(struct arena *a, const char *path, const char *key_path, const char **before,
                      struct list *out, struct fault *f) {
    CLEANUP(key_done) struct key k;
    CLEANUP(close_file) FILE *file = fopen(path, "re");
    if (!file)
        return refuse(f, FAULT_INVALID, NO_FILE, path, strerror(errno));
    return key_read(key_path, &k, f) && read_lines(a, file, &k, path, before, out, f);
}

bool anchor_read(struct arena *a, const char *path, const char *key_path, struct anchor **out,
                 size_t *count, struct fault *f) {
    const char *before = ZERO;
    struct list list = {0};
    bool done = read_file(a, path, key_path, &before, &list, f);
    *out = list.rows;
    *count = list.count;
    return done;
}

static int by_row(const void *a, const void *b) {
    const struct anchor *x = a, *y = b;
    return (x->seq > y->seq) - (x->seq < y->seq);
}

bool anchor_read_mailed(struct arena *a, const char *path, const char *key_path,
                        struct anchor **out, size_t *count, struct fault *f) {
    struct list list = {0};
    if (!read_file(a, path, key_path, NULL, &list, f))
        return false;
    if (list.count == 0)
        return refuse(f, FAULT_INVALID, NO_FILE, path, "no line of it is an anchor");
    qsort(list.rows, list.count, sizeof *list.rows, by_row);
    *out = list.rows;
    *count = list.count;
    return true;
}
