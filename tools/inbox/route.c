/* The table of paths and the handlers behind it. */
#include "route.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "assets.h"
#include "form.h"
#include "json.h"
#include "page.h"
#include "show.h"
#include "text.h"

static const char html[] = "text/html; charset=utf-8";

static void note(const struct request *r, struct answer *out, int status, const char *text) {
    out->status = status;
    out->type = html;
    buf_clear(&out->body);
    if (!r->wants_json && !r->is_json) {
        page_note(&out->body, text);
        return;
    }
    out->type = "application/json";
    json_t *tree = json_pack("{ss}", "error", text);
    char *json = json_dumps(tree, JSON_COMPACT);
    buf_str(&out->body, json);
    free(json);
    json_decref(tree);
}

/* Answers with a tree, which is given up. */
static void give_json(struct answer *out, int status, json_t *tree) {
    char *json = json_dumps(tree, JSON_COMPACT);
    out->status = status;
    out->type = "application/json";
    buf_str(&out->body, json ? json : "null");
    buf_char(&out->body, '\n');
    free(json);
    json_decref(tree);
}

static const char *query(const struct request *r, const char *name) {
    const char *value = r->query(r->query_context, name);
    return value ? value : "";
}

static int64_t query_int(const struct request *r, const char *name, int64_t fallback, int64_t max) {
    int64_t n;
    return text_int(query(r, name), 0, max, &n) ? n : fallback;
}

static void on_list(const struct web_world *w, const struct request *r, uint64_t id,
                    struct answer *out) {
    const char *q = query(r, "q");
    int64_t below = query_int(r, "before", 0, INT64_MAX);
    (void)id;
    q = show_clean(r->arena, q, strlen(q), 254, false);
    page_list(&out->body, w->store, w->tally, q, below ? (uint64_t)below : UINT64_MAX);
}

static const struct mail *find_mail(const struct web_world *w, const struct request *r, uint64_t id,
                                    struct answer *out) {
    const struct mail *m = store_find(w->store, id);
    if (!m)
        note(r, out, 404, "このメールはありません / There is no such mail");
    return m;
}

static void on_mail(const struct web_world *w, const struct request *r, uint64_t id,
                    struct answer *out) {
    const struct mail *m = find_mail(w, r, id, out);
    if (m)
        page_mail(&out->body, r->arena, m);
}

static void on_source(const struct web_world *w, const struct request *r, uint64_t id,
                      struct answer *out) {
    const struct mail *m = find_mail(w, r, id, out);
    if (m)
        page_source(&out->body, r->arena, m);
}

static void on_raw(const struct web_world *w, const struct request *r, uint64_t id,
                   struct answer *out) {
    const struct mail *m = find_mail(w, r, id, out);
    if (!m)
        return;
    out->type = "application/octet-stream";
    out->filename = arena_printf(r->arena, "%" PRIu64 ".eml", id);
    buf_add(&out->body, m->raw, m->raw_b);
}

static json_t *decode(const struct request *r, const struct mail *m) {
    struct show show;
    if (*query(r, "brief"))
        return json_envelope(m);
    show_read(r->arena, m, &show);
    return json_mail(m, &show);
}

static void on_mail_json(const struct web_world *w, const struct request *r, uint64_t id,
                         struct answer *out) {
    const struct mail *m = find_mail(w, r, id, out);
    if (m)
        give_json(out, 200, decode(r, m));
}

static json_t *mail_list(const struct web_world *w, const struct request *r) {
    uint64_t after = (uint64_t)query_int(r, "after", 0, INT64_MAX);
    uint64_t below = (uint64_t)query_int(r, "before", 0, INT64_MAX);
    int64_t left = query_int(r, "limit", 50, ROUTE_LIMIT_MAX);
    const char *to = query(r, "to"), *part = query(r, "q");
    json_t *list = json_array();
    const struct mail *m = store_before(w->store, below ? below : UINT64_MAX, to, part);
    for (; m && m->id > after && left-- > 0; m = store_before(w->store, m->id, to, part))
        json_array_append_new(list, decode(r, m));
    return list;
}

static void on_mails(const struct web_world *w, const struct request *r, uint64_t id,
                     struct answer *out) {
    json_t *list = mail_list(w, r);
    int64_t wait_ms = query_int(r, "wait_ms", 0, ROUTE_WAIT_MAX_MS);
    (void)id;
    if (!json_array_size(list) && wait_ms && !r->waited) {
        out->wait_ms = (int)wait_ms;
        json_decref(list);
        return;
    }
    give_json(out, 200,
              json_pack("{sI so}", "newest", (json_int_t)store_newest(w->store), "mails", list));
}

static void on_stats(const struct web_world *w, const struct request *r, uint64_t id,
                     struct answer *out) {
    (void)r, (void)id;
    give_json(out, 200, json_stats(w->tally, w->store));
}

static void on_rules(const struct web_world *w, const struct request *r, uint64_t id,
                     struct answer *out) {
    (void)id;
    if (r->wants_json)
        give_json(out, 200, json_rules(w->rules));
    else
        page_rules(&out->body, w->rules, NULL, NULL);
}

/* After a change: scripts get JSON, browsers go to the page. */
static void changed(const struct request *r, struct answer *out, const char *page, int status,
                    json_t *tree) {
    if (r->is_json || r->wants_json) {
        give_json(out, status, tree);
        return;
    }
    json_decref(tree);
    out->status = 303;
    out->location = page;
}

