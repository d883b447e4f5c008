/* Fuzzes the readers of mail addresses and mobile numbers: what passes is safe on the wire, and
 * reading it again changes nothing. */
#include <stdlib.h>
#include <string.h>

#include "words/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len_b);

static void must(bool ok) {
    if (!ok)
        abort();
}

/* Nothing that could end a command or an angle bracket (security: G9). */
static void check_wire(const char *s) {
    for (; *s; s++)
        must(*s > ' ' && *s < 0x7f && *s != '<' && *s != '>');
}

static void check_address(struct arena *a, const char *raw) {
    struct address first, again;
    struct fault f = {0};
    if (!address_parse(a, raw, "city.example", &first, &f)) {
        must(f.kind == FAULT_INVALID && *f.text);
        return;
    }
    check_wire(first.send);
    must(strlen(first.send) <= ADDRESS_MOST_B && strlen(first.normal) <= ADDRESS_MOST_B);
    must(strchr(first.send, '@') == strrchr(first.send, '@'));
    must(strcmp(first.domain, strchr(first.send, '@') + 1) == 0);
    must(strcmp(first.domain, "city.example") != 0);
    must(address_parse(a, first.send, "city.example", &again, &f));
    must(strcmp(first.send, again.send) == 0 && strcmp(first.normal, again.normal) == 0);
    must(address_parse(a, first.normal, "", &again, &f));
    must(strcmp(first.normal, again.normal) == 0);
}

static void check_phone(struct arena *a, const char *raw) {
    char *first, *again;
    struct fault f = {0};
    if (!address_phone_parse(a, raw, &first, &f)) {
        must(f.kind == FAULT_INVALID && *f.text);
        return;
    }
    must(strlen(first) == 11 && strspn(first, "0123456789") == 11);
    must(address_phone_parse(a, first, &again, &f) && strcmp(first, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len_b) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    const char *raw = arena_strndup(a, (const char *)data, len_b);
    check_address(a, raw);
    check_phone(a, raw);
    return 0;
}
