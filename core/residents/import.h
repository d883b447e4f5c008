/* Files of residents: CSV, as spreadsheets write it, to good rows and refused ones (004 §2(2): an
 * import is the administrator's registration). This part reads and judges; it knows no database. */
#ifndef CORE_IMPORT_H
#define CORE_IMPORT_H

#include "arena.h"
#include "base.h"
#include "fault.h"

enum {
    IMPORT_COLUMNS_MOST = 64,
    IMPORT_CELL_MOST_B = 1024,
    IMPORT_RECORD_MOST_B = 8192, /* what is longer has a quote that nobody closed */
    IMPORT_EXCERPT_MOST_B = 200,
    IMPORT_PICKS_MOST = 64 /* areas or categories in one cell */
};

/* A category or an area by its name in the file. */
struct import_name {
    int64_t id;
    const char *name;
};

/* What the file is judged by. */
struct import_rules {
    const struct import_name *areas, *categories;
    size_t area_count, category_count;
    const char *own_domain; /* of the municipality, refused; "" none */
};

struct import_row {
    size_t line;                  /* of the file, from 1, where the row begins */
    const char *address, *normal; /* as struct address has them */
    const char *phone;            /* 11 digits, or NULL */
    int64_t areas[IMPORT_PICKS_MOST], categories[IMPORT_PICKS_MOST];
    size_t area_count, category_count; /* each once; at least one category */
    const char *lang;                  /* "ja" when the file says nothing */
};

struct import_refusal {
    size_t line;
    bool duplicate;      /* good in itself, but its address is that of an earlier good row */
    const char *reason;  /* a sentence (msgid) */
    const char *detail;  /* what it is about, "" none */
    const char *excerpt; /* how the row begins, made printable */
};

struct import_count {
    size_t rows, good, duplicates, refused; /* rows = the sum of the other three */
};

/* Where rows go, one by one, in the order of the file; what is passed lives for the call. False
 * with *f set ends the reading. */
struct import_take {
    bool (*good)(void *to, const struct import_row *row, struct fault *f);
    bool (*refused)(void *to, const struct import_refusal *refusal, struct fault *f);
    void *to;
};

/* Reads a whole file (UTF-8 with or without BOM, else CP932) whose first row names the columns, in
 * any order: メールアドレス, 地区, 分野, and if wanted 携帯電話番号, 言語 (or address, area,
 * category, phone, language); other columns are passed over. Memory: 32 bytes a good row and what
 * one row needs. False: *f is INVALID, field "file" (it is no such file; nothing was taken), or
 * what a callback set. */
MUST_USE NONNULL bool import_parse(const char *data, size_t len_b, const struct import_rules *rules,
                                   const struct import_take *take, struct import_count *count,
                                   struct fault *f);

#endif
