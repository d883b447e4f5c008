/* Changing a password, by the schema's functions. */
#include "door/credential.h"

#include <string.h>

#include "settings/conf.h"
#include "text.h"
#include "words/say.h"

static bool take_salt(struct arena *a, const struct db_rows *rows, int i, struct staff_salt *out,
                      struct fault *f) {
    const char *hex = db_text(rows, i, 0);
    out->salt_b = strlen(hex) / 2;
    out->salt = arena_alloc(a, out->salt_b + 1);
    out->cost = arena_strdup(a, db_text(rows, i, 1));
    if (out->salt_b == 0 || !text_hex_decode(hex, out->salt, out->salt_b))
        return fault_set(f, FAULT_BROKEN, N_("The stored password cannot be compared."));
    return true;
}

bool credential_salts(struct db *db, struct arena *a, const char *token, struct staff_salt **out,
                      size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_CREDENTIAL_SALTS, &rows, f, token))
        return false;
    if (rows.count == 0 || rows.count > CREDENTIAL_SALTS_MOST) {
        return fault_detail(f, FAULT_BROKEN, N_("The stored password cannot be compared."),
                            "%d salts", rows.count);
    }
    *count = (size_t)rows.count;
    *out = arena_array(a, *count, sizeof **out);
    for (int i = 0; i < rows.count; i++)
        if (!take_salt(a, &rows, i, &(*out)[i], f))
            return false;
    return true;
}

bool credential_owner(struct db *db, struct arena *a, const char *token,
                      struct credential_owner *out, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_CREDENTIAL_WORDS, &rows, f, token))
        return false;
    *out = (struct credential_owner){
        .login = rows.count ? arena_strdup(a, db_text(&rows, 0, 0)) : "",
        .factor = rows.count && db_bool(&rows, 0, 1),
        .words = arena_array(a, (size_t)rows.count + 1, sizeof *out->words),
    };
    for (int i = 0; i < rows.count; i++)
        out->words[i] = arena_strdup(a, db_text(&rows, i, 2));
    return true;
}

bool credential_right(struct db *db, struct arena *a, const char *token, const unsigned char *proof,
                      const char *network, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_CREDENTIAL_RIGHT, &rows, f, token, text_hex(a, proof, PASSWORD_PROOF_B),
                network, text_number(a, conf.sign_in_tries_per_hour)))
        return false;
    return db_bool(&rows, 0, 0) ||
           fault_field(f, FAULT_INVALID, "old", N_("The present password is wrong."));
}

bool credential_change(struct db *db, struct arena *a, const char *token,
                       const unsigned char *proof, const struct credential_new *new,
                       const char *network, const char **fresh, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    size_t past = 0;
    while (new->past[past])
        past++;
    if (!DB_RUN(db, SQL_CREDENTIAL_CHANGE, &rows, f, token, text_hex(a, proof, PASSWORD_PROOF_B),
                db_array(a, new->past, past), text_hex(a, new->salt, PASSWORD_SALT_B), new->cost,
                text_hex(a, new->verifier, PASSWORD_PROOF_B), network))
        return false;
    *fresh = arena_strdup(a, db_text(&rows, 0, 0));
    return true;
}

bool credential_raise(struct db *db, struct arena *a, const char *token, const unsigned char *proof,
                      const struct credential_new *new, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_CREDENTIAL_RAISE, &rows, f, token, text_hex(a, proof, PASSWORD_PROOF_B),
                  text_hex(a, new->salt, PASSWORD_SALT_B), new->cost,
                  text_hex(a, new->verifier, PASSWORD_PROOF_B));
}
