/* What several roles need: this host's name, the number of senders, a sender's journal. */
#include "process/role.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "settings/conf.h"

char *role_host(struct arena *a) {
    char name[HOST_NAME_MAX + 1] = {0};
    if (gethostname(name, sizeof name - 1) < 0 || !name[0])
        die("This host has no name: %s", strerror(errno));
    return arena_strdup(a, name);
}

int64_t role_senders(void) {
    if (conf.senders > 0)
        return conf.senders;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 0 ? cores : 1;
}

struct journal *role_journal(int64_t slot, struct fault *f) {
    char name[64];
    struct journal *j = NULL;
    snprintf(name, sizeof name, "send-%lld.journal", (long long)slot);
    return journal_open(conf.journal_dir, name, &j, f) ? j : NULL;
}
