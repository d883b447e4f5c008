/* Reads results, and arrays as PostgreSQL writes and reads them. */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "db/db.h"
#include "text.h"

enum { ARRAY_CAP_B = 1 << 26 };

void db_rows_done(struct db_rows *rows) {
    PQclear(rows->res);
    *rows = (struct db_rows){0};
}

static void check(const struct db_rows *rows, int row, int col) {
    assert(row >= 0 && row < rows->count && col >= 0 && col < PQnfields(rows->res));
}

bool db_null(const struct db_rows *rows, int row, int col) {
    check(rows, row, col);
    return PQgetisnull(rows->res, row, col);
}

const char *db_text(const struct db_rows *rows, int row, int col) {
    check(rows, row, col);
    return PQgetvalue(rows->res, row, col);
}

int64_t db_int(const struct db_rows *rows, int row, int col) {
    int64_t value = 0;
    bool number = text_int(db_text(rows, row, col), INT64_MIN, INT64_MAX, &value);
    assert(number);
    return value;
}

bool db_bool(const struct db_rows *rows, int row, int col) {
    return strcmp(db_text(rows, row, col), "t") == 0;
}

int db_col(const struct db_rows *rows, const char *name) {
    int col = PQfnumber(rows->res, name);
    assert(col >= 0);
    return col;
}

/* ---- arrays in ---- */

/* One item, from *at on; *at moves behind it. */
static char *take_item(struct arena *a, const char **at) {
    CLEANUP(buf_done) struct buf item = buf_init(ARRAY_CAP_B);
    const char *p = *at;
    if (*p != '"') {
        size_t bare_b = strcspn(p, ",{}\"\\");
        assert(bare_b > 0 && (bare_b != 4 || strncmp(p, "NULL", 4) != 0));
        *at = p + bare_b;
        return arena_strndup(a, p, bare_b);
    }
    for (p++; *p != '"'; p++) {
        p += *p == '\\';
        assert(*p);
        buf_char(&item, *p);
    }
    *at = p + 1;
    return arena_strdup(a, buf_text(&item));
}

char **db_texts(struct arena *a, const struct db_rows *rows, int row, int col, size_t *count) {
    size_t most = 1;
    const char *at = db_null(rows, row, col) ? "{}" : db_text(rows, row, col);
    for (const char *comma = at; (comma = strchr(comma, ',')); comma++)
        most++;
    char **items = arena_array(a, most + 1, sizeof *items);
    *count = 0;
    assert(*at == '{');
    if (strcmp(at, "{}") == 0)
        return items;
    do {
        at++;
        items[(*count)++] = take_item(a, &at);
    } while (*at == ',');
    assert(strcmp(at, "}") == 0);
    return items;
}

int64_t *db_ints(struct arena *a, const struct db_rows *rows, int row, int col, size_t *count) {
    char **items = db_texts(a, rows, row, col, count);
    int64_t *out = arena_array(a, *count + 1, sizeof *out);
    for (size_t i = 0; i < *count; i++) {
        bool number = text_int(items[i], INT64_MIN, INT64_MAX, &out[i]);
        assert(number);
    }
    return out;
}

/* ---- arrays out ---- */

/* An element in quotes, with quotes and backslashes escaped; NULL bare. */
static void add_element(struct buf *b, const char *item) {
    if (!item) {
        buf_str(b, "NULL");
        return;
    }
    buf_char(b, '"');
    for (const char *p = item; *p; p++) {
        if (*p == '"' || *p == '\\')
            buf_char(b, '\\');
        buf_char(b, *p);
    }
    buf_char(b, '"');
}

/* Ends the array and moves it to the arena. */
static char *finish(struct arena *a, struct buf *b) {
    buf_char(b, '}');
    if (b->over)
        arena_exhausted(b->cap_b);
    return arena_strndup(a, b->data, b->len_b);
}

char *db_array(struct arena *a, const char *const *items, size_t count) {
    CLEANUP(buf_done) struct buf b = buf_init(ARRAY_CAP_B);
    buf_char(&b, '{');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_char(&b, ',');
        add_element(&b, items[i]);
    }
    return finish(a, &b);
}

char *db_int_array(struct arena *a, const int64_t *items, size_t count) {
    CLEANUP(buf_done) struct buf b = buf_init(ARRAY_CAP_B);
    buf_char(&b, '{');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_char(&b, ',');
        buf_int(&b, items[i]);
    }
    return finish(a, &b);
}
