/* core/residents/import_stage on a migrated database: the demo town's file, twice, and whom it may
 * not touch.
 */
#include "check.h"

#include "residents/import_stage.h"
#include "settings/conf.h"
#include "town.h"

struct world {
    PGconn *owner, *staff;
    struct db *console, *host;
    struct arena *arena;
    const char *administrator, *drafter; /* session tokens */
    char *data;
    size_t data_b;
};

static struct db *open_as(const char *role, const char *const *sets, size_t count) {
    struct db *db = NULL;
    struct fault f = {0};
    if (!db_open(role, sets, count, &db, &f))
        fail_msg("%s: %s", f.text, f.detail);
    return db;
}

static void read_file(struct world *w) {
    FILE *file = fopen("tests/data/residents-20k.csv", "rb");
    assert_non_null(file);
    w->data = arena_alloc(w->arena, 1 << 22);
    w->data_b = fread(w->data, 1, 1 << 22, file);
    assert_int_equal(fclose(file), 0);
}

/* The file's names beside those of the town: it knows 防災, くらし, 水道, 北部, 南部. */
static void more_names(PGconn *owner) {
    town_value(owner, "INSERT INTO category (department, name) SELECT 1, unnest('{防犯,火災,道路,"
                      "子育て,健康}'::text[])");
    town_value(owner,
               "INSERT INTO area (name) SELECT unnest('{東部,西部,中央,山間,川沿い}'::text[])");
}

static int set_up(void **state) {
    static const char *const sets[] = {"import", "import_operator"};
    static struct world w;
    struct fault f;
    assert_true(conf_load(NULL, &f));
    w = (struct world){.arena = arena_new(),
                       .owner = town_connect("kairan_owner"),
                       .staff = town_connect("kairan_staff")};
    town_make(w.owner);
    more_names(w.owner);
    w.administrator = town_sign_in(w.staff, "c1");
    w.drafter = town_sign_in(w.staff, "a1");
    w.console = open_as("kairan_staff", sets, 1);
    w.host = open_as("kairan_owner", sets, 2);
    read_file(&w);
    *state = &w;
    return 0;
}

static int tear_down(void **state) {
    struct world *w = *state;
    db_close(&w->console);
    db_close(&w->host);
    PQfinish(w->owner);
    PQfinish(w->staff);
    arena_free(&w->arena);
    return 0;
}

static struct import_file town_file(const struct world *w) {
    return (struct import_file){.name = "residents.csv",
                                .reason = "町の名簿から",
                                .data = w->data,
                                .data_b = w->data_b,
                                .own_domain = "city.kairan.example"};
}

static struct import_result stage(struct world *w, const struct import_file *file) {
    struct import_actor who = {.token = w->administrator, .network = "127.0.0.1"};
    struct import_result r;
    struct fault f = {0};
    if (!import_stage(w->console, w->arena, &who, file, &r, &f))
        fail_msg("%s %s", f.text, f.detail);
    return r;
}

static void apply(struct world *w, int64_t id) {
    struct import_actor who = {.token = w->administrator, .network = "127.0.0.1"};
    struct fault f = {0};
    if (!import_apply(w->console, w->arena, &who, id, &f))
        fail_msg("%s %s", f.text, f.detail);
}

static void test_004_2_2_nothing_before_the_press(void **state) {
    struct world *w = *state;
    struct import_file file = town_file(w);
    struct import_actor who = {.token = w->administrator, .network = "127.0.0.1"};
    struct import_result r = stage(w, &file);
    struct fault f = {0};
    assert_int_equal(r.count.good, 19615);
    assert_int_equal(r.count.duplicates, 201);
    assert_int_equal(r.count.refused, 184);
    assert_int_equal(r.added, 19615);
    assert_string_equal(town_value(w->owner, "SELECT count(*) FROM contact"), "0");
    assert_string_equal(town_value(w->owner, "SELECT count(*) FROM import_refusal"), "184");
    assert_true(import_discard(w->console, w->arena, &who, r.id, &f));
    assert_false(import_apply(w->console, w->arena, &who, r.id, &f));
    assert_int_equal(f.kind, FAULT_CONFLICT);
}

