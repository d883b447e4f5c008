/* A page as its maker wrote it, made ready to be parsed: parts set in, sentences translated. */
#ifndef WEB_SOURCE_H
#define WEB_SOURCE_H

#include "arena.h"
#include "base.h"

/* The pages of a folder and its parts, as they stand in the files, but for comments. */
struct source {
    struct arena *arena;                   /* borrowed; all that is read or made lives in it */
    const char *(*say)(const char *msgid); /* a sentence in the readers' language */
    struct text {
        const char *name, *text;
    } * texts;
    size_t count, room;
    char *error; /* the first thing that is wrong, "" for none */
    size_t error_b;
};

/* Writes what is wrong to s->error, and returns false. */
NONNULL bool source_wrong(struct source *s, const char *fmt, ...) PRINTF(2, 3);

/* Reads every NAME.mustache of dir, as NAME, and of its folder parts, as parts/NAME. */
MUST_USE NONNULL bool source_read(struct source *s, const char *dir);

/* One of the texts with its parts and translated sentences; a line that holds nothing but tags of
 * sections is no line of the page. NULL: s->error. */
MUST_USE NONNULL const char *source_page(struct source *s, const struct text *page);

#endif
