/* Fuzzer of the journal's reader: any bytes give a state that agrees with itself, and a record that
 * is read is written as the same bytes again (all but the old form, which is only read). */
#include <string.h>

#include "journal/journal.h"
#include "journal/journal_record.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len_b);

static void check_records(const char *data, size_t len_b) {
    CLEANUP(buf_done) struct buf again = buf_init(4096);
    struct record r = {0};
    for (size_t took_b; (took_b = record_read(data, len_b, &r)) > 0; data += took_b) {
        assert(took_b <= len_b);
        len_b -= took_b;
        if (r.type == RECORD_OUTCOME1 || r.type >= RECORD_LAST)
            continue;
        buf_clear(&again);
        record_write(&again, &r);
        assert(again.len_b == took_b && memcmp(again.data, data, took_b) == 0);
        r = (struct record){0};
    }
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len_b) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct journal_state s;
    journal_parse(a, (const char *)data, len_b, &s);
    assert(s.good_b <= len_b && (s.torn || s.foreign) == (s.good_b < len_b));
    assert(!(s.torn && s.foreign));
    for (size_t i = 0; i < s.count; i++)
        assert((int64_t)s.chunks[i].count <= s.chunks[i].members);
    check_records((const char *)data, len_b);
    return 0;
}
