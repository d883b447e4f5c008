/* Hashes stand for strings; the table doubles when half full. */
#include "residents/seen.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

enum { FIRST_SIZE = 1024, KEY_B = 16 };

static bool is_free(const unsigned char *key) {
    static const unsigned char zero[KEY_B];
    return memcmp(key, zero, KEY_B) == 0;
}

/* Where the key is, or where it would go. */
static unsigned char *place(const struct seen *set, const unsigned char *key) {
    size_t i;
    memcpy(&i, key, sizeof i);
    for (i &= set->size - 1; !is_free(set->keys[i]); i = (i + 1) & (set->size - 1))
        if (memcmp(set->keys[i], key, KEY_B) == 0)
            break;
    return set->keys[i];
}

static void grow(struct seen *set) {
    struct seen bigger = {.size = set->size ? set->size * 2 : FIRST_SIZE, .count = set->count};
    bigger.keys = calloc(bigger.size, KEY_B);
    if (!bigger.keys)
        arena_exhausted(bigger.size * KEY_B);
    for (size_t i = 0; i < set->size; i++)
        if (!is_free(set->keys[i]))
            memcpy(place(&bigger, set->keys[i]), set->keys[i], KEY_B);
    seen_done(set);
    *set = bigger;
}

bool seen_add(struct seen *set, const char *s) {
    unsigned char hash[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)s, strlen(s), hash);
    if (set->count * 2 >= set->size)
        grow(set);
    unsigned char *at = place(set, hash);
    if (!is_free(at))
        return false;
    memcpy(at, hash, KEY_B);
    set->count++;
    return true;
}

void seen_done(struct seen *set) {
    free(set->keys);
    *set = (struct seen){0};
}
