/* The texts of letters for tests: those of the build that the test program belongs to. */
#ifndef TESTS_TEXTS_H
#define TESTS_TEXTS_H

#include "check.h"

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "letters/letter_text.h"
#include "words/say.h"

/* build/web/NAME, found from build/tests/KIND/t_x. */
static void texts_path(const char *name, char out[PATH_MAX]) {
    char program[PATH_MAX] = "";
    assert_true(readlink("/proc/self/exe", program, sizeof program - 1) > 0);
    int length = snprintf(out, PATH_MAX, "%s/../../web/%s", dirname(program), name);
    assert_in_range(length, 1, PATH_MAX - 1);
}

static void texts_open(void) {
    char path[PATH_MAX];
    struct fault f = {0};
    texts_path("locale", path);
    if (!say_open(path, &f))
        fail_msg("%s %s", f.text, f.detail);
    texts_path("letters", path);
    if (!letter_text_open(path, &f))
        fail_msg("%s %s", f.text, f.detail);
}

#endif
