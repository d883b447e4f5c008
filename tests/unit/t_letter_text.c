/* The fixed texts of letters: every template in both languages, with nothing that is not put in. */
#include <string.h>

#include "base.h"
#include "check.h"
#include "letters/letter_text.h"

/* What stands in braces is one of those that letter_compose puts in. */
static bool braces_known(const char *text) {
    static const char *const known[] = {"{town}", "{link}", "{until}", "{number}", "{said}"};
    for (const char *at = text; (at = strchr(at, '{')); at++) {
        bool found = false;
        for (size_t i = 0; i < COUNT(known); i++) {
            found = found || strncmp(at, known[i], strlen(known[i])) == 0;
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

static void test_every_template_has_its_text(void **state) {
    (void)state;
    static const char *const langs[] = {"ja", "en"};
    for (size_t i = 0; i < LETTER_LAST * COUNT(langs); i++) {
        const struct letter_text *text =
            letter_text((enum letter_template)(i / COUNT(langs)), langs[i % COUNT(langs)]);
        bool whole = text->subject && text->body && strstr(text->subject, "{town}") &&
                     strstr(text->body, "{link}") && strstr(text->body, "{town}\n");
        if (!whole || !braces_known(text->subject) || !braces_known(text->body)) {
            ROW_FAIL(i, "%s", text->subject ? text->subject : "none");
        }
    }
    assert_string_not_equal(letter_text(LETTER_INSTRUCTION, "ja")->subject,
                            letter_text(LETTER_INSTRUCTION, "en")->subject);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_template_has_its_text)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
