/* The fixed texts of letters. */
#ifndef CORE_LETTER_TEXT_H
#define CORE_LETTER_TEXT_H

#include "base.h"
#include "letters/letter_template.h"

enum { LETTER_JAPANESE, LETTER_ENGLISH, LETTER_LANGUAGES };

/* {town}, {link} and {until} stand for what is put in, {number} and {said} in letters about forms.
 */
struct letter_text {
    const char *subject, *body;
};

/* Those to staff about their accounts, and about forms 1 to 3; the others' rows are empty. */
extern const struct letter_text letter_text_account[LETTER_LAST][LETTER_LANGUAGES];
extern const struct letter_text letter_text_form[LETTER_LAST][LETTER_LANGUAGES];

/* The text of a template; a language we have none in gets Japanese. */
NONNULL const struct letter_text *letter_text(enum letter_template template, const char *lang);

/* The lines that stand between an alert's body and the recipient's leave link, in every mail;
 * `lang` as in letters. Preview and mail take them from here. */
NONNULL const char *letter_footer(const char *lang);

#endif
