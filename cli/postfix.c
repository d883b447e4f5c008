/* `kairan postfix`: what Postfix must know of the settings. deploy/postfix/setup.sh puts it in. */
#include <getopt.h>
#include <string.h>

#include "cli.h"
#include "settings/conf.h"

static const char usage[] =
    "kairan postfix main        prints the lines of main.cf that follow from the settings\n"
    "       kairan postfix transport   prints the table of transports: one for each lane, and "
    "where\n"
    "                                  returned mail goes\n"
    "Lanes are those of the workers: start kairan-worker first. See deploy/postfix.";

static bool print_main(UNUSED struct arena *a, UNUSED struct fault *f) {
    long long hours =
        (long long)(conf.valid_hours < conf.valid_hours_urgent ? conf.valid_hours
                                                               : conf.valid_hours_urgent);
    printf("maximal_queue_lifetime = %lldh\n"
           "bounce_queue_lifetime = %lldh\n",
           hours, hours);
    if (*conf.intake_listen)
        printf("relay_domains = %s\n"
               "relay_recipient_maps = inline:{%s@%s=returned}\n",
               conf.domain, conf.bounce_local, conf.domain);
    else
        printf("relay_domains =\nrelay_recipient_maps =\n");
    return true;
}

static bool print_lanes(struct fault *f) {
    static const char *const sets[] = {"recall"};
    CLEANUP(db_close) struct db *db = NULL;
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!db_open("kairan_sender", sets, COUNT(sets), &db, f) ||
        !DB_RUN0(db, SQL_RECALL_LANES, &rows, f))
        return false;
    for (int i = 0; i < rows.count; i++)
        printf("%s kairan-%s:\n", db_text(&rows, i, 0), db_text(&rows, i, 1));
    return true;
}

static bool print_transport(UNUSED struct arena *a, struct fault *f) {
    printf("# Made by `kairan postfix transport`; deploy/postfix/setup.sh makes it anew.\n");
    if (*conf.intake_listen) /* without the extension: it is looked up so, too */
        printf("%s@%s lmtp:%s:%s\n", conf.bounce_local, conf.domain,
               *conf.intake_listen == '/' ? "unix" : "inet", conf.intake_listen);
    return print_lanes(f);
}

static const struct part {
    const char *name;
    bool (*print)(struct arena *a, struct fault *f);
} parts[] = {{"main", print_main}, {"transport", print_transport}};

int cli_postfix(struct arena *a, int argc, char **argv) {
    static const struct option options[] = {{"help", no_argument, NULL, 'h'}, {0}};
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;)
        return o == 'h' ? (puts(usage), CLI_DONE) : CLI_USAGE;
    struct fault f = {0};
    for (size_t i = 0; i < COUNT(parts) && argc - optind == 1; i++)
        if (strcmp(parts[i].name, argv[optind]) == 0)
            return parts[i].print(a, &f) ? CLI_DONE : cli_fail(&f);
    return cli_usage(usage);
}
