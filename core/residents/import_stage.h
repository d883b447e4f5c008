/* Files of residents into the database: staged whole (what would it do?), then applied in one
 * transaction, or discarded. Safely repeatable; whom a file may not change is the database's rule
 * (import.law.sql). Sets "import", and "import_operator" on the owner's connection.
 */
#ifndef CORE_IMPORT_STAGE_H
#define CORE_IMPORT_STAGE_H

#include "arena.h"
#include "base.h"
#include "db/db.h"
#include "fault.h"
#include "residents/import.h"

/* Who imports: an administrator by the session's token, or (NULL) the operator on the host. */
struct import_actor {
    const char *token, *network;
    /* told after each step how far it is; NULL: nobody asks */
    void (*tell)(void *to, int64_t done, int64_t whole);
    void *to;
};

struct import_file {
    int64_t id; /* of import_begin; 0: import_stage begins one */
    const char *name,
        *reason; /* one reason for the whole file (004 §2(2)); ≤ 200 characters each */
    const char *data;
    size_t data_b;
    const char *own_domain;
};

/* What came of reading a file, and what applying it would do (or did). */
struct import_result {
    int64_t id;
    struct import_count count;
    int64_t added, changed, kept; /* good rows: new, changed, as they are */
};

/* Fills the rules' categories and areas with the town's, in the arena. */
MUST_USE NONNULL bool import_load_names(struct db *db, struct arena *a, struct import_rules *rules,
                                        struct fault *f);

/* Whether it reads as a file of residents; changes nothing. Faults as of import_stage. */
MUST_USE NONNULL bool import_check(struct db *db, struct arena *a, const struct import_file *file,
                                   struct fault *f);

/* A file on record that is to be staged later. Faults as of import_stage. */
MUST_USE NONNULL bool import_begin(struct db *db, const struct import_actor *who,
                                   const struct import_file *file, int64_t *id, struct fault *f);

/* Reads the file and stages its good rows and its refusals, in one transaction. INVALID: it is no
 * such file, or the reason is missing; DENIED: no administrator. */
MUST_USE NONNULL bool import_stage(struct db *db, struct arena *a, const struct import_actor *who,
                                   const struct import_file *file, struct import_result *out,
                                   struct fault *f);

/* A file as the console shows it, and why rows were refused. */
struct import_view {
    const char *state; /* staged, applied, discarded */
    const char *reason, *file_name;
    struct import_count count;
    int64_t added, changed, kept; /* measured while staged, then as applied */
    const char *doing;            /* "reading", "applying"; "" when nobody is at work */
    bool alive;                   /* who does it was heard of lately */
    int64_t done, whole;          /* rows of it */
    const char *failed;           /* why it ended, "" while it goes on */
};
struct import_refused {
    int64_t line;
    const char *reason, *excerpt; /* msgid; how the row begins */
};

/* MISSING: there is no such import. DENIED: no administrator. */
MUST_USE NONNULL bool import_read(struct db *db, struct arena *a, const char *token, int64_t id,
                                  struct import_view *out, struct fault *f);
/* Its refused rows in the order of the file. */
MUST_USE NONNULL bool import_refused_list(struct db *db, struct arena *a, const char *token,
                                          int64_t id, struct import_refused **out, size_t *count,
                                          struct fault *f);

/* A helper's work on a file, seen by others while its transaction is open. CONFLICT: somebody is at
 * it, or it was applied or discarded. */
MUST_USE NONNULL bool import_claim(struct db *db, struct arena *a, const char *token, int64_t id,
                                   const char *doing, struct fault *f);
MUST_USE NONNULL bool import_tell(struct db *db, struct arena *a, int64_t id, int64_t done,
                                  int64_t whole, struct fault *f);
MUST_USE NONNULL bool import_failed(struct db *db, struct arena *a, int64_t id, const char *why,
                                    struct fault *f);

/* Registers the good rows of a staged file. CONFLICT: it was applied or discarded already. */
MUST_USE NONNULL bool import_apply(struct db *db, struct arena *a, const struct import_actor *who,
                                   int64_t id, struct fault *f);

/* Forgets a staged file. CONFLICT as above. */
MUST_USE NONNULL bool import_discard(struct db *db, struct arena *a, const struct import_actor *who,
                                     int64_t id, struct fault *f);

#endif
