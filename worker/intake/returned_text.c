/* Reports in words: from servers that know no RFC 3464. A mail is one when it has the phrases of a
 * known kind; its recipients are the addresses it names before the returned mail begins. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "intake/returned_impl.h"
#include "settings/conf.h"

enum { LINES_MOST = 300, LINE_B = 500, WORDS_B = 8 * 1024, ADDRESSES_MOST = 20 };

/* ---- what kind of mail ---- */

/* Phrases of returned mail. The strong ones no person and no automatic reply writes. */
static const struct {
    const char *phrase;
    bool strong;
} MARKS[] = {
    {"this is the qmail-send program", true},
    {"this message was created automatically by mail delivery software", true},
    {"the following addresses had permanent fatal errors", true},
    {"transcript of session follows", true},
    {"each of the following recipients was rejected by a remote mail server", true},
    {"delivery to the following recipient", false},
    {"could not be delivered", false},
    {"undeliverable", false},
    {"delivery failed", false},
    {"returned mail", false},
    {"配信できませんでした", false},
    {"送信できませんでした", false},
    {"お届けできませんでした", false},
    {"配送できませんでした", false},
};

/* The mail is still under way. */
static const char *const DELAYS[] = {
    "transient non-fatal errors",
    "warning message only",
    "has not yet been delivered",
    "will be retried",
    "attempts will continue",
    "will keep trying",
    "still being retried",
    "could not send message for past",
    "no action is required on your part",
};

/* Here the returned mail begins. */
static const char *const ENDS[] = {
    "--- below this line is a copy",
    "------ this is a copy of",
    "----- original message",
    "----- message header follows",
    "----- unsent message",
    "received: from ",
    "return-path: ",
};

static bool is_report(const char *text, bool automatic) {
    for (size_t i = 0; i < COUNT(MARKS); i++)
        if ((MARKS[i].strong || !automatic) && strcasestr(text, MARKS[i].phrase))
            return true;
    return false;
}

static bool is_delay(const char *text) {
    for (size_t i = 0; i < COUNT(DELAYS); i++)
        if (strcasestr(text, DELAYS[i]))
            return true;
    return false;
}

static bool ends_here(const char *line) {
    line += strspn(line, " \t>");
    for (size_t i = 0; i < COUNT(ENDS); i++)
        if (strncasecmp(line, ENDS[i], strlen(ENDS[i])) == 0)
            return true;
    return false;
}

/* What the server itself says: the text up to the returned mail, in lines and bytes that are
 * bounded. */
static char *own_words(struct arena *a, const char *text) {
    char *out = arena_alloc(a, WORDS_B + 1), *to = out;
    for (int line = 0; *text && line < LINES_MOST && !ends_here(text); line++) {
        size_t line_b = strcspn(text, "\n"), kept_b = line_b < LINE_B ? line_b : LINE_B;
        if ((size_t)(to - out) + kept_b + 1 > WORDS_B)
            break;
        memcpy(to, text, kept_b);
        to += kept_b;
        *to++ = '\n';
        text += line_b + (text[line_b] == '\n');
    }
    *to = '\0';
    return out;
}

/* ---- its recipients ---- */

static bool address_char(char c) {
    return (unsigned char)c > ' ' && !strchr("<>()[]\"',;:", c) && c != '\x7f';
}

static bool is_ours(const char *address) {
    const char *at = strrchr(address, '@');
    return at && strcasecmp(at + 1, conf.domain) == 0;
}

static bool is_known(const struct returned *out, const char *address) {
    for (size_t i = 0; i < out->count; i++)
        if (strcasecmp(out->list[i].address, address) == 0)
            return true;
    return false;
}

/* The address around the '@' at `at`, NULL when none stands there. */
static char *address_at(struct arena *a, const char *text, const char *at) {
    const char *from = at, *to = at + 1;
    while (from > text && address_char(from[-1]))
        from--;
    while (*to && (isalnum((unsigned char)*to) || strchr("-.", *to)))
        to++;
    while (to > at && to[-1] == '.')
        to--;
    return from < at && to > at + 1 ? arena_strndup(a, from, (size_t)(to - from)) : NULL;
}

static void add_addresses(struct arena *a, const char *text, const char *status, const char *words,
                          struct returned *out) {
    size_t left = ADDRESSES_MOST;
    for (const char *at = text; left > 0 && (at = strchr(at, '@')); at++, left--) {
        const char *address = address_at(a, text, at);
        if (address && !is_ours(address) && !is_known(out, address))
            returned_add(a, out, returned_status_kind(status), status, address, words);
    }
}

/* The line that says why, for people; the whole where no line does. */
static const char *telling_line(struct arena *a, const char *words) {
    char status[RETURNED_STATUS_B];
    for (const char *line = words; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        const char *one = arena_strndup(a, line, strcspn(line, "\n"));
        if (returned_status_guess(one, status))
            return one;
    }
    return words;
}

void returned_text_read(struct arena *a, const char *text, bool automatic, const char *failed,
                        struct returned *out) {
    char status[RETURNED_STATUS_B];
    const char *words = own_words(a, text);
    if ((!failed[0] && !is_report(words, automatic)) || is_delay(words) ||
        !returned_status_guess(words, status))
        return;
    const char *why = telling_line(a, words);
    add_addresses(a, failed, status, why, out);
    if (out->count == 0)
        add_addresses(a, words, status, why, out);
    if (out->count == 0)
        returned_add(a, out, returned_status_kind(status), status, "", why);
}
