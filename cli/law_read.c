/* Reads the law's files: splits them into statements and says of each what it is. Order means
 * nothing; the server judges what they say. */
#include <ctype.h>
#include <glob.h>
#include <openssl/evp.h>
#include <string.h>

#include "cli.h"
#include "migrate.h"
#include "text.h"

enum { LAW_FILE_MOST_B = 1 << 20, STATEMENTS_MOST = 4096, WORD_MOST_B = 64 };

/* ---- splitting ---- */

/* Behind a quoted piece that begins at p; its end when it is not closed. */
static const char *skip_quoted(const char *p, bool escapes) {
    char quote = *p++;
    while (*p && *p != quote)
        p += escapes && *p == '\\' && p[1] ? 2 : 1;
    return *p ? p + 1 : p;
}

/* Behind $tag$…$tag$; p + 1 when the $ at p begins none. */
static const char *skip_dollars(const char *p) {
    char tag[WORD_MOST_B + 3];
    size_t name_b = 1;
    while (isalnum((unsigned char)p[name_b]) || p[name_b] == '_')
        name_b++;
    if (p[name_b] != '$' || name_b > WORD_MOST_B)
        return p + 1;
    memcpy(tag, p, name_b + 1);
    tag[name_b + 1] = '\0';
    const char *end = strstr(p + name_b + 1, tag);
    return end ? end + name_b + 1 : p + strlen(p);
}

static const char *skip_comment(const char *p) {
    if (p[1] == '-')
        return p + strcspn(p, "\n");
    const char *end = strstr(p + 2, "*/");
    return end ? end + 2 : p + strlen(p);
}

static bool at_comment(const char *p) {
    return (p[0] == '-' && p[1] == '-') || (p[0] == '/' && p[1] == '*');
}

/* Behind what stands at p: one character, or a piece in which no `;` ends anything. */
static const char *skip_one(const char *p) {
    if (at_comment(p))
        return skip_comment(p);
    if (*p == '$')
        return skip_dollars(p);
    if ((*p == 'E' || *p == 'e') && p[1] == '\'')
        return skip_quoted(p + 1, true);
    return *p == '\'' || *p == '"' ? skip_quoted(p, false) : p + 1;
}

static const char *skip_blank(const char *p) {
    while (isspace((unsigned char)*p) || at_comment(p))
        p = at_comment(p) ? skip_comment(p) : p + 1;
    return p;
}

/* The statement that begins at p, without its `;`; *p moves behind it. */
static char *statement_cut(struct arena *a, const char **p) {
    const char *start = *p;
    while (**p && **p != ';')
        *p = skip_one(*p);
    char *sql = arena_strndup(a, start, (size_t)(*p - start));
    *p += **p == ';';
    return sql;
}

/* ---- what a statement is ---- */

/* The word at *p, in small letters: a name, a quoted one, or one other character; "" at the end. *p
 * moves behind it. */
static const char *word(struct arena *a, const char **p) {
    const char *start = *p = skip_blank(*p);
    while (isalnum((unsigned char)**p) || **p == '_')
        ++*p;
    if (*p == start && **p)
        *p = skip_one(*p);
    char *text = arena_strndup(a, start, (size_t)(*p - start));
    for (char *c = text; *c && *text != '"'; c++)
        *c = (char)tolower((unsigned char)*c);
    return text;
}

static bool is(const char *x, const char *y) {
    return strcmp(x, y) == 0;
}

/* The name at *p; with its schema when it bears one. */
static const char *name_at(struct arena *a, const char **p) {
    const char *name = word(a, p);
    return *skip_blank(*p) == '.' ? arena_printf(a, "%s.", name) : name;
}

/* The name behind CREATE TRIGGER: "name ON table". */
static const char *trigger_name(struct arena *a, const char **p) {
    const char *name = word(a, p);
    const char *w = word(a, p);
    while (*w && !is(w, "on"))
        w = word(a, p);
    return arena_printf(a, "%s ON %s", name, name_at(a, p));
}

/* What is created: true when it is a function, a view or a trigger. */
static bool created(struct arena *a, struct statement *s, const char *p) {
    const char *w = word(a, &p);
    if (is(w, "or")) {
        word(a, &p);
        w = word(a, &p);
    }
    if (is(w, "constraint"))
        w = word(a, &p);
    s->kind = is(w, "view") ? LAW_VIEW : is(w, "trigger") ? LAW_TRIGGER : LAW_FUNCTION;
    if (s->kind == LAW_FUNCTION && !is(w, "function") && !is(w, "procedure"))
        return false;
    s->name = s->kind == LAW_TRIGGER ? trigger_name(a, &p) : name_at(a, &p);
    return true;
}

/* Whether it is a grant, or one that is taken back; a grant's name is its first word. */
static bool granted(struct arena *a, struct statement *s, const char *verb, const char *p) {
    if (!is(verb, "grant") && !is(verb, "revoke"))
        return false;
    const char *w = word(a, &p);
    while (*w && !is(w, "on"))
        w = word(a, &p);
    w = word(a, &p);
    bool function = is(w, "function") || is(w, "procedure") || is(w, "routine");
    s->kind = function ? LAW_FUNCTION_GRANT : LAW_TABLE_GRANT;
    s->name = verb;
    return true;
}

/* Fills kind and name; false for a statement that no law has. */
static bool known(struct arena *a, struct statement *s) {
    const char *p = s->sql;
    const char *w = word(a, &p);
    return granted(a, s, w, p) || (is(w, "create") && created(a, s, p));
}

