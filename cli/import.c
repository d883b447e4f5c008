/* `kairan import`: brings residents in from a CSV file. */
#include <getopt.h>
#include <string.h>

#include "cli.h"
#include "import_file.h"
#include "text.h"

enum { REASON_MOST = 200 }; /* characters; as the table import has it */

static const char usage[] =
    "kairan import FILE --reason TEXT [--report FILE] [--dry-run]\n"
    "Registers the residents of a CSV file (UTF-8 or CP932; - reads standard input), all good "
    "rows\n"
    "at once. A refused row stops nothing; the report (CSV) has each with its line and reason.\n"
    "May be run again: who confirmed, changed or left by himself stays as he is. --dry-run says\n"
    "what would come of it and changes nothing.";

static bool check_reason(const char *reason, struct fault *f) {
    size_t len_b = strlen(reason);
    if (!text_utf8_valid(reason, len_b) || text_utf8_count(reason) > REASON_MOST ||
        strspn(reason, " \t\r\n") == len_b)
        return fault_field(
            f, FAULT_INVALID, "reason",
            "Please give the reason of this registration, in at most 200 characters.");
    return true;
}

static bool run(struct arena *a, const struct import_job *job, struct fault *f) {
    static const char *const sets[] = {"import", "import_operator"};
    CLEANUP(db_close) struct db *db = NULL;
    struct import_result done = {0};
    if (!check_reason(job->reason, f) || !db_open("kairan_owner", sets, COUNT(sets), &db, f) ||
        !import_file_run(a, db, job, &done, f))
        return false;
    import_file_print(job, &done);
    return true;
}

int cli_import(struct arena *a, int argc, char **argv) {
    static const struct option options[] = {
        {"reason", required_argument, NULL, 'r'},
        {"report", required_argument, NULL, 'o'},
        {"dry-run", no_argument, NULL, 'n'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    struct import_job job = {0};
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o == 'h' || o == '?')
            return o == 'h' ? (puts(usage), CLI_DONE) : CLI_USAGE;
        if (o == 'n')
            job.dry_run = true;
        else
            *(o == 'r' ? &job.reason : &job.report) = optarg;
    }
    if (optind + 1 != argc || !job.reason)
        return cli_usage(usage);
    job.path = argv[optind];
    struct fault f = {0};
    return run(a, &job, &f) ? CLI_DONE : cli_fail(&f);
}
