/* How hard a password is to guess. */
#include "door/strength.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <zxcvbn.h>

/* Digits of the number of guesses below which a password has the score. */
static const double digits[STRENGTH_MOST] = {3, 6, 8, 10};
static const double digits_per_bit = 0.30102999566398120;

enum { AGAIN_LEAST_B = 3 };

/* What is said twice in a row is said once: zxcvbn sees that of single words only. How many were
 * taken out. */
static size_t say_once(char *text) {
    size_t taken = 0;
    for (char *at = text; *at; at++) {
        for (size_t b = AGAIN_LEAST_B; 2 * b <= strlen(at); b++) {
            while (strncmp(at, at + b, b) == 0) {
                memmove(at + b, at + 2 * b, strlen(at + 2 * b) + 1);
                taken++;
            }
        }
    }
    return taken;
}

static double digits_of(const char *password, const char *const *words) {
    /* The library changes neither; its prototype just does not say so. */
    return ZxcvbnMatch(password, (const char **)(uintptr_t)words, NULL) * digits_per_bit;
}

int strength_of(const char *password, const char *const *words) {
    char *once = strdup(password);
    if (!once)
        abort();
    size_t taken = say_once(once);
    double guesses = digits_of(once, words) + (double)taken * digits_per_bit;
    double whole = digits_of(password, words);
    OPENSSL_cleanse(once, strlen(password));
    free(once);
    guesses = whole < guesses ? whole : guesses;
    int score = 0;
    while (score < STRENGTH_MOST && guesses >= digits[score])
        score++;
    return score;
}
