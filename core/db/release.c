/* Which releases belong together. */
#include "db/release.h"

#include <string.h>

#include "text.h"

enum { PARTS = 3, PART_MOST = 9999, PART_DIGITS = 4 };

/* "0.1.0" as one number; -1 for what is none. */
static int64_t number_of(const char *release) {
    int64_t whole = 0;
    for (int part = 0; part < PARTS; part++) {
        char digits[PART_DIGITS + 1] = "";
        size_t len_b = strcspn(release, ".");
        int64_t n;
        if (len_b > PART_DIGITS)
            return -1;
        memcpy(digits, release, len_b);
        if (!text_int(digits, 0, PART_MOST, &n))
            return -1;
        whole = whole * (PART_MOST + 1) + n;
        release += len_b;
        if (*release != (part < PARTS - 1 ? '.' : '\0'))
            return -1;
        release++;
    }
    return whole;
}

int release_order(const char *x, const char *y) {
    int64_t a = number_of(x), b = number_of(y);
    return (a > b) - (a < b);
}

bool release_fits(const char *own, const char *oldest, const char *recorded, struct fault *f) {
    if (release_order(own, recorded) > 0)
        return fault_detail(f, FAULT_BROKEN, "The database is older than this program.",
                            "release %s, the program's is %s; run kairan migrate first", recorded,
                            own);
    if (release_order(own, oldest) < 0)
        return fault_detail(f, FAULT_BROKEN, "The database no longer serves this program.",
                            "release %s serves programs from %s on, this one is %s", recorded,
                            oldest, own);
    return true;
}
