/* core/residents/import: the two files of the demo town, encodings, headers, broken rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "residents/import.h"

static const struct import_name areas[] = {{1, "北部"}, {2, "南部"}, {3, "東部"},  {4, "西部"},
                                           {5, "中央"}, {6, "山間"}, {7, "川沿い"}};
static const struct import_name categories[] = {{1, "防災"}, {2, "防犯"},  {3, "火災"},
                                                {4, "水道"}, {5, "道路"},  {6, "子育て"},
                                                {7, "健康"}, {8, "くらし"}};
static const struct import_rules rules = {.areas = areas,
                                          .area_count = COUNT(areas),
                                          .categories = categories,
                                          .category_count = COUNT(categories),
                                          .own_domain = "city.kairan.example"};

/* Everything taken, as lines of text to compare. */
struct taken {
    struct buf good, refused;
    size_t good_left; /* rows to take before the callback fails */
};

static void add_ids(struct buf *b, const int64_t *ids, size_t count) {
    for (size_t i = 0; i < count; i++)
        buf_printf(b, "%s%d", i ? "," : " ", (int)ids[i]);
    if (!count)
        buf_str(b, " -");
}

static bool take_good(void *to, const struct import_row *row, struct fault *f) {
    struct taken *t = to;
    if (t->good_left-- == 0)
        return fault_set(f, FAULT_RETRY, "The database is away.");
    buf_printf(&t->good, "%zu %s %s", row->line, row->address, row->phone ? row->phone : "-");
    add_ids(&t->good, row->areas, row->area_count);
    add_ids(&t->good, row->categories, row->category_count);
    buf_printf(&t->good, " %s\n", row->lang);
    return true;
}

static bool take_refused(void *to, const struct import_refusal *r, struct fault *f) {
    struct taken *t = to;
    (void)f;
    buf_printf(&t->refused, "%zu%s %s [%s] {%s}\n", r->line, r->duplicate ? " double" : "",
               r->reason, r->detail, r->excerpt);
    assert_true(strlen(r->excerpt) <= IMPORT_EXCERPT_MOST_B * 3);
    return true;
}

static struct taken *taken_new(void) {
    static struct taken t;
    buf_done(&t.good);
    buf_done(&t.refused);
    t = (struct taken){
        .good = buf_init(1 << 24), .refused = buf_init(1 << 24), .good_left = SIZE_MAX};
    return &t;
}

static struct taken *parse(const char *data, size_t len_b, struct import_count *count) {
    struct taken *t = taken_new();
    struct import_take take = {.good = take_good, .refused = take_refused, .to = t};
    struct fault f = {0};
    if (!import_parse(data, len_b, &rules, &take, count, &f))
        fail_msg("%s (%s)", f.text, f.detail);
    assert_int_equal(count->rows, count->good + count->duplicates + count->refused);
    return t;
}

static struct fault refusal(const char *data, size_t len_b) {
    struct taken *t = taken_new();
    struct import_take take = {.good = take_good, .refused = take_refused, .to = t};
    struct import_count count;
    struct fault f = {0};
    assert_false(import_parse(data, len_b, &rules, &take, &count, &f));
    assert_int_equal(f.kind, FAULT_INVALID);
    assert_string_equal(f.field, "file");
    assert_int_equal(count.rows, 0);
    return f;
}

static struct buf whole_file(const char *path) {
    struct buf b = buf_init(1 << 24);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char part[65536];
    for (size_t n; (n = fread(part, 1, sizeof part, file)) > 0;)
        buf_add(&b, part, n);
    assert_int_equal(fclose(file), 0);
    return b;
}

static void check_file(const char *path, struct import_count want) {
    CLEANUP(buf_done) struct buf data = whole_file(path);
    struct import_count count;
    parse(data.data, data.len_b, &count);
    assert_int_equal(count.rows, want.rows);
    assert_int_equal(count.good, want.good);
    assert_int_equal(count.duplicates, want.duplicates);
    assert_int_equal(count.refused, want.refused);
}

