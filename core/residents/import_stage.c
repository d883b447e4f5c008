/* Files of residents into the database: two readings of the file, one for each COPY. */
#include "residents/import_stage.h"

#include <string.h>

#include "text.h"
#include "words/say.h"

enum { STEP_ROWS = 2000 }; /* of one statement, some tenths of a second */

/* Where the callbacks of one reading put their rows. */
struct stage {
    struct db *db;
    const char *id;
    struct arena *arena; /* of one row */
    const struct import_actor *who;
    int64_t done, whole;
};

static void tell(const struct import_actor *who, int64_t done, int64_t whole) {
    if (who->tell)
        who->tell(who->to, done, whole);
}

/* ---------------------------------------------------------------- what a file may name */

struct choice {
    bool is_area;
    struct import_name name;
};

static const struct db_column CHOICE[] = {
    DB_COLUMN(struct choice, is_area),
    DB_COLUMN_AS(struct choice, name.id, id),
    DB_COLUMN_AS(struct choice, name.name, name),
};

bool import_load_names(struct db *db, struct arena *a, struct import_rules *rules,
                       struct fault *f) {
    struct choice *all;
    size_t count;
    if (!DB_LIST0(db, SQL_IMPORT_CHOICES, a, CHOICE, &all, &count, f))
        return false;
    struct import_name *areas = arena_array(a, count + 1, sizeof *areas);
    struct import_name *categories = arena_array(a, count + 1, sizeof *categories);
    for (const struct choice *c = all; c < all + count; c++)
        *(c->is_area ? &areas[rules->area_count++] : &categories[rules->category_count++]) =
            c->name;
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
    if (++s->done % STEP_ROWS == 0)
        tell(s->who, s->done, s->whole);
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

/* Lines, for who watches: rows are read, then looked at. */
static int64_t work_in(const struct import_file *file) {
    int64_t lines = 0;
    const char *end = file->data + file->data_b;
    for (const char *p = file->data; (p = memchr(p, '\n', (size_t)(end - p))); p++)
        lines++;
    return 2 * lines;
}

static bool copy_all(struct db *db, const char *id, const struct import_actor *who,
                     const struct import_file *file, const struct import_rules *rules,
                     struct import_count *count, struct fault *f) {
    struct stage s = {.db = db, .id = id, .arena = arena_new(), .who = who, .whole = work_in(file)};
    struct import_take rows = {.good = copy_row, .refused = pass_refusal, .to = &s};
    struct import_take refusals = {.good = pass_row, .refused = copy_refusal, .to = &s};
    bool copied = copy(&s, SQL_IMPORT_COPY_ROWS, file, rules, &rows, count, f) &&
                  copy(&s, SQL_IMPORT_COPY_REFUSALS, file, rules, &refusals, count, f);
    arena_free(&s.arena);
    return copied;
}

/* ---------------------------------------------------------------- steps */

/* A step of looking or applying: the next rows after a line. */
struct step {
    enum sql console, operator;
};
static const struct step LOOK = {SQL_IMPORT_LOOK, SQL_IMPORT_OPERATOR_LOOK};
static const struct step APPLY = {SQL_IMPORT_STEP, SQL_IMPORT_OPERATOR_STEP};

static bool run_step(struct db *db, struct arena *a, const struct import_actor *who,
                     const struct step *step, int64_t id, int64_t after, struct db_rows *rows,
                     struct fault *f) {
    const char *file = text_number(a, id), *line = text_number(a, after),
               *most = text_number(a, STEP_ROWS);
    return who->token ? DB_RUN(db, step->console, rows, f, who->token, file, line, most)
                      : DB_RUN(db, step->operator, rows, f, file, line, most);
}

/* All steps till there are no more rows; sums of the columns added and changed. `told` and `whole`
 * are for who watches. */
static bool run_steps(struct db *db, struct arena *a, const struct import_actor *who,
                      const struct step *step, int64_t told, int64_t whole,
                      struct import_result *out, struct fault *f) {
    for (int64_t after = 0;;) {
        CLEANUP(db_rows_done) struct db_rows rows = {0};
        if (!run_step(db, a, who, step, out->id, after, &rows, f))
            return false;
        if (rows.count == 0)
            return true;
        after = db_int(&rows, 0, db_col(&rows, "last"));
        out->added += db_int(&rows, 0, db_col(&rows, "added"));
        out->changed += db_int(&rows, 0, db_col(&rows, "changed"));
        tell(who, told + after, whole);
    }
}

/* ---------------------------------------------------------------- the three acts */

bool import_begin(struct db *db, const struct import_actor *who, const struct import_file *file,
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

bool import_check(struct db *db, struct arena *a, const struct import_file *file, struct fault *f) {
    struct import_rules rules = {.own_domain = file->own_domain};
    struct import_take nothing = {.good = pass_row, .refused = pass_refusal};
    struct import_count count;
    return import_load_names(db, a, &rules, f) &&
           import_parse(file->data, file->data_b, &rules, &nothing, &count, f);
}

static bool begin(struct db *db, const struct import_actor *who, const struct import_file *file,
                  int64_t *id, struct fault *f) {
    *id = file->id;
    return file->id != 0 || import_begin(db, who, file, id, f);
}

static bool ready(struct db *db, struct arena *a, const struct import_actor *who,
                  const struct import_result *r, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    const char *id = text_number(a, r->id), *added = text_number(a, r->added),
               *changed = text_number(a, r->changed), *kept = text_number(a, r->kept);
    const char *read = arena_printf(a, "%zu", r->count.rows);
    const char *doubles = arena_printf(a, "%zu", r->count.duplicates);
    return who->token ? DB_RUN(db, SQL_IMPORT_READY, &rows, f, who->token, id, read, doubles, added,
                               changed, kept, who->network)
                      : DB_RUN(db, SQL_IMPORT_OPERATOR_READY, &rows, f, id, read, doubles, added,
                               changed, kept);
}

static bool look(struct db *db, struct arena *a, const struct import_actor *who,
                 const struct import_file *file, struct import_result *out, struct fault *f) {
    int64_t whole = work_in(file);
    if (!run_steps(db, a, who, &LOOK, whole / 2, whole, out, f))
        return false;
    out->kept = (int64_t)out->count.good - out->added - out->changed;
    return true;
}

bool import_stage(struct db *db, struct arena *a, const struct import_actor *who,
                  const struct import_file *file, struct import_result *out, struct fault *f) {
    struct import_rules rules = {.own_domain = file->own_domain};
    CLEANUP(db_tx_end) struct db_tx tx = {0};
    *out = (struct import_result){0};
    return db_begin(db, &tx, f) && import_load_names(db, a, &rules, f) &&
           begin(db, who, file, &out->id, f) &&
           copy_all(db, text_number(a, out->id), who, file, &rules, &out->count, f) &&
           look(db, a, who, file, out, f) && ready(db, a, who, out, f) && db_commit(&tx, f);
}

static bool apply_first(struct db *db, struct arena *a, const struct import_actor *who, int64_t id,
                        int64_t *whole, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!(who->token ? DB_RUN(db, SQL_IMPORT_FIRST, &rows, f, who->token, text_number(a, id))
                     : DB_RUN(db, SQL_IMPORT_OPERATOR_FIRST, &rows, f, text_number(a, id))))
        return false;
    *whole = db_int(&rows, 0, 0);
    return true;
}

static bool apply_last(struct db *db, struct arena *a, const struct import_actor *who,
                       const struct import_result *r, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    const char *id = text_number(a, r->id), *added = text_number(a, r->added),
               *changed = text_number(a, r->changed);
    return who->token
               ? DB_RUN(db, SQL_IMPORT_LAST, &rows, f, who->token, id, added, changed, who->network)
               : DB_RUN(db, SQL_IMPORT_OPERATOR_LAST, &rows, f, id, added, changed);
}

bool import_apply(struct db *db, struct arena *a, const struct import_actor *who, int64_t id,
                  struct fault *f) {
    CLEANUP(db_tx_end) struct db_tx tx = {0};
    struct import_result r = {.id = id};
    int64_t whole;
    return db_begin(db, &tx, f) && apply_first(db, a, who, id, &whole, f) &&
           run_steps(db, a, who, &APPLY, 0, whole, &r, f) && apply_last(db, a, who, &r, f) &&
           db_commit(&tx, f);
}

bool import_discard(struct db *db, struct arena *a, const struct import_actor *who, int64_t id,
                    struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return who->token ? DB_RUN(db, SQL_IMPORT_DISCARD, &rows, f, who->token, text_number(a, id),
                               who->network)
                      : DB_RUN(db, SQL_IMPORT_OPERATOR_DISCARD, &rows, f, text_number(a, id));
}

/* ---------------------------------------------------------------- looking at one */

static const struct db_column VIEW[] = {
    DB_COLUMN(struct import_view, state),
    DB_COLUMN(struct import_view, reason),
    DB_COLUMN(struct import_view, file_name),
    DB_COLUMN(struct import_view, added),
    DB_COLUMN(struct import_view, changed),
    DB_COLUMN(struct import_view, kept),
    DB_COLUMN(struct import_view, doing),
    DB_COLUMN(struct import_view, alive),
    DB_COLUMN(struct import_view, done),
    DB_COLUMN(struct import_view, whole),
    DB_COLUMN(struct import_view, failed),
    DB_COLUMN_AS(struct import_view, count.rows, file_rows),
    DB_COLUMN_AS(struct import_view, count.duplicates, duplicates),
    DB_COLUMN_AS(struct import_view, count.refused, refused),
};

bool import_read(struct db *db, struct arena *a, const char *token, int64_t id,
                 struct import_view *out, struct fault *f) {
    struct import_view *found;
    size_t count;
    if (!DB_LIST(db, SQL_IMPORT_READ, a, VIEW, &found, &count, f, token, text_number(a, id)))
        return false;
    if (count == 0)
        return fault_set(f, FAULT_MISSING, N_("There is no such import."));
    *out = *found;
    out->count.good = out->count.rows - out->count.duplicates - out->count.refused;
    return true;
}

bool import_claim(struct db *db, struct arena *a, const char *token, int64_t id, const char *doing,
                  struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_IMPORT_CLAIM, &rows, f, token, text_number(a, id), doing);
}

bool import_tell(struct db *db, struct arena *a, int64_t id, int64_t done, int64_t whole,
                 struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_IMPORT_TELL, &rows, f, text_number(a, id), text_number(a, done),
                  text_number(a, whole));
}

bool import_failed(struct db *db, struct arena *a, int64_t id, const char *why, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_IMPORT_FAILED, &rows, f, text_number(a, id), why);
}

static const struct db_column REFUSED[] = {
    DB_COLUMN(struct import_refused, line),
    DB_COLUMN(struct import_refused, reason),
    DB_COLUMN(struct import_refused, excerpt),
};

bool import_refused_list(struct db *db, struct arena *a, const char *token, int64_t id,
                         struct import_refused **out, size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_IMPORT_REFUSALS, a, REFUSED, out, count, f, token, text_number(a, id));
}
