/* The residents' face: registering, changing, leaving, staying. */
#include "residents/on.h"

#include <string.h>

#include "page/parts.h"
#include "page/tree.h"
#include "residents/subscriber.h"
#include "settings/conf.h"
#include "words/address.h"
#include "words/say.h"

/* Makes a page the answer; its tree, to fill. */
static json_t *show(struct reply *out, const char *page) {
    out->page = page;
    return out->tree = json_object();
}

static const char *typed(const struct req *r, const char *name) {
    const char *value = req_field(r, name);
    return value ? value : "";
}

/* ---- choices ---- */

/* What the form offers and what of it is ticked. */
struct offer {
    struct choice *choices;
    size_t count;
    bool *ticked;
};

static const char *choice_name(const struct req *r, const struct choice *c) {
    return strcmp(r->lang, "en") == 0 && *c->name_en ? c->name_en : c->name;
}

static const char *field_of(const struct choice *c) {
    return c->is_area ? "area" : "category";
}

static bool is_ticked(const struct req *r, const struct choice *c) {
    const char *id = arena_printf(r->arena, "%lld", (long long)c->id), *value;
    for (size_t k = 0; (value = req_field_nth(r, field_of(c), k)); k++)
        if (strcmp(value, id) == 0)
            return true;
    return false;
}

static bool offer_read(struct req *r, struct offer *out, struct fault *f) {
    if (!subscriber_choices(r->db, r->arena, &out->choices, &out->count, f))
        return false;
    out->ticked = arena_array(r->arena, out->count + 1, sizeof *out->ticked);
    for (size_t i = 0; i < out->count; i++)
        out->ticked[i] = is_ticked(r, &out->choices[i]);
    return true;
}

/* The ids that are ticked among the areas, or among the categories. */
static const int64_t *offer_ids(const struct req *r, const struct offer *offer, bool areas,
                                size_t *count) {
    int64_t *ids = arena_array(r->arena, offer->count + 1, sizeof *ids);
    *count = 0;
    for (size_t i = 0; i < offer->count; i++)
        if (offer->ticked[i] && offer->choices[i].is_area == areas)
            ids[(*count)++] = offer->choices[i].id;
    return ids;
}

/* Whether every value of a field is an id that is offered. */
static bool offer_knows(const struct req *r, const struct offer *offer, const char *field) {
    const char *value;
    for (size_t k = 0; (value = req_field_nth(r, field, k)); k++) {
        bool known = false;
        for (size_t i = 0; i < offer->count && !known; i++)
            known =
                strcmp(field_of(&offer->choices[i]), field) == 0 &&
                strcmp(value, arena_printf(r->arena, "%lld", (long long)offer->choices[i].id)) == 0;
        if (!known)
            return false;
    }
    return true;
}

/* Adds the lists `categories` and `areas`; ticked NULL: without ids and ticks.
 */
static void put_choices(const struct req *r, json_t *tree, const struct choice *choices,
                        size_t count, const bool *ticked) {
    json_t *lists[] = {json_array(), json_array()};
    for (size_t i = 0; i < count; i++) {
        json_t *item = json_object();
        TREE_PUT(item, TEXT("name", choice_name(r, &choices[i])));
        if (ticked) {
            TREE_PUT(item, TEXT("id", arena_printf(r->arena, "%lld", (long long)choices[i].id)),
                     TRUTH("checked", ticked[i]));
        }
        json_array_append_new(lists[choices[i].is_area], item);
    }
    TREE_PUT(tree, NODE("categories", lists[0]), NODE("areas", lists[1]));
}

/* ---- registering ---- */

static json_t *show_form(struct req *r, struct reply *out, const struct offer *offer) {
    json_t *tree = show(out, "public_subscribe");
    TREE_PUT(tree, TEXT("address", typed(r, "address")), TEXT("terms_version", conf.terms_version),
             TRUTH("agreed", *typed(r, "agreed") != '\0'));
    put_choices(r, tree, offer->choices, offer->count, offer->ticked);
    return tree;
}

bool on_register_page(struct req *r, struct reply *out, struct fault *f) {
    struct offer offer = {0};
    if (!offer_read(r, &offer, f))
        return false;
    show_form(r, out, &offer);
    return true;
}

static void check_choices(struct req *r, json_t *tree, const struct offer *offer,
                          const struct subscriber_wish *wish) {
    if (!offer_knows(r, offer, "category"))
        parts_error(r, tree, "category", N_("This category or area does not exist."));
    else if (wish->category_count == 0)
        parts_error(r, tree, "category", N_("Choose at least one category."));
    if (!offer_knows(r, offer, "area"))
        parts_error(r, tree, "area", N_("This category or area does not exist."));
    else if (wish->area_count == 0)
        parts_error(r, tree, "area", N_("Choose at least one area."));
}

/* The terms agreed to must be those of today: they may have changed while the
 * form lay open. */
static void check_terms(struct req *r, json_t *tree) {
    if (*typed(r, "agreed") == '\0')
        parts_error(r, tree, "agreed", N_("To register, agree to the terms of use."));
    else if (strcmp(typed(r, "terms_version"), conf.terms_version) != 0)
        parts_error(r, tree, "agreed",
                    N_("The terms of use have changed. Read them and agree once more."));
}

