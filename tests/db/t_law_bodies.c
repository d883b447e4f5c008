/* Every body of the law, read by plpgsql_check: names that are not there, types that do not fit,
 * variables that nobody uses. Trigger functions are read with each of their tables. */
#include "town.h"

static PGconn *super;

static int open_town(void **state) {
    (void)state;
    super = town_connect(getenv("PGUSER"));
    town_value(super, "CREATE SCHEMA reader");
    town_value(super, "CREATE EXTENSION plpgsql_check SCHEMA reader");
    return 0;
}

static int close_town(void **state) {
    (void)state;
    town_value(super, "DROP SCHEMA reader CASCADE");
    PQfinish(super);
    return 0;
}

/* What the reader says of a schema's functions, a line each. It cannot see through EXECUTE into a
 * record. */
static const char *read_bodies(const char *schema) {
    town_valuef(super, "SET reader.schema = '%s'", schema);
    return town_value(
        super,
        "SELECT string_agg(format('%s line %s: %s: %s', c.functionid::regprocedure, c.lineno, "
        "c.level, c.message), E'\n') "
        "FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang AND l.lanname = 'plpgsql' "
        "LEFT JOIN (pg_trigger t JOIN pg_class k ON k.oid = t.tgrelid AND NOT k.relispartition) "
        "ON t.tgfoid = p.oid AND NOT t.tgisinternal, "
        "LATERAL reader.plpgsql_check_function_tb(p.oid, coalesce(t.tgrelid, 0), "
        "oldtable => t.tgoldtable, newtable => t.tgnewtable, fatal_errors => false, "
        "extra_warnings => false, performance_warnings => false) AS c "
        "WHERE p.pronamespace = current_setting('reader.schema')::regnamespace "
        "AND c.message !~ 'result of dynamic SQL'");
}

static void test_bodies_are_sound(void **state) {
    (void)state;
    assert_string_equal(read_bodies("kairan"), "");
}

/* The reader reads: what it must not overlook it does not. */
static void test_a_bad_body_is_found(void **state) {
    (void)state;
    town_value(super, "CREATE SCHEMA bad CREATE TABLE seat (id int)");
    town_value(super, "CREATE FUNCTION bad.sit() RETURNS void LANGUAGE plpgsql AS "
                      "'BEGIN UPDATE bad.seat SET place = 1; END'");
    assert_non_null(strstr(read_bodies("bad"), "\"place\""));
    town_value(super, "DROP SCHEMA bad CASCADE");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bodies_are_sound),
        cmocka_unit_test(test_a_bad_body_is_found),
    };
    return cmocka_run_group_tests(tests, open_town, close_town);
}
