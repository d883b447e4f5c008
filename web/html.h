/* The template engine (kainjow mustache) behind three C functions. */
#ifndef WEB_HTML_H
#define WEB_HTML_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct html;

/* Loads every page of dir (NAME.mustache) and every part of its folder parts as partials
 * ({{>parts/name}}). False writes what is wrong to error. */
bool html_open(const char *dir, struct html **out, char *error, size_t error_b);
void html_close(struct html **h);

/* Renders a page with the tree. {{#_}}English sentence{{/_}} goes through say(). A name that
 * neither tree nor any enclosing section has is an error. The text is malloc'ed: free() it. */
bool html_render(struct html *h, const char *page, const json_t *tree,
                 const char *(*say)(const char *msgid), char **text, size_t *text_b, char *error,
                 size_t error_b);

#ifdef __cplusplus
}
#endif
#endif
