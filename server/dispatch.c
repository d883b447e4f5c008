/* From a judged request to a filled reply: route, session, role, form token, handler, page. */
#include "dispatch.h"

#include <string.h>

#include "door/session.h"
#include "http/files.h"
#include "http/form.h"
#include "http/store.h"
#include "log.h"
#include "log/oplog.h"
#include "page/kept.h"
#include "page/present.h"
#include "route_table.h"
#include "settings/conf.h"
#include "text.h"
#include "words/say.h"

#define NO_PAGE      N_("There is no such page.")
#define NOT_SIGNED   N_("Your session is over. Please sign in again.")
#define NOT_YOUR_ACT N_("Your post does not allow this.")
#define NOT_OUR_FORM                                                                               \
    N_("This form is too old, or was not sent from our page. Open the page again and repeat.")

static void log_fault(const struct talk *t, const struct fault *f) {
    if (f->kind == FAULT_BROKEN) {
        log_error("%s %s: %s %s", t->req.method, talk_path(t), f->text, f->detail);
    } else {
        log_info("%s %s: %s: %s %s", t->req.method, talk_path(t), fault_name(f->kind), f->text,
                 f->detail);
    }
}

bool talk_fault(struct talk *t, const struct fault *f) {
    log_fault(t, f);
    present_fault(&t->req, f, &t->reply);
    t->state = TALK_READY;
    return false;
}

bool talk_refuse(struct talk *t, enum refusal why) {
    struct fault f = {0};
    fault_detail(&f, FAULT_INVALID, guard_text(why), "%s", guard_why(why));
    talk_fault(t, &f);
    t->reply.status = guard_status(why);
    if (t->reply.status == 405 && !t->allow)
        t->allow = "GET, HEAD, POST";
    return false;
}

/* ---- where to ---- */

/* Paths are matched byte by byte; none of ours needs a percent sign, so one that has it is none. */
static bool find_route(struct talk *t, struct fault *f) {
    if (strchr(t->req.path, '%'))
        return fault_set(f, FAULT_MISSING, NO_PAGE);
    const char *method = strcmp(t->req.method, "HEAD") == 0 ? "GET" : t->req.method;
    struct route_found found;
    bool is_there =
        route_find(t->req.arena, route_table(), t->req.face, method, t->req.path, &found, f);
    t->route = found.route;
    t->req.args = found.args;
    t->allow = found.allow;
    return is_there;
}

static bool is_read(const struct talk *t) {
    return strcmp(t->req.method, "POST") != 0;
}

static bool admit_file(struct talk *t) {
    t->file = is_read(t) ? files_find(t->req.path) : NULL;
    if (t->file)
        t->state = TALK_READY;
    return t->file != NULL;
}

/* ---- who ---- */

/* Each step of admission: false with *f filled, or with the answer ready. */

/* Somebody without a session gets forms bound to a cookie that says nothing about them. */
static bool use_form_cookie(struct talk *t, struct fault *f) {
    struct req *r = &t->req;
    const char *value;
    if (!session_cookie(r->arena, t->heads.value[HEAD_COOKIE], session_form_name(r->face), &value))
        return talk_refuse(t, REFUSE_COOKIE);
    if (!value) {
        if (!session_form_new(r->arena, &value, f))
            return false;
        talk_cookie(t, session_set_form(r, value));
    }
    r->who.csrf = session_csrf(r->arena, value);
    return true;
}

/* The browser's own cookie from an earlier sign-in, by which tries are counted apart. */
static void use_device(struct talk *t) {
    const char *value;
    if (session_cookie(t->req.arena, t->heads.value[HEAD_COOKIE], session_device_name(), &value) &&
        value)
        t->req.device = value;
}

/* Whose request the database knows by its id, since session_find; whoever is admitted next, on the
 * same connection or a new one, makes that void. */
static const struct talk *told;

