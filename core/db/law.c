/* The law of the database as its catalogue words it. */
#include "db/law.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "text.h"
#include "version.h"

enum { WORDS_MOST_B = 1 << 26 };

void law_items_add(struct arena *a, struct law_items *items, const PGresult *rows) {
    size_t more = (size_t)PQntuples(rows);
    struct law_item *all = arena_array(a, items->count + more, sizeof *all);
    if (items->count > 0)
        memcpy(all, items->all, items->count * sizeof *all);
    for (size_t i = 0; i < more; i++) {
        int row = (int)i;
        all[items->count + i] = (struct law_item){
            .kind = arena_strdup(a, PQgetvalue(rows, row, 0)),
            .name = arena_strdup(a, PQgetvalue(rows, row, 1)),
            .whom = arena_strdup(a, PQgetvalue(rows, row, 2)),
            .def = arena_strdup(a, PQgetvalue(rows, row, 3)),
        };
    }
    items->all = all;
    items->count += more;
}

int law_item_order(const struct law_item *x, const struct law_item *y) {
    int kind = strcmp(x->kind, y->kind);
    int name = strcmp(x->name, y->name);
    return kind ? kind : name ? name : strcmp(x->whom, y->whom);
}

static int by_order(const void *x, const void *y) {
    return law_item_order(x, y);
}

/* A text with its length before it, so that no two lists have the same bytes. */
static void add_word(struct buf *b, const char *word) {
    buf_int(b, (int64_t)strlen(word));
    buf_char(b, ':');
    buf_str(b, word);
}

static const char *sum_of(struct arena *a, const struct law_items *items) {
    CLEANUP(buf_done) struct buf b = buf_init(WORDS_MOST_B);
    unsigned char digest[32] = {0};
    for (size_t i = 0; i < items->count; i++) {
        const struct law_item *item = &items->all[i];
        add_word(&b, item->kind);
        add_word(&b, item->name);
        add_word(&b, item->whom);
        add_word(&b, item->def);
    }
    if (b.over || EVP_Digest(buf_text(&b), b.len_b, digest, NULL, EVP_sha256(), NULL) != 1)
        arena_exhausted(b.cap_b);
    return text_hex(a, digest, sizeof digest);
}

void law_items_seal(struct arena *a, struct law_items *items) {
    if (items->count > 0)
        qsort(items->all, items->count, sizeof *items->all, by_order);
    items->sha256 = sum_of(a, items);
}

static bool read_items(struct db *db, struct arena *a, struct law_items *items, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows bodies = {0}, ties = {0};
    if (!DB_RUN(db, SQL_LAW_BODIES, &bodies, f, "kairan") ||
        !DB_RUN(db, SQL_LAW_TIES, &ties, f, "kairan"))
        return false;
    law_items_add(a, items, bodies.res);
    law_items_add(a, items, ties.res);
    law_items_seal(a, items);
    return true;
}

bool law_same(struct db *db, bool *same, struct fault *f) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    CLEANUP(db_rows_done) struct db_rows recorded = {0};
    struct law_items items = {0};
    if (!DB_RUN0(db, SQL_LAW_RECORDED, &recorded, f) || !read_items(db, a, &items, f))
        return false;
    *same = strcmp(db_text(&recorded, 0, 0), RELEASE) != 0 ||
            strcmp(db_text(&recorded, 0, 1), items.sha256) == 0;
    return true;
}
