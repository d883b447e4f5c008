/* The tokens in envelope senders: made, MACed, verified. */
#include "tokens/verp.h"

#include <ctype.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "settings/conf.h"

enum { SAID_B = 15, TAG_B = 10, TOKEN_B = SAID_B + TAG_B, DAY_S = 86400 };
static_assert(TOKEN_B * 8 / 5 + 1 == VERP_B, "25 bytes are 40 letters and a NUL");
static_assert(VERP_LOCAL_MOST + 1 + VERP_B - 1 == 64, "RFC 5321 4.5.3.1.1");

static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";

/* Where the numbers stand in a token. */
static const struct field {
    int at, size_b;
} KIND = {1, 1}, DAY = {2, 2}, ALERT = {4, 5}, PART = {9, 6};

static void put(unsigned char *token, struct field where, int64_t number) {
    for (int i = where.size_b; i-- > 0; number >>= 8)
        token[where.at + i] = (unsigned char)(number & 255);
}

static int64_t get(const unsigned char *token, struct field where) {
    int64_t number = 0;
    for (int i = 0; i < where.size_b; i++)
        number = number << 8 | token[where.at + i];
    return number;
}

static bool fits(struct field where, int64_t number) {
    return number >= 0 && number >> (8 * where.size_b) == 0;
}

bool verp_keys_load(struct db *db, struct link_keys **out, struct fault *f) {
    return link_keys_read(db, SQL_VERP_KEYS, out, f);
}

static void letters_write(const unsigned char token[TOKEN_B], char out[VERP_B]) {
    uint64_t held = 0;
    int bits = 0;
    for (size_t i = 0; i < TOKEN_B; i++) {
        held = held << 8 | token[i];
        for (bits += 8; bits >= 5; bits -= 5)
            *out++ = letters[held >> (bits - 5) & 31];
    }
    *out = '\0';
}

static bool letters_read(const char *text, unsigned char token[TOKEN_B]) {
    uint64_t held = 0;
    int bits = 0;
    if (strlen(text) != VERP_B - 1)
        return false;
    for (; *text; text++) {
        const char *letter = strchr(letters, tolower((unsigned char)*text));
        if (!letter)
            return false;
        held = held << 5 | (uint64_t)(letter - letters);
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            *token++ = (unsigned char)(held >> bits & 255);
        }
    }
    return true;
}

bool verp_mint(struct link_keys *keys, const struct verp *what, int64_t now_s, char out[VERP_B],
               struct fault *f) {
    unsigned char token[TOKEN_B], mac[LINK_MAC_B];
    int kid = link_keys_newest(keys);
    if (!fits(DAY, now_s / DAY_S) || !fits(ALERT, what->alert) || !fits(PART, what->part))
        return fault_set(f, FAULT_BROKEN, "A number is too large for an envelope sender.");
    token[0] = (unsigned char)kid;
    put(token, KIND, (int64_t)what->kind);
    put(token, DAY, now_s / DAY_S);
    put(token, ALERT, what->alert);
    put(token, PART, what->part);
    if (!link_mac(keys, kid, token, SAID_B, mac))
        return fault_set(f, FAULT_BROKEN, "The database holds no keys for links.");
    memcpy(token + SAID_B, mac, TAG_B);
    letters_write(token, out);
    return true;
}

bool verp_address(struct link_keys *keys, const struct verp *what, int64_t now_s,
                  char out[VERP_ADDRESS_B], struct fault *f) {
    char token[VERP_B];
    if (!verp_mint(keys, what, now_s, token, f))
        return false;
    snprintf(out, VERP_ADDRESS_B, "%s+%s@%s", conf.bounce_local, token, conf.domain);
    return true;
}

static bool is_kind(int64_t kind) {
    return kind == VERP_ALERT || kind == VERP_EXPRESS || kind == VERP_LETTER;
}

bool verp_open(struct link_keys *keys, const char *token, int64_t now_s, struct verp *out) {
    unsigned char said[TOKEN_B] = {0}, mac[LINK_MAC_B];
    if (!letters_read(token, said) || !link_mac(keys, said[0], said, SAID_B, mac) ||
        CRYPTO_memcmp(mac, said + SAID_B, TAG_B) != 0)
        return false;
    int64_t age_days = now_s / DAY_S - get(said, DAY);
    if (age_days < -1 || age_days > VERP_DAYS || !is_kind(get(said, KIND)))
        return false;
    *out = (struct verp){.kind = (enum verp_kind)get(said, KIND),
                         .alert = get(said, ALERT),
                         .part = get(said, PART)};
    return true;
}

bool verp_find(const char *address, char token[VERP_B]) {
    size_t local_b = strlen(conf.bounce_local), tail = local_b + 1 + VERP_B - 1;
    if (strlen(address) <= tail || strncasecmp(address, conf.bounce_local, local_b) != 0 ||
        address[local_b] != '+' || address[tail] != '@' ||
        strcasecmp(address + tail + 1, conf.domain) != 0)
        return false;
    memcpy(token, address + local_b + 1, VERP_B - 1);
    token[VERP_B - 1] = '\0';
    return true;
}
