/* How a path finds its row, and what stages are called. */
#include "http/route.h"

#include <string.h>

#include "words/say.h"
#include "words/word.h"

enum { ARGS_MOST = 4 };

static const struct route_stage stages[] = {
    {"password", "/password", N_("Please change your password first."), STAGE_PASSWORD},
    {"factor", "/factor", N_("Please type the code of your second factor first."), STAGE_FACTOR},
    {"hours", "/hours", N_("Please say first why you sign in outside the hours."), STAGE_HOURS},
    {"enrol", "/factor/setup", N_("Please set up your second factor first."), STAGE_ENROL},
};

const struct route_stage *route_stage(const char *name) {
    for (size_t i = 0; i < COUNT(stages); i++)
        if (strcmp(name, stages[i].name) == 0)
            return &stages[i];
    return NULL;
}

/* ---- printing ---- */

static void print_roles(FILE *out, unsigned roles) {
    const char *gap = "";
    if (roles == ROLE_NOBODY || roles == ROLE_SIGNED_IN)
        fputs(roles == ROLE_NOBODY ? "anybody" : "signed-in", out);
    for (const struct word *role = role_words + 1; role->code; role++) {
        if (roles & role_of(role->code)) {
            fprintf(out, "%s%s", gap, role->code);
            gap = ",";
        }
    }
}

static void print_stages(FILE *out, unsigned bits) {
    const char *gap = "";
    for (size_t i = 0; i < COUNT(stages); i++) {
        if (bits & stages[i].bit) {
            fprintf(out, "%s%s", gap, stages[i].name);
            gap = ",";
        }
    }
}

void route_print(const struct route_table *table, FILE *out) {
    for (size_t i = 0; i < table->count; i++) {
        const struct route *r = &table->rows[i];
        bool token = strcmp(r->method, "POST") == 0 && !r->csrf_exempt;
        fprintf(out, "%s\t%s\t%s\t", r->face == FACE_STAFF ? "staff" : "public", r->method,
                r->path);
        print_roles(out, r->roles);
        fprintf(out, "\t%s\t%s\t", act_words[r->act].code, token ? "form-token" : "no-form-token");
        print_stages(out, r->stages);
        fputc('\n', out);
    }
}

/* ---- finding ---- */

/* Length of the segment at s: up to the next slash or the end. */
static size_t segment_b(const char *s) {
    return strcspn(s, "/");
}

/* One segment of a pattern against one of a path; {…} takes any that is not empty. */
static bool segment_match(const char *pattern, size_t pattern_b, const char *path, size_t path_b,
                          bool *open) {
    *open = pattern_b > 2 && pattern[0] == '{' && pattern[pattern_b - 1] == '}';
    if (*open)
        return path_b > 0;
    return pattern_b == path_b && memcmp(pattern, path, path_b) == 0;
}

/* Whether the path has the pattern's form; the {…} values go to args. */
static bool match(struct arena *a, const char *pattern, const char *path, const char **args) {
    size_t n = 0;
    for (;;) {
        size_t pattern_b = segment_b(pattern);
        size_t path_b = segment_b(path);
        bool open;
        if (!segment_match(pattern, pattern_b, path, path_b, &open))
            return false;
        if (open && n < ARGS_MOST)
            args[n++] = arena_strndup(a, path, path_b);
        pattern += pattern_b;
        path += path_b;
        if (!*pattern || !*path)
            return !*pattern && !*path;
        pattern++;
        path++;
    }
}

/* GET serves HEAD too, so both are named. */
static const char *allow_add(struct arena *a, const char *allow, const char *method) {
    const char *name = strcmp(method, "GET") == 0 ? "GET, HEAD" : method;
    return allow ? arena_printf(a, "%s, %s", allow, name) : name;
}

bool route_find(struct arena *a, const struct route_table *table, enum face face,
                const char *method, const char *path, struct route_found *out, struct fault *f) {
    const char **values = arena_array(a, ARGS_MOST + 1, sizeof *values);
    const char *others = NULL;
    for (size_t i = 0; i < table->count; i++) {
        const struct route *row = &table->rows[i];
        if (row->face != face || !match(a, row->path, path, values))
            continue;
        if (strcmp(row->method, method) == 0) {
            *out = (struct route_found){.route = row, .args = values};
            return true;
        }
        others = allow_add(a, others, row->method);
    }
    *out = (struct route_found){.allow = others};
    return others ? fault_set(f, FAULT_INVALID, N_("This page does not accept that method."))
                  : fault_set(f, FAULT_MISSING, N_("There is no such page."));
}
