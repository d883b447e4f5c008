/* Forms that are sent once more: what was typed, as fields of another form. */
#include "page/kept.h"

#include <string.h>

#include "page/office_form.h"
#include "page/tree.h"
#include "words/say.h"

/* Before the names of what the page of the code carries along, whose own field is "code". */
#define CARRIED "kept."

/* What people write, beside the fields of the desk; what has no label is sent again unseen. */
static const struct {
    const char *name, *label;
} labels[] = {
    {"title", N_("Title")},   {"body", N_("Text")}, {"urgent_reason", N_("Reason for the urgency")},
    {"reason", N_("Reason")}, {"note", N_("Note")}, {"words", N_("Words in object or reason")},
};

static const char *label_of(const char *name) {
    for (size_t i = 0; i < COUNT(labels); i++)
        if (strcmp(name, labels[i].name) == 0)
            return labels[i].label;
    return office_label(name);
}

static bool is_one_of(const char *name, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static bool is_secret(const char *name) {
    static const char *const names[] = {"csrf", "password", "old", "again", "token"};
    return is_one_of(name, names, COUNT(names));
}

/* Of the page, and not of who used it. */
static bool is_of_page(const char *name) {
    static const char *const names[] = {"fingerprint", "version", "act", "next"};
    return is_one_of(name, names, COUNT(names));
}

/* Pages of the door ask for secrets, and keep nothing. */
static bool is_door(const char *path) {
    return strcmp(path, "/sign-in") == 0 || strcmp(path, "/password") == 0 ||
           strcmp(path, "/factor") == 0 || strncmp(path, "/factor/", strlen("/factor/")) == 0;
}

/* The name under which a field is kept, NULL when it is not. */
static const char *kept_name(const struct field *field, bool carried) {
    const char *name = field->name;
    if (carried)
        name = strncmp(name, CARRIED, strlen(CARRIED)) == 0 ? name + strlen(CARRIED) : NULL;
    return name && !field->filename && !is_secret(name) && field->value[0] ? name : NULL;
}

static json_t *list(const struct req *r, bool carried) {
    json_t *out = json_array();
    for (size_t i = 0; i < r->body_count; i++) {
        const char *name = kept_name(&r->fields[i], carried);
        if (name) {
            const char *label = label_of(name);
            json_array_append_new(out, TREE(TEXT("name", name),
                                            TEXT("label", label ? req_say(r, label) : ""),
                                            TEXT("text", r->fields[i].value), NUMBER("number", i),
                                            TRUTH("is_shown", label != NULL)));
        }
    }
    return out;
}

static bool may_keep(const struct req *r) {
    return r->typed_here && r->face == FACE_STAFF && !is_door(r->path);
}

bool kept_some(const struct req *r) {
    bool some = false;
    for (size_t i = 0; may_keep(r) && i < r->body_count; i++) {
        const char *name = kept_name(&r->fields[i], false);
        some = some || (name && !is_of_page(name));
    }
    return some;
}

static void put(json_t *tree, const char *again, json_t *kept) {
    TREE_PUT(tree, TRUTH("has_kept", json_array_size(kept) > 0), TEXT("again", again),
             NODE("kept", kept));
}

void kept_put(const struct req *r, json_t *tree) {
    put(tree, r->path, may_keep(r) ? list(r, false) : json_array());
}

/* An address of ours; anything else is none. */
static const char *again_of(const struct req *r) {
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-_.";
    const char *again = req_field(r, "again");
    bool ours = again && again[0] == '/' && again[1] != '/' && again[strspn(again, plain)] == '\0';
    return ours ? again : "";
}

bool kept_carried(const struct req *r) {
    return is_door(r->path) && again_of(r)[0] != '\0';
}

void kept_carry(const struct req *r, json_t *tree) {
    if (!is_door(r->path)) {
        kept_put(r, tree);
        return;
    }
    put(tree, again_of(r), kept_carried(r) ? list(r, true) : json_array());
}
