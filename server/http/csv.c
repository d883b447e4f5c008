/* CSV files for spreadsheets. */
#include "http/csv.h"

#include <string.h>

void csv_begin(struct buf *out) {
    buf_str(out, "\xEF\xBB\xBF");
}

static void add_cell(struct buf *out, const char *text) {
    buf_char(out, '"');
    if (*text && strchr("=+-@\t\r\n", *text))
        buf_char(out, '\'');
    for (const char *p = text; *p; p++) {
        if (*p == '"')
            buf_char(out, '"');
        buf_char(out, *p);
    }
    buf_char(out, '"');
}

void csv_row(struct buf *out, const char *const *cells) {
    for (size_t i = 0; cells[i]; i++) {
        if (i > 0)
            buf_char(out, ',');
        add_cell(out, cells[i]);
    }
    buf_str(out, "\r\n");
}
