/* The table of routes: who may do what is data, and every row is asked here. */
#include "check.h"

#include "route_table.h"

static const struct route *find(struct arena *a, enum face face, const char *method,
                                const char *path, const char *const **args, const char **allow) {
    struct route_found to;
    struct fault f;
    bool found = route_find(a, route_table(), face, method, path, &to, &f);
    assert_int_equal(found, to.route != NULL);
    *args = to.args;
    *allow = to.allow;
    return to.route;
}

/* Every row is reached by its own path, {…} filled in; no earlier row takes it away. */
static void each_row_is_reached(void **state) {
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    size_t count = route_table()->count;
    const struct route *rows = route_table()->rows;
    for (size_t i = 0; i < count; i++) {
        char path[256];
        size_t n = 0;
        for (const char *c = rows[i].path; *c; c++) {
            path[n] = *c == '{' || *c == '}' ? '7' : *c;
            n++;
        }
        path[n] = '\0';
        const char *const *args;
        const char *allow;
        if (find(a, rows[i].face, rows[i].method, path, &args, &allow) != &rows[i])
            ROW_FAIL(i, "%s %s is taken by another row", rows[i].method, rows[i].path);
    }
}

/* GET reads, POST acts, and there is nothing else. An act has a name for the log, and is guarded by
 * the form's token but for one-click leaving (RFC 8058) and the reports of gateways. */
static void acts_are_guarded(void **state) {
    (void)state;
    static const char *const exempt[] = {"/leave/{token}"};
    size_t count = route_table()->count;
    const struct route *rows = route_table()->rows;
    for (size_t i = 0; i < count; i++) {
        bool post = strcmp(rows[i].method, "POST") == 0;
        bool listed = false;
        for (size_t k = 0; k < COUNT(exempt); k++)
            listed = listed || strcmp(rows[i].path, exempt[k]) == 0;
        bool sound = post || strcmp(rows[i].method, "GET") == 0;
        sound = sound && (!rows[i].csrf_exempt || (post && listed));
        sound = sound && (!post || rows[i].act || rows[i].face == FACE_PUBLIC);
        sound = sound && (!rows[i].no_db || !post);
        if (!sound || !rows[i].handler)
            ROW_FAIL(i, "%s %s", rows[i].method, rows[i].path);
    }
}

/* Rows that ask for no role are these alone on the staff face; residents never have one. */
static void open_rows_are_listed(void **state) {
    (void)state;
    static const char *const open[] = {"/",
                                       "/sign-in",
                                       "/health",
                                       "/apply",
                                       "/apply/1",
                                       "/apply/2",
                                       "/apply/3",
                                       "/apply/confirm/{token}",
                                       "/apply/again/{token}"};
    size_t count = route_table()->count;
    const struct route *rows = route_table()->rows;
    for (size_t i = 0; i < count; i++) {
        bool listed = rows[i].face == FACE_PUBLIC;
        for (size_t k = 0; k < COUNT(open); k++)
            listed = listed || strcmp(rows[i].path, open[k]) == 0;
        if (listed != (rows[i].roles == ROLE_NOBODY))
            ROW_FAIL(i, "%s %s", rows[i].method, rows[i].path);
    }
}

/* 004 section 4: administrators and auditors neither draft nor approve. */
static void roles_as_ruled(void **state) {
    (void)state;
    static const struct {
        const char *method, *path;
        unsigned roles;
    } rows[] = {
        {"GET", "/post", ROLE_SIGNED_IN},
        {"POST", "/post", ROLE_SIGNED_IN},
        {"POST", "/sign-out", ROLE_SIGNED_IN},
        {"GET", "/log", ROLE_ADMINISTRATOR | ROLE_AUDITOR},
    };
    CLEANUP(arena_free) struct arena *a = arena_new();
    const char *const *args;
    const char *allow;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct route *row = find(a, FACE_STAFF, rows[i].method, rows[i].path, &args, &allow);
        if (!row || row->roles != rows[i].roles)
            ROW_FAIL(i, "%s %s", rows[i].method, rows[i].path);
    }
}

static void strangers_are_missing(void **state) {
    (void)state;
    static const char *const paths[] = {"",          "//",      "/sign-in/", "/Sign-in",
                                        "/sign-in2", "/sign-i", "/post/1",   "/%2e%2e/log",
                                        "/../log",   "/log/..", "/{id}"};
    CLEANUP(arena_free) struct arena *a = arena_new();
    const char *const *args;
    const char *allow;
    for (size_t i = 0; i < COUNT(paths); i++)
        if (find(a, FACE_STAFF, "GET", paths[i], &args, &allow) || allow)
            ROW_FAIL(i, "%s", paths[i]);
    assert_null(find(a, FACE_PUBLIC, "GET", "/log", &args, &allow));
    assert_null(find(a, FACE_PUBLIC, "POST", "/sign-in", &args, &allow));
}

static void other_methods_are_named(void **state) {
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    const char *const *args;
    const char *allow;
    assert_null(find(a, FACE_STAFF, "GET", "/sign-out", &args, &allow));
    assert_string_equal(allow, "POST");
    assert_null(find(a, FACE_STAFF, "POST", "/log", &args, &allow));
    assert_string_equal(allow, "GET, HEAD");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_is_reached),   cmocka_unit_test(acts_are_guarded),
        cmocka_unit_test(open_rows_are_listed),  cmocka_unit_test(roles_as_ruled),
        cmocka_unit_test(strangers_are_missing), cmocka_unit_test(other_methods_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
