/* Fuzzes the tokens of links: the only token that passes for a contact is the one we would mint. */
#include <stdlib.h>
#include <string.h>

#include "tokens/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len_b);

static void must(bool ok) {
    if (!ok)
        abort();
}

/* Two keys, so that the fuzzer can reach the old one as well. */
static struct link_keys *make_keys(void) {
    struct link_key keys[2] = {{.kid = 7}, {.kid = 3}};
    memset(keys[0].key, 'n', sizeof keys[0].key);
    memset(keys[1].key, 'o', sizeof keys[1].key);
    return link_keys_new(keys, COUNT(keys));
}

/* A string from outside: a MAC of 128 bits is not guessed, so what passes has been minted. */
static void check_token(struct link_keys *keys, const char *token) {
    char minted[LINK_B];
    struct fault f;
    int64_t contact = -1;
    if (!link_verify(keys, LINK_LEAVE, token, &contact))
        return;
    must(link_mint(keys, LINK_LEAVE, contact, minted, &f));
    must(strcmp(minted, token) == 0);
}

/* A minted token passes; with any one letter changed, or cut, or longer, it does not. */
static void check_changed(struct link_keys *keys, int64_t contact, size_t at, char letter) {
    char token[LINK_B + 1] = "";
    struct fault f;
    int64_t found = -1;
    must(link_mint(keys, LINK_LEAVE, contact, token, &f));
    must(link_verify(keys, LINK_LEAVE, token, &found) && found == contact);
    char was = token[at];
    token[at] = letter;
    must(link_verify(keys, LINK_LEAVE, token, &found) == (letter == was));
    token[at] = was;
    token[LINK_B - 1] = 'A';
    must(!link_verify(keys, LINK_LEAVE, token, &found));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len_b) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    CLEANUP(link_keys_free) struct link_keys *keys = make_keys();
    const char *text = arena_strndup(a, (const char *)data, len_b);
    uint64_t contact;
    check_token(keys, text);
    if (link_random_fits(text))
        must(strlen(text) == LINK_RANDOM_B - 1);
    if (len_b < sizeof contact + 2)
        return 0;
    memcpy(&contact, data, sizeof contact);
    check_changed(keys, (int64_t)(contact & INT64_MAX), data[8] % (LINK_B - 1U), (char)data[9]);
    return 0;
}
