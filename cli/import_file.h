/* A residents' file through staging into the database, by the operator. */
#ifndef CLI_IMPORT_FILE_H
#define CLI_IMPORT_FILE_H

#include "arena.h"
#include "db/db.h"
#include "residents/import_stage.h"

struct import_job {
    const char *path, *reason;
    const char *report; /* CSV file for refused rows and duplicates; NULL for none */
    bool dry_run;       /* says what would come of it, changes nothing */
};

/* Imports all good rows of the file or nothing. The connection (kairan_owner) needs the sets
 * "import" and "import_operator". */
MUST_USE NONNULL bool import_file_run(struct arena *a, struct db *db, const struct import_job *job,
                                      struct import_result *done, struct fault *f);

/* Says the numbers on standard output. */
NONNULL void import_file_print(const struct import_job *job, const struct import_result *done);

#endif
