/* kairan-worker: a pool of processes, one role each: fanout, send, sweep, intake.
 * usage: kairan-worker [--config FILE] [--check-config | --version]
 * The pool starts its children with --role ROLE --slot N besides. */
#include <curl/curl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "letters/letter_text.h"
#include "log.h"
#include "proc.h"
#include "process/role.h"
#include "process/setup.h"
#include "settings/conf.h"
#include "text.h"
#include "version.h"
#include "words/say.h"

enum { GRACE_EXTRA_S = 5 }; /* over the longest wait for a relay, when stopping */

static const struct {
    const char *name;
    int (*run)(int64_t slot);
} ROLES[] = {
    {"fanout", role_fanout}, {"send", role_send}, {"sweep", role_sweep}, {"intake", role_intake}};

struct options {
    const char *config, *role;
    int64_t slot;
    bool check;   /* only the settings, and what they point at */
    bool version; /* only say which release this is */
};

static bool parse(int argc, char **argv, struct options *out) {
    static const struct option LONG[] = {
        {"config", required_argument, NULL, 'c'}, {"check-config", no_argument, NULL, 'k'},
        {"version", no_argument, NULL, 'v'},      {"role", required_argument, NULL, 'r'},
        {"slot", required_argument, NULL, 's'},   {0}};
    *out = (struct options){.config = ""};
    for (int o; (o = getopt_long(argc, argv, "c:k", LONG, NULL)) != -1;)
        if (o == 'c')
            out->config = optarg;
        else if (o == 'k')
            out->check = true;
        else if (o == 'v')
            out->version = true;
        else if (o == 'r')
            out->role = optarg;
        else if (o != 's' || !text_int(optarg, 0, 9999, &out->slot))
            return false;
    return optind == argc;
}

/* What letters say: each process reads it; that it can is seen before the first one starts. */
static void load_texts(void) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct fault f = {0};
    if (!say_open(arena_printf(a, "%s/locale", conf.web_dir), &f) ||
        !letter_text_open(arena_printf(a, "%s/letters", conf.web_dir), &f))
        die("web_dir: %s %s", f.text, f.detail);
}

static int run_pool(char **argv) {
    const struct proc_role roles[] = {{.role = "fanout", .count = 1},
                                      {.role = "send", .count = (int)role_senders()},
                                      {.role = "sweep", .count = 1},
                                      {.role = "intake", .count = conf.intake_listen[0] ? 1 : 0}};
    log_open("kairan-worker", "master", (enum log_level)conf.log_level);
    return proc_pool(argv, roles, COUNT(roles), (int)conf.relay_dot_timeout_s + GRACE_EXTRA_S);
}

static int run_role(const struct options *o) {
    char name[32];
    snprintf(name, sizeof name, "%.16s %lld", o->role, (long long)o->slot);
    log_open("kairan-worker", name, (enum log_level)conf.log_level);
    proc_signals();
    curl_global_init(CURL_GLOBAL_DEFAULT);
    for (size_t i = 0; i < COUNT(ROLES); i++)
        if (strcmp(ROLES[i].name, o->role) == 0)
            return ROLES[i].run(o->slot);
    die("There is no role %s.", o->role);
}

int main(int argc, char **argv) {
    struct options o;
    struct fault f = {0};
    if (!parse(argc, argv, &o)) {
        fprintf(stderr, "usage: kairan-worker [--config FILE] [--check-config | --version]\n");
        return 2;
    }
    if (o.version)
        return puts("kairan-worker " RELEASE) == EOF;
    log_open("kairan-worker", o.role ? o.role : "", LOG_LEVEL_INFO);
    if (!conf_load(o.config, &f))
        die("%s: %s %s", f.field, f.text, f.detail);
    if (!o.check && geteuid() == 0 && conf.profile == PROFILE_PRODUCTION)
        die("do not run the worker as root; run it as an ordinary user");
    if (!o.role && !setup_check(&f))
        die("%s: %s %s", f.field, f.text, f.detail);
    load_texts();
    if (o.check)
        return 0;
    return o.role ? run_role(&o) : run_pool(argv);
}
