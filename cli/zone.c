/* Records to publish, as lines of a zone file. */
#include "zone.h"

#include <stdio.h>
#include <string.h>

#include "settings/conf.h"

enum { STRING_B = 255 };

/* Texts of ours have no quotes or backslashes. */
void zone_txt(const char *name, const char *text) {
    size_t left_b = strlen(text);
    bool several = left_b > STRING_B;
    printf("%s. IN TXT %s", name, several ? "(" : "");
    for (const char *p = text; left_b > 0;) {
        size_t piece_b = left_b < STRING_B ? left_b : STRING_B;
        printf("%s\"%.*s\"", several ? "\n    " : "", (int)piece_b, p);
        p += piece_b;
        left_b -= piece_b;
    }
    printf("%s\n", several ? " )" : "");
}

void zone_dkim(struct arena *a, const struct dkim_key *key, bool current) {
    printf("; DKIM (RFC 6376): the public half of the key %s%s\n", key->selector,
           current ? ", which signs now" : "");
    zone_txt(arena_printf(a, "%s._domainkey.%s", key->selector, conf.domain),
             dkim_key_record(a, key));
}
