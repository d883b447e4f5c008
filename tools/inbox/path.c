/* Reading the path and the parameters of MAIL and RCPT. */
#include "path.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "text.h"

/* Length of "…" with its quotes at s, 0 when it does not end. */
static size_t quoted_length(const char *s) {
    for (size_t i = 1; s[i]; i++) {
        if (s[i] == '"')
            return i + 1;
        if (s[i] == '\\' && s[i + 1])
            i++;
    }
    return 0;
}

static bool address_char(char c) {
    return c > ' ' && c < 0x7f && c != '<' && c != '>' && c != '"';
}

static size_t address_length(const char *s) {
    size_t n = *s == '"' ? quoted_length(s) : 0;
    while (address_char(s[n]))
        n++;
    return n;
}

/* Takes off quotes that only dots needed ("a..b"@ is the address a..b@): people search for what
 * they typed. */
static void unquote(char *address) {
    size_t n = *address == '"' ? quoted_length(address) : 0;
    if (n < 3 || address[n] != '@')
        return;
    for (size_t i = 1; i + 1 < n; i++)
        if (address[i] == '\\' || address[i] == '@' || !address_char(address[i]))
            return;
    memmove(address, address + 1, n - 2);
    memmove(address + n - 2, address + n, strlen(address + n) + 1);
}

const char *path_read(const char *s, char address[PATH_ADDRESS_B]) {
    if (*s != '<')
        return NULL;
    size_t n = address_length(++s);
    if (s[n] != '>' || n > 254)
        return NULL;
    memcpy(address, s, n);
    address[n] = '\0';
    unquote(address);
    const char *after = s + n + 1;
    return *after == '\0' || *after == ' ' ? after : NULL;
}

const char *path_domain(const char *address) {
    const char *at = strrchr(address, '@');
    return at ? at + 1 : "";
}

static bool read_size(const char *s, size_t len, uint64_t *out) {
    char digits[24];
    int64_t n;
    if (len >= sizeof digits)
        return false;
    memcpy(digits, s, len);
    digits[len] = '\0';
    if (!text_int(digits, 0, INT64_MAX, &n))
        return false;
    *out = (uint64_t)n;
    return true;
}

static bool word_is(const char *s, size_t len, const char *word) {
    return len == strlen(word) && !strncasecmp(s, word, len);
}

static bool read_option(const char *s, size_t len, struct path_options *out) {
    if (len > 5 && !strncasecmp(s, "SIZE=", 5))
        return read_size(s + 5, len - 5, &out->size_b);
    if (word_is(s, len, "BODY=8BITMIME"))
        return out->eight_bit = true;
    return word_is(s, len, "BODY=7BIT");
}

bool path_options(const char *s, struct path_options *out) {
    *out = (struct path_options){0};
    while (*(s += strspn(s, " "))) {
        size_t len = strcspn(s, " ");
        if (!read_option(s, len, out))
            return false;
        s += len;
    }
    return true;
}
