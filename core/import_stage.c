/* Files of residents into the database: two readings of the file, one for each COPY. */
#include "import_stage.h"

#include <string.h>

#include "say.h"
#include "text.h"

/* Where the callbacks of one reading put their rows. */
struct stage {
    struct db *db;
    const char *id;
    struct arena *arena; /* of one row */
};

/* ---------------------------------------------------------------- what a file may name */

bool import_load_names(struct db *db, struct arena *a, struct import_rules *rules,
                       struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN0(db, SQL_IMPORT_CHOICES, &rows, f))
        return false;
    struct import_name *areas = arena_array(a, (size_t)rows.count + 1, sizeof *areas);
    struct import_name *categories = arena_array(a, (size_t)rows.count + 1, sizeof *categories);
    for (int i = 0; i < rows.count; i++) {
        bool area = strcmp(db_text(&rows, i, 0), "area") == 0;
        struct import_name name = {.id = db_int(&rows, i, 1),
                                   .name = arena_strdup(a, db_text(&rows, i, 2))};
        *(area ? &areas[rules->area_count++] : &categories[rules->category_count++]) = name;
    }
    rules->areas = areas;
    rules->categories = categories;
    return true;
}

/* ---------------------------------------------------------------- the two readings */

static bool copy_row(void *to, const struct import_row *row, struct fault *f) {
    struct stage *s = to;
    const char *fields[] = {s->id,
                            arena_printf(s->arena, "%zu", row->line),
                            row->address,
                            row->phone,
                            db_int_array(s->arena, row->areas, row->area_count),
                            db_int_array(s->arena, row->categories, row->category_count),
                            row->lang};
    bool copied = db_copy_row(s->db, fields, COUNT(fields), f);
    arena_reset(s->arena);
    return copied;
}

static bool copy_refusal(void *to, const struct import_refusal *r, struct fault *f) {
    struct stage *s = to;
    if (r->duplicate) /* good in itself: counted, nothing to mend */
        return true;
    const char *fields[] = {s->id, arena_printf(s->arena, "%zu", r->line), r->reason, r->excerpt};
    bool copied = db_copy_row(s->db, fields, COUNT(fields), f);
    arena_reset(s->arena);
    return copied;
}

static bool pass_row(void *to, const struct import_row *row, struct fault *f) {
    (void)to, (void)row, (void)f;
    return true;
}

static bool pass_refusal(void *to, const struct import_refusal *refusal, struct fault *f) {
    (void)to, (void)refusal, (void)f;
    return true;
}

/* One COPY fed by one reading. A COPY once begun must end before anything else is said. */
static bool copy(struct stage *s, enum sql which, const struct import_file *file,
                 const struct import_rules *rules, const struct import_take *take,
                 struct import_count *count, struct fault *f) {
    struct fault unheard;
    if (!db_copy_begin(s->db, which, f))
        return false;
    bool parsed = import_parse(file->data, file->data_b, rules, take, count, f);
    return db_copy_end(s->db, parsed ? f : &unheard) && parsed;
}

static bool copy_all(struct db *db, const char *id, const struct import_file *file,
                     const struct import_rules *rules, struct import_count *count,
                     struct fault *f) {
    struct stage s = {.db = db, .id = id, .arena = arena_new()};
    struct import_take rows = {.good = copy_row, .refused = pass_refusal, .to = &s};
    struct import_take refusals = {.good = pass_row, .refused = copy_refusal, .to = &s};
    bool copied = copy(&s, SQL_IMPORT_COPY_ROWS, file, rules, &rows, count, f) &&
                  copy(&s, SQL_IMPORT_COPY_REFUSALS, file, rules, &refusals, count, f);
    arena_free(&s.arena);
    return copied;
}

/* ---------------------------------------------------------------- the three acts */

