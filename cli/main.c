/* `kairan`, the operator's command line: finds the command, loads the settings, runs it. */
#include <getopt.h>
#include <locale.h>
#include <string.h>

#include "cli.h"
#include "log.h"
#include "proc.h"
#include "settings/conf.h"
#include "version.h"

/* An operator waits longer than a page may. */
enum { PATIENCE_MS = 10 * 60 * 1000 };

static const struct command {
    const char *name, *what;
    cli_command *run;
} commands[] = {
    {"migrate", "brings the database's schema up to date", cli_migrate},
    {"admin", "add: registers an administrator, above all the first", cli_admin},
    {"factor", "reset: ends the second factor of who has lost phone and codes", cli_factor},
    {"import", "brings residents in from a CSV file", cli_import},
    {"verify-log", "recomputes the operation log's hash chain", cli_verify_log},
    {"anchor", "writes down the operation log's head outside the database", cli_anchor},
    {"purge-log", "confirms the removal of a year's rows of the operation log", cli_purge_log},
    {"status", "shows the database, alerts under way, workers and the relay", cli_status},
    {"dkim", "makes the keys that sign mails, switches from one to another", cli_dkim},
    {"dns", "prints the SPF, DKIM and DMARC records to publish", cli_dns},
    {"postfix", "prints what Postfix must know of the settings", cli_postfix},
    {"queue-ids", "prints what Postfix is to delete after a stop", cli_queue_ids},
    {"demo", "creates the demo town (profile demo only)", cli_demo},
};

static int help(void) {
    printf("usage: kairan [--config FILE] COMMAND [OPTION...]\n"
           "       kairan [--config FILE] --check-config | --version\n\ncommands:\n");
    for (size_t i = 0; i < COUNT(commands); i++)
        printf("  %-12s %s\n", commands[i].name, commands[i].what);
    printf("\n`kairan COMMAND --help` says more. Settings come from FILE and from the environment\n"
           "(KAIRAN_<NAME>), which is stronger.\n\n"
           "exit status: 0 done, 1 not done, 2 wrong use or setting, 3 looked and found a fault\n");
    return CLI_DONE;
}

static const struct command *command_find(const char *name) {
    for (size_t i = 0; i < COUNT(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static int check_config(void) {
    printf("settings are in order\n");
    return CLI_DONE;
}

static int say_version(void) {
    printf("kairan " RELEASE "\n");
    return CLI_DONE;
}

static int command_run(int argc, char **argv) {
    const struct command *c = command_find(argv[0]);
    if (!c) {
        fprintf(stderr, "kairan: there is no command \"%s\"; see kairan --help\n", argv[0]);
        return CLI_USAGE;
    }
    CLEANUP(arena_free) struct arena *a = arena_new();
    optind = 0; /* getopt starts anew, on the command's own words */
    return c->run(a, argc, argv);
}

int main(int argc, char **argv) {
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"check-config", no_argument, NULL, 'k'},
                                            {"version", no_argument, NULL, 'v'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    const char *config = NULL;
    bool check = false;
    setlocale(LC_CTYPE, "C.UTF-8");
    for (int o; (o = getopt_long(argc, argv, "+", options, NULL)) != -1;) {
        if (o == 'h')
            return help();
        if (o == 'v')
            return say_version();
        if (o == '?')
            return CLI_USAGE;
        config = o == 'c' ? optarg : config;
        check = check || o == 'k';
    }
    struct fault f = {0};
    if (!conf_load(config, &f)) {
        cli_fail(&f);
        return CLI_USAGE;
    }
    conf.statement_timeout_ms = PATIENCE_MS;
    log_open("kairan", optind < argc ? argv[optind] : "", (enum log_level)conf.log_level);
    proc_signals();
    if (check)
        return check_config();
    if (optind == argc)
        return cli_usage("kairan [--config FILE] COMMAND; kairan --help lists the commands");
    return command_run(argc - optind, argv + optind);
}
