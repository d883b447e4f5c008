/* Staff as the administrator keeps them, by the schema's functions. */
#include "office/people.h"

#include "text.h"

/* ---- reading ---- */

/* The first value of a statement that was run, in the arena. */
static bool first(struct arena *a, const struct db_rows *rows, const char **json) {
    *json = arena_strdup(a, db_text(rows, 0, 0));
    return true;
}

/* A statement that asks for nothing but the session. */
static bool read_all(struct db *db, struct arena *a, enum sql which, const char *token,
                     const char **json, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, which, &rows, f, token) && first(a, &rows, json);
}

bool people_list(struct db *db, struct arena *a, const char *token,
                 const struct people_filter *filter, int most, const char **json, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_PEOPLE_LIST, &rows, f, token, filter->words, filter->department,
                  filter->role, filter->state, filter->unused_days, filter->after,
                  text_number(a, most)) &&
           first(a, &rows, json);
}

bool people_read(struct db *db, struct arena *a, const char *token, int64_t person,
                 const char *network, const char **json, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_PEOPLE_READ, &rows, f, token, text_number(a, person), network) &&
           first(a, &rows, json);
}

bool people_departments(struct db *db, struct arena *a, const char *token, const char **json,
                        struct fault *f) {
    return read_all(db, a, SQL_PEOPLE_DEPARTMENTS, token, json, f);
}

bool people_choices(struct db *db, struct arena *a, const char *token, const char **json,
                    struct fault *f) {
    return read_all(db, a, SQL_PEOPLE_CHOICES, token, json, f);
}

bool people_instructions(struct db *db, struct arena *a, const char *token, const char **json,
                         struct fault *f) {
    return read_all(db, a, SQL_PEOPLE_INSTRUCTIONS, token, json, f);
}

bool people_delegations(struct db *db, struct arena *a, const char *token, const char **json,
                        struct fault *f) {
    return read_all(db, a, SQL_PEOPLE_DELEGATIONS, token, json, f);
}

bool people_candidates(struct db *db, struct arena *a, const char *token, const char **json,
                       struct fault *f) {
    return read_all(db, a, SQL_PEOPLE_CANDIDATES, token, json, f);
}

bool people_subject(struct db *db, struct arena *a, const char *token, const char *kind,
                    const char *id, const char *of, const char **json, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_PEOPLE_SUBJECT, &rows, f, token, kind, id, of) && first(a, &rows, json);
}

/* ---- acts ---- */

/* A text that must be there for the schema to judge. */
static const char *text(const char *value) {
    return value ? value : "";
}

static const char *truth(bool value) {
    return value ? "true" : "false";
}

bool people_add(struct db *db, const char *token, const struct people_form *p,
                const struct people_secret *s, const char *network, int64_t *person,
                struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    bool done = p->purpose
                    ? DB_RUN(db, SQL_PEOPLE_GUEST_ADD, &rows, f, token, text(p->login),
                             text(p->name), text(p->mail), p->department, p->from, p->until,
                             p->purpose, text(p->organisation), text(p->head), text(p->reason),
                             s->salt, s->cost, s->verifier, network)
                    : DB_RUN(db, SQL_PEOPLE_ADD, &rows, f, token, text(p->login), text(p->name),
                             text(p->mail), p->department, p->role, p->from, p->until,
                             text(p->exception), s->salt, s->cost, s->verifier, network);
    if (done)
        *person = db_int(&rows, 0, 0);
    return done;
}

bool people_change(struct db *db, const char *token, const struct people_form *p,
                   const char *network, struct fault *f) {
    return DB_RUN(db, SQL_PEOPLE_CHANGE, NULL, f, token, p->id, text(p->name), text(p->mail),
                  network);
}

bool people_post_add(struct db *db, const char *token, const struct people_form *p,
                     const char *network, struct fault *f) {
    return DB_RUN(db, SQL_PEOPLE_POST_ADD, NULL, f, token, p->id, text(p->role), p->department,
                  p->from, p->until, text(p->exception), network);
}

