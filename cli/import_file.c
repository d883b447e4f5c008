/* A residents' file through staging into the database, by the operator. */
#include "import_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "settings/conf.h"

/* ---- the report ---- */

/* A CSV cell (RFC 4180); what a spreadsheet would take for a formula gets an apostrophe. */
static void put_cell(FILE *file, const char *text, char end) {
    fputc('"', file);
    if (*text && strchr("=+-@\t\r", *text))
        fputc('\'', file);
    for (const char *p = text; *p; p++) {
        if (*p == '"')
            fputc('"', file);
        fputc(*p, file);
    }
    fprintf(file, "\"%s", end == ',' ? "," : "\r\n");
}

static bool report_refusal(void *to, const struct import_refusal *r, UNUSED struct fault *f) {
    FILE *file = to;
    fprintf(file, "%zu,%s,", r->line, r->duplicate ? "duplicate" : "refused");
    put_cell(file, r->reason, ',');
    put_cell(file, r->detail, ',');
    put_cell(file, r->excerpt, '\n');
    return true;
}

static bool report_good(UNUSED void *to, UNUSED const struct import_row *row,
                        UNUSED struct fault *f) {
    return true;
}

static void file_close(FILE **file) {
    if (*file)
        fclose(*file);
}

/* The rows are personal data: the report is its owner's alone. */
static bool report_open(const char *path, FILE **file, struct fault *f) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    *file = fd < 0 ? NULL : fdopen(fd, "w");
    return *file || fault_detail(f, FAULT_INVALID, "The report cannot be written.", "%s: %s", path,
                                 strerror(errno));
}

static bool report_write(struct arena *a, struct db *db, const char *path,
                         const struct import_file *file, struct fault *f) {
    CLEANUP(file_close) FILE *out = NULL;
    struct import_rules rules = {.own_domain = file->own_domain};
    struct import_count count = {0};
    if (!import_load_names(db, a, &rules, f) || !report_open(path, &out, f))
        return false;
    const struct import_take take = {.good = report_good, .refused = report_refusal, .to = out};
    fputs("\xEF\xBB\xBFline,result,reason,detail,row\r\n", out);
    if (!import_parse(file->data, file->data_b, &rules, &take, &count, f))
        return false;
    return (fflush(out) == 0 && !ferror(out)) ||
           fault_detail(f, FAULT_INVALID, "The report cannot be written.", "%s", path);
}

/* ---- the import ---- */

static bool finish(struct arena *a, struct db *db, const struct import_job *job, int64_t id,
                   struct fault *f) {
    static const struct import_actor operator= {0};
    return job->dry_run ? import_discard(db, a, &operator, id, f)
                        : import_apply(db, a, &operator, id, f);
}

bool import_file_run(struct arena *a, struct db *db, const struct import_job *job,
                     struct import_result *done, struct fault *f) {
    static const struct import_actor operator= {0};
    const char *slash = strrchr(job->path, '/');
    struct import_file file = {
        .name = slash ? slash + 1 : job->path, .reason = job->reason, .own_domain = conf.domain};
    char *data;
    if (!cli_read_file(a, job->path, (size_t)conf.upload_limit_b, &data, &file.data_b, f))
        return false;
    file.data = data;
    return import_stage(db, a, &operator, & file, done, f) &&
           (!job->report || report_write(a, db, job->report, &file, f)) &&
           finish(a, db, job, done->id, f);
}

void import_file_print(const struct import_job *job, const struct import_result *done) {
    printf("%zu rows: %zu good, %zu duplicates, %zu refused\n", done->count.rows, done->count.good,
           done->count.duplicates, done->count.refused);
    printf("%s: %lld added, %lld changed, %lld kept as they were\n",
           job->dry_run ? "would come of it" : "residents", (long long)done->added,
           (long long)done->changed, (long long)done->kept);
    if (job->report && done->count.refused + done->count.duplicates > 0)
        printf("refused rows and duplicates are in %s\n", job->report);
}
