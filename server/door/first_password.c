/* First passwords: made here, shown once. */
#include "door/first_password.h"

#include "door/password.h"
#include "text.h"

struct first {
    unsigned char salt[PASSWORD_SALT_B];
    char password[PASSWORD_MADE_B];
};

bool first_password_ask(struct req *r, struct reply *out, handler *then, struct fault *f) {
    struct first *first = arena_alloc(r->arena, sizeof *first);
    if (!password_salt(first->salt, f) || !password_make(first->password, f))
        return false;
    struct ask *ask = arena_alloc(r->arena, sizeof *ask);
    *ask = (struct ask){.password = first->password,
                        .salt = first->salt,
                        .salt_b = sizeof first->salt,
                        .cost = PASSWORD_COST,
                        .then = then,
                        .carry = first};
    out->ask = ask;
    return true;
}

bool first_password_secret(const struct req *r, const struct reply *out,
                           struct people_secret *secret, struct fault *f) {
    const struct first *first = out->ask->carry;
    unsigned char verifier[PASSWORD_PROOF_B];
    if (!password_verifier(r->proof, verifier, f))
        return false;
    *secret = (struct people_secret){.salt = text_hex(r->arena, first->salt, sizeof first->salt),
                                     .cost = PASSWORD_COST,
                                     .verifier = text_hex(r->arena, verifier, sizeof verifier)};
    return true;
}

const char *first_password_text(const struct reply *out) {
    const struct first *first = out->ask->carry;
    return first->password;
}
