/* multipart/form-data (RFC 7578, RFC 2046 section 5.1) over a whole body in memory. */
#include <string.h>
#include <strings.h>

#include "http/form.h"

struct span {
    const char *at, *end;
};

static size_t span_b(struct span s) {
    return (size_t)(s.end - s.at);
}

static bool span_starts(struct span s, const char *word) {
    size_t word_b = strlen(word);
    return span_b(s) >= word_b && strncasecmp(s.at, word, word_b) == 0;
}

/* Cuts off what stands before the mark and the mark itself; false when there is none. */
static bool cut(struct span *rest, const char *mark, size_t mark_b, struct span *before) {
    const char *found = memmem(rest->at, span_b(*rest), mark, mark_b);
    if (!found)
        return false;
    *before = (struct span){rest->at, found};
    rest->at = found + mark_b;
    return true;
}

/* ---- parameters: `; name="text"; other=token` ---- */

/* A quoted text up to its closing quote; only \" is an escape (old browsers send file names with
 * bare backslashes). Returns NULL when it does not end. */
static const char *quoted(struct arena *a, struct span *rest) {
    char *text = arena_alloc(a, span_b(*rest) + 1);
    size_t n = 0;
    for (rest->at++; rest->at < rest->end; rest->at++) {
        if (*rest->at == '"') {
            rest->at++;
            return text;
        }
        if (*rest->at == '\\' && rest->at + 1 < rest->end && rest->at[1] == '"')
            rest->at++;
        text[n++] = *rest->at;
    }
    return NULL;
}

static const char *unquoted(struct arena *a, struct span *rest) {
    const char *start = rest->at;
    while (rest->at < rest->end && !strchr("; \t\"", *rest->at))
        rest->at++;
    return arena_strndup(a, start, (size_t)(rest->at - start));
}

/* Next parameter; false at the end or where the text is broken. */
static bool next_parameter(struct arena *a, struct span *rest, const char **name,
                           const char **value) {
    while (rest->at < rest->end && strchr("; \t", *rest->at))
        rest->at++;
    struct span word;
    if (!cut(rest, "=", 1, &word))
        return false;
    *name = arena_strndup(a, word.at, span_b(word));
    bool quote = rest->at < rest->end && *rest->at == '"';
    *value = quote ? quoted(a, rest) : unquoted(a, rest);
    return *value != NULL;
}

/* The value of one parameter, NULL when absent. */
static const char *parameter(struct arena *a, struct span rest, const char *wanted) {
    const char *name;
    const char *value;
    while (next_parameter(a, &rest, &name, &value))
        if (strcasecmp(name, wanted) == 0)
            return value;
    return NULL;
}

/* ---- parts ---- */

/* The header lines of a part: one Content-Disposition: form-data, and no transfer encoding (RFC
 * 7578 section 4.7 retired it; taking the bytes as they are would store the encoded text). */
static bool part_head(struct arena *a, struct span head, struct field *field) {
    static const char disposition[] = "Content-Disposition: form-data";
    bool named = false;
    while (head.at < head.end) {
        struct span line;
        if (!cut(&head, "\r\n", 2, &line)) {
            line = head;
            head.at = head.end;
        }
        if (memchr(line.at, '\0', span_b(line)) ||
            span_starts(line, "Content-Transfer-Encoding:") ||
            (named && span_starts(line, disposition)))
            return false;
        if (span_starts(line, disposition)) {
            struct span rest = {line.at + sizeof disposition - 1, line.end};
            field->name = parameter(a, rest, "name");
            field->filename = parameter(a, rest, "filename");
            named = field->name != NULL;
        }
    }
    return named;
}

static bool add_part(struct form *out, struct span part) {
    struct field field = {0};
    struct span head;
    if (!cut(&part, "\r\n\r\n", 4, &head) || !part_head(out->arena, head, &field))
        return false;
    field.value_b = span_b(part);
    char *value = arena_alloc(out->arena, field.value_b + 1);
    field.value = memcpy(value, part.at, field.value_b); /* an upload may hold NULs */
    if (field.filename && field.filename[0] == '\0' && field.value_b == 0)
        return true;
    return form_add(out, field, strlen(field.name));
}

/* RFC 2046 section 5.1.1: 1 to 70 characters. */
static bool boundary_sound(const char *boundary) {
    return boundary && boundary[0] && strlen(boundary) <= 70;
}

bool form_multipart(struct form *out, const char *type, const char *text, size_t text_b) {
    struct span parameters = {strchr(type, ';'), type + strlen(type)};
    const char *boundary = parameters.at ? parameter(out->arena, parameters, "boundary") : NULL;
    if (!boundary_sound(boundary))
        return false;
    const char *mark = arena_printf(out->arena, "\r\n--%s", boundary);
    size_t mark_b = strlen(mark);
    struct span rest = {text, text + text_b};
    if (text_b < mark_b - 2 || memcmp(text, mark + 2, mark_b - 2) != 0)
        return false;
    rest.at += mark_b - 2;
    while (!span_starts(rest, "--")) {
        struct span part;
        if (!span_starts(rest, "\r\n") || !cut(&rest, mark, mark_b, &part))
            return false;
        part.at += 2;
        if (part.at > part.end || !add_part(out, part))
            return false;
    }
    return true;
}
