/* A helper process for what takes longer than a request may: reading and applying a large file of
 * residents. It is forked from the process that has the file in its memory, works with database
 * connections of its own at low priority, and ends; what it did is in the database or is undone. */
#ifndef SERVER_CLERK_H
#define SERVER_CLERK_H

#include "base.h"
#include "fault.h"
#include "residents/import_stage.h"

/* What a clerk does with a file: stages `file` when it is set, else applies the import. Pointers
 * need to live only till clerk_start returns. */
struct clerk_work {
    int64_t import;
    struct import_actor who;
    const struct import_file *file;
};

/* Starts it, after import_claim. False: RETRY: this process has two already. */
MUST_USE NONNULL bool clerk_start(const struct clerk_work *work, struct fault *f);

/* Forgets clerks that have ended; to be called now and then. */
void clerk_reap(void);

#endif
