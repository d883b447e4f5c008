/* The fixed texts of letters. */
#ifndef CORE_LETTER_TEXT_H
#define CORE_LETTER_TEXT_H

#include "letter.h"

/* {town}, {link} and {until} stand for what is put in. */
struct letter_text {
    const char *subject, *body;
};

enum letter_lang { LETTER_JA, LETTER_EN, LETTER_LANGS };

/* Those of letter_text_account.c; the others' rows are empty. */
extern const struct letter_text letter_text_account[LETTER_LAST][LETTER_LANGS];

/* The text of a template; a language we have none in gets Japanese. */
NONNULL const struct letter_text *letter_text(enum letter_template template, const char *lang);

#endif