static void refuse_rule(const struct web_world *w, const struct request *r, const struct form *form,
                        const struct fault *f, struct answer *out) {
    if (r->is_json || r->wants_json) {
        give_json(out, fault_status(f->kind),
                  json_pack("{ss ss}", "error", f->text, "field", f->field));
        return;
    }
    out->status = fault_status(f->kind);
    page_rules(&out->body, w->rules, form, f);
}

static bool add_rule(const struct web_world *w, const struct form *form, uint64_t *id,
                     struct fault *f) {
    struct rule rule;
    struct rule_form fields = {
        .domain = form_get(form, "domain"),
        .act = form_get(form, "act"),
        .at = form_get(form, "at"),
        .code = form_get(form, "code"),
        .text = form_get(form, "text"),
        .delay_ms = form_get(form, "delay_ms"),
        .times = form_get(form, "times"),
    };
    return rule_parse(&fields, &rule, f) && rules_add(w->rules, &rule, id, f);
}

static void on_rule_add(const struct web_world *w, const struct request *r, uint64_t id,
                        struct answer *out) {
    struct form form;
    struct fault f = {0};
    if (!form_read(r->arena, r->body, r->body_b, r->is_json, &form, &f) ||
        !add_rule(w, &form, &id, &f)) {
        refuse_rule(w, r, &form, &f, out);
        return;
    }
    changed(r, out, "/rules", 201, json_rule(&w->rules->list[w->rules->count - 1]));
}

static void on_rule_remove(const struct web_world *w, const struct request *r, uint64_t id,
                           struct answer *out) {
    if (rules_remove(w->rules, id))
        changed(r, out, "/rules", 200, json_rules(w->rules));
    else
        note(r, out, 404, "この規則はありません / There is no such rule");
}

static void on_rules_clear(const struct web_world *w, const struct request *r, uint64_t id,
                           struct answer *out) {
    (void)id;
    rules_clear(w->rules);
    changed(r, out, "/rules", 200, json_rules(w->rules));
}

static void on_mails_clear(const struct web_world *w, const struct request *r, uint64_t id,
                           struct answer *out) {
    (void)id;
    store_clear(w->store);
    changed(r, out, "/", 200, json_stats(w->tally, w->store));
}

static void on_css(const struct web_world *w, const struct request *r, uint64_t id,
                   struct answer *out) {
    (void)w, (void)r, (void)id;
    out->type = "text/css; charset=utf-8";
    buf_str(&out->body, asset_css);
}

static void on_js(const struct web_world *w, const struct request *r, uint64_t id,
                  struct answer *out) {
    (void)w, (void)r, (void)id;
    out->type = "text/javascript; charset=utf-8";
    buf_str(&out->body, asset_js);
}

static void on_icon(const struct web_world *w, const struct request *r, uint64_t id,
                    struct answer *out) {
    (void)w, (void)r, (void)id;
    out->type = "image/svg+xml";
    buf_str(&out->body, asset_icon);
}

static const struct {
    const char *method, *path; /* '#' stands for a number */
    void (*run)(const struct web_world *w, const struct request *r, uint64_t id,
                struct answer *out);
} routes[] = {
    {"GET", "/", on_list},
    {"GET", "/mail/#", on_mail},
    {"GET", "/mail/#/source", on_source},
    {"GET", "/mails", on_mails},
    {"GET", "/mails/#", on_mail_json},
    {"GET", "/mails/#/raw", on_raw},
    {"POST", "/mails/clear", on_mails_clear},
    {"GET", "/stats", on_stats},
    {"GET", "/rules", on_rules},
    {"POST", "/rules", on_rule_add},
    {"POST", "/rules/#/remove", on_rule_remove},
    {"POST", "/rules/clear", on_rules_clear},
    {"GET", "/inbox.css", on_css},
    {"GET", "/inbox.js", on_js},
    {"GET", "/icon.svg", on_icon},
};

static bool path_fits(struct arena *a, const char *pattern, const char *path, uint64_t *id) {
    size_t before = strcspn(pattern, "#");
    if (!pattern[before])
        return !strcmp(pattern, path);
    if (strncmp(pattern, path, before) != 0)
        return false;
    size_t digits = strspn(path + before, "0123456789");
    int64_t n;
    if (strcmp(pattern + before + 1, path + before + digits) != 0 ||
        !text_int(arena_strndup(a, path + before, digits), 1, INT64_MAX, &n))
        return false;
    *id = (uint64_t)n;
    return true;
}

void route_answer(const struct web_world *w, const struct request *r, struct answer *out) {
    bool known = false;
    uint64_t id = 0;
    const char *method = strcmp(r->method, "HEAD") != 0 ? r->method : "GET";
    out->status = 200;
    out->type = html;
    for (size_t i = 0; i < COUNT(routes); i++) {
        if (!path_fits(r->arena, routes[i].path, r->path, &id))
            continue;
        known = true;
        if (strcmp(routes[i].method, method) != 0)
            continue;
        routes[i].run(w, r, id, out);
        return;
    }
    note(r, out, known ? 405 : 404,
         known ? "この方法では使えません / Method not allowed"
               : "このページはありません / There is no such page");
}