static void test_004_2_2_files_of_the_town(void **state) {
    (void)state;
    check_file("tests/data/residents-20k.csv", (struct import_count){20000, 19615, 201, 184});
    check_file("tests/data/residents-2k-cp932.csv", (struct import_count){2000, 1965, 19, 16});
}

#define HEADER "メールアドレス,携帯電話番号,地区,分野,言語\n"

static void test_rows(void **state) {
    static const struct {
        const char *data, *good, *refused;
    } rows[] = {
        {HEADER "Hana@M.example,090-1234-5678,北部;南部,防災,ja\n",
         "2 Hana@m.example 09012345678 1,2 1 ja\n", ""},
        /* columns in another order, one unknown, some missing, no line break at the end */
        {"分野,氏名,メールアドレス,地区\r\n防災,花,a@m.example,北部", "2 a@m.example - 1 1 ja\n",
         ""},
        {"address,area,category\na@m.example,,水道;水道; 防災 \n", "2 a@m.example - - 4,1 ja\n",
         ""},
        {"\xEF\xBB\xBF" HEADER "\r\n\r\na@m.example,,,防災,easy\r\n", "4 a@m.example - - 1 easy\n",
         ""},
        {HEADER "a@m.example,,,防災,\rb@m.example,,,防災,en\r",
         "2 a@m.example - - 1 ja\n3 b@m.example - - 1 en\n", ""},
        /* first good row counts, letter case aside; a bad one does not */
        {HEADER "a@m.example,12,,防災,\nA@m.example,,,防災,\na@M.EXAMPLE,,,水道,\n",
         "3 A@m.example - - 1 ja\n",
         "2 This is no mobile phone number. It begins with 060, 070, 080 or 090 and has 11 digits. "
         "[] {a@m.example,12,,防災,}\n"
         "4 double An earlier row of the file has the same address. [a@m.example] "
         "{a@M.EXAMPLE,,,水道,}\n"},
        {HEADER "\"a@m.example\nBcc: x@evil.example\",,,防災,\nb@m.example,,,防災,\n",
         "4 b@m.example - - 1 ja\n",
         "2 The mail address holds a space or another character that no mail address has. [] "
         "{\"a@m.example Bcc: x@evil.example\",,,防災,}\n"},
        {HEADER ",,,防災,\n", "", "2 Enter a mail address. [] {,,,防災,}\n"},
        {HEADER "a@m.example,,宇宙,防災,\n", "",
         "2 This area is not known. [宇宙] {a@m.example,,宇宙,防災,}\n"},
        {HEADER "a@m.example,,,宇宙,\n", "",
         "2 This category is not known. [宇宙] {a@m.example,,,宇宙,}\n"},
        {HEADER "a@m.example,,,;,\n", "", "2 The row names no category. [] {a@m.example,,,;,}\n"},
        {HEADER "a@m.example\n", "", "2 The row names no category. [] {a@m.example}\n"},
        {HEADER "a@m.example,,,防災,Q\n", "",
         "2 This language is not known: write ja, en or easy. [Q] {a@m.example,,,防災,Q}\n"},
        {HEADER "a@m.example,,,防災,ja,more\n", "",
         "2 The row has more cells than the first line. [] {a@m.example,,,防災,ja,more}\n"},
        {HEADER "=cmd|' /C calc'!A0,,,防災,\n", "",
         "2 The mail address has no @. [] {=cmd|' /C calc'!A0,,,防災,}\n"},
        {HEADER "a@city.kairan.example,,,防災,\n", "",
         "2 This is an address of the municipality itself. Use one of your own. [] "
         "{a@city.kairan.example,,,防災,}\n"},
        /* quotes that do not fit spoil one line, not the rest */
        {HEADER "a@m.example,,,\"防災,ja\nb@m.example,,,防災,\n", "3 b@m.example - - 1 ja\n",
         "2 The quotes of the row do not fit together. [] {a@m.example,,,\"防災,ja}\n"},
        {HEADER "a\"a@m.example,,,防災,ja\nb@m.example,,,防災,\n", "3 b@m.example - - 1 ja\n",
         "2 The quotes of the row do not fit together. [] {a\"a@m.example,,,防災,ja}\n"},
        /* one damaged row in a UTF-8 file */
        {HEADER "\xff@m.example,,,防災,\nb@m.example,,,防災,\n", "3 b@m.example - - 1 ja\n",
         "2 The row holds bytes that are no text. [] {}\n"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct import_count count;
        struct taken *t = parse(rows[i].data, strlen(rows[i].data), &count);
        assert_string_equal(buf_text(&t->good), rows[i].good);
        assert_string_equal(buf_text(&t->refused), rows[i].refused);
    }
}

static void test_nul_in_a_cell(void **state) {
    static const char data[] = HEADER "a\0b@m.example,,,防災,\n";
    struct import_count count;
    (void)state;
    parse(data, sizeof data - 1, &count);
    assert_int_equal(count.refused, 1);
}

static void test_files_that_are_none(void **state) {
    static const struct {
        const char *data;
        size_t len_b; /* 0: strlen */
        const char *says;
    } rows[] = {
        {"", 0, "The file is empty."},
        {"\xEF\xBB\xBF\n\n", 0, "The file is empty."},
        {"PK\3\4xxxx", 0, "This is a spreadsheet."},
        {"\xFF\xFE\x41\0", 4, "This file is UTF-16."},
        {"<html><body>\n", 0, "The first line must name the columns"},
        {"メールアドレス,地区\na@m.example,北部\n", 0, "The first line must name the columns"},
        {"address,area,category,address\n", 0, "names a column twice"},
        {"メールアドレス,address,地区,分野\n", 0, "names a column twice"},
        {"\xA5\xE1\xA1\xBC\xA5\xEB,\xC3\xCF\xB6\xE8\n", 0, "The first line must name"}, /* EUC-JP */
        {"\"メールアドレス,地区,分野\n", 0, "The first line is too long"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t len_b = rows[i].len_b ? rows[i].len_b : strlen(rows[i].data);
        struct fault f = refusal(rows[i].data, len_b);
        if (!strstr(f.text, rows[i].says))
            fail_msg("row %zu: %s", i, f.text);
    }
}

static void add_many(struct buf *b, const char *s, size_t n) {
    while (n--)
        buf_str(b, s);
}

static void test_caps(void **state) {
    struct import_count count;
    CLEANUP(buf_done) struct buf b = buf_init(1 << 26);
    (void)state;
    add_many(&b, "x,", 10000);
    assert_non_null(strstr(refusal(b.data, b.len_b).text, "too long"));

    buf_clear(&b);
    buf_str(&b, HEADER);
    add_many(&b, "x", 50000000);
    buf_str(&b, "@m.example,,,防災,\nb@m.example,,,防災,\nc@m.example,,\"");
    add_many(&b, "防", 400);
    buf_str(&b, "\",防災,\n\"open,,,防災,\n");
    add_many(&b, "d@m.example,,,防災,\n", 3);
    struct taken *t = parse(b.data, b.len_b, &count);
    assert_string_equal(buf_text(&t->good), "3 b@m.example - - 1 ja\n6 d@m.example - - 1 ja\n");
    assert_int_equal(count.duplicates, 2);
    assert_int_equal(count.refused, 3);
}

static void test_callback_ends_it(void **state) {
    static const char data[] = HEADER "a@m.example,,,防災,\nb@m.example,,,防災,\n";
    struct taken *t = taken_new();
    struct import_take take = {.good = take_good, .refused = take_refused, .to = t};
    struct import_count count;
    struct fault f = {0};
    (void)state;
    t->good_left = 1;
    assert_false(import_parse(data, sizeof data - 1, &rules, &take, &count, &f));
    assert_int_equal(f.kind, FAULT_RETRY);
    assert_string_equal(buf_text(&t->good), "2 a@m.example - - 1 ja\n");
}

static int forget(void **state) {
    (void)state;
    buf_done(&taken_new()->good);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_004_2_2_files_of_the_town),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_nul_in_a_cell),
        cmocka_unit_test(test_files_that_are_none),
        cmocka_unit_test(test_caps),
        cmocka_unit_test(test_callback_ends_it),
    };
    return cmocka_run_group_tests_name("import", tests, NULL, forget);
}
