/* The page that changes one's password: what was typed, five or more proofs by the helper, the
 * change. Each step is short; between them other requests are served. */
#include <string.h>

#include "door/credential.h"
#include "door/next.h"
#include "door/on.h"
#include "door/password.h"
#include "door/session.h"
#include "door/strength.h"
#include "page/parts.h"
#include "page/tree.h"
#include "settings/conf.h"
#include "text.h"
#include "words/say.h"

enum { NEAR = 4, WORDS_MOST = 64, TOWN_WORDS_MOST = 8 };

/* A change under way. */
struct change {
    const char *old, *new;
    const struct sign_in_salt *salts; /* [0] is the old password's */
    size_t count, at;                 /* at: under which the next proof is to be */
    unsigned char *old_proof;
    struct credential_new made;
};

static json_t *password_tree(struct req *r) {
    bool must = strcmp(r->who.stage, "open") != 0;
    return TREE(TEXT("next", next_of(r)), TRUTH("must", must), TRUTH("has_score", 0),
                TRUTH("is_weak", 0), NUMBER("score", 0), NUMBER("score_most", STRENGTH_MOST));
}

static bool show(struct req *r, struct reply *out, struct fault *f) {
    struct credential_owner owner;
    if (!credential_owner(r->db, r->arena, r->who.token, &owner, f))
        return false;
    out->page = "password";
    out->tree = password_tree(r);
    int least = owner.factor ? PASSWORD_LEAST_FACTOR : PASSWORD_LEAST;
    TREE_PUT(out->tree, NUMBER("least", least), NUMBER("most", PASSWORD_MOST),
             TEXT("login", owner.login));
    return true;
}

bool on_password_page(struct req *r, struct reply *out, struct fault *f) {
    return show(r, out, f);
}

/* The page again with the reason; what is no matter of the form stays a fault. */
static bool refused(struct req *r, struct reply *out, struct fault *f) {
    struct fault why = *f;
    if ((f->kind != FAULT_INVALID && f->kind != FAULT_LIMIT) || !show(r, out, f))
        return false;
    parts_error(r, out->tree, why.field[0] ? why.field : "password", why.text);
    out->status = why.kind == FAULT_LIMIT ? 429 : 422;
    return true;
}

/* As refused, with the strength of what was typed. */
static bool too_weak(struct req *r, struct reply *out, int score, struct fault *f) {
    fault_field(f, FAULT_INVALID, "password",
                N_("This password is easy to guess. Use several words that do not belong together, "
                   "none of them a name of yours or of the town."));
    if (!refused(r, out, f))
        return false;
    TREE_PUT(out->tree, NODE("has_score", json_true()), NODE("is_weak", json_true()),
             NUMBER("score", score));
    return true;
}

