/* The second factor: proving it, setting it up, its recovery codes; who has one, and its end when a
 * device is lost. */
#include "door/factor.h"

#include <string.h>

#include "door/next.h"
#include "door/on.h"
#include "door/session.h"
#include "page/kept.h"
#include "page/parts.h"
#include "page/qr.h"
#include "page/tree.h"
#include "settings/conf.h"
#include "text.h"
#include "words/say.h"

static const char *field(const struct req *r, const char *name) {
    const char *value = req_field(r, name);
    return value ? value : "";
}

static bool go(struct reply *out, const char *location) {
    out->location = location;
    return true;
}

static const char *issuer(const struct req *r) {
    bool ja = strcmp(r->lang, "ja") == 0;
    return arena_printf(r->arena, "%s Kairan", ja ? conf.town_name : conf.town_name_en);
}

/* Whether a fault is said at the form. */
static bool at_form(const struct fault *f) {
    return f->kind == FAULT_INVALID || f->kind == FAULT_LIMIT;
}

static int form_status(const struct fault *f) {
    return f->kind == FAULT_LIMIT ? 429 : 422;
}

/* What the rest of this request's page shows and carries is the session's new token. */
static void carry_on(struct req *r, struct reply *out, const char *fresh) {
    out->cookies[0] = session_set(r, fresh);
    r->who.token = fresh;
    r->who.csrf = session_csrf(r->arena, fresh);
    r->who.stage = "open";
}

/* ---- proving ---- */

static bool show_code(struct req *r, struct reply *out) {
    out->page = "factor";
    out->tree =
        TREE(TEXT("next", next_of(r)), TRUTH("is_door", strcmp(r->who.stage, "factor") == 0));
    kept_carry(r, out->tree);
    return true;
}

bool on_factor_page(struct req *r, struct reply *out, struct fault *f) {
    struct factor_info info;
    if (!factor_info(r->db, r->arena, r->who.token, &info, f))
        return false;
    return info.held ? show_code(r, out) : go(out, "/factor/setup");
}

/* Where a form brought its person here: the form's fields, to be sent with the fresh proof. */
static bool proved(struct req *r, struct reply *out, const char *fresh) {
    out->cookies[0] = session_set(r, fresh);
    if (!kept_carried(r))
        return go(out, next_of(r));
    carry_on(r, out, fresh);
    out->page = "factor_again";
    out->tree = TREE(TEXT("next", next_of(r)));
    kept_carry(r, out->tree);
    return true;
}

bool on_factor_prove(struct req *r, struct reply *out, struct fault *f) {
    struct factor_proof proof;
    const char *code = field(r, "code");
    bool typed = code[0] || fault_field(f, FAULT_INVALID, "code", N_("Type the code."));
    if (typed && factor_prove(r->db, r->arena, r->who.token, code, r->network, &proof, f))
        return proved(r, out, proof.token);
    if (!at_form(f))
        return false;
    show_code(r, out);
    parts_error_fault(r, out->tree, f);
    out->status = form_status(f);
    return true;
}

/* ---- setting up ---- */

/* "ABCD EFGH …", as it is typed by hand. */
static const char *in_fours(struct arena *a, const char *seed) {
    const char *out = "";
    for (size_t at = 0; at < strlen(seed); at += 4)
        out = arena_printf(a, "%s%s%.4s", out, at ? " " : "", seed + at);
    return out;
}

static bool show_setup(struct req *r, struct reply *out, struct fault *f) {
    struct factor_info info;
    struct factor_seed seed = {.base32 = "", .login = ""};
    if (!factor_info(r->db, r->arena, r->who.token, &info, f) ||
        ((!info.held || info.proved) && !factor_pending(r->db, r->arena, r->who.token, &seed, f)))
        return false;
    const char *uri = qr_otpauth(r->arena, issuer(r), seed.login, seed.base32);
    out->page = "factor_setup";
    out->tree =
        TREE(TRUTH("held", info.held), TEXT("since", info.since), TRUTH("needed", info.needed),
             TRUTH("must", strcmp(r->who.stage, "enrol") == 0),
             TEXT("recovery_left", parts_number(r->arena, info.recovery_left)),
             TRUTH("has_seed", seed.base32[0] != '\0'),
             TEXT("seed", in_fours(r->arena, seed.base32)), TEXT("login", seed.login),
             TEXT("uri", seed.base32[0] ? uri : ""), TEXT("next", next_of(r)));
    return true;
}

