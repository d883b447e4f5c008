/* Fuzzes envelope senders: what is minted opens as minted; what opens is, letter case aside, what
 * we would mint. (The fuzzer watches comparisons, and so learns to forge.) */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "settings/conf.h"
#include "tokens/verp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_b);

enum { NOW_S = 1795325251, DAY_S = 86400 };

/* A mail and a day out of the first bytes. */
static bool mint(struct link_keys *keys, const uint8_t *data, char token[VERP_B]) {
    static const enum verp_kind kinds[] = {VERP_ALERT, VERP_EXPRESS, VERP_LETTER};
    struct verp what = {.kind = kinds[data[0] % 3]}, got;
    struct fault f = {0};
    for (int i = 1; i < 6; i++)
        what.alert = what.alert << 8 | data[i];
    for (int i = 6; i < 12; i++)
        what.part = what.part << 8 | data[i];
    if (!verp_mint(keys, &what, NOW_S, token, &f) || !verp_open(keys, token, NOW_S, &got) ||
        got.kind != what.kind || got.alert != what.alert || got.part != what.part)
        abort();
    return true;
}

/* Whether the token of one of the days that are good has this spelling. */
static bool would_mint(struct link_keys *keys, const struct verp *what, const char *spelling) {
    char token[VERP_B];
    struct fault f = {0};
    for (int64_t age = -1; age <= VERP_DAYS; age++)
        if (verp_mint(keys, what, NOW_S - age * DAY_S, token, &f) &&
            strcasecmp(token, spelling) == 0)
            return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_b) {
    static const struct link_key key = {7, "a key of no less than 32 bytes.."};
    char token[VERP_B], other[128] = {0}, found[VERP_B];
    struct verp got;
    if (size_b < 14)
        return 0;
    CLEANUP(link_keys_free) struct link_keys *keys = link_keys_new(&key, 1);
    conf.bounce_local = "bounce";
    conf.domain = "city.kairan.example";
    mint(keys, data, token);
    memcpy(other, token, VERP_B);
    size_t at = data[12] % sizeof other, n = size_b - 13;
    n = n < sizeof other - 1 - at ? n : sizeof other - 1 - at;
    memcpy(other + at, data + 13, n);
    bool opens = verp_open(keys, other, NOW_S, &got);
    if (opens ? !would_mint(keys, &got, other) : strcasecmp(other, token) == 0)
        abort();
    if (verp_find(other, found) && strlen(found) != VERP_B - 1)
        abort();
    return 0;
}
