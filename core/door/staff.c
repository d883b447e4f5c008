/* Staff: sign-in, sessions and posts, by the schema's functions. */
#include "door/staff.h"

#include <string.h>

#include "door/password.h"
#include "settings/conf.h"
#include "text.h"
#include "words/say.h"

/* One sentence for a wrong name and a wrong password: nobody learns which. */
#define NOT_SIGNED_IN N_("The user ID or the password is wrong.")
#define SESSION_OVER  N_("Your session is over. Please sign in again.")

bool staff_salt_decode(struct arena *a, struct staff_salt *salt, struct fault *f) {
    salt->salt_b = strlen(salt->hex) / 2;
    salt->salt = arena_alloc(a, salt->salt_b + 1);
    if (salt->salt_b > 0 && text_hex_decode(salt->hex, salt->salt, salt->salt_b))
        return true;
    return fault_detail(f, FAULT_BROKEN, N_("The stored password cannot be compared."),
                        "the salt is '%s'", salt->hex);
}

static const struct db_column SALT[] = {
    DB_COLUMN(struct staff_salt, hex),
    DB_COLUMN(struct staff_salt, cost),
};

bool staff_salt_get(struct db *db, struct arena *a, const struct staff_try *t,
                    struct staff_salt *out, struct fault *f) {
    const char *tries = text_number(a, conf.sign_in_tries_per_hour);
    return DB_ONE(db, SQL_STAFF_SALT, a, SALT, out, f, t->login, t->device, t->network, tries) &&
           staff_salt_decode(a, out, f);
}

static const struct db_column ENTRY[] = {
    DB_COLUMN(struct staff_entry, token),
    DB_COLUMN(struct staff_entry, device),
    DB_COLUMN(struct staff_entry, posts),
};

bool staff_sign_in(struct db *db, struct arena *a, const struct staff_try *t,
                   const unsigned char *proof, struct staff_entry *out, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_STAFF_SIGN_IN, &rows, f, t->login, text_hex(a, proof, PASSWORD_PROOF_B),
                t->device, t->network, t->agent, text_number(a, conf.sign_in_tries_per_hour),
                text_number(a, conf.session_idle_min), text_number(a, conf.session_hours),
                text_number(a, conf.session_idle_strict_min), text_number(a, conf.password_days)))
        return false;
    if (rows.count == 0)
        return fault_set(f, FAULT_UNSIGNED, NOT_SIGNED_IN);
    *out = *DB_STRUCTS(a, &rows, ENTRY, struct staff_entry);
    return true;
}

static const struct db_column SESSION[] = {
    DB_COLUMN(struct staff_session, person),
    DB_COLUMN_OR(struct staff_session, post, 0),
    DB_COLUMN_OR(struct staff_session, department, 0),
    DB_COLUMN(struct staff_session, name),
    DB_COLUMN(struct staff_session, role),
    DB_COLUMN(struct staff_session, department_name),
    DB_COLUMN(struct staff_session, department_name_en),
    DB_COLUMN(struct staff_session, stage),
    DB_COLUMN(struct staff_session, lang),
    DB_COLUMN(struct staff_session, has_end),
    DB_COLUMN_OR(struct staff_session, days_left, 0),
    DB_COLUMN(struct staff_session, acting_for),
    DB_COLUMN(struct staff_session, acting_until),
};

bool staff_session_find(struct db *db, struct arena *a, const char *token, const char *request,
                        struct staff_session *out, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_STAFF_WHO, &rows, f, token, request))
        return false;
    if (rows.count == 0)
        return fault_set(f, FAULT_UNSIGNED, SESSION_OVER);
    *out = *DB_STRUCTS(a, &rows, SESSION, struct staff_session);
    return true;
}

static const struct db_column POST[] = {
    DB_COLUMN(struct staff_post, post),
    DB_COLUMN(struct staff_post, role),
    DB_COLUMN(struct staff_post, department_name),
    DB_COLUMN(struct staff_post, department_name_en),
};

bool staff_posts(struct db *db, struct arena *a, const char *token, struct staff_post **out,
                 size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_STAFF_POSTS, a, POST, out, count, f, token);
}

bool staff_choose(struct db *db, struct arena *a, const char *token, int64_t post,
                  const char *network, const char **fresh, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_STAFF_CHOOSE, &rows, f, token, text_number(a, post), network))
        return false;
    *fresh = arena_strdup(a, db_text(&rows, 0, 0));
    return true;
}

bool staff_sign_out(struct db *db, const char *token, const char *network, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_STAFF_SIGN_OUT, &rows, f, token, network);
}
