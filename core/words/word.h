/* What is said once (the tables *.txt of the rooms): codes, and their words for people. */
#ifndef CORE_WORD_H
#define CORE_WORD_H

#include "base.h"
#include "vocabulary.h"

/* Place of the code in a table of words, which is the value of its enum; 0 for any other text. */
MUST_USE NONNULL unsigned word_of(const struct word *words, const char *code);

/* A post's role as the database names it; ROLE_NOBODY for any other text. */
MUST_USE NONNULL enum role role_of(const char *code);

/* Its row of role_words; the first, which is empty, for ROLE_NOBODY. */
MUST_USE const struct word *role_word(enum role role);

#endif
