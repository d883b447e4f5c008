/* Settings that are lists. */
#include "settings/conf_pairs.h"

#include <string.h>

#include "text.h"

static struct conf_pair read_pair(struct arena *a, const char *word) {
    struct conf_pair pair = {0};
    size_t name_b = strcspn(word, "=");
    const char *items = word[name_b] == '=' ? word + name_b + 1 : "";
    pair.name = arena_strndup(a, word, name_b);
    pair.items = text_split(a, items, ',', &pair.count);
    return pair;
}

struct conf_pair *conf_pairs(struct arena *a, const char *text, size_t *count) {
    size_t words = 0;
    char **word = text_split(a, text, ' ', &words);
    struct conf_pair *pairs = arena_array(a, words + 1, sizeof *pairs);
    *count = 0;
    for (size_t i = 0; i < words; i++)
        if (*word[i]) /* two blanks in a row */
            pairs[(*count)++] = read_pair(a, word[i]);
    return pairs;
}

const struct conf_pair *conf_pair_find(const struct conf_pair *pairs, size_t count,
                                       const char *name) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(pairs[i].name, name) == 0)
            return &pairs[i];
    return NULL;
}