/* Reads the form to a wish; what is wrong with it becomes the tree's errors. */
static struct subscriber_wish read_wish(struct req *r, json_t *tree, const struct offer *offer) {
    struct subscriber_wish wish = {.lang = r->lang, .terms_version = conf.terms_version};
    struct address address = {0};
    struct fault f = {0};
    wish.categories = offer_ids(r, offer, false, &wish.category_count);
    wish.areas = offer_ids(r, offer, true, &wish.area_count);
    if (address_parse(r->arena, typed(r, "address"), conf.domain, &address, &f))
        wish.address = address.send;
    else
        parts_error_fault(r, tree, &f);
    check_choices(r, tree, offer, &wish);
    check_terms(r, tree);
    return wish;
}

static bool has_errors(const json_t *tree) {
    return json_array_size(json_object_get(tree, "errors")) > 0;
}

/* A refusal that the person can do something about is shown in the form, with
 * what was typed; any other is the caller's to pass on. */
static bool show_refusal(struct req *r, struct reply *out, json_t *tree, const struct fault *f) {
    if (f->kind != FAULT_INVALID && f->kind != FAULT_LIMIT)
        return false;
    parts_error(r, tree, *f->field ? f->field : "address", f->text);
    out->status = fault_status(f->kind);
    return true;
}

static void show_sent(struct req *r, struct reply *out, int64_t hours) {
    json_decref(out->tree);
    json_t *tree = show(out, "public_sent");
    TREE_PUT(tree, TRUTH("has_hours", hours > 0),
             TEXT("hours", arena_printf(r->arena, "%lld", (long long)hours)));
}

bool on_register(struct req *r, struct reply *out, struct fault *f) {
    struct offer offer = {0};
    if (!offer_read(r, &offer, f))
        return false;
    json_t *tree = show_form(r, out, &offer);
    struct subscriber_wish wish = read_wish(r, tree, &offer);
    if (has_errors(tree)) {
        out->status = 422;
        return true;
    }
    if (!subscriber_request(r->db, r->arena, &wish, r->network, f))
        return show_refusal(r, out, tree, f);
    show_sent(r, out, conf.confirm_hours);
    return true;
}

bool on_terms(struct req *r, struct reply *out, struct fault *f) {
    (void)r;
    (void)f;
    TREE_PUT(show(out, "public_terms"), TEXT("version", conf.terms_version));
    return true;
}

/* ---- confirming ---- */

static bool show_confirmed(struct reply *out) {
    show(out, "public_confirmed");
    return true;
}

bool on_confirm_page(struct req *r, struct reply *out, struct fault *f) {
    struct choice *choices;
    size_t count;
    bool used;
    if (!subscriber_peek(r->db, r->arena, r->args[0], &choices, &count, &used, f))
        return false;
    if (used)
        return show_confirmed(out);
    json_t *tree = show(out, "public_confirm");
    TREE_PUT(tree, TEXT("action", arena_printf(r->arena, "/confirm/%s", r->args[0])));
    put_choices(r, tree, choices, count, NULL);
    return true;
}

bool on_confirm(struct req *r, struct reply *out, struct fault *f) {
    return subscriber_confirm(r->db, r->args[0], f) && show_confirmed(out);
}

/* ---- leaving ---- */

static json_t *show_leave_form(struct req *r, struct reply *out) {
    json_t *tree = show(out, "public_leave_form");
    TREE_PUT(tree, TEXT("address", typed(r, "address")));
    return tree;
}

bool on_leave_form(struct req *r, struct reply *out, struct fault *f) {
    (void)f;
    show_leave_form(r, out);
    return true;
}

bool on_leave_request(struct req *r, struct reply *out, struct fault *f) {
    struct address address = {0};
    json_t *tree = show_leave_form(r, out);
    if (!address_parse(r->arena, typed(r, "address"), conf.domain, &address, f) ||
        !subscriber_leave_request(r->db, r->arena, address.send, r->lang, r->network, f))
        return show_refusal(r, out, tree, f);
    show_sent(r, out, 0);
    return true;
}

bool on_leave_page(struct req *r, struct reply *out, struct fault *f) {
    if (!subscriber_leave_peek(r->db, r->args[0], f))
        return false;
    json_t *tree = show(out, "public_leave");
    TREE_PUT(tree, TEXT("action", arena_printf(r->arena, "/leave/%s", r->args[0])));
    return true;
}

bool on_leave(struct req *r, struct reply *out, struct fault *f) {
    if (!subscriber_leave(r->db, r->args[0], f))
        return false;
    show(out, "public_left");
    return true;
}

/* ---- staying ---- */

bool on_stay_page(struct req *r, struct reply *out, struct fault *f) {
    if (!subscriber_stay_peek(r->db, r->args[0], f))
        return false;
    TREE_PUT(show(out, "public_stay"),
             TEXT("action", arena_printf(r->arena, "/stay/%s", r->args[0])));
    return true;
}

bool on_stay(struct req *r, struct reply *out, struct fault *f) {
    if (!subscriber_stay(r->db, r->args[0], f))
        return false;
    show(out, "public_stayed");
    return true;
}