static void test_004_2_2_administrators_only_with_a_reason(void **state) {
    struct world *w = *state;
    struct import_file file = town_file(w);
    struct import_actor drafter = {.token = w->drafter, .network = "127.0.0.1"};
    struct import_actor administrator = {.token = w->administrator, .network = "127.0.0.1"};
    struct import_result r;
    struct fault f = {0};
    assert_false(import_stage(w->console, w->arena, &drafter, &file, &r, &f));
    assert_int_equal(f.kind, FAULT_DENIED);
    file.reason = " ";
    assert_false(import_stage(w->console, w->arena, &administrator, &file, &r, &f));
    assert_string_equal(f.field, "reason");
    file = town_file(w);
    file.data_b = 0;
    assert_false(import_stage(w->console, w->arena, &administrator, &file, &r, &f));
    assert_string_equal(f.field, "file");
    /* nothing is half-staged, and the connection is still good */
    assert_string_equal(town_value(w->owner, "SELECT count(*) FROM import WHERE state = 'staged'"),
                        "0");
}

static void test_004_2_2_good_rows_once(void **state) {
    struct world *w = *state;
    struct import_file file = town_file(w);
    apply(w, stage(w, &file).id);
    assert_string_equal(town_value(w->owner, "SELECT count(*) FROM subscriber"), "19615");
    assert_string_equal(town_value(w->owner, "SELECT count(*) FROM contact WHERE channel = 'mail'"),
                        "19615");
    assert_string_equal(town_value(w->owner, "SELECT count(*) > 500 FROM subscriber WHERE lang = "
                                             "'easy'"),
                        "t");
    /* again, by the operator: nothing changes */
    struct import_actor host = {0};
    struct import_result again;
    struct fault f = {0};
    assert_true(import_stage(w->host, w->arena, &host, &file, &again, &f));
    assert_int_equal(again.added, 0);
    assert_int_equal(again.changed, 0);
    assert_int_equal(again.kept, 19615);
    assert_true(import_apply(w->host, w->arena, &host, again.id, &f));
    assert_string_equal(town_value(w->owner, "SELECT count(*) FROM contact WHERE channel = 'mail'"),
                        "19615");
}

/* Who left, and who chose for himself, stays as he is; whom a file registered is changed. */
static void test_004_2_2_a_file_brings_nobody_back(void **state) {
    static const char data[] = "address,area,category\n"
                               "fuhi1487@ezweb.example,北部,防災\n"
                               "YAKE2364@docomo.example,北部,防災\n"
                               "miwa+bousai@gmail.example,北部,防災\n";
    struct world *w = *state;
    struct import_file file = town_file(w);
    file.data = data;
    file.data_b = sizeof data - 1;
    town_value(w->owner, "UPDATE contact SET gone_at = now(), address = NULL "
                         "WHERE address = 'fuhi1487@ezweb.example'");
    town_value(w->owner,
               "UPDATE subscriber SET own = true WHERE id IN (SELECT subscriber FROM "
               "contact WHERE address = 'yake2364@docomo.example' OR gone_at IS NOT NULL)");
    struct import_result r = stage(w, &file);
    assert_int_equal(r.added, 0);
    assert_int_equal(r.changed, 1);
    assert_int_equal(r.kept, 2);
    apply(w, r.id);
    assert_string_equal(
        town_value(w->owner, "SELECT count(*) FROM contact WHERE gone_at IS NOT NULL"), "1");
    assert_string_equal(town_value(w->owner, "SELECT s.areas FROM subscriber s JOIN contact c ON "
                                             "c.subscriber = s.id WHERE c.address = "
                                             "'yake2364@docomo.example'"),
                        "{4}");
    assert_string_equal(town_value(w->owner, "SELECT s.areas FROM subscriber s JOIN contact c ON "
                                             "c.subscriber = s.id WHERE c.address = "
                                             "'miwa+bousai@gmail.example'"),
                        "{1}");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_004_2_2_nothing_before_the_press),
        cmocka_unit_test(test_004_2_2_administrators_only_with_a_reason),
        cmocka_unit_test(test_004_2_2_good_rows_once),
        cmocka_unit_test(test_004_2_2_a_file_brings_nobody_back),
    };
    return cmocka_run_group_tests_name("import", tests, set_up, tear_down);
}
