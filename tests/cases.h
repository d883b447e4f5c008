/* The alerts of tests/data/alerts.json as tests use them. */
#ifndef TESTS_CASES_H
#define TESTS_CASES_H

#include <jansson.h>
#include <string.h>

#include "arena.h"
#include "buf.h"

/* The whole file; ends the program when it is not there (tests run at the repository's root). */
static inline json_t *cases_load(void) {
    json_error_t e;
    json_t *all = json_load_file("tests/data/alerts.json", 0, &e);
    if (!all)
        abort();
    return all;
}

static inline const char *cases_text(const json_t *c, const char *key) {
    const char *s = json_string_value(json_object_get(c, key));
    return s ? s : "";
}

/* A field as it is typed: KEY, KEY_repeat [c, n] or KEY_lines [a, n, b, m]. */
static inline const char *cases_typed(struct arena *a, const json_t *c, const char *key) {
    json_t *repeat = json_object_get(c, arena_printf(a, "%s_repeat", key));
    json_t *lines = json_object_get(c, arena_printf(a, "%s_lines", key));
    json_t *parts = repeat ? repeat : lines;
    CLEANUP(buf_done) struct buf b = buf_init(65536);
    for (size_t i = 0; i < json_array_size(parts); i += 2) {
        if (i)
            buf_char(&b, '\n');
        for (json_int_t n = json_integer_value(json_array_get(parts, i + 1)); n > 0; n--)
            buf_str(&b, json_string_value(json_array_get(parts, i)));
    }
    return parts ? arena_strdup(a, buf_text(&b)) : cases_text(c, key);
}

#endif
