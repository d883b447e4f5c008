/* The text rules of alerts: normal form, verdict, cures. */
#include "words/prose.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "buf.h"
#include "text.h"
#include "words/prose_table.h"

static bool japanese(const char *lang) {
    return strcmp(lang, "ja") == 0 || strcmp(lang, "easy") == 0;
}

/* ---------------------------------------------------------------- normal form */

/* The edge has capped what comes in; nothing here makes it more than a few times longer. */
static struct buf uncapped(void) {
    return buf_init(SIZE_MAX / 4);
}

static void add_cp(struct buf *b, int32_t cp) {
    char bytes[4];
    buf_add(b, bytes, text_utf8_put(cp, bytes));
}

static bool dropped(int32_t cp) {
    for (const int32_t *d = prose_drops; *d; d++)
        if (*d == cp)
            return true;
    return false;
}

static int32_t folded(int32_t cp, bool ja) {
    for (const struct prose_fold *fold = prose_folds; fold->from; fold++)
        if (fold->from == cp && (ja || !fold->japanese))
            return fold->to;
    return cp;
}

/* One LF for each CRLF, and without what is invisible. */
static void strip(struct buf *out, const char *raw, size_t len_b) {
    const char *end = raw + len_b;
    while (raw < end) {
        if (raw[0] == '\r' && end - raw > 1 && raw[1] == '\n')
            raw++;
        int32_t cp = text_utf8_next(&raw, end);
        if (!dropped(cp))
            add_cp(out, cp);
    }
}

