/* The texts of letters: web/letters/NAME.txt is one in English (its subject, an empty line, its
 * body), the catalogue says subject and body in Japanese. A line {>NAME} of a body stands for
 * parts/NAME.txt; what else is in braces is put in when a letter is composed. */
#ifndef CORE_LETTER_TEXT_H
#define CORE_LETTER_TEXT_H

#include "base.h"
#include "fault.h"
#include "letters/letter_kind.h"

/* What is put in: the town's name; the page (of an anchor, its line); till when the page is good;
 * of forms, the form's number and what the administrator wrote. */
enum letter_slot {
    LETTER_SLOT_TOWN,
    LETTER_SLOT_LINK,
    LETTER_SLOT_UNTIL,
    LETTER_SLOT_NUMBER,
    LETTER_SLOT_SAID,
    LETTER_SLOT_LAST
};

/* The one whose "{name}" the text begins with, *length_b long; LETTER_SLOT_LAST: none. */
NONNULL enum letter_slot letter_slot_at(const char *text, size_t *length_b);

struct letter_text {
    const char *subject, *body;
};

/* Reads the texts of all kinds from dir, once for the process and after the catalogue. BROKEN, its
 * detail naming the file: one is missing, has another form, has no Japanese, braces that stand for
 * nothing, or others in Japanese than in English. */
MUST_USE NONNULL bool letter_text_open(const char *dir, struct fault *f);

/* The text of a kind, parts in place; a language we have none in gets Japanese. */
NONNULL RETURNS_NONNULL const struct letter_text *letter_text(const struct letter_kind *kind,
                                                              const char *lang);

/* The lines that stand between an alert's body and the recipient's leave link, in every mail;
 * `lang` as in letters. Preview and mail take them from here. */
NONNULL RETURNS_NONNULL const char *letter_footer(const char *lang);

#endif
