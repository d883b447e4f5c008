/* Static files, held in memory: no request ever becomes a file name. */
#include "http/files.h"

#include <dirent.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "arena.h"
#include "text.h"
#include "words/say.h"

enum { FILES_MOST = 512, DEEP_MOST = 4, FILE_MOST_B = 16 << 20 };

/* Filled at start like the settings, never changed after. */
static struct {
    struct arena *arena;
    struct file list[FILES_MOST];
    size_t count;
} all;

static const struct {
    const char *ending, *type;
} types[] = {
    {".css", "text/css; charset=UTF-8"},
    {".js", "text/javascript; charset=UTF-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/vnd.microsoft.icon"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=UTF-8"},
};

static const char *type_of(const char *name) {
    const char *ending = strrchr(name, '.');
    for (size_t i = 0; ending && i < COUNT(types); i++)
        if (strcmp(ending, types[i].ending) == 0)
            return types[i].type;
    return NULL;
}

static bool broken(struct fault *f, const char *path, const char *why) {
    return fault_detail(f, FAULT_BROKEN, N_("The static files cannot be read."), "%s: %s", path,
                        why);
}

static void dir_close(DIR **dir) {
    if (*dir)
        closedir(*dir);
}

/* The first 128 bits of the content's SHA-256. */
static bool tag_set(struct file *file) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (EVP_Digest(file->bytes, file->bytes_b, digest, NULL, EVP_sha256(), NULL) != 1)
        return false;
    snprintf(file->tag, sizeof file->tag, "\"%s\"", text_hex(all.arena, digest, 16));
    return true;
}

/* Bytes read, which are fewer than asked for when the file is cut, and 0 when there is none. */
static size_t slurp(const char *path, void *bytes, size_t bytes_b) {
    FILE *in = fopen(path, "rb");
    size_t read_b = in ? fread(bytes, 1, bytes_b, in) : 0;
    if (in)
        fclose(in);
    return read_b;
}

static bool read_file(const char *path, size_t size_b, struct file *file, struct fault *f) {
    if (size_b > FILE_MOST_B)
        return broken(f, path, "too large");
    void *bytes = arena_alloc(all.arena, size_b + 1);
    if (slurp(path, bytes, size_b) != size_b)
        return broken(f, path, "cannot be read");
    file->bytes = bytes;
    file->bytes_b = size_b;
    return tag_set(file) || broken(f, path, "no SHA-256");
}

static bool read_dir(const char *dir, const char *prefix, int deep, struct fault *f);

static bool read_entry(const char *path, const char *name, const char *prefix, int deep,
                       struct fault *f) {
    struct stat st;
    if (stat(path, &st) != 0)
        return broken(f, path, strerror(errno));
    if (S_ISDIR(st.st_mode)) {
        return deep == DEEP_MOST ||
               read_dir(path, arena_printf(all.arena, "%s%s/", prefix, name), deep + 1, f);
    }
    const char *type = type_of(name);
    if (!type || !S_ISREG(st.st_mode))
        return true;
    if (all.count == FILES_MOST)
        return broken(f, path, "too many files");
    struct file *file = &all.list[all.count++];
    file->path = arena_printf(all.arena, "%s%s", prefix, name);
    file->type = type;
    return read_file(path, (size_t)st.st_size, file, f);
}

static bool read_dir(const char *dir, const char *prefix, int deep, struct fault *f) {
    CLEANUP(dir_close) DIR *handle = opendir(dir);
    if (!handle)
        return broken(f, dir, strerror(errno));
    const struct dirent *entry;
    while ((entry = readdir(handle))) {
        const char *name = entry->d_name;
        if (name[0] != '.' &&
            !read_entry(arena_printf(all.arena, "%s/%s", dir, name), name, prefix, deep, f))
            return false;
    }
    return true;
}

bool files_open(const char *dir, struct fault *f) {
    files_close();
    all.arena = arena_new();
    return read_dir(dir, "/static/", 0, f);
}

const struct file *files_find(const char *path) {
    for (size_t i = 0; i < all.count; i++)
        if (strcmp(path, all.list[i].path) == 0)
            return &all.list[i];
    return NULL;
}

void files_close(void) {
    arena_free(&all.arena);
    all.count = 0;
}
