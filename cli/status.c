/* `kairan status`: database, alerts under way, workers and relays at a glance. */
#include <getopt.h>

#include "cli.h"

enum { SILENT_S = 60 }; /* a worker without a sign of life for so long counts as gone */

static bool show_database(struct db *db, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN0(db, SQL_OPERATOR_STATUS_DATABASE, &rows, f))
        return false;
    printf("database   PostgreSQL %s, %s, schema %s\n", db_text(&rows, 0, 0), db_text(&rows, 0, 1),
           db_text(&rows, 0, 2));
    printf("residents  %s mail addresses, %s telephones\n", db_text(&rows, 0, 3),
           db_text(&rows, 0, 4));
    return true;
}

static bool show_alerts(struct db *db, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN0(db, SQL_OPERATOR_STATUS_ALERTS, &rows, f))
        return false;
    printf("alerts     %d under way\n", rows.count);
    for (int i = 0; i < rows.count; i++)
        printf("  %s %s, %s: %s; %s recipients, %s accepted, %s refused, %s other ends%s%s\n",
               db_text(&rows, i, 0), db_text(&rows, i, 1), db_text(&rows, i, 2),
               db_text(&rows, i, 3), db_text(&rows, i, 4), db_text(&rows, i, 5),
               db_text(&rows, i, 6), db_text(&rows, i, 7),
               *db_text(&rows, i, 8) ? "; halted: " : "", db_text(&rows, i, 8));
    return true;
}

/* Counts the living senders in *living. */
static bool show_workers(struct db *db, int *living, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN0(db, SQL_OPERATOR_STATUS_WORKERS, &rows, f))
        return false;
    printf("workers    %d known\n", rows.count);
    for (int i = 0; i < rows.count; i++) {
        bool alive = db_int(&rows, i, 4) < SILENT_S;
        *living += alive;
        printf("  %s %s %s, process %s: %s, %s s ago\n", db_text(&rows, i, 0), db_text(&rows, i, 1),
               db_text(&rows, i, 2), db_text(&rows, i, 3), alive ? "alive" : "SILENT",
               db_text(&rows, i, 4));
    }
    return true;
}

/* Counts the relays that are down in *down. */
static bool show_relays(struct db *db, int *down, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN0(db, SQL_OPERATOR_STATUS_RELAYS, &rows, f))
        return false;
    printf("relays     %d reports\n", rows.count);
    for (int i = 0; i < rows.count; i++) {
        bool up = db_bool(&rows, i, 3);
        *down += !up;
        printf("  %s by %s %s: %s since %s%s%s\n", db_text(&rows, i, 0), db_text(&rows, i, 1),
               db_text(&rows, i, 2), up ? "up" : "DOWN", db_text(&rows, i, 5),
               *db_text(&rows, i, 4) ? ": " : "", db_text(&rows, i, 4));
    }
    return true;
}

static const char usage[] =
    "kairan status\n"
    "Shows the database, alerts that are not over, workers and relays. Exit status 3 when no\n"
    "worker lives or a relay is down.";

int cli_status(UNUSED struct arena *a, int argc, char **argv) {
    static const struct option options[] = {{"help", no_argument, NULL, 'h'}, {0}};
    static const char *const sets[] = {"operator"};
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;)
        return o == 'h' ? (puts(usage), CLI_DONE) : CLI_USAGE;
    if (optind != argc)
        return cli_usage(usage);
    struct fault f = {0};
    int living = 0, down = 0;
    CLEANUP(db_close) struct db *db = NULL;
    if (!db_open("kairan_owner", sets, COUNT(sets), &db, &f) || !show_database(db, &f) ||
        !show_alerts(db, &f) || !show_workers(db, &living, &f) || !show_relays(db, &down, &f))
        return cli_fail(&f);
    return living == 0 || down > 0 ? CLI_FOUND : CLI_DONE;
}
