/* `kairan verify-log`: recomputes the hash chain of the operation log row by row and names the
 * first row that does not fit; holds it against anchors. The digest is that of oplog_digest() in
 * migrations: SHA-256 over netstrings of the row's columns and the hash of the row before. */
#include <getopt.h>
#include <openssl/evp.h>
#include <string.h>

#include "buf.h"
#include "cli.h"
#include "log/anchor.h"
#include "settings/conf.h"
#include "text.h"

/* Columns of operator_oplog_rows. A row of format 2 hashes those from COL_FORMAT to COL_PREV, one
 * of format 1 the same without COL_FORMAT, COL_FACTS, COL_BEHALF and COL_REQUEST. */
enum {
    COL_FORMAT,
    COL_SEQ,
    COL_TIME,
    COL_ACT = 8,
    COL_FACTS = 12,
    COL_BEHALF = 14,
    COL_REQUEST,
    COL_PREV,
    COL_HASH,
    HEX_B = 65,
    ROW_MOST_B = 65536
};

struct chain {
    int64_t seq;      /* of the last row that fits */
    char hash[HEX_B]; /* its hash */
    int64_t time_us;  /* its time */
    int64_t rows, first, clocks;
    const struct anchor *anchors; /* those that are not passed yet */
    size_t anchor_count, anchored;
    const int64_t *removed; /* the last row of each removal */
    size_t removed_count;
    EVP_MD_CTX *md;
};

static void md_free(EVP_MD_CTX **md) {
    EVP_MD_CTX_free(*md);
}

static void hash_set(char to[HEX_B], const char *hex) {
    snprintf(to, HEX_B, "%s", hex);
}

static bool hashed(int64_t format, int col) {
    return format == 2 ||
           (col != COL_FORMAT && col != COL_FACTS && col != COL_BEHALF && col != COL_REQUEST);
}

/* Unambiguous bytes of the hashed columns: "<bytes>:<data>," each, "~," for NULL. */
static void row_bytes(const struct db_rows *rows, int row, struct buf *b) {
    int64_t format = db_int(rows, row, COL_FORMAT);
    for (int col = 0; col <= COL_PREV; col++) {
        const char *text = db_text(rows, row, col);
        if (!hashed(format, col))
            continue;
        if (db_null(rows, row, col))
            buf_str(b, "~,");
        else
            buf_printf(b, "%zu:%s,", strlen(text), text);
    }
}

static bool row_digest(EVP_MD_CTX *md, const struct db_rows *rows, int row, char hex[HEX_B],
                       struct fault *f) {
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE];
    CLEANUP(buf_done) struct buf b = buf_init(ROW_MOST_B);
    row_bytes(rows, row, &b);
    if (b.over || EVP_DigestInit_ex(md, EVP_sha256(), NULL) != 1 ||
        EVP_DigestUpdate(md, buf_text(&b), b.len_b) != 1 ||
        EVP_DigestFinal_ex(md, digest, NULL) != 1)
        return fault_detail(f, FAULT_BROKEN, "A row of the log cannot be hashed.", "row %s",
                            db_text(rows, row, COL_SEQ));
    for (int i = 0; i < HEX_B / 2; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[HEX_B - 1] = '\0';
    return true;
}

/* What is wrong with a row, NULL when it fits. */
static const char *row_fault(const struct chain *c, const struct db_rows *rows, int row,
                             const char *digest) {
    if (db_int(rows, row, COL_SEQ) != c->seq + 1)
        return db_int(rows, row, COL_SEQ) > c->seq + 1 ? "rows before it are missing"
                                                       : "its number was given before";
    if (strcmp(db_text(rows, row, COL_PREV), c->hash) != 0)
        return "it does not follow from the row before";
    if (strcmp(db_text(rows, row, COL_HASH), digest) != 0)
        return "its content does not match its hash";
    if (db_int(rows, row, COL_TIME) < c->time_us &&
        strcmp(db_text(rows, row, COL_ACT), "clock.back") != 0)
        return "the clock was set back before it, and nothing says so";
    return NULL;
}

