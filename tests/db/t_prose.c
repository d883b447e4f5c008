/* The database's text rules (migrations/0002_prose.sql) against core/prose: the same normal form
 * and the same verdict for every character of the BMP, samples beyond, every case of alerts.json.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "cases.h"
#include "text.h"
#include "words/prose.h"

static const char *const langs[] = {"ja", "easy", "en", "vi"};

static PGresult *run(PGconn *pg, const char *sql, ExecStatusType status) {
    PGresult *res = PQexec(pg, sql);
    if (PQresultStatus(res) != status)
        fail_msg("%s", PQerrorMessage(pg));
    return res;
}

/* The first column of one row for three parameters. */
static char *ask(struct arena *a, PGconn *pg, const char *sql, const char *p1, const char *p2,
                 const char *p3) {
    const char *params[] = {p1, p2, p3};
    PGresult *res = PQexecParams(pg, sql, p3 ? 3 : 2, NULL, params, NULL, NULL, 0);
    if (PQresultStatus(res) != PGRES_TUPLES_OK)
        fail_msg("%s", PQerrorMessage(pg));
    char *value = arena_strdup(a, PQgetvalue(res, 0, 0));
    PQclear(res);
    return value;
}

/* For the code points of the query's first column: is it allowed, and its normal form after "a"? */
static void compare_characters(PGconn *pg, const char *from, const char *lang) {
    struct arena *a = arena_new();
    const char *sql = arena_printf(a,
                                   "SELECT cp, prose_allowed(chr(cp), '%s'),"
                                   " prose_normal('a' || chr(cp), '%s') FROM %s AS t (cp)"
                                   " WHERE cp NOT BETWEEN 55296 AND 57343",
                                   lang, lang, from);
    PGresult *res = run(pg, sql, PGRES_TUPLES_OK);
    assert_true(PQntuples(res) > 1000);
    for (int row = 0; row < PQntuples(res); row++) {
        arena_reset(a);
        int64_t cp;
        assert_true(text_int(PQgetvalue(res, row, 0), 1, 0x10FFFF, &cp));
        char raw[6] = "a";
        text_utf8_put((int32_t)cp, raw + 1);
        bool allowed = *PQgetvalue(res, row, 1) == 't';
        if (allowed != prose_allowed(lang, (int32_t)cp))
            fail_msg("U+%04X in %s: the database says %d", (unsigned)cp, lang, allowed);
        assert_string_equal(PQgetvalue(res, row, 2), prose_normal(a, lang, raw, strlen(raw)));
    }
    PQclear(res);
    arena_free(&a);
}

static void test_004_13_2_3_every_character(void **state) {
    for (size_t i = 0; i < COUNT(langs); i++) {
        compare_characters(*state, "generate_series(1, 65535)", langs[i]);
        compare_characters(*state, "generate_series(65536, 1114111, 61)", langs[i]);
        compare_characters(*state, "generate_series(130000, 132000)", langs[i]);
    }
}

/* What may be stored is exactly what core calls good, in both forms: as typed and normalised. */
static void compare(PGconn *pg, struct arena *a, enum prose_kind kind, const char *lang,
                    const char *stamp, const char *raw) {
    const char *ok = kind == PROSE_TITLE ? "SELECT prose_title_ok($1, $2, $3)"
                                         : "SELECT prose_body_ok($1, $2, $3)";
    struct prose p = prose_check(a, kind, lang, stamp, raw, strlen(raw));
    bool stored_good = *ask(a, pg, ok, p.text, lang, stamp) == 't';
    bool raw_good = *ask(a, pg, ok, raw, lang, stamp) == 't';
    assert_int_equal(stored_good, p.verdict == PROSE_OK);
    assert_int_equal(raw_good, p.verdict == PROSE_OK && strcmp(raw, p.text) == 0);
    assert_string_equal(ask(a, pg, "SELECT prose_normal($1, $2)", raw, lang, NULL), p.text);
}

static void test_004_13_2_every_case(void **state) {
    struct arena *a = arena_new();
    json_t *all = cases_load(), *c;
    size_t i;
    json_array_foreach(all, i, c) for (size_t k = 0; k < COUNT(langs); k++) {
        compare(*state, a, PROSE_BODY, langs[k], "", cases_typed(a, c, "body"));
        compare(*state, a, PROSE_BODY, langs[k], "【訓練】", cases_typed(a, c, "body"));
        compare(*state, a, PROSE_TITLE, langs[k], "", cases_typed(a, c, "title"));
    }
    json_decref(all);
    arena_free(&a);
}

static void test_004_13_2_2_stamp_counts(void **state) {
    struct arena *a = arena_new();
    static const int lengths[] = {195, 196, 197, 200, 201};
    for (size_t i = 0; i < COUNT(lengths); i++) {
        CLEANUP(buf_done) struct buf b = buf_init(4096);
        for (int n = 0; n < lengths[i]; n++)
            buf_str(&b, "字");
        compare(*state, a, PROSE_BODY, "ja", "【訓練】", buf_text(&b));
        compare(*state, a, PROSE_BODY, "ja", "", buf_text(&b));
    }
    arena_free(&a);
}

/* The migration as it stands in the repository, in a schema of its own. */
static int open_pg(void **state) {
    PGconn *pg = PQconnectdb("options='-c client_min_messages=warning'");
    FILE *file = fopen("migrations/0002_prose.sql", "r");
    CLEANUP(buf_done) struct buf sql = buf_init(1 << 20);
    char part[4096];
    for (size_t n; file && (n = fread(part, 1, sizeof part, file)) > 0;)
        buf_add(&sql, part, n);
    if (!file || fclose(file) != 0)
        return -1;
    PQclear(run(pg, "CREATE SCHEMA prose_test; SET search_path = prose_test", PGRES_COMMAND_OK));
    PQclear(run(pg, buf_text(&sql), PGRES_COMMAND_OK));
    PQclear(run(pg, "SET search_path = prose_test", PGRES_COMMAND_OK));
    *state = pg;
    return 0;
}

static int close_pg(void **state) {
    PQclear(run(*state, "DROP SCHEMA prose_test CASCADE", PGRES_COMMAND_OK));
    PQfinish(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_004_13_2_3_every_character),
        cmocka_unit_test(test_004_13_2_every_case),
        cmocka_unit_test(test_004_13_2_2_stamp_counts),
    };
    return cmocka_run_group_tests_name("prose in the database", tests, open_pg, close_pg);
}