static bool admit_who(struct talk *t, struct fault *f) {
    struct req *r = &t->req;
    const char *token = NULL;
    if (t->route->csrf_exempt || t->route->no_db)
        return true; /* such a handler is not to know any cookie */
    if (r->face == FACE_STAFF &&
        !session_cookie(r->arena, t->heads.value[HEAD_COOKIE], session_name(r->face), &token))
        return talk_refuse(t, REFUSE_COOKIE);
    if (token && !session_find(r, token, f))
        return false;
    told = r->who.person != 0 ? t : NULL;
    use_device(t);
    return r->who.person != 0 || use_form_cookie(t, f);
}

/* What is put on record now belongs to this request. */
static bool tell(struct talk *t, struct fault *f) {
    if (told != t && !oplog_request(t->req.db, t->req.id, f))
        return false;
    told = t;
    return true;
}

static bool tell_request(struct talk *t, struct fault *f) {
    bool record = t->route->act || !is_read(t);
    return t->req.face != FACE_STAFF || !t->req.db || !record || tell(t, f);
}

static bool redirect(struct talk *t, const char *location) {
    t->reply = (struct reply){.status = 303, .location = location};
    t->state = TALK_READY;
    return false;
}

/* The session's token as the browser has it, live or not; NULL for none. */
static const char *token_of(const struct talk *t) {
    const char *token;
    return session_cookie(t->req.arena, t->heads.value[HEAD_COOKIE], session_name(t->req.face),
                          &token)
               ? token
               : NULL;
}

/* A refusal is on record before it is told; the log row has a transaction of its own. */
static void record_refused(struct talk *t, const char *reason) {
    struct fault f = {0};
    struct req *r = &t->req;
    const char *act = t->route->act ? act_words[t->route->act].code : t->route->path;
    const char *token = r->who.person != 0 ? r->who.token : token_of(t);
    if (!token || !r->db ||
        (tell(t, &f) && oplog_refused(r->db, token, act, r->path, reason, r->network, &f)))
        return;
    log_error("refusal not recorded: %s %s", f.text, f.detail);
}

/* A page of the door, and from there back to the page asked for when its path is plain. */
static const char *door_path(const struct req *r, const char *page) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-_";
    bool back = r->path[strspn(r->path, plain)] == '\0' && strcmp(r->path, "/") != 0;
    return back ? arena_printf(r->arena, "%s?next=%s", page, r->path) : page;
}

/* Before a session is open, its person reaches what opens it, and nothing else. */
static bool admit_stage(struct talk *t, struct fault *f) {
    struct req *r = &t->req;
    if (r->who.person == 0 || strcmp(r->who.stage, "open") == 0)
        return true;
    const struct route_stage *stage = route_stage(r->who.stage);
    if (!stage)
        return fault_set(f, FAULT_UNSIGNED, NOT_SIGNED);
    if (t->route->stages & stage->bit)
        return true;
    if (is_read(t) && !r->wants_json)
        return redirect(t, door_path(r, stage->page));
    record_refused(t, stage->told);
    return fault_field(f, FAULT_DENIED, stage->name, stage->told);
}

static bool admit_role(struct talk *t, struct fault *f) {
    unsigned roles = t->route->roles;
    struct req *r = &t->req;
    if (roles == ROLE_NOBODY || req_may(r, roles) ||
        ((roles & ROLE_SIGNED_IN) && r->who.person != 0))
        return true;
    if (r->who.person == 0) {
        if (r->face == FACE_STAFF && (!is_read(t) || t->route->look))
            record_refused(t, "session"); /* where there is a cookie, of a dead session or forged */
        return is_read(t) && !r->wants_json ? redirect(t, door_path(r, "/sign-in"))
                                            : fault_set(f, FAULT_UNSIGNED, NOT_SIGNED);
    }
    if (r->who.post == 0)
        return redirect(t, "/post");
    record_refused(t, "role");
    return fault_set(f, FAULT_DENIED, NOT_YOUR_ACT);
}

