/* `kairan purge-log`: the second person's word on a year's rows, where the town has one
 * administrator. */
#include <getopt.h>

#include "cli.h"
#include "text.h"

static const char usage[] =
    "kairan purge-log YEAR\n"
    "Confirms the removal of the operation log's rows of a fiscal year (2024: April 2024 to March\n"
    "2025), which an administrator has asked for in the console. Where there are two\n"
    "administrators the other one confirms it there. The worker removes the rows.";

int cli_purge_log(UNUSED struct arena *a, int argc, char **argv) {
    static const struct option options[] = {{"help", no_argument, NULL, 'h'}, {0}};
    static const char *const sets[] = {"operator"};
    struct fault f = {0};
    int64_t year;
    CLEANUP(db_close) struct db *db = NULL;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;)
        return o == 'h' ? (puts(usage), CLI_DONE) : CLI_USAGE;
    if (optind != argc - 1 || !text_int(argv[optind], 2000, 9999, &year))
        return cli_usage(usage);
    if (!db_open("kairan_owner", sets, COUNT(sets), &db, &f) ||
        !DB_RUN(db, SQL_OPERATOR_PURGE, NULL, &f, argv[optind]))
        return cli_fail(&f);
    printf("the removal of the rows of %s is confirmed\n", argv[optind]);
    return CLI_DONE;
}
