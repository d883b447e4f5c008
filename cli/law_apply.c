/* Brings schema kairan to the law: what is there as it should be stays untouched. Locks on tables
 * are asked for last, all at once and for less than a second: whoever claims mails meanwhile waits
 * no longer. */
#include <string.h>

#include "buf.h"
#include "migrate.h"

enum { COMMAND_MOST_B = 1 << 16 };

/* So much for all of them, so that with what follows nobody waits for a second. */
#define LOCK_PATIENCE "800ms"

struct apply {
    PGconn *conn;
    struct arena *arena;
    const struct law *law;
    struct task *tasks;
    size_t count;
};

static bool is_kind(const struct difference *d, const char *kind) {
    return strcmp(d->item->kind, kind) == 0;
}

static void add(struct apply *x, const struct difference *d, const char *sql) {
    const struct statement *s = law_statement(x->arena, x->law, d->item);
    x->tasks[x->count++] = (struct task){.sql = sql,
                                         .place = s ? s->file : "the database",
                                         .line = s ? s->line : 0,
                                         .name = d->item->name};
}

static bool go(struct apply *x, struct fault *f) {
    bool done = run_tasks(x->conn, x->arena, x->tasks, x->count, f);
    x->count = 0;
    return done;
}

/* ---- functions and views ---- */

static bool create_bodies(struct apply *x, const struct differences *all, struct fault *f) {
    for (size_t i = 0; i < all->count; i++) {
        const struct difference *d = &all->all[i];
        if (d->kind != DIFF_BEYOND && (is_kind(d, "FUNCTION") || is_kind(d, "VIEW")))
            add(x, d, d->item->def);
    }
    return run(x->conn, "SET LOCAL check_function_bodies = off", f) && go(x, f);
}

static bool drop_bodies(struct apply *x, const struct differences *all, struct fault *f) {
    for (size_t i = 0; i < all->count; i++) {
        const struct difference *d = &all->all[i];
        const char *what = is_kind(d, "FUNCTION") ? "ROUTINE" : "VIEW";
        if (d->kind == DIFF_BEYOND && (is_kind(d, "FUNCTION") || is_kind(d, "VIEW")))
            add(x, d, arena_printf(x->arena, "DROP %s %s", what, d->item->name));
    }
    return go(x, f);
}

/* Where in the files the server found a body wrong: the line of the body's beginning and its own.
 */
static const char *wrong_place(struct apply *x, const char *name, const char *body,
                               const PGresult *res) {
    struct law_item item = {"FUNCTION", name, "", arena_printf(x->arena, "$function$%s", body)};
    const struct statement *s = law_statement(x->arena, x->law, &item);
    const char *at = s ? strstr(s->sql, body) : NULL;
    if (!s)
        return name;
    size_t line = s->line + line_of(body, PQresultErrorField(res, PG_DIAG_INTERNAL_POSITION)) - 1;
    for (const char *p = s->sql; at && p < at; p++)
        line += *p == '\n';
    return arena_printf(x->arena, "%s line %zu: %s", s->file, line, name);
}

static bool check_body(struct apply *x, const PGresult *all, int row, struct fault *f) {
    CLEANUP(result_done) PGresult *res = PQexec(x->conn, PQgetvalue(all, row, 2));
    return PQresultStatus(res) == PGRES_TUPLES_OK ||
           result_fault(res, wrong_place(x, PQgetvalue(all, row, 0), PQgetvalue(all, row, 1), res),
                        f);
}

/* All of them: a migration may have taken away what an old body stands on. */
static bool check_bodies(struct apply *x, struct fault *f) {
    CLEANUP(result_done) PGresult *all = NULL;
    const char *params[] = {"kairan"};
    if (!ask(x->conn, sql_texts[SQL_LAW_CHECKS].text, params, COUNT(params), &all, f) ||
        !run(x->conn, "SET LOCAL check_function_bodies = on", f))
        return false;
    for (int i = 0; i < PQntuples(all); i++)
        if (!check_body(x, all, i, f))
            return false;
    return true;
}

/* ---- triggers ---- */

