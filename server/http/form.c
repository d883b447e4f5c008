/* Bodies and queries to fields. Own parsers over the whole body: libmicrohttpd's post processor
 * cuts names at NUL, takes broken percent sequences, and loses fields silently (0.9.75). */
#include "http/form.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "text.h"

/* ---- urlencoded ---- */

static int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undoes + and %XX; false on a broken one. */
static bool decode(struct arena *a, const char *s, size_t s_b, const char **out, size_t *out_b) {
    char *text = arena_alloc(a, s_b + 1);
    size_t n = 0;
    for (size_t i = 0; i < s_b; i++) {
        if (s[i] != '%') {
            text[n++] = s[i] == '+' ? ' ' : s[i];
            continue;
        }
        int high = i + 2 < s_b ? hex_digit(s[i + 1]) : -1;
        int low = i + 2 < s_b ? hex_digit(s[i + 2]) : -1;
        if (high < 0 || low < 0)
            return false;
        text[n++] = (char)(high * 16 + low);
        i += 2;
    }
    *out = text;
    *out_b = n;
    return true;
}

static bool add_pair(struct form *out, const char *pair, size_t pair_b) {
    const char *equals = memchr(pair, '=', pair_b);
    size_t name_b = equals ? (size_t)(equals - pair) : pair_b;
    const char *value = equals ? equals + 1 : pair + pair_b;
    struct field field = {0};
    if (!decode(out->arena, pair, name_b, &field.name, &name_b) ||
        !decode(out->arena, value, (size_t)(pair + pair_b - value), &field.value, &field.value_b))
        return false;
    return form_add(out, field, name_b);
}

bool form_urlencoded(struct form *out, const char *text, size_t text_b) {
    const char *end = text + text_b;
    while (text < end) {
        const char *amper = memchr(text, '&', (size_t)(end - text));
        const char *stop = amper ? amper : end;
        if (stop > text && !add_pair(out, text, (size_t)(stop - text)))
            return false;
        text = amper ? amper + 1 : end;
    }
    return true;
}

/* ---- JSON ---- */

static bool add_scalar(struct form *out, const char *name, const json_t *value) {
    struct field field = {.name = name};
    switch (json_typeof(value)) {
    case JSON_STRING:
        field.value =
            arena_strndup(out->arena, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        field.value = arena_printf(out->arena, "%lld", (long long)json_integer_value(value));
        break;
    case JSON_TRUE:
        field.value = "1";
        break;
    case JSON_FALSE:
    case JSON_NULL:
        return true;
    default:
        return false;
    }
    field.value_b = strlen(field.value);
    return form_add(out, field, strlen(name));
}

static bool add_member(struct form *out, const char *key, const json_t *value) {
    const char *name = arena_strdup(out->arena, key);
    if (!json_is_array(value))
        return add_scalar(out, name, value);
    for (size_t i = 0; i < json_array_size(value); i++)
        if (!add_scalar(out, name, json_array_get(value, i)))
            return false;
    return true;
}

bool form_json(struct form *out, const char *text, size_t text_b) {
    json_t *root = json_loadb(text, text_b, JSON_REJECT_DUPLICATES, NULL);
    bool sound = json_is_object(root);
    const char *key;
    json_t *value;
    json_object_foreach(root, key, value) {
        sound = sound && add_member(out, key, value);
    }
    json_decref(root);
    return sound;
}

/* ---- which of them ---- */

/* Whether a Content-Type is `type`, whatever its parameters. */
static bool type_is(const char *header, const char *type) {
    size_t length = strlen(type);
    return strncasecmp(header, type, length) == 0 &&
           (header[length] == '\0' || header[length] == ';' || header[length] == ' ');
}

bool form_body(struct form *out, const char *type, const char *text, size_t text_b, bool *known) {
    *known = true;
    if (text_b == 0)
        return true;
    if (type && type_is(type, "application/x-www-form-urlencoded"))
        return form_urlencoded(out, text, text_b);
    if (type && type_is(type, "application/json"))
        return form_json(out, text, text_b);
    if (type && type_is(type, "multipart/form-data"))
        return form_multipart(out, type, text, text_b);
    *known = false;
    return false;
}
