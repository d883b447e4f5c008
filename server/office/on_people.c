/* Staff as administrators and auditors read them: the list, one person, the departments; and what
 * concerns the approver: delegations, instructions. */
#include <string.h>

#include "office/on.h"
#include "office/people.h"
#include "page/office_form.h"
#include "page/parts.h"
#include "page/tree.h"
#include "settings/conf.h"
#include "text.h"
#include "words/say.h"
#include "words/word.h"

enum { ROWS = 50 };

static const char *const PERSON_BADGES[] = {[PERSON_ACTIVE] = "ok",
                                            [PERSON_SUSPENDED] = "bad",
                                            [PERSON_FUTURE] = "warn",
                                            [PERSON_OVER] = "",
                                            [PERSON_NONE] = ""};
static_assert(COUNT(PERSON_BADGES) == PERSON_STATE_LAST, "a badge for each state");

static const char *const POST_BADGES[] = {
    [POST_FUTURE] = "warn", [POST_OVER] = "", [POST_NOW] = "ok"};
static_assert(COUNT(POST_BADGES) == POST_STATE_LAST, "a badge for each state");

static const char *string_of(const json_t *object, const char *key) {
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "";
}

/* ---- words for what the database gives as codes ---- */

static void put_state(const struct req *r, json_t *row, const struct word *words,
                      const char *const *badges) {
    unsigned state = word_of(words, string_of(row, "state"));
    assert(state > 0); /* the database gives no other */
    TREE_PUT(row, TEXT("state_text", req_say(r, words[state].said)), TEXT("badge", badges[state]));
}

static void put_department(const struct req *r, json_t *row, const char *key, const char *key_en) {
    const char *en = string_of(row, key_en);
    if (strcmp(r->lang, "en") == 0 && en[0])
        TREE_PUT(row, TEXT(key, arena_strdup(r->arena, en)));
}

static void put_posts(const struct req *r, json_t *posts, bool states) {
    size_t i;
    json_t *post;
    json_array_foreach(posts, i, post) {
        TREE_PUT(post, TEXT("role_text", parts_role(r, string_of(post, "role"))));
        put_department(r, post, "department", "department_en");
        if (states) {
            enum role role = role_of(string_of(post, "role"));
            bool over = strcmp(string_of(post, "state"), "over") == 0;
            bool here = strcmp(string_of(post, "state"), "now") == 0;
            bool office = role & (ROLE_DRAFTER | ROLE_APPROVER);
            put_state(r, post, post_state_words, POST_BADGES);
            TREE_PUT(post, TRUTH("can_end", req_may(r, MAY_POST_END) && !over),
                     TRUTH("can_transfer", req_may(r, MAY_STAFF_TRANSFER) && !over && office),
                     TRUTH("can_revoke", req_may(r, MAY_POST_REVOKE) && here),
                     TRUTH("has_exception", string_of(post, "exception")[0] != '\0'));
        }
    }
}

static void put_causes(const struct req *r, json_t *rows, const char *const *causes) {
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row) {
        json_int_t cause = json_integer_value(json_object_get(row, "cause"));
        TREE_PUT(row, TEXT("cause_text", req_say(r, causes[cause - 1])));
    }
}

static void put_departments(const struct req *r, json_t *rows) {
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row) {
        put_department(r, row, "department", "department_en");
    }
}

/* A list of the tree, and whether there is anything in it. */
static json_t *list_of(json_t *tree, const char *key, const char *has_key) {
    json_t *list = json_object_get(tree, key);
    TREE_PUT(tree, TRUTH(has_key, json_array_size(list) > 0));
    return list;
}

/* ---- the list ---- */

static const char *asked(const struct req *r, const char *name) {
    const char *value = req_field(r, name);
    return value ? text_trim(r->arena, value) : "";
}

/* All, or what one of the words says. */
static json_t *options(const struct req *r, const struct word *words, const char *chosen) {
    json_t *list = json_array();
    for (const struct word *word = words; word->code; word++) {
        const char *said = word->code[0] ? word->said : N_("All");
        json_array_append_new(list, TREE(TEXT("value", word->code), TEXT("name", req_say(r, said)),
                                         TRUTH("checked", strcmp(word->code, chosen) == 0)));
    }
    return list;
}

