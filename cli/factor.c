/* `kairan factor reset`: ends the second factor of somebody who has lost everything, above all of
 * the only administrator. Others ask an administrator, on the console. */
#include <getopt.h>
#include <string.h>

#include "cli.h"

static const char usage[] =
    "kairan factor reset --login LOGIN --reason REASON\n"
    "Ends a person's second factor, recovery codes and sessions; where the post asks for one, it "
    "is\n"
    "set up anew at the next sign-in. Make sure first that it is really that person who asks.";

static bool reset(const char *login, const char *reason, struct fault *f) {
    static const char *const sets[] = {"operator"};
    CLEANUP(db_close) struct db *db = NULL;
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return db_open("kairan_owner", sets, COUNT(sets), &db, f) &&
           DB_RUN(db, SQL_OPERATOR_FACTOR_RESET, &rows, f, login, reason);
}

int cli_factor(struct arena *a, int argc, char **argv) {
    static const struct option options[] = {{"login", required_argument, NULL, 'l'},
                                            {"reason", required_argument, NULL, 'r'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    const char *login = NULL, *reason = NULL;
    (void)a;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o != 'l' && o != 'r')
            return o == 'h' ? (puts(usage), CLI_DONE) : CLI_USAGE;
        *(o == 'l' ? &login : &reason) = optarg;
    }
    if (optind + 1 != argc || strcmp(argv[optind], "reset") != 0 || !login || !reason || !*reason)
        return cli_usage(usage);
    struct fault f = {0};
    if (!reset(login, reason, &f))
        return cli_fail(&f);
    printf("the second factor of %s is reset\n", login);
    return CLI_DONE;
}
