/* Sign-in, sessions and posts, by the schema's functions. */
#include "door/sign_in.h"

#include <string.h>

#include "door/password.h"
#include "settings/conf.h"
#include "text.h"
#include "words/say.h"

/* One sentence for a wrong name and a wrong password: nobody learns which. */
#define NOT_SIGNED_IN N_("The user ID or the password is wrong.")
#define SESSION_OVER  N_("Your session is over. Please sign in again.")

bool sign_in_salt_decode(struct arena *a, struct sign_in_salt *salt, struct fault *f) {
    salt->salt_b = strlen(salt->hex) / 2;
    salt->salt = arena_alloc(a, salt->salt_b + 1);
    if (salt->salt_b > 0 && text_hex_decode(salt->hex, salt->salt, salt->salt_b))
        return true;
    return fault_detail(f, FAULT_BROKEN, N_("The stored password cannot be compared."),
                        "the salt is '%s'", salt->hex);
}

static const struct db_column SALT[] = {
    DB_COLUMN(struct sign_in_salt, hex),
    DB_COLUMN(struct sign_in_salt, cost),
};

bool sign_in_salt_get(struct db *db, struct arena *a, const struct sign_in_try *t,
                      struct sign_in_salt *out, struct fault *f) {
    const char *tries = text_number(a, conf.sign_in_tries_per_hour);
    return DB_ONE(db, SQL_SIGN_IN_SALT, a, SALT, out, f, t->login, t->device, t->network, tries) &&
           sign_in_salt_decode(a, out, f);
}

static const struct db_column ENTRY[] = {
    DB_COLUMN(struct sign_in_entry, token),
    DB_COLUMN(struct sign_in_entry, device),
    DB_COLUMN(struct sign_in_entry, posts),
};

bool sign_in_open(struct db *db, struct arena *a, const struct sign_in_try *t,
                  const unsigned char *proof, struct sign_in_entry *out, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_SIGN_IN_OPEN, &rows, f, t->login, text_hex(a, proof, PASSWORD_PROOF_B),
                t->device, t->network, t->agent, text_number(a, conf.sign_in_tries_per_hour),
                text_number(a, conf.session_idle_min), text_number(a, conf.session_hours),
                text_number(a, conf.session_idle_strict_min), text_number(a, conf.password_days)))
        return false;
    if (rows.count == 0)
        return fault_set(f, FAULT_UNSIGNED, NOT_SIGNED_IN);
    *out = *DB_STRUCTS(a, &rows, ENTRY, struct sign_in_entry);
    return true;
}

static const struct db_column SESSION[] = {
    DB_COLUMN(struct sign_in_session, person),
    DB_COLUMN_OR(struct sign_in_session, post, 0),
    DB_COLUMN_OR(struct sign_in_session, department, 0),
    DB_COLUMN(struct sign_in_session, name),
    DB_COLUMN(struct sign_in_session, role),
    DB_COLUMN(struct sign_in_session, department_name),
    DB_COLUMN(struct sign_in_session, department_name_en),
    DB_COLUMN(struct sign_in_session, stage),
    DB_COLUMN(struct sign_in_session, lang),
    DB_COLUMN(struct sign_in_session, has_end),
    DB_COLUMN_OR(struct sign_in_session, days_left, 0),
    DB_COLUMN(struct sign_in_session, acting_for),
    DB_COLUMN(struct sign_in_session, acting_until),
};

bool sign_in_session_find(struct db *db, struct arena *a, const char *token, const char *request,
                          struct sign_in_session *out, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_SIGN_IN_WHO, &rows, f, token, request))
        return false;
    if (rows.count == 0)
        return fault_set(f, FAULT_UNSIGNED, SESSION_OVER);
    *out = *DB_STRUCTS(a, &rows, SESSION, struct sign_in_session);
    return true;
}

static const struct db_column POST[] = {
    DB_COLUMN(struct sign_in_post, post),
    DB_COLUMN(struct sign_in_post, role),
    DB_COLUMN(struct sign_in_post, department_name),
    DB_COLUMN(struct sign_in_post, department_name_en),
};

bool sign_in_posts(struct db *db, struct arena *a, const char *token, struct sign_in_post **out,
                   size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_SIGN_IN_POSTS, a, POST, out, count, f, token);
}

bool sign_in_choose(struct db *db, struct arena *a, const char *token, int64_t post,
                    const char *network, const char **fresh, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_SIGN_IN_CHOOSE, &rows, f, token, text_number(a, post), network))
        return false;
    *fresh = arena_strdup(a, db_text(&rows, 0, 0));
    return true;
}

bool sign_in_close(struct db *db, const char *token, const char *network, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_SIGN_IN_CLOSE, &rows, f, token, network);
}
