/* How hard a password is to guess (zxcvbn), with the words of its owner. */
#ifndef SERVER_STRENGTH_H
#define SERVER_STRENGTH_H

#include "base.h"

enum { STRENGTH_LEAST = 3, STRENGTH_MOST = 4 };

/* 0 to 4, as zxcvbn counts: 3 takes 10^8 guesses at least. words: in lower case, NULL-terminated,
 * as good as the most common passwords; they count inside longer words, too. */
MUST_USE NONNULL int strength_of(const char *password, const char *const *words);

#endif