bool on_factor_setup(struct req *r, struct reply *out, struct fault *f) {
    return show_setup(r, out, f);
}

bool on_factor_enrol(struct req *r, struct reply *out, struct fault *f) {
    if (!factor_enrol(r->db, r->who.token, r->network, f))
        return false;
    return go(out, strcmp(next_of(r), "/") == 0
                       ? "/factor/setup"
                       : arena_printf(r->arena, "/factor/setup?next=%s", next_of(r)));
}

bool on_factor_qr(struct req *r, struct reply *out, struct fault *f) {
    struct factor_info info;
    struct factor_seed seed;
    const char *svg;
    if (!factor_info(r->db, r->arena, r->who.token, &info, f))
        return false;
    if (info.held && !info.proved)
        return go(out, "/factor/setup");
    if (!factor_pending(r->db, r->arena, r->who.token, &seed, f))
        return false;
    if (!seed.base32[0])
        return go(out, "/factor/setup");
    if (!qr_svg(r->arena, qr_otpauth(r->arena, issuer(r), seed.login, seed.base32), &svg, f))
        return false;
    out->bytes = svg;
    out->bytes_b = strlen(svg);
    out->type = "image/svg+xml";
    return true;
}

/* The only page that ever shows them. */
static bool show_codes(struct req *r, struct reply *out, const struct factor_codes *codes) {
    json_t *list = json_array();
    for (size_t i = 0; i < codes->count; i++)
        json_array_append_new(list, TREE(TEXT("code", codes->codes[i])));
    out->page = "factor_codes";
    out->tree = TREE(NODE("codes", list), TEXT("next", next_of(r)));
    return true;
}

bool on_factor_confirm(struct req *r, struct reply *out, struct fault *f) {
    struct factor_codes codes;
    const char *fresh;
    const char *code = field(r, "code");
    struct fault shown = {0};
    bool typed = code[0] || fault_field(f, FAULT_INVALID, "code", N_("Type the code."));
    if (typed &&
        factor_confirm(r->db, r->arena, r->who.token, code, r->network, &fresh, &codes, f)) {
        carry_on(r, out, fresh);
        return show_codes(r, out, &codes);
    }
    if (!at_form(f) || !show_setup(r, out, &shown))
        return false;
    parts_error_fault(r, out->tree, f);
    out->status = form_status(f);
    return true;
}

bool on_factor_renew(struct req *r, struct reply *out, struct fault *f) {
    struct factor_codes codes;
    return factor_renew(r->db, r->arena, r->who.token, r->network, &codes, f) &&
           show_codes(r, out, &codes);
}

/* ---- everybody's ---- */

static json_t *row_tree(const struct req *r, const struct factor_row *row) {
    return TREE(
        NUMBER("id", row->person), TEXT("login", row->login), TEXT("name", row->name),
        TRUTH("needed", row->needed), TRUTH("held", row->held), TEXT("since", row->since),
        TEXT("recovery_left", parts_number(r->arena, row->recovery_left)),
        TRUTH("can_reset", req_may(r, MAY_FACTOR_RESET) && row->held && !row->own),
        TRUTH("chosen", strcmp(field(r, "person"), text_number(r->arena, row->person)) == 0));
}

static bool show_factors(struct req *r, struct reply *out, struct fault *f) {
    struct factor_row *rows;
    size_t count;
    bool can_act = false;
    if (!factor_list(r->db, r->arena, r->who.token, &rows, &count, f))
        return false;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *row = row_tree(r, &rows[i]);
        can_act = can_act || json_is_true(json_object_get(row, "can_reset"));
        json_array_append_new(list, row);
    }
    out->page = "factors";
    out->tree =
        TREE(NODE("rows", list), TRUTH("can_act", can_act), TEXT("reason", field(r, "reason")));
    return true;
}

bool on_factors(struct req *r, struct reply *out, struct fault *f) {
    return show_factors(r, out, f);
}

bool on_factor_reset(struct req *r, struct reply *out, struct fault *f) {
    int64_t person;
    struct fault shown = {0};
    if (req_int(r, "person", 1, INT64_MAX, &person, f) &&
        factor_reset(r->db, r->arena, r->who.token, person, field(r, "reason"), r->network, f))
        return go(out, "/factors");
    if (f->kind != FAULT_INVALID || !show_factors(r, out, &shown))
        return false;
    parts_error_fault(r, out->tree, f);
    out->status = 422;
    return true;
}
