/* Reads the settings: default, file, environment; then checks each and all together. */
#include "settings/conf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "settings/conf_legal.h"
#include "settings/conf_pairs.h"
#include "text.h"

/* A value as it was found, and where, for the message. */
struct found {
    const char *value, *where;
};

/* One reading of all settings. Its memory lives as long as the settings do. */
struct reading {
    struct arena *arena;
    const struct conf_row *rows;
    size_t count;
    struct found *found; /* one for each row */
};

static bool refuse_line(struct fault *f, const char *text, const char *where) {
    return fault_detail(f, FAULT_INVALID, text, "%s", where);
}

static bool refuse_setting(struct fault *f, const char *name, const char *text,
                           const char *detail) {
    fault_field(f, FAULT_INVALID, name, text);
    snprintf(f->detail, sizeof f->detail, "%s", detail);
    return false;
}

static bool refuse_value(const struct reading *r, size_t i, const char *text, struct fault *f) {
    const struct conf_row *row = &r->rows[i];
    const char *value = row->secret ? "(not shown)" : r->found[i].value;
    return refuse_setting(
        f, row->name, text,
        arena_printf(r->arena, "%s: \"%s\"; legal: %s", r->found[i].where, value, row->range));
}

static bool find_row(const struct reading *r, const char *name, size_t *index) {
    for (size_t i = 0; i < r->count; i++)
        if (strcmp(r->rows[i].name, name) == 0) {
            *index = i;
            return true;
        }
    return false;
}

/* Whether s is UTF-8 without control characters. */
static bool clean(const char *s) {
    const char *end = s + strlen(s);
    while (s < end) {
        int32_t cp = text_utf8_next(&s, end);
        if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0))
            return false;
    }
    return true;
}

/* One line of the file: nothing, a comment, or `name = value`. A value may hold a `#`. */
static bool read_line(struct reading *r, bool *seen, const char *line, const char *where,
                      struct fault *f) {
    line = text_trim(r->arena, line);
    if (*line == '\0' || *line == '#')
        return true;
    const char *sign = strchr(line, '=');
    if (!sign || !clean(line))
        return refuse_line(f, "A line of the settings file is not of the form name = value.",
                           where);
    const char *name = text_trim(r->arena, arena_strndup(r->arena, line, (size_t)(sign - line)));
    size_t i;
    if (!find_row(r, name, &i))
        return refuse_setting(f, name, "There is no setting of this name.", where);
    if (seen[i])
        return refuse_setting(f, name, "This setting stands twice in the settings file.", where);
    seen[i] = true;
    r->found[i] = (struct found){text_trim(r->arena, sign + 1), where};
    return true;
}

static void close_file(FILE **file) {
    if (*file)
        fclose(*file);
}

static void free_text(char **text) {
    free(*text);
}

static bool refuse_file(struct fault *f, const char *path) {
    return fault_detail(f, FAULT_INVALID, "The settings file cannot be read.", "%s: %s", path,
                        strerror(errno));
}

/* Whether a connection string names a password: password=… or scheme://user:…@host. */
static bool holds_password(const char *value) {
    const char *word = strstr(value, "password"), *scheme = strstr(value, "://");
    return (word && word[strlen("password") + strspn(word + strlen("password"), " ")] == '=') ||
           (scheme && strchr(scheme, '@'));
}

/* A secret that every user of this host may read is none. */
static bool check_secrets(const struct reading *r, const bool *seen, FILE *file, const char *path,
                          struct fault *f) {
    struct stat s;
    if (fstat(fileno(file), &s) != 0)
        return refuse_file(f, path);
    for (size_t i = 0; i < r->count && (s.st_mode & S_IRWXO); i++)
        if (seen[i] && r->rows[i].secret && holds_password(r->found[i].value))
            return refuse_setting(f, r->rows[i].name,
                                  "A settings file with a password must be closed to others.",
                                  arena_printf(r->arena, "%s: legal: mode 0600 or 0640", path));
    return true;
}

static bool read_file(struct reading *r, const char *path, struct fault *f) {
    CLEANUP(close_file) FILE *file = fopen(path, "re");
    CLEANUP(free_text) char *line = NULL;
    if (!file)
        return refuse_file(f, path);
    bool *seen = arena_array(r->arena, r->count, sizeof *seen);
    int number = 0;
    size_t size_b = 0;
    for (ssize_t len_b; (len_b = getline(&line, &size_b, file)) >= 0;) {
        const char *where = arena_printf(r->arena, "%s line %d", path, ++number);
        if (strlen(line) != (size_t)len_b)
            return refuse_line(f, "The settings file has a NUL byte.", where);
        if (!read_line(r, seen, line, where, f))
            return false;
    }
    return ferror(file) ? refuse_file(f, path) : check_secrets(r, seen, file, path, f);
}