/* Whether the log began behind a row once: with the first row of all, or where a removal ended. */
static bool began_behind(const struct chain *c, int64_t seq) {
    for (size_t i = 0; i < c->removed_count; i++)
        if (c->removed[i] == seq)
            return true;
    return seq == 0;
}

/* What an anchor says of the row just passed; NULL when there is none, or it fits. */
static const char *anchor_fault(struct chain *c) {
    for (; c->anchor_count > 0 && c->anchors->seq <= c->seq; c->anchors++, c->anchor_count--) {
        if (c->anchors->seq < c->seq)
            continue; /* of a row that was removed when its time was over */
        if (strcmp(c->anchors->hash, c->hash) != 0)
            return "it is not the row that an anchor names";
        if (!began_behind(c, c->seq - c->anchors->count))
            return "an anchor counted another number of rows up to it";
        c->anchored++;
    }
    return NULL;
}

static const char *row_check(struct chain *c, const struct db_rows *rows, int row,
                             const char *digest) {
    const char *wrong = row_fault(c, rows, row, digest);
    if (wrong)
        return wrong;
    c->seq++;
    c->rows++;
    c->time_us = db_int(rows, row, COL_TIME);
    c->clocks += strcmp(db_text(rows, row, COL_ACT), "clock.back") == 0;
    hash_set(c->hash, digest);
    return anchor_fault(c);
}

/* Checks one page of rows; *wrong is set at the first that does not fit. */
static bool page_check(const struct db_rows *rows, struct chain *c, const char **wrong,
                       struct fault *f) {
    for (int row = 0; row < rows->count && !*wrong; row++) {
        char digest[HEX_B];
        if (!row_digest(c->md, rows, row, digest, f))
            return false;
        *wrong = row_check(c, rows, row, digest);
        if (*wrong)
            printf("row %s: %s\n", db_text(rows, row, COL_SEQ), *wrong);
    }
    return true;
}

static bool chain_walk(struct db *db, int64_t last, struct chain *c, const char **wrong,
                       struct fault *f) {
    for (int count = 1; count > 0 && !*wrong;) {
        CLEANUP(db_rows_done) struct db_rows rows = {0};
        char after[24], until[24];
        snprintf(after, sizeof(after), "%lld", (long long)c->seq);
        snprintf(until, sizeof(until), "%lld", (long long)last);
        if (!DB_RUN(db, SQL_OPERATOR_OPLOG_ROWS, &rows, f, after, until) ||
            !page_check(&rows, c, wrong, f))
            return false;
        count = rows.count;
    }
    return true;
}

static bool removals(struct db *db, struct chain *c, struct arena *a, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN0(db, SQL_OPERATOR_OPLOG_REMOVED, &rows, f))
        return false;
    int64_t *list = arena_array(a, (size_t)rows.count + 1, sizeof *list);
    for (int i = 0; i < rows.count; i++)
        list[i] = db_int(&rows, i, 0);
    c->removed = list;
    c->removed_count = (size_t)rows.count;
    return true;
}

/* Begins behind the rows whose time was over; what says so must be in the chain, too. */
static bool chain_begin(struct db *db, struct chain *c, const char **said, struct arena *a,
                        struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows base = {0};
    if (!removals(db, c, a, f) || !DB_RUN0(db, SQL_OPERATOR_OPLOG_BASE, &base, f))
        return false;
    if (base.count == 0)
        return true;
    c->seq = c->first = db_int(&base, 0, 0);
    hash_set(c->hash, db_text(&base, 0, 1));
    *said = arena_strdup(a, db_text(&base, 0, 2));
    return true;
}

static const char *base_fault(const char *said, const char *due) {
    if (!said || strcmp(said, due) == 0)
        return NULL;
    printf("the rows that were removed: the log does not say so, or says otherwise\n");
    return "base";
}

/* The head against the last row; anchors that no row has come to. */
static const char *end_fault(const struct chain *c, int64_t last, const char *hash) {
    if (last != c->seq || strcmp(hash, c->hash) != 0) {
        printf("row %lld: the head names row %lld as the last, or has another hash\n",
               (long long)(last < c->seq ? last : c->seq) + 1, (long long)last);
        return "head";
    }
    if (c->anchor_count > 0) {
        printf("row %lld: rows are missing: an anchor of %s names row %lld\n",
               (long long)c->seq + 1, c->anchors->at, (long long)c->anchors->seq);
        return "anchor";
    }
    return NULL;
}

