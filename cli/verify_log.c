/* `kairan verify-log`: recomputes the hash chain of the operation log row by row and names the
 * first row that does not fit. The digest is that of oplog_digest() in migrations: SHA-256 over
 * netstrings of the row's columns and the hash of the row before. */
#include <getopt.h>
#include <openssl/evp.h>
#include <string.h>

#include "buf.h"
#include "cli.h"
#include "text.h"

enum { HASHED = 13, COL_SEQ = 0, COL_PREV = 12, COL_HASH = 13, HEX_B = 65, ROW_MOST_B = 65536 };

struct chain {
    int64_t seq;      /* of the last row that fits */
    char hash[HEX_B]; /* its hash */
    int64_t rows;
};

static void hash_set(char to[HEX_B], const char *hex) {
    snprintf(to, HEX_B, "%s", hex);
}

/* Unambiguous bytes of the hashed columns: "<bytes>:<data>," each, "~," for NULL. */
static void row_bytes(const struct db_rows *rows, int row, struct buf *b) {
    for (int col = 0; col < HASHED; col++) {
        const char *text = db_text(rows, row, col);
        if (db_null(rows, row, col))
            buf_str(b, "~,");
        else
            buf_printf(b, "%zu:%s,", strlen(text), text);
    }
}

static bool row_digest(struct arena *a, const struct db_rows *rows, int row, const char **hex,
                       struct fault *f) {
    unsigned char digest[32];
    CLEANUP(buf_done) struct buf b = buf_init(ROW_MOST_B);
    row_bytes(rows, row, &b);
    if (b.over || EVP_Digest(buf_text(&b), b.len_b, digest, NULL, EVP_sha256(), NULL) != 1)
        return fault_detail(f, FAULT_BROKEN, "A row of the log cannot be hashed.", "row %s",
                            db_text(rows, row, COL_SEQ));
    *hex = text_hex(a, digest, sizeof(digest));
    return true;
}

/* What is wrong with a row, NULL when it fits. */
static const char *row_fault(const struct chain *c, const struct db_rows *rows, int row,
                             const char *digest) {
    if (db_int(rows, row, COL_SEQ) != c->seq + 1)
        return "rows before it are missing";
    if (strcmp(db_text(rows, row, COL_PREV), c->hash) != 0)
        return "it does not follow from the row before";
    if (strcmp(db_text(rows, row, COL_HASH), digest) != 0)
        return "its content does not match its hash";
    return NULL;
}

/* Checks one page of rows; *wrong is set at the first that does not fit. */
static bool page_check(const struct db_rows *rows, struct chain *c, const char **wrong,
                       struct fault *f) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    for (int row = 0; row < rows->count && !*wrong; row++) {
        const char *digest = NULL;
        if (!row_digest(a, rows, row, &digest, f))
            return false;
        *wrong = row_fault(c, rows, row, digest);
        if (*wrong) {
            printf("row %s: %s\n", db_text(rows, row, COL_SEQ), *wrong);
            return true;
        }
        c->seq = db_int(rows, row, COL_SEQ);
        c->rows++;
        hash_set(c->hash, digest);
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

/* Walks up to the head as it is now: rows that come meanwhile are the next run's. */
static bool log_verify(struct db *db, struct chain *c, const char **wrong, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows head = {0};
    if (!DB_RUN0(db, SQL_OPERATOR_OPLOG_HEAD, &head, f))
        return false;
    if (head.count != 1) {
        *wrong = "the head is missing";
        printf("%s\n", *wrong);
        return true;
    }
    int64_t last = db_int(&head, 0, 0), most = db_int(&head, 0, 2);
    if (!chain_walk(db, most, c, wrong, f) || *wrong)
        return *wrong != NULL;
    if (last != c->seq || strcmp(db_text(&head, 0, 1), c->hash) != 0) {
        *wrong = "head";
        printf("row %lld: the head names row %lld as the last, or has another hash\n",
               (long long)(last < c->seq ? last : c->seq) + 1, (long long)last);
    }
    return true;
}

static const char usage[] =
    "kairan verify-log\n"
    "Recomputes the operation log's hash chain. Exit status 3 when a row does not fit; the first\n"
    "one is named.";

int cli_verify_log(UNUSED struct arena *a, int argc, char **argv) {
    static const struct option options[] = {{"help", no_argument, NULL, 'h'}, {0}};
    static const char *const sets[] = {"operator"};
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;)
        return o == 'h' ? (puts(usage), CLI_DONE) : CLI_USAGE;
    if (optind != argc)
        return cli_usage(usage);
    struct fault f = {0};
    struct chain c = {0};
    const char *wrong = NULL;
    CLEANUP(db_close) struct db *db = NULL;
    memset(c.hash, '0', HEX_B - 1); /* what the first row follows */
    if (!db_open("kairan_owner", sets, COUNT(sets), &db, &f) || !log_verify(db, &c, &wrong, &f))
        return cli_fail(&f);
    if (wrong)
        return CLI_FOUND;
    printf("the operation log is whole: %lld rows, last hash %s\n", (long long)c.rows, c.hash);
    return CLI_DONE;
}
