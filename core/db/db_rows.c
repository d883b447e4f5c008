/* Reads results, and arrays as PostgreSQL writes and reads them. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "db/db.h"
#include "text.h"
#include "words/word.h"

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

/* ---- typed rows ---- */

/* The number of a column, or what stands for its NULL. */
static int64_t number_of(const struct db_rows *rows, int row, int col, const struct db_column *c) {
    return c->more.optional && db_null(rows, row, col) ? c->more.none : db_int(rows, row, col);
}

/* A text where it lies, or a copy of it. */
static const char *text_of(struct arena *a, const struct db_rows *rows, int row, int col,
                           const struct db_column *c) {
    if (!c->more.lent)
        return arena_strdup(a, db_text(rows, row, col));
    return db_null(rows, row, col) ? NULL : db_text(rows, row, col);
}

static int small(int64_t number) {
    assert(number >= INT_MIN && number <= INT_MAX);
    return (int)number;
}

/* One field into its member of the struct at `to`. */
static void take_field(struct arena *a, const struct db_rows *rows, int row, int col,
                       const struct db_column *c, char *to) {
    void *member = to + c->at_b;
    size_t texts, *count;
    switch (c->kind) {
    case DB_TEXT:
        *(const char **)member = text_of(a, rows, row, col, c);
        break;
    case DB_INT64:
        *(int64_t *)member = number_of(rows, row, col, c);
        break;
    case DB_INT:
        *(int *)member = c->more.words ? (int)word_of(c->more.words, db_text(rows, row, col))
                                       : small(number_of(rows, row, col, c));
        break;
    case DB_BOOL:
        *(bool *)member = db_bool(rows, row, col);
        break;
    case DB_TEXTS:
        *(char ***)member = db_texts(a, rows, row, col, &texts);
        break;
    case DB_INTS:
        assert(c->more.count_at_b > 0);
        count = (void *)(to + c->more.count_at_b);
        *(int64_t **)member = db_ints(a, rows, row, col, count);
        break;
    }
}

void *db_structs(struct arena *a, const struct db_rows *rows, const struct db_shape *shape) {
    char *out = arena_array(a, (size_t)rows->count + 1, shape->row_b);
    assert(PQnfields(rows->res) == (int)shape->count);
    for (const struct db_column *c = shape->columns; c < shape->columns + shape->count; c++) {
        int col = db_col(rows, c->name);
        assert(c->row_b == shape->row_b);
        for (int row = 0; row < rows->count; row++)
            take_field(a, rows, row, col, c, out + (size_t)row * shape->row_b);
    }
    return out;
}

void *db_list(struct db *db, enum sql which, const char *const *params, size_t count,
              struct arena *a, const struct db_shape *shape, size_t *rows_count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    bool done = db_run(db, which, params, count, &rows, f);
    *rows_count = (size_t)rows.count;
    return done ? db_structs(a, &rows, shape) : NULL;
}

bool db_one(struct db *db, enum sql which, const char *const *params, size_t count, struct arena *a,
            const struct db_shape *shape, void *out, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!db_run(db, which, params, count, &rows, f))
        return false;
    assert(rows.count == 1);
    memcpy(out, db_structs(a, &rows, shape), shape->row_b);
    return true;
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
