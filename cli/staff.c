/* Registering a person with a post and a password from the host. */
#include "staff.h"

#include <openssl/crypto.h>

#include "door/password.h"
#include "text.h"

bool staff_new_add(struct arena *a, struct db *db, const struct staff_new *s, struct fault *f) {
    unsigned char salt[PASSWORD_SALT_B], proof[PASSWORD_PROOF_B], verifier[PASSWORD_PROOF_B];
    bool done = password_salt(salt, f) &&
                password_proof(s->password, salt, sizeof(salt), PASSWORD_COST, proof, f) &&
                password_verifier(proof, verifier, f);
    OPENSSL_cleanse(proof, sizeof(proof));
    if (!done)
        return false;
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_OPERATOR_STAFF_ADD, &rows, f, s->login, s->name, s->mail,
                  text_hex(a, salt, sizeof(salt)), PASSWORD_COST,
                  text_hex(a, verifier, sizeof(verifier)), s->role, s->department);
}
