/* The template engine: mustache, made strict, behind three functions. Pages are read, put together
 * and translated when they are loaded, so that to render one is to copy texts and look up names. */
#ifndef WEB_HTML_H
#define WEB_HTML_H

#include <jansson.h>

#include "base.h"
#include "buf.h"

struct html;

/* Loads every page of dir (NAME.mustache), with the parts of its folder parts in their places
 * ({{>parts/name}}) and each {{#_}}English sentence{{/_}} as say() has it, escaped. {{names}} in a
 * sentence are filled in like others. False writes what is wrong to error. */
MUST_USE NONNULL bool html_open(const char *dir, const char *(*say)(const char *msgid),
                                struct html **out, char *error, size_t error_b);
void html_close(struct html **h);

/* Adds a page, filled in from the tree, to out. A name that neither tree nor any enclosing section
 * has is an error. */
MUST_USE NONNULL bool html_render(const struct html *h, const char *page, const json_t *tree,
                                  struct buf *out, char *error, size_t error_b);

#endif
