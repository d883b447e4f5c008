/* Fuzzes the reader of residents' files: every row is counted once, good rows are good, and what is
 * said about refused ones can be shown. */
#include <stdlib.h>
#include <string.h>

#include "residents/import.h"
#include "text.h"
#include "words/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len_b);

struct seen_rows {
    size_t good, refused, duplicates, line;
};

static void must(bool ok) {
    if (!ok)
        abort();
}

/* Areas are 11 and 12, categories 21 and 22; each picked once. */
static void check_picks(const int64_t *picks, size_t count, int64_t base) {
    must(count <= 2);
    for (size_t i = 0; i < count; i++)
        must(picks[i] == base + 1 || picks[i] == base + 2);
    must(count < 2 || picks[0] != picks[1]);
}

static bool take_good(void *to, const struct import_row *row, struct fault *f) {
    struct seen_rows *seen = to;
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct address address;
    must(address_parse(a, row->address, "city.example", &address, f));
    must(strcmp(address.send, row->address) == 0 && strcmp(address.normal, row->normal) == 0);
    must(row->phone == NULL || strlen(row->phone) == 11);
    must(row->category_count > 0 && *row->lang);
    check_picks(row->areas, row->area_count, 10);
    check_picks(row->categories, row->category_count, 20);
    must(row->line > seen->line);
    seen->line = row->line;
    seen->good++;
    return true;
}

static void check_shown(const char *s, size_t most_b) {
    must(strlen(s) <= most_b && text_utf8_valid(s, strlen(s)));
    for (; *s; s++)
        must((unsigned char)*s >= ' ' && *s != 0x7f);
}

static bool take_refused(void *to, const struct import_refusal *refusal, struct fault *f) {
    struct seen_rows *seen = to;
    (void)f;
    must(*refusal->reason);
    check_shown(refusal->excerpt, 3UL * IMPORT_EXCERPT_MOST_B); /* CP932 grows in UTF-8 */
    must(text_utf8_valid(refusal->detail, strlen(refusal->detail)));
    must(refusal->line > seen->line);
    seen->line = refusal->line;
    *(refusal->duplicate ? &seen->duplicates : &seen->refused) += 1;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len_b) {
    static const struct import_name areas[] = {{11, "北"}, {12, "南"}};
    static const struct import_name categories[] = {{21, "防災"}, {22, "くらし"}};
    const struct import_rules rules = {.areas = areas,
                                       .area_count = COUNT(areas),
                                       .categories = categories,
                                       .category_count = COUNT(categories),
                                       .own_domain = "city.example"};
    struct seen_rows seen = {0};
    const struct import_take take = {.good = take_good, .refused = take_refused, .to = &seen};
    struct import_count count = {0};
    struct fault f = {0};
    if (!import_parse((const char *)data, len_b, &rules, &take, &count, &f)) {
        must(f.kind == FAULT_INVALID && strcmp(f.field, "file") == 0);
        must(seen.good + seen.refused + seen.duplicates == 0);
        return 0;
    }
    must(count.good == seen.good && count.refused == seen.refused);
    must(count.duplicates == seen.duplicates);
    must(count.rows == seen.good + seen.refused + seen.duplicates);
    return 0;
}
