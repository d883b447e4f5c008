/* The one table of letters. A new letter is a row here, its text in web/letters, the Japanese of
 * that in web/locale/ja.po, and the act that asks for it (letter_add, letter_staff). */
#include "letters/letter_kind.h"

#include <string.h>

const struct letter_kind letter_kinds[] = {
    /* to residents */
    {"confirm", LETTER_SECRET, "/confirm", 0},
    {"leave", LETTER_MINTED, "/leave", LINK_LEAVE},
    {"warn", LETTER_MINTED, "/stay", LINK_STAY},
    /* to staff, about their accounts */
    {"password-changed", LETTER_PAGE, "/me", 0},
    {"password-reset", LETTER_PAGE, "/me", 0},
    {"password-ends", LETTER_PAGE, "/me", 0},
    {"new-place", LETTER_PAGE, "/me", 0},
    {"factor-set", LETTER_PAGE, "/me", 0},
    {"factor-reset", LETTER_PAGE, "/me", 0},
    {"factor-codes", LETTER_PAGE, "/me", 0},
    {"factor-recovered", LETTER_PAGE, "/me", 0},
    {"sessions-ended", LETTER_PAGE, "/me", 0},
    /* to approvers */
    {"instruction", LETTER_PAGE, "/instructions", 0},
    /* to heads, about forms 1 to 3; asked-open and confirm to who applies without sign-in */
    {"form-accepted", LETTER_FORM, "", 0},
    {"form-refused", LETTER_FORM, "", 0},
    {"form-asked", LETTER_FORM, "", 0},
    {"form-asked-open", LETTER_FORM, "", 0},
    {"form-confirm", LETTER_FORM, "", 0},
    /* of the operation log, to the address that keeps them */
    {"anchor", LETTER_LINE, "", 0},
};
const size_t letter_kind_count = COUNT(letter_kinds);

const struct letter_kind *letter_kind_find(const char *name) {
    for (size_t i = 0; i < COUNT(letter_kinds); i++)
        if (strcmp(letter_kinds[i].name, name) == 0)
            return &letter_kinds[i];
    return NULL;
}
