/* What was typed on a form of the console that could not be taken, so that it can be sent once
 * more: every field but secrets and uploads. Given back on our own pages only, and only to whom
 * typed it. */
#ifndef SERVER_KEPT_H
#define SERVER_KEPT_H

#include "http/http.h"

/* Whether anything is kept that a person typed or chose. */
MUST_USE NONNULL bool kept_some(const struct req *r);

/* For pages that show it (parts/kept): has_kept, again (where it is sent), kept (a list of
 * {name, label, text, number, is_shown}). */
NONNULL void kept_put(const struct req *r, json_t *tree);

/* The same on the page of the code, which carries it along: as of the act that wants the code, or
 * as this page carried it before. */
NONNULL void kept_carry(const struct req *r, json_t *tree);

/* Whether the page of the code carried something along. */
MUST_USE NONNULL bool kept_carried(const struct req *r);

#endif
