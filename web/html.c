/* Pages as steps: a text to copy, a name to fill in, a section to enter or to pass over. */
#include "html.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "source.h"

enum { SECTIONS_DEEP = 16 };

enum kind { TEXT, VALUE, SECTION, UNLESS };

struct step {
    enum kind kind;
    const char *text; /* or a name: "x", "x.y", "." */
    size_t text_b;
    size_t inner; /* how many steps that follow are within it */
};

struct page {
    const char *name;
    struct step *steps;
    size_t count;
};

struct html {
    struct arena *arena;
    struct page *pages; /* by name */
    size_t count;
};

/* ---- loading ---- */

/* A page while it is taken apart. */
struct parse {
    struct source *source;
    struct page *page;
    size_t open[SECTIONS_DEEP], depth; /* the sections around, by their steps */
};

static bool wrong(const struct parse *p, const char *what, const char *name) {
    return source_wrong(p->source, "%s: %s %s", p->page->name, what, name);
}

static bool end_section(struct parse *p, const char *name) {
    struct page *page = p->page;
    size_t at = p->depth ? p->open[p->depth - 1] : 0;
    if (!p->depth || strcmp(page->steps[at].text, name) != 0)
        return wrong(p, "a section ends that has not begun:", name);
    page->steps[at].inner = page->count - at - 1;
    p->depth--;
    return true;
}

static struct step *add_step(struct parse *p, enum kind kind, const char *text, size_t text_b) {
    struct step *step = &p->page->steps[p->page->count++];
    *step = (struct step){.kind = kind, .text = text, .text_b = text_b};
    return step;
}

/* What stands between the braces. */
static bool add_tag(struct parse *p, const char *from, const char *end) {
    char sign = from < end && strchr("#^/", *from) ? *from++ : '\0';
    from += strspn(from, " \t\r\n");
    while (end > from && strchr(" \t\r\n", end[-1]))
        end--;
    if (end <= from)
        return wrong(p, "a tag without a name", "");
    const char *name = arena_strndup(p->source->arena, from, (size_t)(end - from));
    if (sign == '/')
        return end_section(p, name);
    if (sign && p->depth == SECTIONS_DEEP)
        return wrong(p, "too many sections within each other:", name);
    if (sign)
        p->open[p->depth++] = p->page->count;
    add_step(p, sign == '#' ? SECTION : sign == '^' ? UNLESS : VALUE, name, strlen(name));
    return true;
}

static size_t count_tags(const char *text) {
    size_t count = 0;
    while ((text = strstr(text, "{{"))) {
        count++;
        text += 2;
    }
    return count;
}

static bool parse(struct parse *p, const char *text) {
    p->page->steps = arena_array(p->source->arena, 2 * count_tags(text) + 1, sizeof(struct step));
    for (const char *open; (open = strstr(text, "{{"));) {
        const char *close = strstr(open, "}}");
        if (!close)
            return wrong(p, "a tag is not closed", "");
        if (open > text)
            add_step(p, TEXT, text, (size_t)(open - text));
        if (!add_tag(p, open + 2, close))
            return false;
        text = close + 2;
    }
    add_step(p, TEXT, text, strlen(text));
    return p->depth == 0 || source_wrong(p->source, "%s: Unclosed section \"%s\"", p->page->name,
                                         p->page->steps[p->open[p->depth - 1]].text);
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct page *)a)->name, ((const struct page *)b)->name);
}

static bool load(struct html *h, struct source *s, const char *dir) {
    if (!source_read(s, dir))
        return false;
    h->pages = arena_array(h->arena, s->count + 1, sizeof *h->pages);
    for (size_t i = 0; i < s->count; i++) {
        if (strchr(s->texts[i].name, '/'))
            continue;
        struct page *page = &h->pages[h->count++];
        page->name = s->texts[i].name;
        const char *text = source_page(s, &s->texts[i]);
        if (!text || !parse(&(struct parse){.source = s, .page = page}, text))
            return false;
    }
    qsort(h->pages, h->count, sizeof *h->pages, by_name);
    return true;
}

