/* Fuzzes the text rules: what is good stays good when judged again, what is marked stands where it
 * is said to stand, and the cure cures. */
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "words/prose.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len_b);

static void must(bool ok) {
    if (!ok)
        abort();
}

static void check_allowed(const char *lang, const char *text) {
    for (const char *s = text, *end = text + strlen(text); s < end;) {
        int32_t cp = text_utf8_next(&s, end);
        must(cp > 0 && prose_allowed(lang, cp));
    }
}

static void check_bad(const struct prose *p) {
    const char *end = p->text + strlen(p->text);
    for (size_t i = 0; i < p->bad_count; i++) {
        const struct prose_bad *bad = &p->bad[i];
        must(p->text + bad->at_b + strlen(bad->text) <= end);
        must(strncmp(p->text + bad->at_b, bad->text, strlen(bad->text)) == 0);
        must(i == 0 || bad->at_b > bad[-1].at_b);
        must(bad->at <= bad->at_b && *bad->code == 'U');
    }
}

/* The normal form is its own normal form, and gets the same verdict. */
static void check_again(struct arena *a, enum prose_kind kind, const char *lang,
                        const struct prose *p) {
    struct prose again = prose_check(a, kind, lang, "", p->text, strlen(p->text));
    must(strcmp(again.text, p->text) == 0);
    must(again.verdict == p->verdict && again.count == p->count);
    must(again.bad_count == p->bad_count);
    struct prose cured = prose_check(a, kind, lang, "", p->cured, strlen(p->cured));
    must(cured.verdict != PROSE_NOT_TEXT && cured.verdict != PROSE_BAD_CHARS);
    must(strcmp(cured.text, p->cured) == 0 && cured.count == p->cured_count);
}

/* The first byte chooses the kind and the language. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len_b) {
    static const char *const langs[] = {"ja", "easy", "en", "zh"};
    if (len_b == 0)
        return 0;
    CLEANUP(arena_free) struct arena *a = arena_new();
    const char *lang = langs[data[0] / 2 % COUNT(langs)];
    enum prose_kind kind = data[0] & 1 ? PROSE_TITLE : PROSE_BODY;
    struct prose p = prose_check(a, kind, lang, "", (const char *)data + 1, len_b - 1);
    must(prose_name(kind, p.verdict) != NULL);
    if (p.verdict == PROSE_NOT_TEXT)
        return 0;
    must(text_utf8_valid(p.text, strlen(p.text)) && text_utf8_count(p.text) == p.count);
    must(p.bad_count > 0 || p.verdict != PROSE_BAD_CHARS);
    must(p.bad_count == 0 || p.verdict == PROSE_BAD_CHARS || p.verdict == PROSE_EMPTY);
    if (p.verdict == PROSE_OK) {
        check_allowed(lang, p.text);
        must(p.count <= p.most);
    }
    check_bad(&p);
    check_again(a, kind, lang, &p);
    return 0;
}
