/* From codes to enums and words. */
#include "words/word.h"

#include <string.h>

unsigned word_of(const struct word *words, const char *code) {
    for (unsigned i = 1; words[i].code; i++)
        if (strcmp(code, words[i].code) == 0)
            return i;
    return 0;
}

enum role role_of(const char *code) {
    unsigned place = word_of(role_words, code);
    return place > 0 ? (enum role)(1U << (place - 1)) : ROLE_NOBODY;
}

const struct word *role_word(enum role role) {
    unsigned place = 0;
    while (role >> place)
        place++;
    return &role_words[place];
}
