/* Forms 1 to 3, by the schema's functions. */
#include "forms.h"

#include <string.h>

static bool first(struct arena *a, const struct db_rows *rows, const char **json) {
    *json = arena_strdup(a, db_text(rows, 0, 0));
    return true;
}

static const char *text(const char *value) {
    return value ? value : "";
}

bool forms_list(struct db *db, struct arena *a, const char *token, bool open, const char **json,
                struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_FORMS_LIST, &rows, f, token, open ? "true" : "false") &&
           first(a, &rows, json);
}

bool forms_read(struct db *db, struct arena *a, const char *token, const char *id,
                const char *network, const char **json, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_FORMS_READ, &rows, f, token, id, network) && first(a, &rows, json);
}

bool forms_apply(struct db *db, const char *token, const char *kind, const struct people_form *p,
                 const char *network, int64_t *id, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_FORMS_APPLY, &rows, f, token, kind, text(p->login), text(p->name),
                text(p->mail), text(p->role), p->from, p->until, text(p->reason), network))
        return false;
    *id = db_int(&rows, 0, 0);
    return true;
}

bool forms_again(struct db *db, const char *token, const char *version, const struct people_form *p,
                 const char *network, struct fault *f) {
    return DB_RUN(db, SQL_FORMS_AGAIN, NULL, f, token, p->id, version, text(p->login),
                  text(p->name), text(p->mail), text(p->role), p->from, p->until, text(p->reason),
                  network);
}

bool forms_withdraw(struct db *db, const char *token, const char *id, const char *version,
                    const char *reason, const char *network, struct fault *f) {
    (void)reason;
    return DB_RUN(db, SQL_FORMS_WITHDRAW, NULL, f, token, id, version, network);
}

bool forms_ask(struct db *db, const char *token, const char *id, const char *version,
               const char *reason, const char *network, struct fault *f) {
    return DB_RUN(db, SQL_FORMS_ASK, NULL, f, token, id, version, reason, network);
}

bool forms_refuse(struct db *db, const char *token, const char *id, const char *version,
                  const char *reason, const char *network, struct fault *f) {
    return DB_RUN(db, SQL_FORMS_REFUSE, NULL, f, token, id, version, reason, network);
}

bool forms_accept(struct db *db, const char *token, const char *id, const char *version,
                  const struct people_secret *secret, const char *network, bool *fresh,
                  struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_FORMS_ACCEPT, &rows, f, token, id, version, secret->salt, secret->cost,
                secret->verifier, network))
        return false;
    *fresh = strcmp(db_text(&rows, 0, 0), "t") == 0;
    return true;
}
