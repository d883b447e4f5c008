/* Files of residents: encoding, header, rows. A bad row is refused whole and stops nothing. */
#include "residents/import.h"

#include <csv.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "residents/seen.h"
#include "text.h"
#include "words/address.h"

enum column { COL_ADDRESS, COL_PHONE, COL_AREA, COL_CATEGORY, COL_LANG, COL_LAST };

static const struct {
    const char *ja, *en;
    bool needed;
} columns[] = {
    [COL_ADDRESS] = {"メールアドレス", "address", true},
    [COL_PHONE] = {"携帯電話番号", "phone", false},
    [COL_AREA] = {"地区", "area", true},
    [COL_CATEGORY] = {"分野", "category", true},
    [COL_LANG] = {"言語", "language", false},
};
static_assert(COUNT(columns) == COL_LAST, "a name for each column");

struct cell {
    const char *bytes; /* NUL-terminated */
    size_t len_b;
};

struct reader {
    const struct import_rules *rules;
    const struct import_take *take;
    struct import_count *count;
    struct arena *arena; /* of one row */
    iconv_t cp932;       /* (iconv_t)-1: the file is UTF-8 */
    struct csv_parser csv;
    struct seen seen;
    const char *at, *end;             /* of the data */
    const char *record, *record_next; /* where the row begins, and the line after it */
    size_t line, record_line;         /* line is that of `at` */
    struct cell cells[IMPORT_COLUMNS_MOST];
    size_t cell_count; /* may exceed what is kept */
    bool big_cell, row_done;
    bool header_done;
    size_t header_count;
    int place[COL_LAST]; /* index of each column's cell, -1 none */
};

static bool refuse_file(struct fault *f, const char *sentence) {
    return fault_field(f, FAULT_INVALID, "file", sentence);
}

static bool refuse_column(struct fault *f, const char *sentence, enum column c) {
    (void)fault_detail(f, FAULT_INVALID, sentence, "%s", columns[c].ja);
    memcpy(f->field, "file", sizeof "file");
    return false;
}

/* ---------------------------------------------------------------- encoding */

static bool starts(const struct reader *r, const char *bytes, size_t len_b) {
    return (size_t)(r->end - r->at) >= len_b && memcmp(r->at, bytes, len_b) == 0;
}

/* Whether the first line alone shows that the file is UTF-8, damaged further on. */
static bool header_is_utf8(const struct reader *r) {
    const char *nl = memchr(r->at, '\n', (size_t)(r->end - r->at));
    size_t len_b = (size_t)((nl ? nl : r->end) - r->at);
    bool ascii = true;
    for (size_t i = 0; i < len_b && ascii; i++)
        ascii = (unsigned char)r->at[i] < 0x80;
    return !ascii && text_utf8_valid(r->at, len_b);
}

static bool choose_encoding(struct reader *r, struct fault *f) {
    if (starts(r, "PK\3\4", 4) || starts(r, "\xD0\xCF\x11\xE0", 4))
        return refuse_file(f, "This is a spreadsheet. Save it as CSV and choose that file.");
    if (starts(r, "\xFF\xFE", 2) || starts(r, "\xFE\xFF", 2))
        return refuse_file(f, "This file is UTF-16. Save it as CSV in UTF-8.");
    if (starts(r, "\xEF\xBB\xBF", 3)) {
        r->at += 3;
        return true;
    }
    if (text_utf8_valid(r->at, (size_t)(r->end - r->at)) || header_is_utf8(r))
        return true;
    r->cp932 = iconv_open("UTF-8", "CP932");
    return r->cp932 != (iconv_t)-1 || fault_set(f, FAULT_BROKEN, "The C library lacks CP932.");
}

/* The bytes as UTF-8; NULL when they are no text. */
static char *to_utf8(struct reader *r, const char *bytes, size_t len_b) {
    if (r->cp932 == (iconv_t)-1)
        return text_utf8_valid(bytes, len_b) ? arena_strndup(r->arena, bytes, len_b) : NULL;
    if (memchr(bytes, '\0', len_b))
        return NULL;
    size_t room_b = len_b * 3 + 1; /* a half-width kana's one byte becomes three */
    char *text = arena_alloc(r->arena, room_b), *in = (char *)(uintptr_t)bytes, *out = text;
    (void)iconv(r->cp932, NULL, NULL, NULL, NULL);
    return iconv(r->cp932, &in, &len_b, &out, &room_b) == (size_t)-1 ? NULL : text;
}

/* How the row begins, printable. */
static char *excerpt(struct reader *r) {
    size_t len_b = (size_t)((r->at > r->record ? r->at : r->end) - r->record);
    if (len_b > IMPORT_EXCERPT_MOST_B)
        len_b = IMPORT_EXCERPT_MOST_B;
    char *text = NULL;
    /* The cut may have parted a character: at most three bytes of it are left. */
    for (size_t cut = 0; !text && cut < 4 && cut <= len_b; cut++)
        text = to_utf8(r, r->record, len_b - cut);
    if (!text)
        text = arena_strndup(r->arena, r->record, len_b);
    for (char *p = text; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7F)
            *p = ' ';
    return text_utf8_valid(text, strlen(text)) ? text_trim(r->arena, text) : "";
}