static bool admit_db(struct talk *t, struct fault *f) {
    told = NULL;
    t->req.db = store_db(t->req.face, f);
    return t->req.db || t->route->no_db;
}

static bool admit_length(struct talk *t) {
    int64_t most_b = conf.body_limit_b + (t->route->upload ? conf.upload_limit_b : 0);
    return t->length_b <= (size_t)most_b || talk_refuse(t, REFUSE_LARGE);
}

/* Tells a person who was writing only when the body is here, so that the answer can give back what
 * was typed. Who is nobody may not make us hold more than a form's texts. */
static bool refuse_with_texts(struct talk *t, const struct fault *f) {
    if (is_read(t) || t->req.wants_json || t->length_b > (size_t)conf.body_limit_b)
        return talk_fault(t, f);
    t->refused = *f;
    return true;
}

bool dispatch_admit(struct talk *t) {
    struct fault f = {0};
    if (admit_file(t))
        return false;
    if (!find_route(t, &f))
        return t->allow ? talk_refuse(t, REFUSE_METHOD) : talk_fault(t, &f);
    if (admit_db(t, &f) && admit_who(t, &f) && admit_stage(t, &f) && admit_role(t, &f))
        return admit_length(t);
    return t->state != TALK_READY && refuse_with_texts(t, &f);
}

/* ---- what ---- */

/* Body first, then query, so that a form's own value wins. */
static enum refusal read_fields(struct talk *t) {
    struct form form = {.arena = t->req.arena};
    bool known;
    if (!form_body(&form, t->heads.value[HEAD_TYPE], t->body ? t->body : "", t->body_b, &known))
        return known ? REFUSE_FORM : REFUSE_TYPE;
    t->req.body_count = form.count;
    for (size_t i = 0; i < t->query.count; i++)
        if (!form_add(&form, t->query.fields[i], strlen(t->query.fields[i].name)))
            return REFUSE_FORM;
    t->req.fields = form.fields;
    t->req.field_count = form.count;
    return REFUSE_NONE;
}

/* Whether an Origin is ours: by our address as set, or by the Host that was asked. */
static bool origin_ours(const struct talk *t, const char *origin) {
    const char *url = t->req.face == FACE_STAFF ? conf.staff_url : conf.public_url;
    const char *host = strstr(origin, "://");
    return strcmp(origin, url) == 0 || (host && strcmp(host + 3, t->heads.value[HEAD_HOST]) == 0);
}

/* What a browser says about where a request comes from. Our own Referrer-Policy makes it send
 * "Origin: null" with our own forms, so null alone says nothing; the form's token decides. */