/* Walks up to the head as it is now: rows that come meanwhile are the next run's. */
static bool log_verify(struct db *db, struct arena *a, struct chain *c, const char **wrong,
                       struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows head = {0};
    const char *said = NULL;
    if (!chain_begin(db, c, &said, a, f) || !DB_RUN0(db, SQL_OPERATOR_OPLOG_HEAD, &head, f))
        return false;
    const char *due = arena_printf(a, "%lld %s", (long long)c->seq, c->hash);
    if (head.count != 1) {
        *wrong = "the head is missing";
        printf("%s\n", *wrong);
        return true;
    }
    *wrong = anchor_fault(c); /* of the last row that was removed */
    if (*wrong)
        printf("row %lld: %s\n", (long long)c->seq, *wrong);
    if (*wrong || !chain_walk(db, db_int(&head, 0, 2), c, wrong, f) || *wrong)
        return *wrong != NULL;
    *wrong = end_fault(c, db_int(&head, 0, 0), db_text(&head, 0, 1));
    if (!*wrong)
        *wrong = base_fault(said, due);
    return true;
}

static void tell(const struct chain *c) {
    printf("the operation log is whole: %lld rows, last hash %s\n", (long long)c->rows, c->hash);
    if (c->first > 0)
        printf("rows up to %lld were removed when their time was over\n", (long long)c->first);
    if (c->clocks > 0)
        printf("the clock was set back %lld times; the rows of the act clock.back say when\n",
               (long long)c->clocks);
    if (c->anchored > 0)
        printf("%zu anchors name rows of it\n", c->anchored);
}

static const char usage[] =
    "kairan verify-log [--anchors FILE | --mailed FILE]\n"
    "Recomputes the operation log's hash chain. Exit status 3 when a row does not fit; the first\n"
    "one is named. With --anchors, the log must also have every row that an anchor in FILE names:\n"
    "so a cut end and a log written anew are found. Take FILE from where no intruder could be.\n"
    "With --mailed, FILE holds lines of anchors copied from mails, as many as there are.";

/* What the command line asks for; -1: go on. *file stays NULL for the chain alone. */
static int options_read(int argc, char **argv, const char **file, bool *mailed) {
    static const struct option options[] = {{"anchors", required_argument, NULL, 'a'},
                                            {"mailed", required_argument, NULL, 'm'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o != 'a' && o != 'm')
            return o == 'h' ? (puts(usage), CLI_DONE) : CLI_USAGE;
        if (*file)
            return cli_usage(usage);
        *file = optarg;
        *mailed = o == 'm';
    }
    return optind == argc ? -1 : cli_usage(usage);
}

int cli_verify_log(struct arena *a, int argc, char **argv) {
    static const char *const sets[] = {"operator"};
    const char *file = NULL, *wrong = NULL;
    bool mailed = false;
    int status = options_read(argc, argv, &file, &mailed);
    if (status >= 0)
        return status;
    struct fault f = {0};
    struct anchor *anchors = NULL;
    size_t count = 0;
    CLEANUP(db_close) struct db *db = NULL;
    CLEANUP(md_free) EVP_MD_CTX *md = EVP_MD_CTX_new();
    if (file && !(mailed ? anchor_read_mailed : anchor_read)(a, file, conf.anchor_key_file,
                                                             &anchors, &count, &f))
        return cli_fail(&f);
    struct chain c = {.anchors = anchors, .anchor_count = count, .time_us = INT64_MIN, .md = md};
    memset(c.hash, '0', HEX_B - 1); /* what the first row follows */
    if (!db_open("kairan_owner", sets, COUNT(sets), &db, &f) || !log_verify(db, a, &c, &wrong, &f))
        return cli_fail(&f);
    if (wrong)
        return CLI_FOUND;
    tell(&c);
    return CLI_DONE;
}
