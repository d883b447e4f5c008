/* What the commands of `kairan` share. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdio.h>

#include "arena.h"
#include "base.h"
#include "db/db.h"
#include "fault.h"

/* Exit statuses; --help prints them. */
enum cli_exit {
    CLI_DONE = 0,
    CLI_FAILED = 1, /* not done; standard error says why */
    CLI_USAGE = 2,  /* wrong words on the command line, or a wrong setting */
    CLI_FOUND = 3   /* looked, and found something wrong: a broken log, workers that are silent */
};

/* One command; argv[0] is its own name. Returns an enum cli_exit. */
typedef int cli_command(struct arena *a, int argc, char **argv);

cli_command cli_migrate, cli_admin, cli_factor, cli_import, cli_verify_log, cli_status, cli_demo,
    cli_dkim, cli_dns, cli_postfix, cli_queue_ids, cli_anchor, cli_purge_log;

/* Says a fault on standard error, with field and detail; returns CLI_FAILED. */
NONNULL int cli_fail(const struct fault *f);

/* Says how the command is used; returns CLI_USAGE. */
NONNULL int cli_usage(const char *usage);

/* A file's bytes with a NUL behind, in the arena; INVALID when it is not there, over most_b bytes
 * or unreadable. "-" is standard input. */
MUST_USE NONNULL bool cli_read_file(struct arena *a, const char *path, size_t most_b, char **data,
                                    size_t *len_b, struct fault *f);

/* One line typed at the terminal (after the prompt; without its end), or from standard input
 * when there is none; `secret` shows no letters. INVALID at the end of input. */
MUST_USE NONNULL bool cli_ask(struct arena *a, const char *prompt, bool secret, char **line,
                              struct fault *f);

#endif