/* "lease_s" of "KAIRAN_LEASE_S=60"; NULL for a variable that is not ours. */
static char *name_of(struct arena *a, const char *variable) {
    static const char OURS[] = "KAIRAN_";
    if (strncmp(variable, OURS, sizeof OURS - 1) != 0)
        return NULL;
    variable += sizeof OURS - 1;
    char *name = arena_strndup(a, variable, strcspn(variable, "="));
    for (char *p = name; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    return name;
}

static bool read_environment(struct reading *r, struct fault *f) {
    for (char **p = environ; p && *p; p++) {
        const char *name = name_of(r->arena, *p);
        if (!name)
            continue;
        size_t name_b = strcspn(*p, "="), i;
        const char *variable = arena_strndup(r->arena, *p, name_b);
        if (!find_row(r, name, &i))
            return refuse_setting(f, name, "There is no setting of this name.", variable);
        if ((*p)[name_b] == '=')
            r->found[i] = (struct found){text_trim(r->arena, *p + name_b + 1), variable};
    }
    return true;
}

/* The place of a word in its list, or -1. */
static int64_t word_place(const char *const *words, const char *word) {
    for (int64_t i = 0; words[i]; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

/* Checks the i-th value and stores it in conf. */
static bool take(struct reading *r, size_t i, struct fault *f) {
    const struct conf_row *row = &r->rows[i];
    const char *value = r->found[i].value;
    if (row->text) {
        *row->text = value;
        return (clean(value) && row->legal(value)) ||
               refuse_value(r, i, "This setting does not have its form.", f);
    }
    if (row->words) {
        *row->number = word_place(row->words, value);
        return *row->number >= 0 ||
               refuse_value(r, i, "This setting must be one of a few words.", f);
    }
    if (text_int(value, row->min, row->max, row->number))
        return true;
    int64_t any;
    if (text_int(value, INT64_MIN, INT64_MAX, &any))
        return refuse_value(r, i, "This setting is out of its range.", f);
    return refuse_value(r, i, "This setting must be a whole number.", f);
}

/* Whether a list by lanes names only those there are. */
static bool lanes_known(const char *text) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    size_t count, known;
    const struct conf_pair *pairs = conf_pairs(a, text, &count);
    const struct conf_pair *lanes = conf_pairs(a, conf.lanes, &known);
    for (size_t i = 0; i < count; i++)
        if (strcmp(pairs[i].name, "other") != 0 && !conf_pair_find(lanes, known, pairs[i].name))
            return false;
    return true;
}

static bool lane_relays_loopback(void) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    size_t count;
    const struct conf_pair *pairs = conf_pairs(a, conf.lane_relays, &count);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < pairs[i].count; j++)
            if (!legal_loopback(pairs[i].items[j]))
                return false;
    return true;
}

/* How settings must agree: `broken` says that they do not. */
static bool check_agreement(struct fault *f) {
    bool demo = conf.profile == PROFILE_DEMO;
    bool plain = conf.relay_tls == TLS_NONE;
    const struct {
        bool broken;
        const char *setting, *text, *legal;
    } rules[] = {
        {!demo && strncmp(conf.staff_url, "https:", 6) != 0, "staff_url",
         "The production profile serves over https only.", "https://…"},
        {!demo && strncmp(conf.public_url, "https:", 6) != 0, "public_url",
         "The production profile serves over https only.", "https://…"},
        {!demo && plain, "relay_tls", "The production profile sends over TLS only.",
         "required, verify"},
        {!demo && conf.dkim_signer == SIGNER_KAIRAN && !*conf.dkim_dir, "dkim_dir",
         "The production profile signs its mails.", "a folder, or dkim_signer = relay"},
        {plain && (!legal_loopback(conf.relays) || !lane_relays_loopback()), "relay_tls",
         "Without TLS the relay must be on this very host.", "required, verify"},
        {plain && *conf.relay_auth_file, "relay_auth_file", "A password is not sent without TLS.",
         "nothing while relay_tls is none"},
        {!lanes_known(conf.lane_relays), "lane_relays", "There is no lane of this name.",
         "names in lanes, and other"},
        {!lanes_known(conf.lane_pace), "lane_pace", "There is no lane of this name.",
         "names in lanes, and other"},
        {strcmp(conf.usual_from, conf.usual_to) > 0, "usual_to",
         "The usual hours end after they begin.", "usual_from or later"},
        {conf.upload_limit_b < conf.body_limit_b, "upload_limit_b",
         "An upload may not be smaller than a form.", "body_limit_b or more"},
    };
    for (size_t i = 0; i < COUNT(rules); i++)
        if (rules[i].broken) {
            fault_field(f, FAULT_INVALID, rules[i].setting, rules[i].text);
            snprintf(f->detail, sizeof f->detail, "legal: %s", rules[i].legal);
            return false;
        }
    return true;
}

bool conf_load(const char *file, struct fault *f) {
    static struct arena *arena; /* of the settings' texts; a second load starts anew */
    arena_free(&arena);
    arena = arena_new();

    struct reading r = {.arena = arena};
    r.rows = conf_rows(&r.count);
    r.found = arena_array(arena, r.count, sizeof *r.found);
    for (size_t i = 0; i < r.count; i++)
        r.found[i] = (struct found){r.rows[i].fallback, "default"};
    if (file && *file && !read_file(&r, file, f))
        return false;
    if (!read_environment(&r, f))
        return false;
    for (size_t i = 0; i < r.count; i++)
        if (!take(&r, i, f))
            return false;
    return check_agreement(f);
}
