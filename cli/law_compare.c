/* What is different between the law's files and a database, and where in the files it stands. */
#include <string.h>

#include "migrate.h"

/* The next difference of two lists in order, or none. */
static bool next(const struct law_items *wanted, const struct law_items *live, size_t *w, size_t *l,
                 struct difference *d) {
    const struct law_item *x = *w < wanted->count ? &wanted->all[*w] : NULL;
    const struct law_item *y = *l < live->count ? &live->all[*l] : NULL;
    int order = !x ? 1 : !y ? -1 : law_item_order(x, y);
    *d = (struct difference){order < 0   ? DIFF_MISSING
                             : order > 0 ? DIFF_BEYOND
                                         : DIFF_OTHER,
                             order > 0 ? y : x};
    *w += order <= 0;
    *l += order >= 0;
    return order != 0 || strcmp(x->def, y->def) != 0;
}

struct differences law_compare(struct arena *a, const struct law_items *wanted,
                               const struct law_items *live) {
    size_t most = wanted->count + live->count;
    struct differences found = {arena_array(a, most + 1, sizeof(*found.all)), 0};
    for (size_t w = 0, l = 0; w < wanted->count || l < live->count;)
        found.count += next(wanted, live, &w, &l, &found.all[found.count]);
    return found;
}

static bool is_of(const struct statement *s, const struct law_item *item) {
    static const char *const kinds[] = {[LAW_FUNCTION] = "FUNCTION",
                                        [LAW_VIEW] = "VIEW",
                                        [LAW_TRIGGER] = "TRIGGER",
                                        [LAW_FUNCTION_GRANT] = "GRANT",
                                        [LAW_TABLE_GRANT] = "GRANT"};
    static_assert(COUNT(kinds) == LAW_KIND_LAST, "each kind has its word");
    size_t len_b = strlen(s->name);
    return strcmp(kinds[s->kind], item->kind) == 0 && strncmp(s->name, item->name, len_b) == 0 &&
           (item->name[len_b] == '\0' || item->name[len_b] == '(');
}

/* A function's body in its definition, as the server quotes it; "" for what has none. */
static const char *body_of(struct arena *a, const struct law_item *item) {
    static const char mark[] = "$function$";
    const char *start = strstr(item->def, mark);
    if (!start)
        return "";
    start += sizeof(mark) - 1;
    const char *end = strstr(start, mark);
    return end ? arena_strndup(a, start, (size_t)(end - start)) : start;
}

const struct statement *law_statement(struct arena *a, const struct law *law,
                                      const struct law_item *item) {
    const struct statement *found = NULL;
    const char *body = body_of(a, item);
    for (size_t i = 0; i < law->count; i++) {
        const struct statement *s = &law->all[i];
        if (is_of(s, item) && (!found || (*body && strstr(s->sql, body))))
            found = s;
    }
    return found;
}

static const char *name_of(struct arena *a, const struct law_item *item) {
    if (strcmp(item->kind, "GRANT") == 0)
        return arena_printf(a, "grant of %s to %s", item->name, item->whom);
    return arena_printf(a, "%s %s",
                        strcmp(item->kind, "FUNCTION") == 0 ? "function"
                        : strcmp(item->kind, "VIEW") == 0   ? "view"
                                                            : "trigger",
                        item->name);
}

static const char *place_of(struct arena *a, const struct law *law, const struct law_item *item) {
    const struct statement *s = law_statement(a, law, item);
    return s ? arena_printf(a, "%s line %zu", s->file, s->line) : "the files";
}

const char *law_say(struct arena *a, const struct law *law, const struct difference *d) {
    const char *name = name_of(a, d->item);
    switch (d->kind) {
    case DIFF_MISSING:
        return arena_printf(a, "%s: missing, though in %s", name, place_of(a, law, d->item));
    case DIFF_BEYOND:
        return arena_printf(a, "%s: in no file", name);
    case DIFF_OTHER:
        break;
    }
    return arena_printf(a, "%s: not as in %s", name, place_of(a, law, d->item));
}
