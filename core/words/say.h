/* Sentences in the reader's language. The catalogues are gettext's (.mo), but read by ourselves:
 * gettext() follows the locale of the whole process, and needs that locale installed; one server
 * process speaks both languages, request by request. */
#ifndef CORE_SAY_H
#define CORE_SAY_H

#include "base.h"
#include "fault.h"

/* Marks a sentence that is translated elsewhere, for the tool that checks the catalogue. */
#define N_(sentence) sentence

/* Reads dir/ja/LC_MESSAGES/kairan.mo (GNU gettext manual, "The Format of GNU MO Files") once for
 * the process. BROKEN names the file when it is missing or damaged. */
MUST_USE NONNULL bool say_open(const char *dir, struct fault *f);

/* The sentence in `lang` ("ja"; any other, or a sentence the catalogue lacks: the msgid itself).
 * Lives as long as the process, or as msgid. */
NONNULL const char *say(const char *lang, const char *msgid);

/* Forgets the catalogue. */
void say_close(void);

#endif
