/* Pieces that the trees of many pages share: what roles are called, numbers, errors of forms. */
#include "page/parts.h"

#include <string.h>

#include "page/tree.h"
#include "words/say.h"
#include "words/word.h"

const char *parts_role(const struct req *r, const char *code) {
    return req_say(r, role_words[word_of(role_words, code)].said);
}

const char *parts_said(const struct req *r, const struct word *words, const char *code) {
    unsigned place = word_of(words, code);
    return place ? req_say(r, words[place].said) : code;
}

void parts_put_roles(const struct req *r, json_t *frame) {
    TREE_PUT(frame, TEXT("role", req_say(r, role_word(r->who.role)->said)));
    for (const struct word *role = role_words + 1; role->code; role++) {
        const char *flag = arena_printf(r->arena, "is_%s", role->code);
        json_object_set_new(frame, flag, json_boolean(req_may(r, role_of(role->code))));
    }
}

const char *parts_number(struct arena *a, int64_t n) {
    const char *digits = arena_printf(a, "%lld", (long long)n);
    size_t len_b = strlen(digits);
    char *out = arena_alloc(a, len_b * 2 + 1), *to = out;
    for (size_t i = 0; i < len_b; i++) {
        if (i && (len_b - i) % 3 == 0 && digits[i - 1] != '-')
            *to++ = ',';
        *to++ = digits[i];
    }
    return out;
}

void parts_error(struct req *r, json_t *tree, const char *field, const char *msgid) {
    json_t *errors = json_object_get(tree, "errors");
    if (!errors) {
        errors = json_array();
        TREE_PUT(tree, NODE("errors", errors));
    }
    json_t *error = json_object();
    TREE_PUT(error, TEXT("field", field), TEXT("text", req_say(r, msgid)));
    json_array_append_new(errors, error);
}

void parts_error_fault(struct req *r, json_t *tree, const struct fault *f) {
    parts_error(r, tree, f->field, f->text);
}
