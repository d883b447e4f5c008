/* Reading form fields from urlencoded bodies (WHATWG URL, section 5.1) and flat JSON. */
#include "form.h"

#include <jansson.h>
#include <string.h>

#include "text.h"

static bool add_field(struct form *form, const char *name, const char *value, struct fault *f) {
    for (size_t i = 0; i < form->count; i++)
        if (!strcmp(form->fields[i].name, name))
            return fault_set(f, FAULT_INVALID, "項目が重なっています / A field comes twice");
    if (form->count == FORM_FIELDS_MAX)
        return fault_set(f, FAULT_INVALID, "項目が多すぎます / Too many fields");
    form->fields[form->count].name = name;
    form->fields[form->count++].value = value;
    return true;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes one name or value; NULL when it holds a bad escape, a NUL or malformed UTF-8. */
static char *decode(struct arena *a, const char *s, size_t len) {
    char *out = arena_alloc(a, len + 1), *to = out;
    for (size_t i = 0; i < len; i++) {
        if (s[i] != '%') {
            *to++ = s[i] == '+' ? ' ' : s[i];
            continue;
        }
        int high = i + 2 < len ? hex_digit(s[i + 1]) : -1,
            low = high < 0 ? -1 : hex_digit(s[i + 2]);
        if (low < 0)
            return NULL;
        *to++ = (char)(high << 4 | low);
        i += 2;
    }
    return text_utf8_valid(out, (size_t)(to - out)) ? out : NULL;
}

static bool read_pair(struct arena *a, const char *s, size_t len, struct form *out,
                      struct fault *f) {
    const char *equals = memchr(s, '=', len);
    size_t name_b = equals ? (size_t)(equals - s) : len;
    char *name = decode(a, s, name_b);
    char *value = equals ? decode(a, equals + 1, len - name_b - 1) : arena_strdup(a, "");
    if (!name || !value)
        return fault_set(f, FAULT_INVALID, "送信内容を読めません / The form is malformed");
    return add_field(out, name, value, f);
}

static bool read_urlencoded(struct arena *a, const char *s, size_t len, struct form *out,
                            struct fault *f) {
    for (const char *end = s + len; s < end;) {
        const char *amp = memchr(s, '&', (size_t)(end - s));
        const char *stop = amp ? amp : end;
        if (stop > s && !read_pair(a, s, (size_t)(stop - s), out, f))
            return false;
        s = stop + 1;
    }
    return true;
}

static bool read_json_fields(struct arena *a, json_t *tree, struct form *out, struct fault *f) {
    const char *name;
    json_t *value;
    json_object_foreach(tree, name, value) {
        const char *text = json_string_value(value);
        if (json_is_integer(value))
            text = arena_printf(a, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        if (!text)
            return fault_set(f, FAULT_INVALID,
                             "値は文字列か整数です / Values are strings or whole numbers");
        if (!add_field(out, arena_strdup(a, name), arena_strdup(a, text), f))
            return false;
    }
    return true;
}

static bool read_json(struct arena *a, const char *s, size_t len, struct form *out,
                      struct fault *f) {
    json_t *tree = json_loadb(s, len, JSON_REJECT_DUPLICATES, NULL);
    bool ok = json_is_object(tree)
                  ? read_json_fields(a, tree, out, f)
                  : fault_set(f, FAULT_INVALID,
                              "JSONのオブジェクトを送ってください / Send one JSON object");
    json_decref(tree);
    return ok;
}

bool form_read(struct arena *a, const char *body, size_t len_b, bool is_json, struct form *out,
               struct fault *f) {
    *out = (struct form){.count = 0};
    return is_json ? read_json(a, body, len_b, out, f) : read_urlencoded(a, body, len_b, out, f);
}

const char *form_get(const struct form *form, const char *name) {
    for (size_t i = 0; i < form->count; i++)
        if (!strcmp(form->fields[i].name, name))
            return form->fields[i].value;
    return "";
}