/* ---------------------------------------------------------------- the header */

static enum column column_of(const char *name) {
    for (enum column c = 0; c < COL_LAST; c++)
        if (strcmp(name, columns[c].ja) == 0 || strcasecmp(name, columns[c].en) == 0)
            return c;
    return COL_LAST;
}

static bool read_header(struct reader *r, struct fault *f) {
    if (r->cell_count > IMPORT_COLUMNS_MOST || r->big_cell)
        return refuse_file(f, "The first line is too long to be the names of the columns.");
    for (size_t i = 0; i < r->cell_count; i++) {
        const char *name = to_utf8(r, r->cells[i].bytes, r->cells[i].len_b);
        enum column c = name ? column_of(text_trim(r->arena, name)) : COL_LAST;
        if (c == COL_LAST)
            continue;
        if (r->place[c] >= 0)
            return refuse_column(f, "The first line names a column twice.", c);
        r->place[c] = (int)i;
    }
    for (enum column c = 0; c < COL_LAST; c++)
        if (columns[c].needed && r->place[c] < 0)
            return refuse_column(
                f,
                "The first line must name the columns メールアドレス, 地区 and 分野; "
                "携帯電話番号 and 言語 may follow.",
                c);
    r->header_count = r->cell_count;
    r->header_done = true;
    return true;
}

/* ---------------------------------------------------------------- one row */

/* The cell of a column as text, "" when the row or the file lacks it; NULL when it is none. */
static const char *cell_text(struct reader *r, enum column c) {
    int i = r->place[c];
    if (i < 0 || (size_t)i >= r->cell_count)
        return "";
    return to_utf8(r, r->cells[i].bytes, r->cells[i].len_b);
}

static bool pick(const char *name, const struct import_name *names, size_t name_count, int64_t *ids,
                 size_t *id_count) {
    for (size_t i = 0; i < name_count; i++) {
        if (strcmp(name, names[i].name) != 0)
            continue;
        for (size_t k = 0; k < *id_count; k++)
            if (ids[k] == names[i].id)
                return true;
        ids[(*id_count)++] = names[i].id;
        return *id_count < IMPORT_PICKS_MOST;
    }
    return false;
}

/* Names parted by ";" to ids, each once. */
static bool pick_all(struct reader *r, const char *cell, const struct import_name *names,
                     size_t name_count, int64_t *ids, size_t *id_count, const char *sentence,
                     struct fault *f) {
    size_t n;
    char **pieces = text_split(r->arena, cell, ';', &n);
    for (size_t i = 0; i < n; i++)
        if (*pieces[i] && !pick(pieces[i], names, name_count, ids, id_count))
            return fault_detail(f, FAULT_INVALID, sentence, "%s", pieces[i]);
    return true;
}

/* Two small letters, "easy" (easy Japanese), or nothing: Japanese. */
static bool read_lang(struct reader *r, const char *cell, const char **lang, struct fault *f) {
    const char *s = text_trim(r->arena, cell);
    bool two = strlen(s) == 2 && s[0] >= 'a' && s[0] <= 'z' && s[1] >= 'a' && s[1] <= 'z';
    *lang = *s ? s : "ja";
    return two || !*s || strcmp(s, "easy") == 0 ||
           fault_detail(f, FAULT_INVALID, "This language is not known: write ja, en or easy.", "%s",
                        s);
}

static bool row_shape_good(const struct reader *r, struct fault *f) {
    if (r->cell_count > r->header_count)
        return fault_set(f, FAULT_INVALID, "The row has more cells than the first line.");
    if (r->big_cell)
        return fault_set(f, FAULT_INVALID, "A cell of the row is too long.");
    return true;
}

static bool read_row(struct reader *r, struct import_row *row, struct fault *f) {
    const struct import_rules *rules = r->rules;
    const char *text[COL_LAST];
    struct address address;
    char *phone = NULL;
    if (!row_shape_good(r, f))
        return false;
    for (enum column c = 0; c < COL_LAST; c++)
        if (!(text[c] = cell_text(r, c)))
            return fault_set(f, FAULT_INVALID, "The row holds bytes that are no text.");
    if (!address_parse(r->arena, text[COL_ADDRESS], rules->own_domain, &address, f) ||
        (*text[COL_PHONE] && !address_phone_parse(r->arena, text[COL_PHONE], &phone, f)) ||
        !pick_all(r, text[COL_AREA], rules->areas, rules->area_count, row->areas, &row->area_count,
                  "This area is not known.", f) ||
        !pick_all(r, text[COL_CATEGORY], rules->categories, rules->category_count, row->categories,
                  &row->category_count, "This category is not known.", f) ||
        !read_lang(r, text[COL_LANG], &row->lang, f))
        return false;
    if (row->category_count == 0)
        return fault_set(f, FAULT_INVALID, "The row names no category.");
    row->address = address.send;
    row->normal = address.normal;
    row->phone = phone;
    return true;
}