static bool is_grant(const struct statement *s) {
    return s->kind == LAW_FUNCTION_GRANT || s->kind == LAW_TABLE_GRANT;
}

/* What is made bears no schema: it is loaded elsewhere first. (A grant on the schema says its
 * name.) */
static bool has_schema(const struct statement *s) {
    return is_grant(s) ? strcasestr(s->sql, "kairan.") != NULL : strchr(s->name, '.') != NULL;
}

/* ---- files ---- */

static struct statement *next_of(struct law *law, const char *file, const char *text,
                                 const char *at) {
    struct statement *s = &law->all[law->count];
    *s = (struct statement){.file = file, .line = 1};
    for (const char *p = text; p < at; p++)
        s->line += *p == '\n';
    return s;
}

static bool take(struct law *law, const struct statement *s, struct fault *f) {
    if (has_schema(s))
        return fault_detail(f, FAULT_INVALID, "The law names no schema.", "%s line %zu: %s",
                            s->file, s->line, s->name);
    if (++law->count == STATEMENTS_MOST)
        return fault_detail(f, FAULT_INVALID, "There are too many statements.", "%s", s->file);
    return true;
}

static bool file_split(struct arena *a, const char *file, const char *text, struct law *law,
                       struct fault *f) {
    for (const char *p = skip_blank(text); *p; p = skip_blank(p)) {
        struct statement *s = next_of(law, file, text, p);
        s->sql = statement_cut(a, &p);
        if (!known(a, s))
            return fault_detail(f, FAULT_INVALID,
                                "The law has functions, views, triggers and grants only.",
                                "%s line %zu", s->file, s->line);
        if (!take(law, s, f))
            return false;
    }
    return true;
}

/* Of the functions before, those of this name are no more. */
static void dropped(struct arena *a, struct law *law, const char *p) {
    const char *what = word(a, &p), *name = word(a, &p);
    if (!is(what, "function"))
        return;
    if (is(name, "if")) {
        word(a, &p);
        name = word(a, &p);
    }
    size_t kept = 0;
    for (size_t i = 0; i < law->count; i++)
        if (law->all[i].kind != LAW_FUNCTION || !is(law->all[i].name, name))
            law->all[kept++] = law->all[i];
    law->count = kept;
}

/* What a numbered migration says of functions and of grants; the rest is its own. */
static bool migration_split(struct arena *a, const struct migration *m, struct law *law,
                            struct fault *f) {
    for (const char *p = skip_blank(m->sql); *p; p = skip_blank(p)) {
        struct statement *s = next_of(law, m->name, m->sql, p);
        s->numbered = true;
        s->sql = statement_cut(a, &p);
        const char *q = s->sql;
        if (is(word(a, &q), "drop"))
            dropped(a, law, q);
        else if (known(a, s) && (s->kind == LAW_FUNCTION || is_grant(s)) && !take(law, s, f))
            return false;
    }
    return true;
}

static bool sum_add(EVP_MD_CTX *sum, const char *name, const char *text) {
    return EVP_DigestUpdate(sum, name, strlen(name) + 1) == 1 &&
           EVP_DigestUpdate(sum, text, strlen(text) + 1) == 1;
}

static bool file_read(struct arena *a, const char *dir, const char *path, EVP_MD_CTX *sum,
                      struct law *law, struct fault *f) {
    const char *name = arena_strdup(a, path + strlen(dir) + 1);
    char *text;
    size_t len_b;
    if (!cli_read_file(a, path, LAW_FILE_MOST_B, &text, &len_b, f))
        return false;
    if (!text_utf8_valid(text, len_b))
        return fault_detail(f, FAULT_INVALID, "A file of the law is no UTF-8 text.", "%s", name);
    if (!sum_add(sum, name, text))
        return fault_set(f, FAULT_BROKEN, "SHA-256 is not available.");
    return file_split(a, name, text, law, f);
}

static void sum_free(EVP_MD_CTX **sum) {
    EVP_MD_CTX_free(*sum);
}

static bool files_read(struct arena *a, const char *dir, const glob_t *paths, struct law *law,
                       struct fault *f) {
    CLEANUP(sum_free) EVP_MD_CTX *sum = EVP_MD_CTX_new();
    unsigned char digest[32];
    if (!sum || EVP_DigestInit_ex(sum, EVP_sha256(), NULL) != 1)
        return fault_set(f, FAULT_BROKEN, "SHA-256 is not available.");
    for (size_t i = 0; i < paths->gl_pathc; i++)
        if (!file_read(a, dir, paths->gl_pathv[i], sum, law, f))
            return false;
    if (EVP_DigestFinal_ex(sum, digest, NULL) != 1)
        return fault_set(f, FAULT_BROKEN, "SHA-256 is not available.");
    law->sha256 = text_hex(a, digest, sizeof(digest));
    return true;
}

bool law_read(struct arena *a, const char *dir, const struct plan *plan, struct law *law,
              struct fault *f) {
    CLEANUP(globfree) glob_t paths = {0};
    law->all = arena_array(a, STATEMENTS_MOST, sizeof(*law->all));
    for (size_t i = 0; i < plan->count; i++)
        if (!migration_split(a, &plan->all[i], law, f))
            return false;
    if (glob(arena_printf(a, "%s/*/*.law.sql", dir), 0, NULL, &paths) != 0)
        return fault_detail(f, FAULT_INVALID, "There are no files of the law (*.law.sql).", "%s",
                            dir);
    return files_read(a, dir, &paths, law, f);
}
