/* What the settings point at on this host, before the start. */
#include "process/setup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "process/channels.h"
#include "settings/conf.h"

static bool check_journals(struct fault *f) {
    struct stat s;
    if (stat(conf.journal_dir, &s) == 0 && !S_ISDIR(s.st_mode))
        errno = ENOTDIR;
    else if (access(conf.journal_dir, R_OK | W_OK | X_OK) == 0)
        return true;
    fault_detail(f, FAULT_INVALID, "The journals need a folder that this user may write to.",
                 "%s: %s", conf.journal_dir, strerror(errno));
    snprintf(f->field, sizeof f->field, "journal_dir");
    return false;
}

bool setup_check(struct fault *f) {
    return check_journals(f) && channels_check(f);
}