static const char *table_of(const struct difference *d) {
    return strstr(d->item->name, " ON ") + 4;
}

/* A constraint's trigger cannot be replaced. */
static bool is_dropped(const struct difference *d) {
    return d->kind == DIFF_BEYOND ||
           (d->kind == DIFF_OTHER && strncmp(d->item->def, "CREATE OR REPLACE", 17) != 0);
}

static bool lock_tables(struct apply *x, const struct differences *all, struct fault *f) {
    CLEANUP(buf_done) struct buf sql = buf_init(COMMAND_MOST_B);
    bool any = false, drops = false;
    buf_str(&sql, "SET LOCAL statement_timeout = '" LOCK_PATIENCE "'; LOCK TABLE ");
    for (size_t i = 0; i < all->count; i++) {
        const struct difference *d = &all->all[i];
        if (!is_kind(d, "TRIGGER"))
            continue;
        buf_printf(&sql, "%s%s", any ? ", " : "", table_of(d));
        any = true;
        drops = drops || is_dropped(d);
    }
    buf_printf(&sql, " IN %s MODE; SET LOCAL statement_timeout = 0",
               drops ? "ACCESS EXCLUSIVE" : "SHARE ROW EXCLUSIVE");
    return !any || run(x->conn, buf_text(&sql), f);
}

static bool change_triggers(struct apply *x, const struct differences *all, struct fault *f) {
    for (size_t i = 0; i < all->count; i++) {
        const struct difference *d = &all->all[i];
        if (!is_kind(d, "TRIGGER"))
            continue;
        const char *drop =
            is_dropped(d) ? arena_printf(x->arena, "DROP TRIGGER %s;", d->item->name) : "";
        add(x, d, arena_printf(x->arena, "%s%s", drop, d->kind == DIFF_BEYOND ? "" : d->item->def));
    }
    return go(x, f);
}

/* ---- grants ---- */

static bool change_grants(struct apply *x, const struct differences *all, struct fault *f) {
    for (size_t i = 0; i < all->count; i++) {
        const struct difference *d = &all->all[i];
        const struct law_item *item = d->item;
        if (!is_kind(d, "GRANT"))
            continue;
        if (d->kind != DIFF_MISSING)
            add(x, d, arena_printf(x->arena, "REVOKE %s FROM %s", item->name, item->whom));
        if (d->kind != DIFF_BEYOND)
            add(x, d,
                arena_printf(x->arena, "GRANT %s TO %s %s", item->name, item->whom, item->def));
    }
    return go(x, f);
}

/* ---- all of it ---- */

static bool compare(struct apply *x, const struct law_items *wanted, struct law_items *live,
                    struct differences *found, struct fault *f) {
    if (!law_live(x->conn, x->arena, live, f))
        return false;
    *found = law_compare(x->arena, wanted, live);
    x->tasks = arena_array(x->arena, 2 * found->count + 1, sizeof(*x->tasks));
    return true;
}

/* What was made brought grants of its own and took others with it: they are compared anew. */
static bool grant(struct apply *x, const struct law_items *wanted, struct law_items *live,
                  struct fault *f) {
    struct differences found;
    return compare(x, wanted, live, &found, f) && change_grants(x, &found, f);
}

bool law_apply(PGconn *conn, struct arena *a, const struct law *law, const struct law_items *wanted,
               struct law_items *live, size_t *changed, struct fault *f) {
    struct apply x = {.conn = conn, .arena = a, .law = law};
    struct differences found, left;
    if (!compare(&x, wanted, live, &found, f) || !create_bodies(&x, &found, f) ||
        !check_bodies(&x, f) || !lock_tables(&x, &found, f) || !change_triggers(&x, &found, f) ||
        !drop_bodies(&x, &found, f) || !grant(&x, wanted, live, f) ||
        !compare(&x, wanted, live, &left, f))
        return false;
    *changed = found.count;
    if (left.count > 0)
        return fault_detail(f, FAULT_BROKEN,
                            "The law could not be brought to what its files say; nothing was "
                            "changed.",
                            "%s", law_say(a, law, &left.all[0]));
    return true;
}
