/* The fields gathered so far: what may be one, and where it goes. */
#include <string.h>

#include "http/form.h"
#include "text.h"

static bool name_sound(const char *name, size_t name_b) {
    for (size_t i = 0; i < name_b; i++)
        if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f)
            return false;
    return name_b > 0 && name_b <= FORM_NAME_MOST_B && text_utf8_valid(name, name_b);
}

bool form_add(struct form *out, struct field field, size_t name_b) {
    const char *file = field.filename;
    bool sound =
        file ? text_utf8_valid(file, strlen(file)) : text_utf8_valid(field.value, field.value_b);
    if (!sound || !name_sound(field.name, name_b) || out->count == FORM_FIELDS_MOST)
        return false;
    if (out->count == out->room) {
        size_t room = out->room ? out->room * 2 : 16;
        struct field *wider = arena_array(out->arena, room, sizeof *wider);
        if (out->count)
            memcpy(wider, out->fields, out->count * sizeof *wider);
        out->fields = wider;
        out->room = room;
    }
    out->fields[out->count++] = field;
    return true;
}
