/* The texts of letters, read and checked at start. */
#include "letters/letter_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "buf.h"
#include "words/say.h"

enum { TEXT_MOST_B = 16 * 1024 };

static const char *const languages[] = {"ja", "en"};

static const char *const slots[LETTER_SLOT_LAST] = {
    [LETTER_SLOT_TOWN] = "{town}",   [LETTER_SLOT_LINK] = "{link}",
    [LETTER_SLOT_UNTIL] = "{until}", [LETTER_SLOT_NUMBER] = "{number}",
    [LETTER_SLOT_SAID] = "{said}",
};

/* What was read: the texts of a kind, by language. */
static struct arena *texts_arena;
static struct letter_text (*texts)[COUNT(languages)];

static size_t language_of(const char *lang) {
    return strcmp(lang, "en") == 0;
}

static bool broken(const char *path, const char *why, struct fault *f) {
    return fault_detail(f, FAULT_BROKEN, N_("The texts of letters cannot be read."), "%s: %s", path,
                        why);
}

/* ---- files ---- */

static void file_close(FILE **file) {
    if (*file)
        fclose(*file);
}

static char *file_read(const char *path, struct fault *f) {
    char text[TEXT_MOST_B];
    CLEANUP(file_close) FILE *file = fopen(path, "re");
    if (!file) {
        broken(path, strerror(errno), f);
        return NULL;
    }
    size_t read_b = fread(text, 1, sizeof text, file);
    if (ferror(file) || read_b == sizeof text || memchr(text, '\0', read_b)) {
        broken(path, "no text, or too long", f);
        return NULL;
    }
    return arena_strndup(texts_arena, text, read_b);
}

/* ---- one text ---- */

/* The sentence in that language; NULL: the catalogue has no Japanese for it. */
static const char *translate(size_t language, const char *english, const char *path,
                             struct fault *f) {
    const char *text = say(languages[language], english);
    if (language != language_of("en") && text == english) {
        broken(path, "the catalogue has no Japanese for it", f);
        return NULL;
    }
    return text;
}

static bool add_part(const char *dir, size_t language, const char *name, struct buf *out,
                     struct fault *f) {
    const char *path =
        arena_printf(texts_arena, "%s/parts/%.*s.txt", dir, (int)strcspn(name, "}"), name);
    const char *text = file_read(path, f);
    if (text)
        text = translate(language, text, path, f);
    if (text)
        buf_str(out, text);
    return text != NULL;
}

/* The body with its parts in place of their lines. */
static bool put_parts(const char *dir, size_t language, const char **body, struct fault *f) {
    CLEANUP(buf_done) struct buf out = buf_init(TEXT_MOST_B);
    const char *rest = *body;
    for (const char *tag; (tag = strstr(rest, "{>")); rest += rest[0] != '\0') {
        buf_add(&out, rest, (size_t)(tag - rest));
        if (!add_part(dir, language, tag + strlen("{>"), &out, f))
            return false;
        rest = tag + strcspn(tag, "\n");
    }
    buf_str(&out, rest);
    *body = arena_strdup(texts_arena, buf_text(&out));
    return !out.over || broken(dir, "a text is too long", f);
}

/* Subject, an empty line, body. */
static bool take_apart(char *text, const char *path, struct letter_text *out, struct fault *f) {
    char *subject_end = strstr(text, "\n\n");
    if (!subject_end || strchr(text, '\n') != subject_end)
        return broken(path, "no subject and empty line before the text", f);
    *subject_end = '\0';
    *out = (struct letter_text){.subject = text, .body = subject_end + strlen("\n\n")};
    return true;
}

/* ---- what is in braces ---- */

enum letter_slot letter_slot_at(const char *text, size_t *length_b) {
    for (size_t i = 0; i < LETTER_SLOT_LAST; i++) {
        *length_b = strlen(slots[i]);
        if (strncmp(text, slots[i], *length_b) == 0)
            return (enum letter_slot)i;
    }
    return LETTER_SLOT_LAST;
}

/* The slots of a text as bits; -1: braces stand for nothing we know. */
static int slots_of(const char *text) {
    int found = 0;
    size_t length_b;
    for (; (text = strchr(text, '{')); text += length_b) {
        enum letter_slot slot = letter_slot_at(text, &length_b);
        if (slot == LETTER_SLOT_LAST)
            return -1;
        found |= 1 << slot;
    }
    return found;
}

/* In both languages the same, and the town and the link in any case. */
static bool slots_fit(const struct letter_text *text, const char *path, struct fault *f) {
    const int least = (1 << LETTER_SLOT_TOWN) | (1 << LETTER_SLOT_LINK);
    int bodies[COUNT(languages)];
    for (size_t i = 0; i < COUNT(languages); i++) {
        bodies[i] = slots_of(text[i].body);
        if (slots_of(text[i].subject) != 1 << LETTER_SLOT_TOWN)
            return broken(path, "a subject has {town} in it, and nothing else in braces", f);
        if (bodies[i] < 0 || (bodies[i] & least) != least)
            return broken(path, "{town} or {link} is missing, or braces stand for nothing", f);
    }
    return bodies[0] == bodies[1] || broken(path, "braces differ between the languages", f);
}

/* ---- all ---- */

static bool read_kind(const char *dir, const char *name, struct letter_text *out, struct fault *f) {
    struct letter_text english = {0};
    const char *path = arena_printf(texts_arena, "%s/%s.txt", dir, name);
    char *file = file_read(path, f);
    if (!file || !take_apart(file, path, &english, f))
        return false;
    for (size_t i = 0; i < COUNT(languages); i++) {
        out[i].subject = translate(i, english.subject, path, f);
        out[i].body = translate(i, english.body, path, f);
        if (!out[i].subject || !out[i].body || !put_parts(dir, i, &out[i].body, f))
            return false;
    }
    return slots_fit(out, path, f);
}

bool letter_text_open(const char *dir, struct fault *f) {
    arena_free(&texts_arena);
    texts_arena = arena_new();
    texts = arena_array(texts_arena, letter_kind_count, sizeof *texts);
    for (size_t i = 0; i < letter_kind_count; i++)
        if (!read_kind(dir, letter_kinds[i].name, texts[i], f))
            return false;
    return true;
}

const struct letter_text *letter_text(const struct letter_kind *kind, const char *lang) {
    return &texts[kind - letter_kinds][language_of(lang)];
}

const char *letter_footer(const char *lang) {
    return say(languages[language_of(lang)], N_("\n----\nStop or change these mails:\n"));
}
