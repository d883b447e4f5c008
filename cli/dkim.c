/* `kairan dkim`: makes the keys that sign mails, and says which of them does. */
#include "sending/dkim_key.h"

#include <getopt.h>
#include <string.h>

#include "cli.h"
#include "settings/conf.h"
#include "zone.h"

static const char usage[] =
    "kairan dkim new SELECTOR   makes a key of 2048 bits and prints the record to publish\n"
    "       kairan dkim use SELECTOR   signs with this key from now on; no restart is needed\n"
    "       kairan dkim list           names the keys, and which one signs\n"
    "\n"
    "To change keys: make one, publish its record, wait till it can be seen everywhere (as long "
    "as\n"
    "the old records' time to live), use it; take the old record away after a week or so, when "
    "the\n"
    "last mails that it signed have been read. A selector is 1 to 63 of a-z 0-9 -, s202611 say.";

static bool make(struct arena *a, const char *selector, struct fault *f) {
    struct dkim_key key;
    if (!dkim_key_make(conf.dkim_dir, conf.domain, selector, f) ||
        !dkim_key_open(conf.dkim_dir, conf.domain, selector, &key, f))
        return false;
    zone_dkim(a, &key, false);
    dkim_key_close(&key);
    return true;
}

static bool use(UNUSED struct arena *a, const char *selector, struct fault *f) {
    if (!dkim_key_use(conf.dkim_dir, conf.domain, selector, f))
        return false;
    printf("mails of %s are signed with the key %s from now on\n", conf.domain, selector);
    return true;
}

static bool list(struct arena *a, UNUSED const char *selector, struct fault *f) {
    char **selectors;
    size_t count;
    const char *current;
    if (!dkim_key_list(a, conf.dkim_dir, conf.domain, &selectors, &count, &current, f))
        return false;
    for (size_t i = 0; i < count; i++)
        printf("%s%s\n", selectors[i], strcmp(selectors[i], current) == 0 ? " signs" : "");
    return true;
}

static const struct act {
    const char *name;
    int words;
    bool (*run)(struct arena *a, const char *selector, struct fault *f);
} acts[] = {{"new", 2, make}, {"use", 2, use}, {"list", 1, list}};

static const struct act *find(int count, char **words) {
    for (size_t i = 0; i < COUNT(acts); i++)
        if (count == acts[i].words && strcmp(acts[i].name, words[0]) == 0)
            return &acts[i];
    return NULL;
}

int cli_dkim(struct arena *a, int argc, char **argv) {
    static const struct option options[] = {{"help", no_argument, NULL, 'h'}, {0}};
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;)
        return o == 'h' ? (puts(usage), CLI_DONE) : CLI_USAGE;
    const struct act *act = find(argc - optind, argv + optind);
    struct fault f = {0};
    if (!act)
        return cli_usage(usage);
    if (!*conf.dkim_dir) {
        fault_field(&f, FAULT_INVALID, "dkim_dir", "There is no folder for keys.");
        return cli_fail(&f);
    }
    return act->run(a, argv[optind + act->words - 1], &f) ? CLI_DONE : cli_fail(&f);
}
