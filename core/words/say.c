/* Sentences in the reader's language: lookup in a gettext catalogue held in memory. */
#include "words/say.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MO_MAGIC = (int)0x950412de, MO_HEAD_B = 28, MO_ENTRY_B = 8, MO_MOST_B = 4 << 20 };

/* The one catalogue: read at start like the settings, never changed after. */
static struct catalogue {
    char *data;
    size_t size_b;
    uint32_t count, ids_at, texts_at;
} ja;

static uint32_t number_at(const struct catalogue *c, size_t at) {
    uint32_t n;
    memcpy(&n, c->data + at, sizeof n);
    return n;
}

/* Entry i of the table at table_at: a length and an offset; the text ends with NUL. */
static const char *entry(const struct catalogue *c, uint32_t table_at, uint32_t i) {
    return c->data + number_at(c, table_at + (size_t)i * MO_ENTRY_B + 4);
}

static bool entry_sound(const struct catalogue *c, uint32_t table_at, uint32_t i) {
    size_t at = table_at + (size_t)i * MO_ENTRY_B;
    uint64_t end = (uint64_t)number_at(c, at) + number_at(c, at + 4);
    return end < c->size_b && c->data[end] == '\0';
}

/* Every offset is checked once, here, so that lookups need not. */
static bool sound(struct catalogue *c) {
    if (c->size_b < MO_HEAD_B || number_at(c, 0) != (uint32_t)MO_MAGIC)
        return false;
    c->count = number_at(c, 8);
    c->ids_at = number_at(c, 12);
    c->texts_at = number_at(c, 16);
    uint64_t table_b = (uint64_t)c->count * MO_ENTRY_B;
    if (c->ids_at + table_b > c->size_b || c->texts_at + table_b > c->size_b)
        return false;
    for (uint32_t i = 0; i < c->count; i++)
        if (!entry_sound(c, c->ids_at, i) || !entry_sound(c, c->texts_at, i))
            return false;
    return true;
}

static void file_close(FILE **file) {
    if (*file)
        fclose(*file);
}

static bool read_whole(const char *path, struct catalogue *c) {
    CLEANUP(file_close) FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    c->data = malloc(MO_MOST_B);
    if (!c->data)
        abort();
    c->size_b = fread(c->data, 1, MO_MOST_B, file);
    return !ferror(file) && c->size_b < MO_MOST_B;
}

bool say_open(const char *dir, struct fault *f) {
    say_close();
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/ja/LC_MESSAGES/kairan.mo", dir);
    if (length < 0 || (size_t)length >= sizeof path) {
        return fault_detail(f, FAULT_BROKEN, N_("The sentences cannot be read."), "%s is too long",
                            dir);
    }
    errno = 0;
    if (!read_whole(path, &ja)) {
        return fault_detail(f, FAULT_BROKEN, N_("The sentences cannot be read."), "%s: %s", path,
                            strerror(errno));
    }
    if (!sound(&ja)) {
        say_close();
        return fault_detail(f, FAULT_BROKEN, N_("The sentences cannot be read."),
                            "%s is no gettext catalogue", path);
    }
    return true;
}

/* msgfmt writes the ids sorted by strcmp. */
static const char *find(const struct catalogue *c, const char *msgid) {
    uint32_t low = 0;
    uint32_t high = c->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(msgid, entry(c, c->ids_at, middle));
        if (order == 0)
            return entry(c, c->texts_at, middle);
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const char *say(const char *lang, const char *msgid) {
    /* The empty id holds the catalogue's own header. */
    if (strcmp(lang, "ja") != 0 || msgid[0] == '\0')
        return msgid;
    const char *text = find(&ja, msgid);
    return text && text[0] ? text : msgid;
}

void say_close(void) {
    free(ja.data);
    ja = (struct catalogue){0};
}
