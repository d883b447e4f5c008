/* Fuzzes the readers of bodies and queries: whatever comes, each field keeps its promises. The
 * first byte chooses the kind of body. */
#include <stdlib.h>
#include <string.h>

#include "http/form.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len_b);

static void must(bool ok) {
    if (!ok)
        abort();
}

static void check(const struct field *field) {
    must(field->name[0] && strlen(field->name) <= FORM_NAME_MOST_B);
    must(text_utf8_valid(field->name, strlen(field->name)));
    must(field->value[field->value_b] == '\0');
    if (field->filename)
        must(text_utf8_valid(field->filename, strlen(field->filename)));
    else
        must(text_utf8_valid(field->value, field->value_b) &&
             strlen(field->value) == field->value_b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len_b) {
    static const char *const types[] = {"application/x-www-form-urlencoded", "application/json",
                                        "multipart/form-data; boundary=x",
                                        "multipart/form-data; boundary=\"a b\"; x=y"};
    if (len_b == 0)
        return 0;
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct form form = {.arena = a};
    bool known;
    const char *type = types[data[0] % COUNT(types)];
    if (form_body(&form, type, (const char *)data + 1, len_b - 1, &known))
        must(known && form.count <= FORM_FIELDS_MOST);
    for (size_t i = 0; i < form.count; i++)
        check(&form.fields[i]);
    return 0;
}