bool html_open(const char *dir, const char *(*say)(const char *), struct html **out, char *error,
               size_t error_b) {
    struct arena *a = arena_new();
    struct source source = {.arena = a, .say = say, .error = error, .error_b = error_b};
    *out = arena_alloc(a, sizeof **out);
    (*out)->arena = a;
    if (!load(*out, &source, dir)) {
        html_close(out);
        return false;
    }
    return true;
}

void html_close(struct html **h) {
    if (*h) {
        struct arena *a = (*h)->arena;
        arena_free(&a);
        *h = NULL;
    }
}

/* ---- rendering ---- */

/* The tree as the steps see it: what they are in, the innermost last. */
struct view {
    const json_t *in[SECTIONS_DEEP + 1];
    size_t depth;
    struct buf *out;
    const char *missing; /* the first name that nothing has */
};

/* The member at "x" or "x.y"; NULL for none. */
static const json_t *member(const json_t *of, const char *name) {
    while (of) {
        size_t first_b = strcspn(name, ".");
        of = json_object_getn(of, name, first_b); /* NULL where it is no object */
        if (!name[first_b])
            return of;
        name += first_b + 1;
    }
    return NULL;
}

static const json_t *find(struct view *v, const char *name) {
    if (strcmp(name, ".") == 0)
        return v->in[v->depth - 1];
    for (size_t i = v->depth; i > 0; i--) {
        const json_t *found = member(v->in[i - 1], name);
        if (found)
            return found;
    }
    v->missing = v->missing ? v->missing : name;
    return NULL;
}

/* A section over an empty text or null shows nothing; a number, 0 too, is a text. */
static bool shows(const json_t *value) {
    switch (json_typeof(value)) {
    case JSON_STRING:
        return json_string_length(value) > 0;
    case JSON_ARRAY:
        return json_array_size(value) > 0;
    case JSON_FALSE:
    case JSON_NULL:
        return false;
    default:
        return true;
    }
}

static void add_value(struct buf *out, const json_t *value) {
    switch (json_typeof(value)) {
    case JSON_STRING:
        escape_add(out, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        buf_int(out, json_integer_value(value));
        break;
    case JSON_REAL:
        buf_printf(out, "%.10g", json_real_value(value));
        break;
    default: /* a truth, a list or an object is for sections */
        break;
    }
}

static void run(struct view *v, const struct step *steps, size_t count);

static void enter(struct view *v, const json_t *item, const struct step *section) {
    v->in[v->depth++] = item;
    run(v, section + 1, section->inner);
    v->depth--;
}

static void run_section(struct view *v, const json_t *value, const struct step *section) {
    if (!json_is_array(value)) {
        enter(v, value, section);
        return;
    }
    for (size_t i = 0; i < json_array_size(value); i++)
        enter(v, json_array_get(value, i), section);
}

/* Recursion goes as deep as sections stand within each other. */
static void run(struct view *v, const struct step *steps, size_t count) {
    for (const struct step *s = steps; s < steps + count; s += 1 + s->inner) {
        if (s->kind == TEXT) {
            buf_add(v->out, s->text, s->text_b);
            continue;
        }
        const json_t *value = find(v, s->text);
        if (!value)
            continue;
        if (s->kind == VALUE)
            add_value(v->out, value);
        else if (s->kind == SECTION && shows(value))
            run_section(v, value, s);
        else if (s->kind == UNLESS && !shows(value))
            run(v, s + 1, s->inner);
    }
}

bool html_render(const struct html *h, const char *page, const json_t *tree, struct buf *out,
                 char *error, size_t error_b) {
    const struct page wanted = {.name = page};
    const struct page *found = bsearch(&wanted, h->pages, h->count, sizeof *h->pages, by_name);
    if (!found) {
        snprintf(error, error_b, "there is no page %s", page);
        return false;
    }
    struct view v = {.in = {tree}, .depth = 1, .out = out};
    run(&v, found->steps, found->count);
    if (v.missing)
        snprintf(error, error_b, "%s: the tree lacks %s", page, v.missing);
    else if (out->over)
        snprintf(error, error_b, "%s is too long", page);
    return !v.missing && !out->over;
}
