/* The five signs that HTML reads as its own. */
#include "escape.h"

void escape_add(struct buf *out, const char *text, size_t text_b) {
    static const char *const signs[256] = {
        ['&'] = "&amp;",  ['<'] = "&lt;",   ['>'] = "&gt;",
        ['"'] = "&quot;", ['\''] = "&#39;", /* old phones do not know &apos; */
    };
    size_t done_b = 0;
    for (size_t i = 0; i < text_b; i++) {
        const char *sign = signs[(unsigned char)text[i]];
        if (sign) {
            buf_add(out, text + done_b, i - done_b);
            buf_str(out, sign);
            done_b = i + 1;
        }
    }
    buf_add(out, text + done_b, text_b - done_b);
}
