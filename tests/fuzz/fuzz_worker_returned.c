/* Fuzzes the reader of returned mail: whatever comes in, what comes out is bounded and harmless. */
#include <stdlib.h>
#include <string.h>

#include "intake/returned.h"
#include "settings/conf.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_b);

static void check_text(const char *text, size_t most_b) {
    size_t text_b = strlen(text);
    if (text_b > most_b || !text_utf8_valid(text, text_b))
        abort();
    for (size_t i = 0; i < text_b; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == '\x7f')
            abort();
}

/* As the database's constraint wants it. */
static void check_status(const struct returned_recipient *r) {
    size_t status_b = strlen(r->status);
    bool complaint = r->kind == RETURNED_COMPLAINT;
    if ((status_b == 0) != complaint || status_b >= RETURNED_STATUS_B ||
        (!complaint && ((r->status[0] != '4' && r->status[0] != '5') ||
                        strspn(r->status, "0123456789.") != status_b)))
        abort();
}

/* The first byte says whether it came from nobody. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_b) {
    static bool ready;
    if (!ready)
        returned_init();
    ready = true;
    conf.bounce_local = "bounce";
    conf.domain = "city.kairan.example";
    if (size_b == 0)
        return 0;
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct returned b;
    returned_read(a, (const char *)data + 1, size_b - 1, data[0] % 2 == 0, &b);
    if (b.count > RETURNED_MOST || (b.token[0] && strlen(b.token) != VERP_B - 1))
        abort();
    for (size_t i = 0; i < b.count; i++) {
        if ((unsigned)b.list[i].kind >= RETURNED_LAST || !returned_kind_name(b.list[i].kind))
            abort();
        check_text(b.list[i].address, 254);
        check_text(b.list[i].reply, 500);
        check_status(&b.list[i]);
    }
    return 0;
}