static json_t *filter_tree(const struct req *r, const struct people_filter *filter) {
    return TREE(TEXT("words", filter->words),
                TEXT("unused", filter->unused_days ? filter->unused_days : ""),
                NODE("roles", options(r, role_words, filter->role)),
                NODE("states", options(r, person_state_words, filter->state)),
                TEXT("unused_usual", text_number(r->arena, conf.staff_unused_days)));
}

/* As part of an address: every byte escaped. */
static const char *plain(const struct req *r, const char *value) {
    static const char digits[] = "0123456789ABCDEF";
    char *out = arena_alloc(r->arena, strlen(value) * 3 + 1), *to = out;
    for (const char *c = value; *c; c++) {
        *to++ = '%';
        *to++ = digits[(unsigned char)*c >> 4];
        *to++ = digits[(unsigned char)*c & 15];
    }
    *to = '\0';
    return out;
}

static json_t *pager(const struct req *r, const struct people_filter *q, json_t *rows) {
    size_t count = json_array_size(rows);
    const char *last = count ? string_of(json_array_get(rows, count - 1), "login") : "";
    const char *asks =
        arena_printf(r->arena, "words=%s&role=%s&state=%s&unused=%s", plain(r, q->words),
                     plain(r, q->role), plain(r, q->state), q->unused_days ? q->unused_days : "");
    return TREE(TRUTH("has_newer", q->after[0] != '\0'),
                TEXT("newer", arena_printf(r->arena, "/staff?%s", asks)),
                TRUTH("has_older", count == ROWS),
                TEXT("older", arena_printf(r->arena, "/staff?%s&after=%s", asks, plain(r, last))),
                TEXT("range", ""));
}

static bool read_filter(const struct req *r, struct people_filter *filter, struct fault *f) {
    int64_t days;
    *filter = (struct people_filter){.words = asked(r, "words"),
                                     .role = asked(r, "role"),
                                     .state = asked(r, "state"),
                                     .after = asked(r, "after")};
    const char *unused = asked(r, "unused");
    if (unused[0] && !req_int(r, "unused", 1, 36500, &days, f))
        return false;
    filter->unused_days = unused[0] ? unused : NULL;
    return true;
}

bool on_people(struct req *r, struct reply *out, struct fault *f) {
    struct people_filter filter;
    const char *json;
    if (!read_filter(r, &filter, f) ||
        !people_list(r->db, r->arena, r->who.token, &filter, ROWS, &json, f))
        return false;
    json_t *rows = json_loads(json, 0, NULL);
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row) {
        put_state(r, row, person_state_words, PERSON_BADGES);
        put_posts(r, json_object_get(row, "posts"), false);
    }
    out->page = "people";
    out->tree = TREE(TRUTH("can_act", req_may(r, MAY_STAFF_REGISTER)),
                     NODE("filter", filter_tree(r, &filter)), NODE("rows", rows),
                     NODE("pager", pager(r, &filter, rows)));
    list_of(out->tree, "rows", "has_rows");
    return true;
}

/* ---- one person ---- */

static void put_acts(const struct req *r, json_t *tree) {
    bool own = json_integer_value(json_object_get(tree, "id")) == r->who.person;
    bool suspended = strcmp(string_of(tree, "state"), "suspended") == 0;
    bool guest = json_array_size(json_object_get(tree, "guest")) > 0;
    TREE_PUT(tree, TRUTH("can_act", req_may(r, MAY_STAFF_CHANGE)),
             TRUTH("can_suspend", req_may(r, MAY_STAFF_SUSPEND) && !own && !suspended),
             TRUTH("can_lift", req_may(r, MAY_STAFF_LIFT) && suspended),
             TRUTH("can_extend", req_may(r, MAY_GUEST_EXTEND) && guest));
}

