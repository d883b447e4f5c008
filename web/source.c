/* Reads pages and parts, sets the parts in, translates the sentences. */
#include "source.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "escape.h"

enum {
    PARTS_DEEP = 8, /* parts within parts; more is a circle */
    PAGE_CAP_B = 1 << 20,
};

static const char PARTS[] = "parts/";

bool source_wrong(struct source *s, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    vsnprintf(s->error, s->error_b, fmt, args);
    va_end(args);
    return false;
}

static const char *kept(struct source *s, const struct buf *b) {
    return arena_strndup(s->arena, buf_text(b), b->len_b);
}

/* ---- files ---- */

static void file_close(FILE **file) {
    if (*file)
        fclose(*file);
}

static bool read_file(struct source *s, const char *path, struct buf *out) {
    CLEANUP(file_close) FILE *file = fopen(path, "rb");
    char piece[4096];
    size_t piece_b;
    while (file && (piece_b = fread(piece, 1, sizeof piece, file)) > 0)
        buf_add(out, piece, piece_b);
    return (file && !ferror(file) && !out->over) || source_wrong(s, "%s cannot be read", path);
}

/* What is said to page makers is not sent to readers, nor the line it stands on. */
static bool drop_comments(struct source *s, const char *name, const char *text, struct buf *out) {
    for (const char *open; (open = strstr(text, "{{!"));) {
        const char *close = strstr(open, "}}");
        if (!close)
            return source_wrong(s, "%s: a comment is not closed", name);
        buf_add(out, text, (size_t)(open - text));
        text = close + 2;
        text += *text == '\n' && (!out->len_b || out->data[out->len_b - 1] == '\n');
    }
    buf_str(out, text);
    return true;
}

/* Escaping is not a page's choice: what would print raw, or change the delimiters, is refused. */
static bool is_tame(struct source *s, const char *name, const char *text) {
    static const char *const raw[] = {"{{{", "{{&", "{{ &", "{{="};
    for (size_t i = 0; i < COUNT(raw); i++)
        if (strstr(text, raw[i]))
            return source_wrong(s, "%s: %s is not allowed", name, raw[i]);
    return true;
}

static void add_text(struct source *s, const char *name, const char *text) {
    if (s->count == s->room) {
        struct text *old = s->texts;
        s->room = s->room ? 2 * s->room : 64;
        s->texts = arena_array(s->arena, s->room, sizeof *s->texts);
        for (size_t i = 0; i < s->count; i++)
            s->texts[i] = old[i];
    }
    s->texts[s->count++] = (struct text){name, text};
}

static bool read_text(struct source *s, const char *path, const char *name) {
    CLEANUP(buf_done) struct buf whole = buf_init(PAGE_CAP_B);
    CLEANUP(buf_done) struct buf text = buf_init(PAGE_CAP_B);
    if (!read_file(s, path, &whole) || !drop_comments(s, name, buf_text(&whole), &text) ||
        !is_tame(s, name, buf_text(&text)))
        return false;
    add_text(s, name, kept(s, &text));
    return true;
}

static void dir_close(DIR **dir) {
    if (*dir)
        closedir(*dir);
}

/* Every NAME.mustache of dir/prefix as prefix + NAME. */
static bool read_dir(struct source *s, const char *dir, const char *prefix) {
    static const char ending[] = ".mustache";
    const char *path = arena_printf(s->arena, "%s/%s", dir, prefix);
    CLEANUP(dir_close) DIR *open = opendir(path);
    for (const struct dirent *entry; open && (entry = readdir(open));) {
        const char *file = entry->d_name, *end = strstr(file, ending);
        if (file[0] == '.' || !end || end[sizeof ending - 1])
            continue;
        const char *name = arena_printf(s->arena, "%s%.*s", prefix, (int)(end - file), file);
        if (!read_text(s, arena_printf(s->arena, "%s/%s", path, file), name))
            return false;
    }
    return open || source_wrong(s, "%s cannot be read", path);
}

bool source_read(struct source *s, const char *dir) {
    return read_dir(s, dir, "") && read_dir(s, dir, PARTS);
}

/* ---- parts ---- */

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *trimmed(struct source *s, const char *from, const char *end) {
    while (from < end && is_space(*from))
        from++;
    while (end > from && is_space(end[-1]))
        end--;
    return arena_strndup(s->arena, from, (size_t)(end - from));
}

