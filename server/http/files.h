/* Static files: read into memory at start, found by exact name. */
#ifndef SERVER_FILES_H
#define SERVER_FILES_H

#include "base.h"
#include "fault.h"

struct file {
    const char *path; /* "/static/kairan.css" */
    const char *type;
    const void *bytes;
    size_t bytes_b;
    char tag[40]; /* ETag, quotes included */
};

/* Reads every file under dir whose ending we know; others are not served. */
MUST_USE NONNULL bool files_open(const char *dir, struct fault *f);

/* The file behind an exact path, NULL when there is none. */
NONNULL const struct file *files_find(const char *path);

void files_close(void);

#endif
