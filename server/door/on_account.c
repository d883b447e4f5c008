/* A person's own account: the password's age, posts, sessions, sign-ins, language. */
#include "door/account.h"

#include <string.h>

#include "door/on.h"
#include "door/session.h"
#include "page/parts.h"
#include "page/tree.h"
#include "words/say.h"

enum { SIGN_INS = 20 };

static const char *name_of(const struct req *r, const char *ja, const char *en) {
    return strcmp(r->lang, "en") == 0 && en[0] ? en : ja;
}

/* What a User-Agent most likely is; enough to tell one's own browsers apart. */
static const char *browser_of(const struct req *r, const char *agent) {
    static const struct {
        const char *sign, *name;
    } browsers[] = {{"Edg", "Edge"},      {"OPR", "Opera"},     {"Firefox", "Firefox"},
                    {"Chrome", "Chrome"}, {"Safari", "Safari"}, {"curl", "curl"}},
      systems[] = {{"iPhone", "iPhone"},   {"iPad", "iPad"},      {"Android", "Android"},
                   {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"}};
    const char *browser = NULL, *system = NULL;
    for (size_t i = 0; i < COUNT(browsers) && !browser; i++)
        browser = strstr(agent, browsers[i].sign) ? browsers[i].name : NULL;
    for (size_t i = 0; i < COUNT(systems) && !system; i++)
        system = strstr(agent, systems[i].sign) ? systems[i].name : NULL;
    browser = browser ? browser : req_say(r, N_("Unknown browser"));
    return system ? arena_printf(r->arena, "%s (%s)", browser, system) : browser;
}

/* ---- lists ---- */

static json_t *post_tree(const struct req *r, const struct account_duty *d) {
    return TREE(TEXT("role", parts_role(r, d->role)),
                TEXT("department", name_of(r, d->department, d->department_en)),
                TEXT("from", d->from), TEXT("to", d->to), TRUTH("has_to", d->to[0] != '\0'),
                TRUTH("later", !d->now));
}

static json_t *delegation_tree(const struct req *r, const struct account_duty *d) {
    return TREE(TRUTH("given", strcmp(d->kind, "given") == 0), TEXT("other", d->other),
                TEXT("department", name_of(r, d->department, d->department_en)),
                TEXT("from", d->from), TEXT("until", d->to), TEXT("reason", d->reason),
                TRUTH("later", !d->now));
}

static json_t *session_tree(const struct req *r, const struct account_session *s) {
    return TREE(NUMBER("id", s->id), TRUTH("here", s->here), TRUTH("new_place", s->new_place),
                TEXT("network", s->network), TEXT("browser", browser_of(r, s->agent)),
                TEXT("made", s->made), TEXT("seen", s->seen),
                TEXT("department", name_of(r, s->department, s->department_en)),
                TEXT("role", parts_role(r, s->role)));
}

static json_t *sign_in_tree(const struct req *r, const struct account_sign_in *s) {
    return TREE(TEXT("at", s->at), TEXT("network", s->network), TRUTH("ok", s->done),
                TEXT("result", req_say(r, s->done ? N_("Done") : N_("Refused"))));
}

static bool put_duties(struct req *r, json_t *tree, struct fault *f) {
    struct account_duty *all;
    size_t count;
    if (!account_duties(r->db, r->arena, r->who.token, &all, &count, f))
        return false;
    json_t *posts = json_array(), *delegations = json_array();
    for (size_t i = 0; i < count; i++)
        if (strcmp(all[i].kind, "post") == 0)
            json_array_append_new(posts, post_tree(r, &all[i]));
        else
            json_array_append_new(delegations, delegation_tree(r, &all[i]));
    TREE_PUT(tree, NODE("posts", posts), NODE("delegations", delegations),
             TRUTH("has_delegations", json_array_size(delegations) > 0));
    return true;
}

static bool put_sessions(struct req *r, json_t *tree, struct fault *f) {
    struct account_session *sessions;
    size_t count;
    if (!account_sessions(r->db, r->arena, r->who.token, &sessions, &count, f))
        return false;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, session_tree(r, &sessions[i]));
    TREE_PUT(tree, NODE("sessions", list), TRUTH("has_others", count > 1));
    return true;
}

static bool put_sign_ins(struct req *r, json_t *tree, struct fault *f) {
    struct account_sign_in *rows;
    size_t count;
    if (!account_sign_ins(r->db, r->arena, r->who.token, SIGN_INS, &rows, &count, f))
        return false;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, sign_in_tree(r, &rows[i]));
    TREE_PUT(tree, NODE("sign_ins", list), TRUTH("has_sign_ins", count > 0));
    return true;
}

/* ---- the page ---- */

bool on_account(struct req *r, struct reply *out, struct fault *f) {
    struct account a;
    if (!account_read(r->db, r->arena, r->who.token, &a, f))
        return false;
    out->page = "account";
    out->tree = TREE(
        TEXT("login", a.login), TEXT("mail", a.mail), TRUTH("has_mail", a.mail[0] != '\0'),
        TEXT("set_on", a.set_on), TEXT("ends_on", a.ends_on),
        TEXT("days_left", parts_number(r->arena, a.days_left)), TRUTH("has_tries", a.tries > 0),
        TEXT("tries", parts_number(r->arena, a.tries)), TRUTH("lang_ja", strcmp(a.lang, "ja") == 0),
        TRUTH("lang_en", strcmp(a.lang, "en") == 0));
    return put_duties(r, out->tree, f) && put_sessions(r, out->tree, f) &&
           put_sign_ins(r, out->tree, f);
}

static bool back(struct reply *out) {
    out->location = "/me";
    return true;
}

bool on_account_lang(struct req *r, struct reply *out, struct fault *f) {
    const char *lang = req_field(r, "language");
    lang = lang ? lang : "";
    if (!account_lang(r->db, r->who.token, lang, r->network, f))
        return false;
    r->lang = strcmp(lang, "en") == 0 ? "en" : "ja";
    out->cookies[0] = session_set_lang(r);
    return back(out);
}

bool on_session_end(struct req *r, struct reply *out, struct fault *f) {
    int64_t id;
    return req_arg_int(r, 0, &id, f) &&
           account_end_one(r->db, r->arena, r->who.token, id, r->network, f) && back(out);
}

bool on_sessions_end(struct req *r, struct reply *out, struct fault *f) {
    return account_end_others(r->db, r->who.token, r->network, f) && back(out);
}
