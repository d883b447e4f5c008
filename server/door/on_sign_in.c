/* Staff at the door: sign-in, the choice of a post, sign-out, and where the start page leads. */
#include <string.h>

#include "door/credential.h"
#include "door/next.h"
#include "door/on.h"
#include "door/password.h"
#include "door/session.h"
#include "door/sign_in.h"
#include "http/route.h"
#include "log.h"
#include "office/forms.h"
#include "page/parts.h"
#include "page/tree.h"
#include "text.h"
#include "words/say.h"

static bool go(struct reply *out, const char *location) {
    out->location = location;
    return true;
}

bool on_home(struct req *r, struct reply *out, struct fault *f) {
    (void)f;
    if (r->who.person == 0)
        return go(out, "/sign-in");
    if (r->who.post == 0)
        return go(out, "/post");
    return go(out, req_may(r, ROLE_READERS) ? "/log" : "/alerts");
}

/* ---- sign-in ---- */

static const char *login_of(const struct req *r) {
    const char *login = req_field(r, "login");
    return login ? text_trim(r->arena, login) : "";
}

static bool show_sign_in(struct req *r, struct reply *out) {
    out->page = "sign_in";
    out->tree = TREE(TEXT("login", login_of(r)), TEXT("next", next_of(r)),
                     TRUTH("can_apply", forms_open()));
    return true;
}

bool on_sign_in_page(struct req *r, struct reply *out, struct fault *f) {
    (void)f;
    return show_sign_in(r, out);
}

/* The form again with the reason; what is no matter of the form stays a fault. */
static bool sign_in_refused(struct req *r, struct reply *out, struct fault *f) {
    bool form = f->kind == FAULT_UNSIGNED || f->kind == FAULT_INVALID || f->kind == FAULT_LIMIT;
    if (!form)
        return false;
    show_sign_in(r, out);
    parts_error(r, out->tree, f->field[0] ? f->field : "login", f->text);
    out->status = f->kind == FAULT_LIMIT ? 429 : 422;
    return true;
}

static struct sign_in_try try_of(const struct req *r) {
    return (struct sign_in_try){
        .login = login_of(r), .device = r->device, .network = r->network, .agent = r->agent};
}

/* ---- a password stored at a lower cost than today's ---- */

/* What a sign-in carries on with. */
struct raise {
    const char *token, *location;
    unsigned char *proof;
    struct credential_new made;
};

/* The session is open already: whatever becomes of this, the person goes on. */
static bool raise_proved(struct req *r, struct reply *out, struct fault *f) {
    struct raise *raise = (struct raise *)(uintptr_t)out->ask->carry;
    if (!password_verifier(r->proof, raise->made.verifier, f) ||
        !credential_raise(r->db, r->arena, raise->token, raise->proof, &raise->made, f))
        log_warn("a password stays at its old cost: %s %s", f->text, f->detail);
    return go(out, raise->location);
}

/* Asks for the proof under today's cost; false when there is nothing to raise. */
static bool raise_begin(struct req *r, struct reply *out, const struct raise *known) {
    struct fault f = {0};
    struct raise *raise = arena_memdup(r->arena, known, sizeof *known);
    if (!password_cost_low(out->ask->cost) || !password_salt(raise->made.salt, &f))
        return false;
    raise->made.cost = PASSWORD_COST;
    raise->proof = arena_memdup(r->arena, r->proof, PASSWORD_PROOF_B);
    struct ask *ask = arena_alloc(r->arena, sizeof *ask);
    *ask = (struct ask){.password = out->ask->password,
                        .salt = raise->made.salt,
                        .salt_b = PASSWORD_SALT_B,
                        .cost = raise->made.cost,
                        .then = raise_proved,
                        .carry = raise,
                        .goes_on = true};
    out->ask = ask;
    return true;
}

static bool sign_in_proved(struct req *r, struct reply *out, struct fault *f) {
    struct sign_in_try try = try_of(r);
    struct sign_in_entry entry;
    if (!sign_in_open(r->db, r->arena, &try, r->proof, &entry, f))
        return sign_in_refused(r, out, f);
    out->cookies[0] = session_set(r, entry.token);
    out->cookies[1] = session_set_device(r, entry.device);
    struct raise raise = {.token = entry.token,
                          .location = entry.posts == 1 ? next_of(r) : "/post"};
    return raise_begin(r, out, &raise) || go(out, raise.location);
}

static bool check_typed(const struct req *r, const char *password, struct fault *f) {
    if (!login_of(r)[0])
        return fault_field(f, FAULT_INVALID, "login", N_("Type your user ID."));
    if (!password || !password[0])
        return fault_field(f, FAULT_INVALID, "password", N_("Type your password."));
    if (strlen(password) > PASSWORD_MOST_B)
        return fault_field(f, FAULT_INVALID, "password", N_("The password is too long."));
    return true;
}

bool on_sign_in(struct req *r, struct reply *out, struct fault *f) {
    struct sign_in_try try = try_of(r);
    struct sign_in_salt salt;
    const char *password = req_field(r, "password");
    if (!check_typed(r, password, f) || !sign_in_salt_get(r->db, r->arena, &try, &salt, f))
        return sign_in_refused(r, out, f);
    struct ask *ask = arena_alloc(r->arena, sizeof *ask);
    *ask = (struct ask){.password = password,
                        .salt = salt.salt,
                        .salt_b = salt.salt_b,
                        .cost = salt.cost,
                        .then = sign_in_proved};
    out->ask = ask;
    return true;
}

bool on_sign_out(struct req *r, struct reply *out, struct fault *f) {
    if (!sign_in_close(r->db, r->who.token, r->network, f))
        return false;
    out->cookies[0] = session_unset(r);
    return go(out, "/sign-in");
}

/* ---- posts ---- */

static json_t *post_tree(const struct req *r, const struct sign_in_post *post) {
    bool english = strcmp(r->lang, "en") == 0 && post->department_name_en[0];
    return TREE(NUMBER("id", post->post), TEXT("role", parts_role(r, post->role)),
                TEXT("department", english ? post->department_name_en : post->department_name),
                TRUTH("is_here", post->post == r->who.post));
}

bool on_posts(struct req *r, struct reply *out, struct fault *f) {
    struct sign_in_post *posts;
    size_t count;
    if (!sign_in_posts(r->db, r->arena, r->who.token, &posts, &count, f))
        return false;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, post_tree(r, &posts[i]));
    out->page = "post_choice";
    out->tree = TREE(NODE("posts", list));
    return true;
}

bool on_post_choose(struct req *r, struct reply *out, struct fault *f) {
    int64_t post;
    const char *token;
    if (!req_int(r, "post", 1, INT64_MAX, &post, f) ||
        !sign_in_choose(r->db, r->arena, r->who.token, post, r->network, &token, f))
        return false;
    out->cookies[0] = session_set(r, token);
    return go(out, "/");
}