bool people_post_end(struct db *db, const char *token, const struct people_form *p,
                     const char *network, struct fault *f) {
    return DB_RUN(db, SQL_PEOPLE_POST_END, NULL, f, token, p->id, p->until, text(p->reason),
                  network);
}

bool people_transfer(struct db *db, const char *token, const struct people_form *p,
                     const char *network, struct fault *f) {
    return DB_RUN(db, SQL_PEOPLE_TRANSFER, NULL, f, token, p->id, p->department, text(p->role),
                  p->from, text(p->exception), text(p->reason), network);
}

bool people_suspend(struct db *db, const char *token, const struct people_form *p,
                    const char *network, struct fault *f) {
    return DB_RUN(db, SQL_PEOPLE_SUSPEND, NULL, f, token, p->id, p->cause, text(p->note), network);
}

bool people_lift(struct db *db, const char *token, const struct people_form *p, const char *network,
                 struct fault *f) {
    return DB_RUN(db, SQL_PEOPLE_LIFT, NULL, f, token, p->id, text(p->reason), network);
}

bool people_revoke(struct db *db, const char *token, const struct people_form *p,
                   const char *network, struct fault *f) {
    return DB_RUN(db, SQL_PEOPLE_REVOKE, NULL, f, token, p->id, p->cause, text(p->note), network);
}

bool people_sessions_end(struct db *db, const char *token, const struct people_form *p,
                         const char *network, struct fault *f) {
    return DB_RUN(db, SQL_PEOPLE_SESSIONS_END, NULL, f, token, p->id, network);
}

bool people_guest_extend(struct db *db, const char *token, const struct people_form *p,
                         const char *network, struct fault *f) {
    return DB_RUN(db, SQL_PEOPLE_GUEST_EXTEND, NULL, f, token, p->id, p->until, text(p->head),
                  text(p->reason), network);
}

bool people_instruct(struct db *db, const char *token, const struct people_form *p,
                     const char *network, struct fault *f) {
    return DB_RUN(db, SQL_PEOPLE_INSTRUCT, NULL, f, token, p->id, p->department, p->cause,
                  text(p->body), network);
}

bool people_answer(struct db *db, const char *token, const struct people_form *p,
                   const char *network, struct fault *f) {
    return DB_RUN(db, SQL_PEOPLE_ANSWER, NULL, f, token, p->id, text(p->body), network);
}

bool people_acknowledge(struct db *db, const char *token, const struct people_form *p,
                        const char *network, struct fault *f) {
    return DB_RUN(db, SQL_PEOPLE_ANSWER, NULL, f, token, p->id, NULL, network);
}

bool people_department_add(struct db *db, const char *token, const struct people_form *p,
                           const char *network, struct fault *f) {
    return DB_RUN(db, SQL_PEOPLE_DEPARTMENT_ADD, NULL, f, token, text(p->code), text(p->name),
                  text(p->name_en), truth(p->of_administrator), network);
}

bool people_department_change(struct db *db, const char *token, const struct people_form *p,
                              const char *network, struct fault *f) {
    return DB_RUN(db, SQL_PEOPLE_DEPARTMENT_CHANGE, NULL, f, token, p->id, text(p->name),
                  text(p->name_en), truth(p->of_administrator), network);
}

bool people_approver(struct db *db, const char *token, const struct people_form *p,
                     const char *network, struct fault *f) {
    return DB_RUN(db, SQL_PEOPLE_APPROVER, NULL, f, token, p->id, text(p->login), p->from,
                  text(p->exception), text(p->reason), network);
}

bool people_delegate(struct db *db, const char *token, const struct people_form *p,
                     const char *network, struct fault *f) {
    return DB_RUN(db, SQL_PEOPLE_DELEGATE, NULL, f, token, p->department, p->person, p->from,
                  p->until, text(p->reason), network);
}

bool people_call_off(struct db *db, const char *token, const struct people_form *p,
                     const char *network, struct fault *f) {
    return DB_RUN(db, SQL_PEOPLE_CALL_OFF, NULL, f, token, p->id, text(p->reason), network);
}