static void compose(struct buf *out, const struct buf *in, bool ja) {
    utf8proc_uint8_t *nfc = NULL;
    utf8proc_ssize_t nfc_b =
        utf8proc_map((const utf8proc_uint8_t *)buf_text(in), (utf8proc_ssize_t)in->len_b, &nfc,
                     UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    assert(nfc_b >= 0); /* valid UTF-8 and memory are all it asks for */
    const char *s = (const char *)nfc, *end = s + nfc_b;
    while (s < end)
        add_cp(out, folded(text_utf8_next(&s, end), ja));
    free(nfc);
}

char *prose_normal(struct arena *a, const char *lang, const char *raw, size_t len_b) {
    if (!text_utf8_valid(raw, len_b))
        return NULL;
    CLEANUP(buf_done) struct buf plain = uncapped();
    CLEANUP(buf_done) struct buf normal = uncapped();
    strip(&plain, raw, len_b);
    compose(&normal, &plain, japanese(lang));
    return arena_strndup(a, buf_text(&normal), normal.len_b);
}

/* ---------------------------------------------------------------- characters and cures */

static bool in_ranges(const struct prose_range *r, int32_t cp) {
    for (; r->last; r++)
        if (cp >= r->first && cp <= r->last)
            return true;
    return false;
}

static bool in_jis(int32_t cp) {
    return cp < 0x10000 && (prose_jis[cp / 32] >> (cp % 32) & 1);
}

bool prose_allowed(const char *lang, int32_t cp) {
    if (japanese(lang))
        return in_jis(cp) || in_ranges(prose_ja, cp);
    if (strcmp(lang, "en") == 0)
        return in_jis(cp) || in_ranges(prose_en, cp);
    return !in_ranges(prose_other, cp);
}

static int by_first(const void *key, const void *row) {
    int32_t cp = *(const int32_t *)key, first = ((const struct prose_cure *)row)->first;
    return (cp > first) - (cp < first);
}

/* The cure of cp, followed by next (-1 at the end); NULL when there is none. A pair goes first. */
static const struct prose_cure *find_cure(int32_t cp, int32_t next) {
    const struct prose_cure *row =
        bsearch(&cp, prose_cures, prose_cure_count, sizeof *prose_cures, by_first);
    if (!row)
        return NULL;
    while (row > prose_cures && row[-1].first == cp)
        row--;
    const struct prose_cure *end = prose_cures + prose_cure_count;
    for (; row < end && row->first == cp; row++)
        if (row->second == 0 || row->second == next)
            return row;
    return NULL;
}

/* ---------------------------------------------------------------- verdict */

/* A walk over a normal form that finds what must not be there. */
struct walk {
    struct arena *arena;
    struct prose *p;
    const char *lang;
    bool title;
    const char *at, *end;
    size_t index;     /* code points before at */
    struct buf cured; /* the text so far, cured */
};

static int32_t peek(const char *s, const char *end) {
    return s < end ? text_utf8_next(&s, end) : -1;
}

/* What replaces cp, which ended at w->at: "" deletes. Takes a voice mark along. */
static const char *cure(struct walk *w, int32_t cp) {
    if (w->title && cp == '\n')
        return " ";
    const struct prose_cure *row = find_cure(cp, peek(w->at, w->end));
    if (row && row->second) {
        (void)text_utf8_next(&w->at, w->end);
        w->index++;
    }
    if (row)
        return w->title && row->text[0] == '\n' ? " " : row->text;
    int32_t plain = folded(cp, true);
    char bytes[4];
    return plain == cp ? "" : arena_strndup(w->arena, bytes, text_utf8_put(plain, bytes));
}

static void note_bad(struct walk *w, const char *start, int32_t cp) {
    struct prose_bad *bad = &w->p->bad[w->p->bad_count++];
    bad->at = w->index++;
    bad->at_b = (size_t)(start - w->p->text);
    bad->cure = cure(w, cp);
    bad->text = arena_strndup(w->arena, start, (size_t)(w->at - start));
    bad->code = arena_printf(w->arena, "U+%04X", (unsigned)cp);
    buf_str(&w->cured, bad->cure);
}

static size_t count_bad(const struct walk *w) {
    size_t n = 0;
    for (const char *s = w->at; s < w->end;) {
        int32_t cp = text_utf8_next(&s, w->end);
        n += !prose_allowed(w->lang, cp) || (w->title && cp == '\n');
    }
    return n;
}

static void find_bad(struct walk *w) {
    w->p->bad = arena_array(w->arena, count_bad(w), sizeof *w->p->bad);
    while (w->at < w->end) {
        const char *start = w->at;
        int32_t cp = text_utf8_next(&w->at, w->end);
        if (!prose_allowed(w->lang, cp) || (w->title && cp == '\n')) {
            note_bad(w, start, cp);
        } else {
            buf_add(&w->cured, start, (size_t)(w->at - start));
            w->index++;
        }
    }
}

static bool blank(const char *s, const char *end) {
    while (s < end) {
        int32_t cp = text_utf8_next(&s, end);
        if (cp != ' ' && cp != '\n' && cp != 0x3000)
            return false;
    }
    return true;
}

static enum prose_verdict verdict(const struct prose *p) {
    if (blank(p->text, p->text + strlen(p->text)))
        return PROSE_EMPTY;
    if (p->bad_count)
        return PROSE_BAD_CHARS;
    return p->count > p->most ? PROSE_TOO_LONG : PROSE_OK;
}

struct prose prose_check(struct arena *a, enum prose_kind kind, const char *lang, const char *stamp,
                         const char *raw, size_t len_b) {
    struct prose p = {.most = kind == PROSE_TITLE ? PROSE_TITLE_MOST : PROSE_BODY_MOST,
                      .text = prose_normal(a, lang, raw, len_b)};
    if (!p.text) {
        p.verdict = PROSE_NOT_TEXT;
        p.text = p.cured = "";
        return p;
    }
    struct walk w = {.arena = a,
                     .p = &p,
                     .lang = lang,
                     .title = kind == PROSE_TITLE,
                     .at = p.text,
                     .end = p.text + strlen(p.text),
                     .cured = uncapped()};
    find_bad(&w);
    p.cured = arena_strdup(a, buf_text(&w.cured));
    buf_done(&w.cured);
    p.count = text_utf8_count(stamp) + text_utf8_count(p.text);
    p.cured_count = text_utf8_count(stamp) + text_utf8_count(p.cured);
    p.verdict = verdict(&p);
    return p;
}

/* ---------------------------------------------------------------- words for it */

static const struct {
    const char *name, *body, *title;
} words[] = {
    [PROSE_OK] = {"ok", "", ""},
    [PROSE_NOT_TEXT] = {"not_text", "This is not text. Please write it again by hand.",
                        "This is not text. Please write it again by hand."},
    [PROSE_EMPTY] = {"empty", "The text is empty. Write what residents should know.",
                     "The title is empty. Say in a few words what it is about."},
    [PROSE_BAD_CHARS] = {"bad_chars",
                         "The text holds characters that some phones cannot show. Replace the "
                         "marked ones.",
                         "The title holds characters that some phones cannot show, or a line "
                         "break. Replace the marked ones."},
    [PROSE_TOO_LONG] = {"too_long", "The text is over 200 characters. Shorten it.",
                        "The title is over 40 characters. Shorten it."},
};
static_assert(COUNT(words) == PROSE_VERDICT_LAST, "a row for each verdict");

const char *prose_name(enum prose_kind kind, enum prose_verdict v) {
    return kind == PROSE_TITLE && v != PROSE_OK ? "bad_title" : words[v].name;
}

bool prose_accept(const struct prose *p, enum prose_kind kind, const char *field, struct fault *f) {
    if (p->verdict == PROSE_OK)
        return true;
    const char *sentence = kind == PROSE_TITLE ? words[p->verdict].title : words[p->verdict].body;
    return fault_field(f, FAULT_INVALID, field, sentence);
}