static const char *find_part(const struct source *s, const char *name) {
    for (size_t i = 0; i < s->count && strncmp(name, PARTS, sizeof PARTS - 1) == 0; i++)
        if (strcmp(s->texts[i].name, name) == 0)
            return s->texts[i].text;
    return NULL;
}

/* Parts are set in when pages are loaded, so a part's name cannot be hidden by a datum, and a
 * missing one is found at start. */
static bool expand(struct source *s, const char *name, const char *text, int deep,
                   struct buf *out) {
    if (deep > PARTS_DEEP)
        return source_wrong(s, "%s: its parts hold themselves", name);
    for (const char *open; (open = strstr(text, "{{>"));) {
        const char *close = strstr(open, "}}");
        if (!close)
            return source_wrong(s, "%s: a tag is not closed", name);
        const char *part = trimmed(s, open + 3, close), *found = find_part(s, part);
        if (!found)
            return source_wrong(s, "%s: there is no part %s", name, part);
        buf_add(out, text, (size_t)(open - text));
        /* the line the tag stands on has its own end */
        const char *end = found + strlen(found);
        end -= end > found && end[-1] == '\n';
        if (!expand(s, part, arena_strndup(s->arena, found, (size_t)(end - found)), deep + 1, out))
            return false;
        text = close + 2;
    }
    buf_str(out, text);
    return true;
}

/* ---- sentences ---- */

/* A sentence may be wrapped over lines in a page; its msgid has single spaces. */
static const char *msgid(struct source *s, const char *from, const char *end) {
    char *out = arena_strdup(s->arena, trimmed(s, from, end)), *to = out;
    for (const char *c = out; *c; c++)
        if (!is_space(*c))
            *to++ = *c;
        else if (to[-1] != ' ')
            *to++ = ' ';
    *to = '\0';
    return out;
}

/* Sentences are plain text, escaped like data; {{names}} inside them stay. */
static bool translate(struct source *s, const char *name, const char *text, struct buf *out) {
    static const char begins[] = "{{#_}}", ends[] = "{{/_}}";
    for (const char *open; (open = strstr(text, begins));) {
        const char *from = open + sizeof begins - 1, *close = strstr(from, ends);
        if (!close)
            return source_wrong(s, "%s: a sentence is not closed", name);
        buf_add(out, text, (size_t)(open - text));
        const char *said = s->say(msgid(s, from, close));
        escape_add(out, said, strlen(said));
        text = close + sizeof ends - 1;
    }
    buf_str(out, text);
    return true;
}

/* ---- lines ---- */

static bool is_section(const char *at) {
    return at[0] == '{' && at[1] == '{' && (at[2] == '#' || at[2] == '^' || at[2] == '/');
}

/* Adds the tags of a line that holds nothing else; false: it holds something else, or no tag. */
static bool add_tags(const char *line, const char *end, struct buf *out) {
    size_t before_b = out->len_b;
    for (const char *at = line; at < end;) {
        const char *close = is_section(at) ? strstr(at, "}}") : NULL;
        if (close && close < end) {
            buf_add(out, at, (size_t)(close + 2 - at));
            at = close + 2;
        } else if (*at == ' ' || *at == '\t') {
            at++;
        } else {
            out->len_b = before_b;
            return false;
        }
    }
    return out->len_b > before_b;
}

static void drop_lines(const char *text, struct buf *out) {
    while (*text) {
        size_t line_b = strcspn(text, "\n");
        const char *end = text + line_b, *next = end + (*end == '\n');
        if (!add_tags(text, end, out))
            buf_add(out, text, (size_t)(next - text));
        text = next;
    }
}

const char *source_page(struct source *s, const struct text *page) {
    CLEANUP(buf_done) struct buf whole = buf_init(PAGE_CAP_B);
    CLEANUP(buf_done) struct buf said = buf_init(PAGE_CAP_B);
    CLEANUP(buf_done) struct buf out = buf_init(PAGE_CAP_B);
    if (!expand(s, page->name, page->text, 0, &whole) ||
        !translate(s, page->name, buf_text(&whole), &said))
        return NULL;
    drop_lines(buf_text(&said), &out);
    if (whole.over || said.over || out.over) {
        source_wrong(s, "%s is too long", page->name);
        return NULL;
    }
    return kept(s, &out);
}
