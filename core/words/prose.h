/* The text rules of alerts (004 §13-2(2), (3); design §4 "Text rules"): normal form, length,
 * allowed characters and their cures. The page (web/static/prose.js) and the database (migrations/
 * 0002_prose.sql) give the same verdicts from the same tables. */
#ifndef CORE_PROSE_H
#define CORE_PROSE_H

#include "arena.h"
#include "base.h"
#include "fault.h"
#include "vocabulary.h"

enum { PROSE_BODY_MOST = LIMIT_BODY_CHARS, PROSE_TITLE_MOST = LIMIT_TITLE_CHARS };

enum prose_kind { PROSE_BODY, PROSE_TITLE }; /* a title is one line */

/* The first that applies, in this order. */
enum prose_verdict {
    PROSE_OK,
    PROSE_NOT_TEXT,  /* not UTF-8, or with a NUL */
    PROSE_EMPTY,     /* nothing but U+0020, U+3000 and line feeds */
    PROSE_BAD_CHARS, /* see bad; may be too long besides: see count */
    PROSE_TOO_LONG,
    PROSE_VERDICT_LAST
};

/* A character (half-width kana: with its voice mark) that must not be in the text. */
struct prose_bad {
    size_t at;        /* code points before it in the normal form */
    size_t at_b;      /* bytes before it */
    const char *text; /* the character itself */
    const char *code; /* "U+2460" */
    const char *cure; /* what one press puts in its place; "" deletes it */
};

struct prose {
    enum prose_verdict verdict;
    const char *text;      /* normal form; "" for PROSE_NOT_TEXT */
    size_t count, most;    /* code points with the stamp, and how many are allowed */
    struct prose_bad *bad; /* in the order of the text */
    size_t bad_count;
    const char *cured;  /* the text after the one-press cure: never cut */
    size_t cured_count; /* its code points with the stamp; may exceed most */
};

/* Normal form of len_b raw bytes in a language ("ja", "easy", "en", …), in the arena: one LF a line
 * break, nothing invisible, NFC, one form of each character. NULL when they are not UTF-8 text. */
NONNULL char *prose_normal(struct arena *a, const char *lang, const char *raw, size_t len_b);

/* Whether a text of the language may hold the character (a line feed it may). */
MUST_USE NONNULL bool prose_allowed(const char *lang, int32_t cp);

/* Judges what somebody typed. The stamp is what the system puts before it ("【訓練】"; "" none). */
NONNULL struct prose prose_check(struct arena *a, enum prose_kind kind, const char *lang,
                                 const char *stamp, const char *raw, size_t len_b);

/* "ok", "empty", "too_long", "bad_chars", "not_text"; of a title: "ok" or "bad_title". */
const char *prose_name(enum prose_kind kind, enum prose_verdict verdict);

/* True for PROSE_OK, else *f is INVALID with the sentence for the field. */
MUST_USE NONNULL bool prose_accept(const struct prose *p, enum prose_kind kind, const char *field,
                                   struct fault *f);

#endif
