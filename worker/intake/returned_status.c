/* Codes and words of mail servers to what they say of an address. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "intake/returned_impl.h"

/* ---- codes ---- */

static size_t digits(const char *s, size_t most) {
    size_t n = 0;
    while (n < most && isdigit((unsigned char)s[n]))
        n++;
    return n;
}

/* Length of "5.1.1" at s; 0 when there is none. */
static size_t code_length(const char *s) {
    if ((s[0] != '4' && s[0] != '5') || s[1] != '.')
        return 0;
    size_t subject = digits(s + 2, 3);
    if (subject == 0 || s[2 + subject] != '.')
        return 0;
    size_t detail = digits(s + 3 + subject, 3), all = 3 + subject + detail;
    bool ends = detail > 0 && !isdigit((unsigned char)s[all]) &&
                !(s[all] == '.' && isdigit((unsigned char)s[all + 1]));
    return ends ? all : 0;
}

static bool stands_alone(const char *text, const char *at) {
    return at == text || (!isalnum((unsigned char)at[-1]) && at[-1] != '.' && at[-1] != '-');
}

bool returned_status_find(const char *text, char out[RETURNED_STATUS_B]) {
    for (const char *s = text; *s; s++) {
        size_t length = stands_alone(text, s) ? code_length(s) : 0;
        if (length == 0)
            continue;
        snprintf(out, RETURNED_STATUS_B, "%.*s", (int)length, s);
        return true;
    }
    return false;
}

/* "550 …", "550-…": the class of the first reply code. */
static char reply_class(const char *text) {
    for (const char *s = text; *s; s++)
        if ((*s == '4' || *s == '5') && stands_alone(text, s) && digits(s, 4) == 3 && s[1] <= '5' &&
            strchr(" -\t\r\n", s[3]))
            return *s;
    return '\0';
}

/* ---- words ---- */

/* In this order: the first that occurs counts. */
static const struct {
    const char *words, *status;
} PHRASES[] = {
    {"user unknown", "5.1.1"},
    {"unknown user", "5.1.1"},
    {"no such user", "5.1.1"},
    {"no mailbox here", "5.1.1"},
    {"invalid recipient", "5.1.1"},
    {"not a valid mailbox", "5.1.1"},
    {"recipient not found", "5.1.1"},
    {"address does not exist", "5.1.1"},
    {"account does not exist", "5.1.1"},
    {"メールアドレスが存在しません", "5.1.1"},
    {"宛先が存在しません", "5.1.1"},
    {"宛先が見つかりません", "5.1.1"},
    {"宛先不明", "5.1.1"},
    {"mailbox disabled", "5.2.1"},
    {"account is disabled", "5.2.1"},
    {"account has been disabled", "5.2.1"},
    {"mailbox is full", "5.2.2"},
    {"mailbox full", "5.2.2"},
    {"over quota", "5.2.2"},
    {"quota exceeded", "5.2.2"},
    {"メールボックスがいっぱい", "5.2.2"},
    {"容量を超え", "5.2.2"},
    {"host unknown", "5.1.2"},
    {"host not found", "5.1.2"},
    {"domain not found", "5.1.2"},
    {"unrouteable", "5.1.2"},
    {"unroutable", "5.1.2"},
    {"non-existent hosts", "5.1.2"},
    {"couldn't find any host", "5.1.2"},
    {"too large", "5.3.4"},
    {"size limit", "5.3.4"},
    {"blocked", "5.7.1"},
    {"blacklist", "5.7.1"},
    {"spam", "5.7.1"},
    {"policy", "5.7.1"},
    {"not permitted", "5.7.1"},
    {"access denied", "5.7.1"},
    {"受信を拒否", "5.7.1"},
    {"受信拒否", "5.7.1"},
    {"permanent error", "5.0.0"},
    {"permanent fatal error", "5.0.0"},
    {"retry timeout exceeded", "4.4.7"},
    {"timed out", "4.4.1"},
    {"connection refused", "4.4.1"},
};

bool returned_status_guess(const char *words, char out[RETURNED_STATUS_B]) {
    bool coded = returned_status_find(words, out);
    if (coded && strcmp(out + 1, ".0.0") != 0)
        return true;
    for (size_t i = 0; i < COUNT(PHRASES); i++)
        if (strcasestr(words, PHRASES[i].words)) {
            snprintf(out, RETURNED_STATUS_B, "%s", PHRASES[i].status);
            return true;
        }
    if (!coded && reply_class(words)) {
        snprintf(out, RETURNED_STATUS_B, "%c.0.0", reply_class(words));
        return true;
    }
    return coded;
}

/* ---- verdicts ---- */

/* Of class 5, by RFC 3463's subject and detail; the first row that fits. Detail -1: any. What is
 * not here speaks of a server, of the mail or of us. */
static const struct {
    int subject, detail;
    enum returned_kind kind;
} VERDICTS[] = {
    {0, -1, RETURNED_PERMANENT}, {1, 7, RETURNED_POLICY}, /* the sender's address */
    {1, 8, RETURNED_POLICY},     {1, -1, RETURNED_PERMANENT},
    {2, 2, RETURNED_TEMPORARY}, /* full: may be emptied */
    {2, 0, RETURNED_PERMANENT},  {2, 1, RETURNED_PERMANENT},
    {4, 1, RETURNED_PERMANENT}, /* nobody answers, said for good */
    {4, 4, RETURNED_PERMANENT}, /* no way there: the domain is no more */
    {4, 6, RETURNED_TEMPORARY}, /* a loop */
    {4, 7, RETURNED_TEMPORARY}, /* too old, after tries */
};

/* The number at s, of three digits at most. */
static int small_number(const char *s) {
    int n = 0;
    for (size_t i = 0; i < digits(s, 3); i++)
        n = n * 10 + (s[i] - '0');
    return n;
}

enum returned_kind returned_status_kind(const char *status) {
    if (status[0] == '4')
        return RETURNED_TEMPORARY;
    if (code_length(status) == 0)
        return RETURNED_POLICY;
    int subject = small_number(status + 2), detail = small_number(strrchr(status, '.') + 1);
    for (size_t i = 0; i < COUNT(VERDICTS); i++)
        if (VERDICTS[i].subject == subject &&
            (VERDICTS[i].detail < 0 || VERDICTS[i].detail == detail))
            return VERDICTS[i].kind;
    return RETURNED_POLICY;
}
