/* Fuzzer of the journal's reader: any bytes give a state that agrees with itself. */
#include "journal.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len_b);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len_b) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct journal_state s;
    journal_parse(a, (const char *)data, len_b, &s);
    assert(s.good_b <= len_b && s.torn == (s.good_b < len_b));
    for (size_t i = 0; i < s.count; i++) {
        assert((int64_t)s.chunks[i].count <= s.chunks[i].members);
    }
    return 0;
}