static bool give_refusal(struct reader *r, bool duplicate, const char *reason, const char *detail,
                         struct fault *f) {
    struct import_refusal refusal = {.line = r->record_line,
                                     .duplicate = duplicate,
                                     .reason = reason,
                                     .detail = detail,
                                     .excerpt = excerpt(r)};
    *(duplicate ? &r->count->duplicates : &r->count->refused) += 1;
    return r->take->refused(r->take->to, &refusal, f);
}

static bool give_row(struct reader *r, struct fault *f) {
    struct import_row row = {.line = r->record_line};
    struct fault why = {0};
    r->count->rows++;
    if (!read_row(r, &row, &why))
        return give_refusal(r, false, why.text, why.detail, f);
    if (!seen_add(&r->seen, row.normal))
        return give_refusal(r, true, "An earlier row of the file has the same address.",
                            row.address, f);
    r->count->good++;
    return r->take->good(r->take->to, &row, f);
}

/* ---------------------------------------------------------------- lines to rows */

static void on_cell(void *bytes, size_t len_b, void *reader) {
    struct reader *r = reader;
    r->big_cell |= len_b > IMPORT_CELL_MOST_B;
    if (r->cell_count < IMPORT_COLUMNS_MOST && !r->big_cell)
        r->cells[r->cell_count] = (struct cell){arena_strndup(r->arena, bytes, len_b), len_b};
    r->cell_count++;
}

static void on_row(int terminator, void *reader) {
    (void)terminator;
    ((struct reader *)reader)->row_done = true;
}

/* Ready for a row that begins at `at`. */
static void next_row(struct reader *r) {
    arena_reset(r->arena);
    r->cell_count = 0;
    r->big_cell = r->row_done = false;
    r->record = NULL;
}

static void parser_open(struct reader *r) {
    int bad = csv_init(&r->csv, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL);
    assert(!bad);
}

/* The row's quotes do not fit: it ends where its first line ends, and reading begins anew there. */
static bool give_up_row(struct reader *r, struct fault *f) {
    if (!r->header_done)
        return refuse_file(f, "The first line is too long to be the names of the columns.");
    bool long_line = r->record_next - r->record > IMPORT_RECORD_MOST_B;
    const char *why =
        long_line ? "A cell of the row is too long." : "The quotes of the row do not fit together.";
    r->count->rows++;
    r->at = r->record_next;
    r->line = r->record_line + 1;
    if (!give_refusal(r, false, why, "", f))
        return false;
    csv_free(&r->csv);
    parser_open(r);
    next_row(r);
    return true;
}

static bool end_row(struct reader *r, struct fault *f) {
    if (!(r->header_done ? give_row(r, f) : read_header(r, f)))
        return false;
    next_row(r);
    return true;
}

/* End of the line at s: behind its LF, CRLF or CR. */
static const char *line_end(const char *s, const char *end) {
    while (s < end && *s != '\n' && *s != '\r')
        s++;
    if (s < end && *s++ == '\r' && s < end && *s == '\n')
        s++;
    return s;
}

static bool blank(const char *s, const char *end) {
    while (s < end && (*s == ' ' || *s == '\t' || *s == '\r' || *s == '\n'))
        s++;
    return s == end;
}

static bool read_line(struct reader *r, struct fault *f) {
    const char *start = r->at, *next = line_end(r->at, r->end);
    r->at = next;
    size_t line = r->line++;
    if (!r->record) {
        if (blank(start, next))
            return true;
        r->record = start;
        r->record_next = next;
        r->record_line = line;
    }
    size_t len_b = (size_t)(next - start);
    if ((size_t)(next - r->record) > IMPORT_RECORD_MOST_B ||
        csv_parse(&r->csv, start, len_b, on_cell, on_row, r) != len_b)
        return give_up_row(r, f);
    return !r->row_done || end_row(r, f);
}

/* The file's last row may lack its line break, or the quote that would end it. */
static bool read_end(struct reader *r, struct fault *f) {
    if (!r->record)
        return true;
    if (csv_fini(&r->csv, on_cell, on_row, r) != 0)
        return give_up_row(r, f);
    return !r->row_done || end_row(r, f);
}

static bool read_all(struct reader *r, struct fault *f) {
    if (!choose_encoding(r, f))
        return false;
    while (r->at < r->end)
        if (!read_line(r, f) || (r->at == r->end && !read_end(r, f)))
            return false;
    if (!r->header_done)
        return refuse_file(f, "The file is empty.");
    return true;
}

bool import_parse(const char *data, size_t len_b, const struct import_rules *rules,
                  const struct import_take *take, struct import_count *count, struct fault *f) {
    struct reader r = {.rules = rules,
                       .take = take,
                       .count = count,
                       .arena = arena_new(),
                       .cp932 = (iconv_t)-1,
                       .at = data,
                       .end = data + len_b,
                       .line = 1,
                       .place = {-1, -1, -1, -1, -1}};
    *count = (struct import_count){0};
    parser_open(&r);
    bool read = read_all(&r, f);
    csv_free(&r.csv);
    seen_done(&r.seen);
    if (r.cp932 != (iconv_t)-1)
        iconv_close(r.cp932);
    arena_free(&r.arena);
    return read;
}
