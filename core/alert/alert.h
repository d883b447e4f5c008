/* An alert's life as the console drives it (004 §13): writing, submitting, approving by a second
 * person, stopping. All rules are the database's (*.law.sql beside this); this is the way
 * there. Set "alert". Faults everywhere: UNSIGNED (session over), DENIED (not this post), MISSING
 * (no such alert in the department), CONFLICT (its state or version is another by now). */
#ifndef CORE_ALERT_H
#define CORE_ALERT_H

#include "arena.h"
#include "base.h"
#include "db/db.h"
#include "fault.h"
#include "vocabulary.h"

/* Who acts: found by the database from the token. */
struct alert_actor {
    const char *token, *network;
};

/* A category or area that the compose form offers. */
struct alert_choice {
    bool is_area;
    int64_t id;
    const char *name, *name_en; /* name_en "" when the town gave none */
};

/* What a drafter wrote, in normal form and judged (prose.h). */
struct alert_draft {
    int64_t id;      /* 0: a new one */
    int64_t version; /* the one this is based on; 0 with a new one */
    const char *title, *body;
    int64_t *categories, *areas; /* no area: everywhere */
    size_t category_count, area_count;
    bool everybody, urgent;
    const char *urgent_reason;
    int64_t valid_until; /* Unix seconds */
};

struct alert_reach {
    int64_t mail, sms;
};

/* A row of the list. */
struct alert_row {
    int64_t id;
    enum alert_state state;
    const char *title, *department, *department_en, *creator, *changed;
    bool urgent, everybody;
};

/* One alert as its pages show it. Times are Japan's, ready to show; "" for what is not there. */
struct alert {
    int64_t id, version, department;
    enum alert_state state;
    const char *department_name, *department_name_en, *sender_local;
    const char *creator, *submitter, *changed, *approver, *approved;
    const char *title, *body;
    int64_t *categories, *areas;
    size_t category_count, area_count;
    char **category_names, **area_names;       /* NULL-terminated */
    char **category_names_en, **area_names_en; /* Japanese where the town gave none */
    bool everybody, urgent;
    const char *urgent_reason;
    int64_t valid_until;
    const char *fingerprint;                                 /* hex */
    const char *returned_by, *returned_reason, *returned_at; /* the newest return */
    int64_t returned_version;                                /* 0: never returned */
    bool own; /* the one who asks wrote or submitted it, and so may not approve it */
};

/* A broadcast in numbers; the five ends and what waits add up to total. */
struct alert_progress {
    int64_t total, accepted, refused, expired, cancelled, unknown, waiting;
    int64_t rate, remaining_s; /* per second so far; -1: cannot be said */
    const char *started, *ended, *halted, *trouble;
    const char *run_s; /* from the start to the last outcome, with its fraction */
    bool routine;      /* it is no night: routine alerts may leave (004 §13-2(1)) */
};

/* A refused or doubtful recipient, masked. */
struct alert_refusal {
    const char *address, *result, *reply, *at;
    int64_t code;
};

MUST_USE NONNULL bool alert_choices(struct db *db, struct arena *a, const struct alert_actor *who,
                                    struct alert_choice **out, size_t *count, struct fault *f);

/* How many the draft's audience counts now. */
MUST_USE NONNULL bool alert_reach(struct db *db, struct arena *a, const struct alert_actor *who,
                                  const struct alert_draft *draft, struct alert_reach *out,
                                  struct fault *f);

/* Saves the draft as a new alert or its next version, and submits it where asked, in one
 * transaction; draft->id and ->version become the saved ones. */
MUST_USE NONNULL bool alert_save(struct db *db, struct arena *a, const struct alert_actor *who,
                                 struct alert_draft *draft, bool submit, struct fault *f);

/* Transitions that ask nothing but the alert. */
enum alert_act {
    ALERT_WITHDRAW,
    ALERT_DISCARD,
    ALERT_STOP,
    ALERT_PAUSE,
    ALERT_RESUME,
    ALERT_ACT_LAST
};
MUST_USE NONNULL bool alert_act(struct db *db, struct arena *a, const struct alert_actor *who,
                                enum alert_act act, int64_t id, struct fault *f);

/* Submits the version that was seen. */
MUST_USE NONNULL bool alert_submit(struct db *db, struct arena *a, const struct alert_actor *who,
                                   int64_t id, int64_t version, struct fault *f);

/* Returns the version that was seen to its drafter; INVALID, field "reason", without a reason. */
MUST_USE NONNULL bool alert_return(struct db *db, struct arena *a, const struct alert_actor *who,
                                   int64_t id, int64_t version, const char *reason,
                                   struct fault *f);

/* Approves exactly what has this fingerprint (hex, of struct alert). */
MUST_USE NONNULL bool alert_approve(struct db *db, struct arena *a, const struct alert_actor *who,
                                    int64_t id, const char *fingerprint, struct fault *f);

/* Newest first, before an id (0: from the newest). */
MUST_USE NONNULL bool alert_list(struct db *db, struct arena *a, const struct alert_actor *who,
                                 int64_t before, int most, struct alert_row **out, size_t *count,
                                 struct fault *f);

MUST_USE NONNULL bool alert_read(struct db *db, struct arena *a, const struct alert_actor *who,
                                 int64_t id, struct alert *out, struct fault *f);

/* Title and body of an earlier version. */
MUST_USE NONNULL bool alert_text(struct db *db, struct arena *a, const struct alert_actor *who,
                                 int64_t id, int64_t version, const char **title, const char **body,
                                 struct fault *f);

MUST_USE NONNULL bool alert_progress(struct db *db, struct arena *a, const struct alert_actor *who,
                                     int64_t id, struct alert_progress *out, struct fault *f);

/* The newest refused and unknown, at most `most`. */
MUST_USE NONNULL bool alert_refusals(struct db *db, struct arena *a, const struct alert_actor *who,
                                     int64_t id, int most, struct alert_refusal **out,
                                     size_t *count, struct fault *f);

#endif