/* A post's acts have addresses below the person's. */
static void put_persons(json_t *tree) {
    size_t i;
    json_t *post;
    json_array_foreach(json_object_get(tree, "posts"), i, post) {
        json_object_set(post, "person", json_object_get(tree, "id"));
    }
}

bool on_person(struct req *r, struct reply *out, struct fault *f) {
    int64_t id;
    const char *json;
    if (!req_arg_int(r, 0, &id, f) ||
        !people_read(r->db, r->arena, r->who.token, id, r->network, &json, f))
        return false;
    json_t *tree = json_loads(json, 0, NULL);
    put_state(r, tree, person_state_words, PERSON_BADGES);
    put_acts(r, tree);
    put_posts(r, list_of(tree, "posts", "has_posts"), true);
    put_persons(tree);
    put_departments(r, list_of(tree, "delegations", "has_delegations"));
    put_causes(r, list_of(tree, "sanctions", "has_sanctions"), office_causes);
    put_causes(r, list_of(tree, "instructions", "has_instructions"), office_drafter_causes);
    put_departments(r, json_object_get(tree, "instructions"));
    list_of(tree, "guest", "is_guest");
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(tree, "sanctions"), i, row) {
        TREE_PUT(row, TRUTH("is_suspension", strcmp(string_of(row, "kind"), "suspension") == 0),
                 TRUTH("is_lifted", string_of(row, "lifted")[0] != '\0'));
    }
    out->page = "person";
    out->tree = tree;
    return true;
}

/* ---- departments ---- */

bool on_departments(struct req *r, struct reply *out, struct fault *f) {
    const char *json;
    if (!people_departments(r->db, r->arena, r->who.token, &json, f))
        return false;
    json_t *rows = json_loads(json, 0, NULL);
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row) {
        TREE_PUT(row, TRUTH("has_approver", string_of(row, "approver_name")[0] != '\0'),
                 TRUTH("has_successor", string_of(row, "successor")[0] != '\0'));
        put_department(r, row, "name", "name_en");
    }
    out->page = "departments";
    out->tree = TREE(TRUTH("can_act", req_may(r, MAY_DEPARTMENT_CHANGE)), NODE("rows", rows));
    list_of(out->tree, "rows", "has_rows");
    return true;
}

/* ---- delegations, instructions ---- */

bool on_delegations(struct req *r, struct reply *out, struct fault *f) {
    const char *json;
    bool can_act = req_may(r, MAY_DELEGATION_MAKE);
    if (!people_delegations(r->db, r->arena, r->who.token, &json, f))
        return false;
    json_t *rows = json_loads(json, 0, NULL);
    size_t i;
    json_t *row;
    put_departments(r, rows);
    json_array_foreach(rows, i, row) {
        put_state(r, row, post_state_words, POST_BADGES);
        TREE_PUT(row,
                 TRUTH("can_call_off", can_act && json_is_true(json_object_get(row, "is_open"))));
    }
    out->page = "delegations";
    out->tree = TREE(TRUTH("can_act", can_act), NODE("rows", rows));
    list_of(out->tree, "rows", "has_rows");
    return true;
}

bool on_instructions(struct req *r, struct reply *out, struct fault *f) {
    const char *json;
    bool can_act = req_may(r, MAY_INSTRUCTION_ANSWER);
    if (!people_instructions(r->db, r->arena, r->who.token, &json, f))
        return false;
    json_t *rows = json_loads(json, 0, NULL);
    size_t i;
    json_t *row;
    put_departments(r, rows);
    put_causes(r, rows, office_drafter_causes);
    json_array_foreach(rows, i, row) {
        bool seen = json_is_true(json_object_get(row, "is_seen"));
        TREE_PUT(
            row, TRUTH("can_acknowledge", can_act && !seen),
            TRUTH("can_answer", can_act && !json_is_true(json_object_get(row, "is_answered"))));
    }
    out->page = "instructions";
    out->tree = TREE(NODE("rows", rows));
    list_of(out->tree, "rows", "has_rows");
    return true;
}
