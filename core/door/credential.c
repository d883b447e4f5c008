/* Changing a password, by the schema's functions. */
#include "door/credential.h"

#include <string.h>

#include "settings/conf.h"
#include "text.h"
#include "words/say.h"

static const struct db_column SALT[] = {
    DB_COLUMN(struct sign_in_salt, hex),
    DB_COLUMN(struct sign_in_salt, cost),
};

bool credential_salts(struct db *db, struct arena *a, const char *token, struct sign_in_salt **out,
                      size_t *count, struct fault *f) {
    if (!DB_LIST(db, SQL_CREDENTIAL_SALTS, a, SALT, out, count, f, token))
        return false;
    if (*count == 0 || *count > CREDENTIAL_SALTS_MOST)
        return fault_detail(f, FAULT_BROKEN, N_("The stored password cannot be compared."),
                            "%zu salts", *count);
    for (size_t i = 0; i < *count; i++)
        if (!sign_in_salt_decode(a, &(*out)[i], f))
            return false;
    return true;
}

/* A word that the password may not lean on. */
struct leaning {
    const char *login, *word;
    bool factor;
};
static const struct db_column LEANING[] = {
    DB_COLUMN(struct leaning, login),
    DB_COLUMN(struct leaning, factor),
    DB_COLUMN(struct leaning, word),
};

bool credential_owner(struct db *db, struct arena *a, const char *token,
                      struct credential_owner *out, struct fault *f) {
    struct leaning *words;
    size_t count;
    if (!DB_LIST(db, SQL_CREDENTIAL_WORDS, a, LEANING, &words, &count, f, token))
        return false;
    *out = (struct credential_owner){
        .login = count ? words[0].login : "",
        .factor = words[0].factor,
        .words = arena_array(a, count + 1, sizeof *out->words),
    };
    for (size_t i = 0; i < count; i++)
        out->words[i] = words[i].word;
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