static char *lower(struct arena *a, const char *text) {
    char *out = arena_strdup(a, text);
    for (char *c = out; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
    return out;
}

/* The words of the town's English name; how many. */
static size_t town_words(struct req *r, const char **out) {
    size_t count, n = 0;
    char **parts = text_split(r->arena, lower(r->arena, conf.town_name_en), ' ', &count);
    for (size_t i = 0; i < count && n < TOWN_WORDS_MOST; i++)
        if (strlen(parts[i]) > 2)
            out[n++] = parts[i];
    return n;
}

/* The person's words and the town's. */
static const char *const *words_of(struct req *r, const struct credential_owner *owner) {
    static const char *const ours[] = {"kairan", "回覧"};
    const char **all =
        arena_array(r->arena, WORDS_MOST + COUNT(ours) + TOWN_WORDS_MOST + 2, sizeof *all);
    size_t n = 0;
    for (size_t i = 0; i < COUNT(ours); i++)
        all[n++] = ours[i];
    all[n++] = conf.town_name;
    n += town_words(r, all + n);
    for (size_t i = 0; i < WORDS_MOST && owner->words[i]; i++)
        all[n++] = owner->words[i];
    return all;
}

static bool check_typed(const struct req *r, const struct credential_owner *owner,
                        struct fault *f) {
    const char *old = req_field(r, "old"), *new = req_field(r, "password");
    const char *again = req_field(r, "again");
    if (!old || !old[0])
        return fault_field(f, FAULT_INVALID, "old", N_("Type your present password."));
    if (strlen(old) > PASSWORD_MOST_B)
        return fault_field(f, FAULT_INVALID, "old", N_("The password is too long."));
    if (!new || !new[0])
        return fault_field(f, FAULT_INVALID, "password", N_("Type a new password."));
    if (!password_check(new, owner->login, owner->factor ? PASSWORD_LEAST_FACTOR : PASSWORD_LEAST,
                        f))
        return false;
    if (again && strcmp(new, again) != 0)
        return fault_field(f, FAULT_INVALID, "again", N_("The two new passwords differ."));
    return true;
}

/* ---- proofs ---- */

static bool ask_next(struct req *r, struct reply *out, struct change *c,
                     bool (*then)(struct req *r, struct reply *out, struct fault *f)) {
    bool last = c->at == c->count;
    struct ask *ask = arena_alloc(r->arena, sizeof *ask);
    *ask = (struct ask){
        .password = c->at == 0 ? c->old : c->new,
        .salt = last ? c->made.salt : c->salts[c->at].salt,
        .salt_b = last ? PASSWORD_SALT_B : c->salts[c->at].salt_b,
        .cost = last ? c->made.cost : c->salts[c->at].cost,
        .then = then,
        .carry = c,
        .goes_on = c->at > 0,
    };
    out->ask = ask;
    return true;
}

static struct change *change_of(struct reply *out) {
    return (struct change *)(uintptr_t)out->ask->carry;
}

static bool store(struct req *r, struct reply *out, struct change *c, struct fault *f) {
    const char *token;
    if (!password_verifier(r->proof, c->made.verifier, f))
        return false;
    if (!credential_change(r->db, r->arena, r->who.token, c->old_proof, &c->made, r->network,
                           &token, f))
        return refused(r, out, f);
    out->cookies[0] = session_set(r, token);
    out->location = next_of(r);
    return true;
}

/* The new password's proof under a former salt, or at last under its own. */
static bool new_proved(struct req *r, struct reply *out, struct fault *f) {
    struct change *c = change_of(out);
    if (c->at == c->count)
        return store(r, out, c, f);
    c->made.past[c->at - 1] = text_hex(r->arena, r->proof, PASSWORD_PROOF_B);
    c->at++;
    return ask_next(r, out, c, new_proved);
}

static bool check_near(const struct change *c, struct fault *f) {
    size_t distance = password_distance(c->old, c->new, NEAR);
    return distance >= NEAR ||
           fault_field(f, FAULT_INVALID, "password",
                       distance == 0 ? N_("This is your present password. Choose another one.")
                                     : N_("The new password is too much like the present one."));
}

/* Only who knows the old password learns how near the new one is to it. */
static bool old_proved(struct req *r, struct reply *out, struct fault *f) {
    struct change *c = change_of(out);
    if (!credential_right(r->db, r->arena, r->who.token, r->proof, r->network, f) ||
        !check_near(c, f))
        return refused(r, out, f);
    c->old_proof = arena_memdup(r->arena, r->proof, PASSWORD_PROOF_B);
    c->at++;
    return ask_next(r, out, c, new_proved);
}

static bool begin(struct req *r, struct reply *out, struct fault *f) {
    struct change *c = arena_alloc(r->arena, sizeof *c);
    struct sign_in_salt *salts;
    *c = (struct change){.old = req_field(r, "old"), .new = req_field(r, "password")};
    c->made.cost = PASSWORD_COST;
    if (!credential_salts(r->db, r->arena, r->who.token, &salts, &c->count, f) ||
        !password_salt(c->made.salt, f))
        return false;
    c->salts = salts;
    c->made.past = arena_array(r->arena, c->count, sizeof *c->made.past);
    return ask_next(r, out, c, old_proved);
}

bool on_password_change(struct req *r, struct reply *out, struct fault *f) {
    struct credential_owner owner;
    if (!credential_owner(r->db, r->arena, r->who.token, &owner, f))
        return false;
    if (!check_typed(r, &owner, f))
        return refused(r, out, f);
    int score = strength_of(req_field(r, "password"), words_of(r, &owner));
    return score < STRENGTH_LEAST ? too_weak(r, out, score, f) : begin(r, out, f);
}
