/* CSV files for spreadsheets: RFC 4180, UTF-8 with its mark, no cell that would run as a formula.
 */
#ifndef SERVER_CSV_H
#define SERVER_CSV_H

#include "base.h"
#include "buf.h"

#define CSV_TYPE "text/csv; charset=UTF-8"

/* The mark by which spreadsheets know UTF-8. */
NONNULL void csv_begin(struct buf *out);

/* One row; `cells` ends in NULL. What a spreadsheet would take for a formula gets an apostrophe
 * before it (ASVS 5.0 1.2.10). */
NONNULL void csv_row(struct buf *out, const char *const *cells);

#endif
