/* What handlers ask a request for: its fields, its path's values, a sentence. */
#include <string.h>

#include "http/http.h"
#include "text.h"
#include "words/say.h"

static const struct field *find(const struct req *r, const char *name, size_t k, bool upload) {
    for (size_t i = 0; i < r->field_count; i++) {
        const struct field *field = &r->fields[i];
        bool match = strcmp(field->name, name) == 0 && (field->filename != NULL) == upload;
        if (match && k-- == 0)
            return field;
    }
    return NULL;
}

const char *req_field(const struct req *r, const char *name) {
    return req_field_nth(r, name, 0);
}

const char *req_field_nth(const struct req *r, const char *name, size_t k) {
    const struct field *field = find(r, name, k, false);
    return field ? field->value : NULL;
}

const struct field *req_upload(const struct req *r, const char *name) {
    return find(r, name, 0, true);
}

bool req_int(const struct req *r, const char *name, int64_t min, int64_t max, int64_t *out,
             struct fault *f) {
    const char *value = req_field(r, name);
    if (!value || !text_int(value, min, max, out))
        return fault_field(f, FAULT_INVALID, name, N_("Choose or type a valid number."));
    return true;
}

bool req_arg_int(const struct req *r, size_t index, int64_t *out, struct fault *f) {
    if (!text_int(r->args[index], 1, INT64_MAX, out))
        return fault_set(f, FAULT_MISSING, N_("There is no such page."));
    return true;
}

bool req_may(const struct req *r, unsigned roles) {
    return r->who.role & roles;
}

const char *req_say(const struct req *r, const char *msgid) {
    return say(r->lang, msgid);
}