static bool from_us(const struct talk *t) {
    const char *site = t->heads.value[HEAD_SITE];
    const char *origin = t->heads.value[HEAD_ORIGIN];
    if (site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
        return false;
    return !origin || strcmp(origin, "null") == 0 || origin_ours(t, origin);
}

/* Whether our own page sent this, though its session may be over: the browser says so, or the
 * form's token fits the session's cookie, dead or alive. What strangers make a browser send is
 * never shown as if its reader had typed it. */
static bool typed_here(struct talk *t) {
    const char *site = t->heads.value[HEAD_SITE];
    const char *origin = t->heads.value[HEAD_ORIGIN];
    const char *token = token_of(t);
    if (is_read(t) || !from_us(t))
        return false;
    if ((site && strcmp(site, "same-origin") == 0) || (origin && origin_ours(t, origin)))
        return true;
    struct req as = t->req;
    as.who.csrf = token ? session_csrf(as.arena, token) : "";
    return session_csrf_right(&as);
}

static bool check_form(struct talk *t) {
    if (is_read(t) || t->route->csrf_exempt || (from_us(t) && session_csrf_right(&t->req)))
        return true;
    struct fault f = {0};
    record_refused(t, "csrf");
    fault_set(&f, FAULT_DENIED, NOT_OUR_FORM);
    return talk_fault(t, &f);
}

/* The page that an act was done on: the nearest address above it that can be looked at; a file is
 * offered on the page of its name. */
static const char *page_of(const struct talk *t) {
    struct arena *a = t->req.arena;
    const char *path = arena_strndup(a, t->req.path, strcspn(t->req.path, "."));
    struct route_found found;
    struct fault none = {0};
    while (path[1] && !route_find(a, route_table(), t->req.face, "GET", path, &found, &none)) {
        const char *last = strrchr(path, '/');
        path = last > path ? arena_strndup(a, path, (size_t)(last - path)) : "/";
    }
    return path;
}

/* An act that wants a fresh proof leads to the code, and from there back. Where something was
 * typed, the answer is the page of the code itself, which carries it along. */
static bool lead_to_code(struct talk *t, const struct fault *f) {
    if (f->kind != FAULT_STALE || t->req.wants_json)
        return false;
    t->req.page = page_of(t);
    if (kept_some(&t->req))
        return false;
    struct req there = t->req;
    there.path = t->req.page;
    json_decref(t->reply.tree);
    redirect(t, door_path(&there, "/factor"));
    return true;
}

/* The page asked for, with the numbers of its query ("?before=120"): texts may be personal data. */
static const char *asked_for(const struct req *r) {
    const char *text = r->path, *mark = "?";
    int64_t n;
    for (size_t i = 0; i < r->field_count; i++) {
        if (text_int(r->fields[i].value, 0, INT64_MAX, &n)) {
            text = arena_printf(r->arena, "%s%s%.30s=%lld", text, mark, r->fields[i].name,
                                (long long)n);
            mark = "&";
        }
    }
    return text;
}

/* Nobody is shown personal data without a row in the log. */
static bool record_view(const struct talk *t, struct fault *f) {
    const struct req *r = &t->req;
    return !t->route->look || !is_read(t) || r->who.post == 0 ||
           oplog_view(r->db, r->who.token, act_words[t->route->act].code, asked_for(r), r->network,
                      f);
}

/* The handler's verdict to the answer. */
static void finish(struct talk *t, bool done, struct fault *f) {
    if (done && t->reply.ask) {
        t->state = TALK_WAITING;
        return;
    }
    done = done && record_view(t, f);
    if (done)
        done = present_reply(&t->req, &t->reply, f);
    else if ((f->kind == FAULT_DENIED || f->kind == FAULT_STALE) && !is_read(t))
        record_refused(t, f->text);
    if (!done && !lead_to_code(t, f))
        talk_fault(t, f);
    for (size_t i = 0; i < COUNT(t->reply.cookies) && t->reply.cookies[i]; i++)
        talk_cookie(t, t->reply.cookies[i]);
    t->state = TALK_READY;
}

void dispatch_act(struct talk *t) {
    struct fault f = {0};
    enum refusal refusal = read_fields(t);
    t->req.typed_here = typed_here(t);
    if (t->refused.kind != FAULT_NONE) {
        talk_fault(t, &t->refused);
        return;
    }
    if (refusal != REFUSE_NONE) {
        talk_refuse(t, refusal);
        return;
    }
    if (!check_form(t))
        return;
    bool done = tell_request(t, &f) && t->route->handler(&t->req, &t->reply, &f);
    finish(t, done, &f);
}

void dispatch_go_on(struct talk *t, const unsigned char *proof, const struct fault *f) {
    struct fault inner = {0};
    const struct ask *ask = t->reply.ask;
    if (f) {
        t->reply.ask = NULL;
        talk_fault(t, f);
        return;
    }
    t->req.proof = proof;
    bool done = tell_request(t, &inner) && ask->then(&t->req, &t->reply, &inner);
    if (t->reply.ask == ask)
        t->reply.ask = NULL;
    finish(t, done, &inner);
    t->req.proof = NULL;
}