static bool begin(struct db *db, const struct import_actor *who, const struct import_file *file,
                  int64_t *id, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    bool begun = who->token
                     ? DB_RUN(db, SQL_IMPORT_BEGIN, &rows, f, who->token, file->reason, file->name,
                              who->network)
                     : DB_RUN(db, SQL_IMPORT_OPERATOR_BEGIN, &rows, f, file->reason, file->name);
    if (begun)
        *id = db_int(&rows, 0, 0);
    return begun;
}

static bool ready(struct db *db, struct arena *a, const struct import_actor *who,
                  struct import_result *out, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    const char *id = text_number(a, out->id);
    const char *read = arena_printf(a, "%zu", out->count.rows);
    const char *doubles = arena_printf(a, "%zu", out->count.duplicates);
    if (!(who->token
              ? DB_RUN(db, SQL_IMPORT_READY, &rows, f, who->token, id, read, doubles, who->network)
              : DB_RUN(db, SQL_IMPORT_OPERATOR_READY, &rows, f, id, read, doubles)))
        return false;
    out->added = db_int(&rows, 0, 0);
    out->changed = db_int(&rows, 0, 1);
    out->kept = db_int(&rows, 0, 2);
    return true;
}

bool import_stage(struct db *db, struct arena *a, const struct import_actor *who,
                  const struct import_file *file, struct import_result *out, struct fault *f) {
    struct import_rules rules = {.own_domain = file->own_domain};
    CLEANUP(db_tx_end) struct db_tx tx = {0};
    *out = (struct import_result){0};
    return db_begin(db, &tx, f) && import_load_names(db, a, &rules, f) &&
           begin(db, who, file, &out->id, f) &&
           copy_all(db, text_number(a, out->id), file, &rules, &out->count, f) &&
           ready(db, a, who, out, f) && db_commit(&tx, f);
}

bool import_apply(struct db *db, struct arena *a, const struct import_actor *who, int64_t id,
                  struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return who->token ? DB_RUN(db, SQL_IMPORT_APPLY, &rows, f, who->token, text_number(a, id),
                               who->network)
                      : DB_RUN(db, SQL_IMPORT_OPERATOR_APPLY, &rows, f, text_number(a, id));
}

bool import_discard(struct db *db, struct arena *a, const struct import_actor *who, int64_t id,
                    struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return who->token ? DB_RUN(db, SQL_IMPORT_DISCARD, &rows, f, who->token, text_number(a, id),
                               who->network)
                      : DB_RUN(db, SQL_IMPORT_OPERATOR_DISCARD, &rows, f, text_number(a, id));
}

/* ---------------------------------------------------------------- looking at one */

bool import_read(struct db *db, struct arena *a, const char *token, int64_t id,
                 struct import_view *out, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_IMPORT_READ, &rows, f, token, text_number(a, id)))
        return false;
    if (rows.count == 0)
        return fault_set(f, FAULT_MISSING, N_("There is no such import."));
    size_t read = (size_t)db_int(&rows, 0, 3), duplicates = (size_t)db_int(&rows, 0, 4),
           refused = (size_t)db_int(&rows, 0, 5);
    *out = (struct import_view){.state = arena_strdup(a, db_text(&rows, 0, 0)),
                                .reason = arena_strdup(a, db_text(&rows, 0, 1)),
                                .file_name = arena_strdup(a, db_text(&rows, 0, 2)),
                                .count = {read, read - duplicates - refused, duplicates, refused},
                                .added = db_int(&rows, 0, 6),
                                .changed = db_int(&rows, 0, 7),
                                .kept = db_int(&rows, 0, 8)};
    return true;
}

bool import_refused_list(struct db *db, struct arena *a, const char *token, int64_t id,
                         struct import_refused **out, size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_IMPORT_REFUSALS, &rows, f, token, text_number(a, id)))
        return false;
    *count = (size_t)rows.count;
    *out = arena_array(a, *count, sizeof **out);
    for (int i = 0; i < rows.count; i++)
        (*out)[i] = (struct import_refused){.line = db_int(&rows, i, 0),
                                            .reason = arena_strdup(a, db_text(&rows, i, 1)),
                                            .excerpt = arena_strdup(a, db_text(&rows, i, 2))};
    return true;
}
