/* `kairan anchor`: the key of the anchors, and the log's head by hand. */
#include "log/anchor.h"

#include <getopt.h>
#include <string.h>

#include "cli.h"
#include "settings/conf.h"

static const char usage[] =
    "kairan anchor init    makes the key in the setting anchor_key_file; keep a copy off this "
    "host\n"
    "       kairan anchor write   writes an anchor now, to the file anchors in anchor_dir\n"
    "       kairan anchor print   prints the log's head, to be signed and put away\n"
    "\n"
    "An anchor says which row was the operation log's last one at a moment. The worker writes one\n"
    "each hour; `kairan verify-log --anchors FILE` holds the log against them, --mailed\n"
    "FILE against lines copied from mails.";

static bool init(UNUSED struct arena *a, struct fault *f) {
    if (!anchor_key_make(conf.anchor_key_file, f))
        return false;
    printf("the key of the anchors is in %s\n", conf.anchor_key_file);
    return true;
}

static bool head(struct arena *a, struct anchor *out, struct fault *f) {
    static const char *const sets[] = {"operator"};
    CLEANUP(db_close) struct db *db = NULL;
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!db_open("kairan_owner", sets, COUNT(sets), &db, f) ||
        !DB_RUN0(db, SQL_OPERATOR_OPLOG_ANCHOR, &rows, f))
        return false;
    *out = (struct anchor){.at = arena_strdup(a, db_text(&rows, 0, 0)),
                           .seq = db_int(&rows, 0, 1),
                           .hash = arena_strdup(a, db_text(&rows, 0, 2)),
                           .count = db_int(&rows, 0, 3)};
    return true;
}

static bool add(struct arena *a, struct fault *f) {
    struct anchor anchor;
    char line[ANCHOR_LINE_B];
    if (!*conf.anchor_dir)
        return fault_field(f, FAULT_INVALID, "anchor_dir", "There is no folder for anchors.");
    if (!head(a, &anchor, f) ||
        !anchor_write(conf.anchor_dir, conf.anchor_key_file, &anchor, line, f))
        return false;
    printf("%s\n", line);
    return true;
}

static bool show(struct arena *a, struct fault *f) {
    struct anchor anchor;
    if (!head(a, &anchor, f))
        return false;
    printf("time       %s\nlast row   %lld\nrows       %lld\nhash       %.32s\n           %s\n",
           anchor.at, (long long)anchor.seq, (long long)anchor.count, anchor.hash,
           anchor.hash + 32);
    return true;
}

int cli_anchor(struct arena *a, int argc, char **argv) {
    static const struct option options[] = {{"help", no_argument, NULL, 'h'}, {0}};
    static const struct {
        const char *name;
        bool (*run)(struct arena *a, struct fault *f);
    } acts[] = {{"init", init}, {"write", add}, {"print", show}};
    struct fault f = {0};
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;)
        return o == 'h' ? (puts(usage), CLI_DONE) : CLI_USAGE;
    for (size_t i = 0; optind == argc - 1 && i < COUNT(acts); i++)
        if (strcmp(argv[optind], acts[i].name) == 0)
            return acts[i].run(a, &f) ? CLI_DONE : cli_fail(&f);
    return cli_usage(usage);
}
