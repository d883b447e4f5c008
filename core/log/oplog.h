/* The operation log as the server uses it. Rows of acts are written by the acts' own functions in
 * the schema, in the acts' own transactions. */
#ifndef CORE_OPLOG_H
#define CORE_OPLOG_H

#include "arena.h"
#include "db/db.h"

struct oplog_row {
    int64_t seq;
    const char *at;           /* Japan time, as shown */
    const char *login, *name; /* as signed in or typed then; the person's name now, "" unknown */
    const char *role, *department, *department_en, *act, *object, *reason, *network;
    const char *facts;       /* a JSON object; "" none */
    const char *object_name; /* of a person, as it is now; else "" */
    const char *behalf;      /* name of the person a delegate acted for; else "" */
    const char *request;     /* id of the request, as in the server's own log; else "" */
    bool done;               /* else refused */
};

/* Who acts, and from where. */
struct oplog_actor {
    const char *token, *network;
};

/* What is looked for, "" for anything: person by sign-in name or name; department by number; from
 * and to as "2026-11-28T09:00" (Japan time). In the order of oplog_filter_of() in the schema. */
enum oplog_filter_text {
    OPLOG_PERSON,
    OPLOG_ROLE,
    OPLOG_DEPARTMENT,
    OPLOG_ACT,
    OPLOG_OBJECT,
    OPLOG_RESULT,
    OPLOG_NETWORK,
    OPLOG_SINCE,
    OPLOG_UNTIL,
    OPLOG_WORDS,
    OPLOG_FILTER_LAST
};
struct oplog_filter {
    const char *text[OPLOG_FILTER_LAST];
};

/* Rows found. next: not all was looked through within the time a page may take; go on below this
 * number. */
struct oplog_part {
    struct oplog_row *rows;
    size_t count;
    int64_t next;
};

struct oplog_department {
    const char *id, *name, *name_en;
};

/* The head of the chain, and the newest check of it (started "": there was none; ended "": it is
 * under way). found: what was wrong with row done + 1: gap link content clock head base; ""
 * nothing. clocks: how often the clock was set back, as the log says itself. */
struct oplog_check {
    int64_t head, first, last, done, clocks;
    const char *head_hash, *started, *ended, *person, *found;
};

/* A fiscal year of rows. asked_at, confirmed_at, done_at: "" not yet; confirmed_by "": the
 * operator on the host; mine: the reader asked for it. */
struct oplog_purge {
    int64_t year;
    bool due, mine;
    const char *asked_by, *asked_at, *confirmed_by, *confirmed_at, *done_at, *kept_until;
};
enum oplog_purge_act { OPLOG_PURGE_REQUEST, OPLOG_PURGE_CONFIRM, OPLOG_PURGE_WITHDRAW };

/* Writes the row of a refused act, in a transaction of its own. */
MUST_USE NONNULL bool oplog_refused(struct db *db, const char *token, const char *act,
                                    const char *object, const char *reason, const char *network,
                                    struct fault *f);

/* Tells the database which request the statements to come belong to. */
MUST_USE NONNULL bool oplog_request(struct db *db, const char *id, struct fault *f);

/* Writes that the session's person was shown personal data; act: "contact.read". */
MUST_USE NONNULL bool oplog_view(struct db *db, const char *token, const char *act,
                                 const char *object, const char *network, struct fault *f);

/* At most `most` rows (200 at most) with numbers below `before` (0: all), newest first. DENIED when
 * the session may not read the log; INVALID with the filter's field. */
MUST_USE NONNULL bool oplog_search(struct db *db, struct arena *a, const char *token,
                                   const struct oplog_filter *what, int64_t before, int most,
                                   struct oplog_part *out, struct fault *f);

/* The same for a file, 2,000 rows at most. The first part (before 0) writes the export's row. */
MUST_USE NONNULL bool oplog_export(struct db *db, struct arena *a, const struct oplog_actor *who,
                                   const struct oplog_filter *what, int64_t before, int most,
                                   struct oplog_part *out, struct fault *f);

/* All departments, for readers of the log. */
MUST_USE NONNULL bool oplog_departments(struct db *db, struct arena *a, const char *token,
                                        struct oplog_department **out, size_t *count,
                                        struct fault *f);

/* Asks for a check of the chain, which the worker does; fine when one is under way. */
MUST_USE NONNULL bool oplog_check_start(struct db *db, const struct oplog_actor *who,
                                        struct fault *f);
MUST_USE NONNULL bool oplog_check_state(struct db *db, struct arena *a, const char *token,
                                        struct oplog_check *out, struct fault *f);

/* The oldest year of rows, and those whose removal was asked for. */
MUST_USE NONNULL bool oplog_purges(struct db *db, struct arena *a, const char *token,
                                   struct oplog_purge **out, size_t *count, struct fault *f);

/* A removal takes two persons; DENIED, CONFLICT as the schema's functions say. */
MUST_USE NONNULL bool oplog_purge_do(struct db *db, const struct oplog_actor *who,
                                     enum oplog_purge_act act, int64_t year, struct fault *f);

#endif
