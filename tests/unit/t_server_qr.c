/* QR codes as pictures, and the address an authenticator reads out of one. */
#include "page/qr.h"

#include "check.h"

static void test_address(void **state) {
    (void)state;
    static const struct {
        const char *issuer, *login, *address;
    } rows[] = {
        {"Kairan City", "bousai-1",
         "otpauth://totp/"
         "Kairan%20City:bousai-1?secret=MZXW6YTB&issuer=Kairan%20City&algorithm=SHA1&digits=6&"
         "period=30"},
        {"回", "a.b_c",
         "otpauth://totp/"
         "%E5%9B%9E:a.b_c?secret=MZXW6YTB&issuer=%E5%9B%9E&algorithm=SHA1&digits=6&period=30"},
        {"a:b&c=d/?#", "x",
         "otpauth://totp/"
         "a%3Ab%26c%3Dd%2F%3F%23:x?secret=MZXW6YTB&issuer=a%3Ab%26c%3Dd%2F%3F%23&algorithm=SHA1&"
         "digits=6&period=30"},
    };
    CLEANUP(arena_free) struct arena *a = arena_new();
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = qr_otpauth(a, rows[i].issuer, rows[i].login, "MZXW6YTB");
        if (strcmp(got, rows[i].address) != 0)
            ROW_FAIL(i, "got %s", got);
    }
}

/* Whether the picture has the run of `width` dark modules from (x, y), counted with the border. */
static bool has_run(struct arena *a, const char *svg, int x, int y, int width) {
    return strstr(svg, arena_printf(a, "M%d %dh%dv1h-%dz", x, y, width, width)) != NULL;
}

/* The three marks that a reader looks for, four modules from the edge, and the whole within it. */
static void test_picture(void **state) {
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    const char *svg;
    struct fault f = {0};
    assert_true(qr_svg(a, "kairan", &svg, &f)); /* version 1: 21 modules */
    assert_non_null(strstr(svg, "viewBox=\"0 0 29 29\""));
    assert_true(has_run(a, svg, 4, 4, 7));
    assert_true(has_run(a, svg, 18, 4, 7));
    assert_true(has_run(a, svg, 4, 10, 7));
    assert_true(has_run(a, svg, 4, 18, 7));
    assert_null(strstr(svg, "style"));
    assert_non_null(strstr(svg, "</svg>"));
}

/* More than any code holds. */
static void test_too_long(void **state) {
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    const char *svg;
    struct fault f = {0};
    char *text = arena_alloc(a, 4000);
    memset(text, 'x', 3999);
    text[3999] = '\0';
    assert_false(qr_svg(a, text, &svg, &f));
    assert_int_equal(f.kind, FAULT_BROKEN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_address),
        cmocka_unit_test(test_picture),
        cmocka_unit_test(test_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
