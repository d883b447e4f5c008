/* A reply's tree to a page or JSON, and the frame that every page's layout needs. */
#include "page/present.h"

#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "http/route.h"
#include "log.h"
#include "page/kept.h"
#include "page/parts.h"
#include "page/tree.h"
#include "settings/conf.h"
#include "version.h"
#include "vocabulary.h"
#include "words/say.h"

enum { PAGE_CAP_B = 64 << 20 };

/* The pages in both languages, made ready once at start. */
static struct html *pages_ja, *pages_en;

static const char *say_ja(const char *msgid) {
    return say("ja", msgid);
}

static const char *say_en(const char *msgid) {
    return say("en", msgid);
}

static bool broken(struct fault *f, const char *why) {
    return fault_detail(f, FAULT_BROKEN, N_("The page could not be made."), "%s", why);
}

bool present_open(struct fault *f) {
    char error[FAULT_TEXT_B];
    CLEANUP(arena_free) struct arena *a = arena_new();
    const char *dir = arena_printf(a, "%s/pages", conf.web_dir);
    return (html_open(dir, say_ja, &pages_ja, error, sizeof error) &&
            html_open(dir, say_en, &pages_en, error, sizeof error)) ||
           broken(f, error);
}

void present_close(void) {
    html_close(&pages_ja);
    html_close(&pages_en);
}

/* ---- the frame ---- */

/* From this many days on every page of the console warns. */
static void put_password(const struct req *r, json_t *frame) {
    bool open = strcmp(r->who.stage, "open") == 0;
    TREE_PUT(frame, TRUTH("open", open),
             TRUTH("password_ends", open && r->who.has_end && r->who.days_left <= LIMIT_WARN_DAYS),
             TEXT("password_days", parts_number(r->arena, r->who.days_left)));
}

static json_t *frame(const struct req *r) {
    bool ja = strcmp(r->lang, "ja") == 0;
    json_t *out = json_object();
    TREE_PUT(out, TEXT("town", ja ? conf.town_name : conf.town_name_en), TEXT("lang", r->lang),
             TEXT("other_lang", ja ? "en" : "ja"), TEXT("release", RELEASE),
             TRUTH("face_staff", r->face == FACE_STAFF),
             TRUTH("face_public", r->face == FACE_PUBLIC),
             TRUTH("demo", conf.profile == PROFILE_DEMO), TEXT("path", r->path),
             TRUTH("is_get", strcmp(r->method, "POST") != 0), TEXT("csrf", r->who.csrf),
             TRUTH("signed_in", r->who.person != 0), TEXT("person", r->who.name),
             TEXT("department", r->who.department_name));
    bool acting = r->who.acting_until && r->who.acting_until[0];
    TREE_PUT(out, TRUTH("acting", acting), TEXT("acting_for", acting ? r->who.acting_for : ""),
             TEXT("acting_until", acting ? r->who.acting_until : ""));
    parts_put_roles(r, out);
    put_password(r, out);
    return out;
}

static void complete(const struct req *r, json_t *tree) {
    TREE_PUT(tree, NODE("frame", frame(r)));
    if (!json_object_get(tree, "errors"))
        TREE_PUT(tree, NODE("errors", json_array()));
    TREE_PUT(tree, TRUTH("has_errors", json_array_size(json_object_get(tree, "errors")) > 0));
}

/* ---- HTML or JSON ---- */

static bool to_html(struct req *r, struct reply *out, struct fault *f) {
    CLEANUP(buf_done) struct buf text = buf_init(PAGE_CAP_B);
    char error[FAULT_TEXT_B];
    const struct html *pages = strcmp(r->lang, "ja") == 0 ? pages_ja : pages_en;
    if (!html_render(pages, out->page, out->tree, &text, error, sizeof error))
        return broken(f, error);
    out->bytes = arena_memdup(r->arena, buf_text(&text), text.len_b);
    out->bytes_b = text.len_b;
    out->type = "text/html; charset=UTF-8";
    return true;
}

/* "<" inside strings is written as an escape, so that no reader can take the text for a page. In
 * JSON it stands nowhere but in strings. */
static bool to_json(struct req *r, struct reply *out, struct fault *f) {
    char *plain = json_dumps(out->tree, JSON_COMPACT);
    if (!plain)
        return broken(f, "the tree cannot be written as JSON");
    size_t signs = 0;
    for (const char *c = plain; *c; c++)
        signs += *c == '<';
    char *text = arena_alloc(r->arena, strlen(plain) + 5 * signs + 1);
    size_t n = 0;
    for (const char *c = plain; *c; c++) {
        if (*c == '<') {
            memcpy(text + n, "\\u003c", 6);
            n += 6;
        } else {
            text[n++] = *c;
        }
    }
    free(plain);
    out->bytes = text;
    out->bytes_b = n;
    out->type = "application/json; charset=UTF-8";
    return true;
}

bool present_reply(struct req *r, struct reply *out, struct fault *f) {
    if (out->status == 0)
        out->status = out->location ? 303 : 200;
    if (out->bytes || out->stream || out->location)
        return true;
    if (!out->tree)
        out->tree = json_object();
    if (!r->wants_json && !out->page)
        return broken(f, "a reply without page, bytes or location");
    complete(r, out->tree);
    return r->wants_json ? to_json(r, out, f) : to_html(r, out, f);
}

/* ---- faults ---- */

/* A defect's sentence may quote what only the log should hold. */
static const char *fault_said(const struct req *r, const struct fault *fault) {
    return fault->kind == FAULT_BROKEN
               ? req_say(r, N_("Something went wrong on our side. It has been recorded."))
               : req_say(r, fault->text);
}

static json_t *fault_tree(const struct req *r, const struct fault *fault) {
    json_t *error = json_object();
    TREE_PUT(error, TEXT("kind", fault_name(fault->kind)), TEXT("field", fault->field),
             TEXT("text", fault_said(r, fault)), TEXT("id", r->id));
    json_t *tree = json_object();
    TREE_PUT(tree, NODE("error", error));
    return tree;
}

/* The page itself is broken: say it without one. */
static void plain(struct req *r, const struct fault *fault, struct reply *out) {
    out->bytes = arena_printf(r->arena, "%s (%s)\n", fault_said(r, fault), r->id);
    out->bytes_b = strlen(out->bytes);
    out->type = "text/plain; charset=UTF-8";
}

/* What wants a fresh proof is asked for it, and goes on with what was typed. */
static void put_code(const struct req *r, struct reply *out) {
    out->page = "factor";
    TREE_PUT(out->tree, TEXT("next", r->page ? r->page : "/"), TRUTH("is_door", false));
    kept_carry(r, out->tree);
}

static void put_error(const struct req *r, const struct fault *fault, json_t *tree) {
    TREE_PUT(tree, TEXT("heading", req_say(r, N_("This did not work"))),
             TEXT("text", fault_said(r, fault)), TEXT("id", r->id),
             TRUTH("has_retry", fault_retry(fault->kind)));
    kept_put(r, tree);
}

void present_fault(struct req *r, const struct fault *fault, struct reply *out) {
    json_decref(out->tree);
    *out = (struct reply){.status = fault_status(fault->kind), .page = "error"};
    out->tree = fault_tree(r, fault);
    struct fault again = {0};
    if (r->wants_json) {
        if (!to_json(r, out, &again))
            plain(r, fault, out);
        return;
    }
    if (fault->kind == FAULT_STALE)
        put_code(r, out);
    else
        put_error(r, fault, out->tree);
    complete(r, out->tree);
    if (!to_html(r, out, &again)) {
        log_error("%s %s", again.text, again.detail);
        plain(r, fault, out);
    }
}
