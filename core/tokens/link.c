/* The tokens in links: made, MACed, verified. */
#include "tokens/link.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "settings/conf.h"
#include "text.h"

enum { SAID_B = 10, MAC_B = 16, TOKEN_B = SAID_B + MAC_B, RANDOM_B = 32, KEYS_MOST = 256 };
static_assert((TOKEN_B * 8 + 5) / 6 + 1 == LINK_B, "26 bytes are 35 letters and a NUL");
static_assert((RANDOM_B * 8 + 5) / 6 + 1 == LINK_RANDOM_B, "32 bytes are 43 letters and a NUL");

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* A context for each key, set up once: a MAC then costs two hash blocks and no allocation. */
struct link_keys {
    int newest; /* kid, -1 without any */
    EVP_MAC_CTX *by_kid[KEYS_MOST];
};

static EVP_MAC_CTX *key_open(EVP_MAC *hmac, const unsigned char key[LINK_KEY_B]) {
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string("digest", (char[]){"SHA256"}, 0),
        OSSL_PARAM_construct_end(),
    };
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(hmac);
    if (ctx == NULL || EVP_MAC_init(ctx, key, LINK_KEY_B, params) != 1)
        die("OpenSSL offers no HMAC-SHA256; check the installation.");
    return ctx;
}

struct link_keys *link_keys_new(const struct link_key *keys, size_t count) {
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    struct link_keys *out = OPENSSL_zalloc(sizeof *out);
    if (hmac == NULL || out == NULL)
        die("OpenSSL offers no HMAC-SHA256; check the installation.");
    out->newest = count ? keys[0].kid : -1;
    for (size_t i = 0; i < count; i++) {
        assert(keys[i].kid >= 0 && keys[i].kid < KEYS_MOST && !out->by_kid[keys[i].kid]);
        out->by_kid[keys[i].kid] = key_open(hmac, keys[i].key);
    }
    EVP_MAC_free(hmac);
    return out;
}

void link_keys_free(struct link_keys **keys) {
    if (*keys == NULL)
        return;
    for (size_t i = 0; i < KEYS_MOST; i++)
        EVP_MAC_CTX_free((*keys)->by_kid[i]);
    OPENSSL_clear_free(*keys, sizeof **keys);
    *keys = NULL;
}

bool link_keys_read(struct db *db, enum sql which, struct link_keys **out, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    struct link_key keys[KEYS_MOST] = {0};
    if (!DB_RUN0(db, which, &rows, f))
        return false;
    size_t count = (size_t)rows.count;
    if (count == 0 || count > KEYS_MOST)
        return fault_set(f, FAULT_BROKEN, "The database holds no keys for links.");
    for (size_t i = 0; i < count; i++) {
        keys[i].kid = (int)db_int(&rows, (int)i, 0);
        if (!text_hex_decode(db_text(&rows, (int)i, 1), keys[i].key, LINK_KEY_B))
            return fault_set(f, FAULT_BROKEN, "The database holds no keys for links.");
    }
    *out = link_keys_new(keys, count);
    OPENSSL_cleanse(keys, sizeof keys);
    return true;
}

bool link_keys_load(struct db *db, struct link_keys **out, struct fault *f) {
    return link_keys_read(db, SQL_LINK_KEYS, out, f);
}

int link_keys_newest(const struct link_keys *keys) {
    return keys->newest;
}

bool link_mac(struct link_keys *keys, int kid, const unsigned char *said, size_t said_b,
              unsigned char mac[LINK_MAC_B]) {
    EVP_MAC_CTX *ctx = kid >= 0 && kid < KEYS_MOST ? keys->by_kid[kid] : NULL;
    size_t mac_b = 0;
    return ctx && EVP_MAC_init(ctx, NULL, 0, NULL) == 1 && EVP_MAC_update(ctx, said, said_b) == 1 &&
           EVP_MAC_final(ctx, mac, &mac_b, LINK_MAC_B) == 1 && mac_b == LINK_MAC_B;
}

/* The MAC of what a token says, with the key it names; false when there is no such key. */
static bool mac_make(struct link_keys *keys, const unsigned char said[SAID_B],
                     unsigned char mac[LINK_MAC_B]) {
    return link_mac(keys, said[0], said, SAID_B, mac);
}

/* base64url without padding (RFC 4648 5) into a caller's array: minting happens once a recipient,
 * where an arena would grow. */
static void letters_write(const unsigned char *data, size_t len_b, char *out) {
    uint32_t held = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < len_b; i++) {
        held = held << 8 | data[i];
        for (bits += 8; bits >= 6; bits -= 6)
            *out++ = letters[held >> (bits - 6) & 63];
    }
    if (bits > 0)
        *out++ = letters[held << (6 - bits) & 63];
    *out = '\0';
}

bool link_mint(struct link_keys *keys, enum link_purpose purpose, int64_t contact, char out[LINK_B],
               struct fault *f) {
    unsigned char token[TOKEN_B] = {(unsigned char)keys->newest, (unsigned char)purpose};
    unsigned char mac[LINK_MAC_B];
    for (int i = 0; i < 8; i++)
        token[2 + i] = (unsigned char)((uint64_t)contact >> (56 - 8 * i));
    if (keys->newest < 0 || !mac_make(keys, token, mac))
        return fault_set(f, FAULT_BROKEN, "The database holds no keys for links.");
    memcpy(token + SAID_B, mac, MAC_B);
    letters_write(token, sizeof token, out);
    return true;
}

bool link_verify(struct link_keys *keys, enum link_purpose purpose, const char *token,
                 int64_t *contact) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    unsigned char *data, mac[LINK_MAC_B];
    size_t data_b;
    char again[LINK_B];
    if (strlen(token) != LINK_B - 1 || !text_b64url_decode(a, token, &data, &data_b))
        return false;
    letters_write(data, data_b, again); /* two spare bits: only one spelling is ours */
    if (strcmp(token, again) != 0 || data[1] != (unsigned)purpose || !mac_make(keys, data, mac) ||
        CRYPTO_memcmp(mac, data + SAID_B, MAC_B) != 0)
        return false;
    uint64_t number = 0;
    for (int i = 0; i < 8; i++)
        number = number << 8 | data[2 + i];
    *contact = (int64_t)number;
    return true;
}

void link_page(const char *path, const char *token, const char *lang, char out[LINK_PAGE_B]) {
    const char *query = strcmp(lang, "en") == 0 ? "?lang=en" : "";
    snprintf(out, LINK_PAGE_B, "%s%s/%s%s", conf.public_url, path, token, query);
}

void link_random(char out[LINK_RANDOM_B]) {
    unsigned char data[RANDOM_B];
    if (RAND_bytes(data, sizeof data) != 1)
        die("OpenSSL has no randomness to give; check the installation.");
    letters_write(data, sizeof data, out);
    OPENSSL_cleanse(data, sizeof data);
}

bool link_random_fits(const char *token) {
    return strlen(token) == LINK_RANDOM_B - 1 && strspn(token, letters) == LINK_RANDOM_B - 1;
}
