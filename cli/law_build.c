/* What the law's files say, in the server's words: they are loaded into a schema of their own,
 * beside copies of the tables, and all of that is rolled back. So no table that is in use is
 * locked, and text is never compared with text that only looks different. */
#include <stdio.h>
#include <string.h>

#include "migrate.h"

/* Tables and sequences for triggers and grants to stand on; in the first schema of the search_path.
 */
static const char COPIES[] =
    "DO $$ DECLARE c record; BEGIN"
    " FOR c IN SELECT relname, relkind FROM pg_class WHERE relnamespace = 'kairan'::regnamespace"
    "  AND relkind IN ('r', 'p', 'S') AND NOT relispartition"
    " LOOP"
    "  EXECUTE format(CASE c.relkind WHEN 'S' THEN 'CREATE SEQUENCE %I'"
    "   ELSE 'CREATE TABLE %1$I (LIKE kairan.%1$I)' END, c.relname);"
    " END LOOP; END $$";

struct build {
    PGconn *conn;
    struct arena *arena;
    const struct law *law;
    const char *schema;
};

/* GRANT … ON SCHEMA kairan speaks of the schema that is being made. */
static const char *sql_for(const struct build *b, const struct statement *s) {
    const char *at = s->kind == LAW_TABLE_GRANT ? strcasestr(s->sql, "SCHEMA kairan") : NULL;
    if (!at)
        return s->sql;
    int before = (int)(at - s->sql);
    return arena_printf(b->arena, "%.*sSCHEMA %s%s", before, s->sql, b->schema,
                        at + strlen("SCHEMA kairan"));
}

static size_t tasks_of(const struct build *b, enum law_kind kind, struct task **tasks) {
    size_t count = 0;
    *tasks = arena_array(b->arena, b->law->count + 1, sizeof(**tasks));
    for (size_t i = 0; i < b->law->count; i++) {
        const struct statement *s = &b->law->all[i];
        if (s->kind == kind)
            (*tasks)[count++] = (struct task){.sql = sql_for(b, s),
                                              .place = s->file,
                                              .line = s->line,
                                              .name = s->name,
                                              .as_written = true};
    }
    return count;
}

static bool load(const struct build *b, enum law_kind kind, struct fault *f) {
    struct task *tasks;
    size_t count = tasks_of(b, kind, &tasks);
    return run_tasks(b->conn, b->arena, tasks, count, f);
}

/* Once more with all of them there: a default, a view or a body that the server reads at once means
 * the new one of two functions of a name. */
static bool load_again(const struct build *b, enum law_kind kind, struct fault *f) {
    static const char create[] = "CREATE ";
    struct task *tasks;
    size_t count = tasks_of(b, kind, &tasks);
    for (size_t i = 0; i < count; i++) {
        const char *rest = tasks[i].sql + sizeof(create) - 1;
        if (strncasecmp(rest, "OR ", 3) != 0)
            tasks[i].sql = arena_printf(b->arena, "%sOR REPLACE %s", create, rest);
    }
    return run_tasks(b->conn, b->arena, tasks, count, f);
}

/* A function that is granted without its parameters' types is looked for in the new schema alone
 * first: the old one may have another of that name. */
static bool load_function_grants(const struct build *b, struct fault *f) {
    struct task *tasks;
    size_t count = tasks_of(b, LAW_FUNCTION_GRANT, &tasks);
    const char *alone = arena_printf(b->arena, "SET LOCAL search_path = %s, pg_temp", b->schema);
    const char *both =
        arena_printf(b->arena, "SET LOCAL search_path = %s, kairan, pg_temp", b->schema);
    if (!run(b->conn, alone, f))
        return false;
    if (!run_tasks(b->conn, b->arena, tasks, count, f) && f->kind == FAULT_RETRY)
        return false;
    return run(b->conn, both, f) && run_tasks(b->conn, b->arena, tasks, count, f);
}

static bool add(const struct build *b, enum sql which, struct law_items *items, struct fault *f) {
    CLEANUP(result_done) PGresult *res = NULL;
    const char *params[] = {b->schema};
    if (!ask(b->conn, sql_texts[which].text, params, COUNT(params), &res, f))
        return false;
    law_items_add(b->arena, items, res);
    return true;
}

static bool begin(const struct build *b, struct fault *f) {
    return run(b->conn,
               arena_printf(b->arena,
                            "SAVEPOINT build; CREATE SCHEMA %s; SET LOCAL search_path = %s, "
                            "kairan, pg_temp; SET LOCAL check_function_bodies = off",
                            b->schema, b->schema),
               f);
}

/* A function is for those it is granted to, never for everybody. */
static bool close_to_all(const struct build *b, struct fault *f) {
    return run(
        b->conn,
        arena_printf(b->arena, "REVOKE ALL ON ALL ROUTINES IN SCHEMA %s FROM PUBLIC", b->schema),
        f);
}

/* First all that is about functions; then the copies, whose types stand before the tables' own. */
bool law_build(PGconn *conn, struct arena *a, const struct law *law, struct law_items *wanted,
               struct fault *f) {
    struct build b = {.conn = conn,
                      .arena = a,
                      .law = law,
                      .schema = arena_printf(a, "kairan_law_%d", PQbackendPID(conn))};
    *wanted = (struct law_items){0};
    if (!begin(&b, f) || !load(&b, LAW_FUNCTION, f) || !load(&b, LAW_VIEW, f) ||
        !load_again(&b, LAW_FUNCTION, f) || !load_again(&b, LAW_VIEW, f) || !close_to_all(&b, f) ||
        !load_function_grants(&b, f) || !add(&b, SQL_LAW_BODIES, wanted, f) ||
        !run(conn, COPIES, f) || !load(&b, LAW_TRIGGER, f) || !load(&b, LAW_TABLE_GRANT, f) ||
        !add(&b, SQL_LAW_TIES, wanted, f) || !run(conn, "ROLLBACK TO build", f))
        return false;
    law_items_seal(a, wanted);
    return true;
}

bool law_live(PGconn *conn, struct arena *a, struct law_items *live, struct fault *f) {
    struct build b = {.conn = conn, .arena = a, .schema = "kairan"};
    *live = (struct law_items){0};
    if (!run(conn, "SET LOCAL search_path = kairan, pg_temp", f) ||
        !add(&b, SQL_LAW_BODIES, live, f) || !add(&b, SQL_LAW_TIES, live, f))
        return false;
    law_items_seal(a, live);
    return true;
}
