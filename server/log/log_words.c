/* The operation log in words: acts, objects and facts as the acts' functions store them. */
#include "log/log_words.h"

#include <jansson.h>
#include <string.h>

#include "page/office_form.h"
#include "page/parts.h"
#include "text.h"
#include "words/say.h"
#include "words/word.h"

/* Programs that act without a person. */
static const struct word programs[] = {
    {"system", N_("The system")},
    {"operator", N_("Operator on the host")},
};

/* Objects with a number: "alert 3". */
static const struct word things[] = {
    {"alert", N_("Alert {n}")},
    {"import", N_("Import {n}")},
    {"contact", N_("Address {n}")},
    {"person", N_("Person {n}")},
    {"post", N_("Post {n}")},
    {"department", N_("Department {n}")},
    {"inspection", N_("Inspection {n}")},
    {"year", N_("Fiscal year {n}")},
    {"form", N_("Form {n}")},
};

/* A refused act names the address that was asked. */
static const struct word paths[] = {
    {"/alerts", N_("Alerts")},
    {"/alerts/new", N_("Write an alert")},
    {"/import", N_("Import residents")},
    {"/staff", N_("Staff")},
    {"/staff/new", N_("Register a member of staff")},
    {"/staff/guest", N_("Register a guest")},
    {"/departments", N_("Departments")},
    {"/departments/add", N_("Add a department")},
    {"/forms", N_("Forms")},
    {"/forms/new/1", N_("Form 1: Application to use the system")},
    {"/forms/new/2", N_("Form 2: Application to end the use")},
    {"/forms/new/3", N_("Form 3: Application to initialise a password")},
    {"/delegations", N_("Delegations")},
    {"/delegations/delegate", N_("Delegate approvals")},
    {"/instructions", N_("Instructions of improvement")},
    {"/lost-device", N_("I have lost a device")},
    {"/calendar", N_("Open and closed days")},
    {"/calendar/remove", N_("Open and closed days")},
    {"/factor", N_("Second factor")},
    {"/factor/setup", N_("Second factor")},
    {"/factor/setup/new", N_("Second factor")},
    {"/factor/setup/confirm", N_("Second factor")},
    {"/factor/setup/codes", N_("Second factor")},
    {"/factors", N_("Second factors of staff")},
    {"/factors/reset", N_("Second factors of staff")},
    {"/hours", N_("Outside the hours")},
    {"/hours/permits", N_("Permissions outside the hours")},
    {"/log", N_("Operation log")},
    {"/me", N_("My account")},
    {"/password", N_("Change the password")},
    {"/post", N_("Change post")},
    {"/sign-out", N_("Sign out")},
    {"/suspended", N_("Suspended addresses")},
    {"/log.csv", N_("Operation log")},
    {"/log/verify", N_("Check of the log")},
    {"/log/years", N_("Old entries")},
    {"/usage", N_("Usage report")},
    {"/usage.csv", N_("Usage report")},
};

/* Codes for why the door was closed; other reasons are sentences. */
static const struct word refusals[] = {
    {"role", N_("Your post does not allow this.")},
    {"session", N_("The session was over, or there was none.")},
    {"csrf", N_("The form was too old, or was not sent from our page.")},
};

static const char *find(const struct word *words, size_t count, const char *code) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(code, words[i].code) == 0)
            return words[i].said;
    return NULL;
}

/* The pattern in the request's language, with the text in the place of "{n}". */
static const char *fill(const struct req *r, const char *pattern, const char *text) {
    const char *said = req_say(r, pattern);
    const char *at = strstr(said, "{n}");
    assert(at);
    return arena_printf(r->arena, "%.*s%s%s", (int)(at - said), said, text, at + strlen("{n}"));
}

const char *log_person(const struct req *r, const struct oplog_row *row) {
    bool typed = strcmp(row->act, "sign-in") == 0; /* a name that somebody tried at the door */
    const char *program = typed ? NULL : find(programs, COUNT(programs), row->login);
    return row->name[0] ? row->name : program ? req_say(r, program) : row->login;
}

const char *log_post(const struct req *r, const struct oplog_row *row) {
    bool english = strcmp(r->lang, "en") == 0 && row->department_en[0];
    const char *department = english ? row->department_en : row->department;
    return text_trim(r->arena,
                     arena_printf(r->arena, "%s %s", department, parts_role(r, row->role)));
}

const char *log_act(const struct req *r, const struct oplog_row *row) {
    return parts_said(r, act_words, row->act);
}

/* ---- objects ---- */

/* "/alerts/3/approve" as "alert 3"; NULL for other addresses. */
static const char *thing_of(const struct req *r, const char *path) {
    static const struct word roots[] = {
        {"/alerts/", "alert"},           {"/import/", "import"},          {"/staff/", "person"},
        {"/departments/", "department"}, {"/inspections/", "inspection"}, {"/forms/", "form"}};
    for (size_t i = 0; i < COUNT(roots); i++) {
        size_t root_b = strlen(roots[i].code);
        size_t digits_b = strspn(path + strnlen(path, root_b), "0123456789");
        if (strncmp(path, roots[i].code, root_b) == 0 && digits_b > 0)
            return arena_printf(r->arena, "%s %.*s", roots[i].said, (int)digits_b, path + root_b);
    }
    return NULL;
}

static const char *path_words(const struct req *r, const char *path) {
    const char *plain = arena_strndup(r->arena, path, strcspn(path, "?"));
    const char *word = find(paths, COUNT(paths), plain);
    return word ? req_say(r, word) : plain;
}

const char *log_object(const struct req *r, const struct oplog_row *row, const char **href) {
    bool asked = row->object[0] == '/';
    const char *thing = asked ? thing_of(r, row->object) : row->object;
    *href = "";
    if (!thing)
        return path_words(r, row->object);
    const char *space = strchr(thing, ' ');
    const char *kind = space ? arena_strndup(r->arena, thing, (size_t)(space - thing)) : "";
    if (strcmp(kind, "day") == 0)
        return fill(r, N_("Day {n}"), space + 1);
    const char *pattern = find(things, COUNT(things), kind);
    int64_t number;
    if (!space || !pattern || !text_int(space + 1, 1, INT64_MAX, &number))
        return row->object;
    if (strcmp(kind, "alert") == 0)
        *href = arena_printf(r->arena, "/alerts/%lld", (long long)number);
    else if (strcmp(kind, "inspection") == 0)
        *href = arena_printf(r->arena, "/inspections/%lld", (long long)number);
    else if (strcmp(kind, "form") == 0)
        *href = arena_printf(r->arena, "/forms/%lld", (long long)number);
    return row->object_name[0] ? row->object_name : fill(r, pattern, space + 1);
}

/* ---- facts and reasons ---- */

static const char *plain(const struct req *r, const json_t *value) {
    return json_is_integer(value)
               ? text_number(r->arena, json_integer_value(value))
               : arena_strdup(r->arena, json_is_string(value) ? json_string_value(value) : "");
}

static const char *start(const struct req *r, const json_t *value) {
    return arena_printf(r->arena, "%.12s", plain(r, value));
}

static const char *role(const struct req *r, const json_t *value) {
    const char *code = plain(r, value), *said = parts_role(r, code);
    return said[0] ? said : code;
}

/* {"role": "drafter", "department": "防災課", "since": "2027-04-01 00:00"}; a post that never began
 * is "called_off". */
static const char *post(const struct req *r, const json_t *value) {
    const char *said = role(r, json_object_get(value, "role"));
    if (json_is_true(json_object_get(value, "called_off")))
        return arena_printf(r->arena, "%s ×", said);
    const char *more[] = {plain(r, json_object_get(value, "department")),
                          plain(r, json_object_get(value, "since")), "–",
                          plain(r, json_object_get(value, "until"))};
    for (size_t i = 0; i < COUNT(more); i++)
        said = more[i][0] ? arena_printf(r->arena, "%s %s", said, more[i]) : said;
    return said;
}

/* Why an act was refused: a code, or the sentence that the person got. */
static const char *refusal(const struct req *r, const json_t *value) {
    const char *why = plain(r, value), *code = find(refusals, COUNT(refusals), why);
    return req_say(r, code ? code : why);
}

static const char *numbered(const struct req *r, const char *const *causes, size_t count,
                            const json_t *value) {
    size_t number = (size_t)json_integer_value(value) - 1;
    return number < count ? req_say(r, causes[number]) : plain(r, value);
}

static const char *cause(const struct req *r, const json_t *value) {
    return numbered(r, office_causes, COUNT(office_causes), value);
}

static const char *drafter_cause(const struct req *r, const json_t *value) {
    return numbered(r, office_drafter_causes, COUNT(office_drafter_causes), value);
}

/* What acts' functions put on record, in the order in which it is shown. The row without a name is
 * the reason that a person typed, which stays as typed. */
static const struct fact {
    const char *name, *said;
    const char *(*words)(const struct req *r, const json_t *value);
} facts[] = {
    {"version", N_("Version {n}"), plain},
    {"fingerprint", N_("Fingerprint {n}"), start},
    {"corrected_by", N_("Corrected or cancelled by alert {n}"), plain},
    {"form", "{n}", plain},
    {"form_unsigned", N_("{n}, without signing in"), plain},
    {"left", N_("{n} recovery codes left"), plain},
    {"closed", N_("Closed: {n}"), plain},
    {"open", N_("Open: {n}"), plain},
    {"sessions", N_("{n} sessions"), plain},
    {"seconds", N_("By {n} seconds"), plain},
    {"times", N_("{n} more times within the hour"), plain},
    {"second_factor", "second factor: {n};", plain},
    {"proof_min", "proof: {n} min;", plain},
    {"hours", "hours: {n};", plain},
    {"permission", "permission: {n}", plain},
    {"migrations", "migrations {n},", plain},
    {"law", "law {n}", plain},
    {"last", "last {n}", plain},
    {"hash", "{n}", plain},
    {"filter", "{n}", plain},
    {"found", "{n}", plain},
    {"trouble", "{n}", plain},
    {"reply", "{n}", plain},
    {"subscriber", "subscriber {n}:", plain},
    {"contact", "contact {n}:", plain},
    {"refusal", "{n}", refusal},
    {"cause", "{n}:", cause},
    {"drafter_cause", "{n}:", drafter_cause},
    {"role", "{n}", role},
    {"code", "{n}", plain},
    {"name", "{n}", plain},
    {"name_was", "{n}", plain},
    {"mail_was", "{n}", plain},
    {"name_is", "→ {n}", plain},
    {"mail_is", "{n}", plain},
    {"post", "{n}", post},
    {"post_was", "{n}", post},
    {"post_is", "→ {n}", post},
    {"organisation", "{n}", plain},
    {"purpose", "{n}", plain},
    {"since", "{n} –", plain},
    {"until", "{n}", plain},
    {"head", "{n}", plain},
    {NULL, NULL, NULL},
    {"post_revoked", "{n}", post},
};

static const char *fact_words(const struct req *r, const struct fact *fact, const json_t *value) {
    return value ? fill(r, fact->said, fact->words(r, value)) : "";
}

const char *log_reason(const struct req *r, const struct oplog_row *row) {
    json_t *tree = json_loads(row->facts, 0, NULL);
    const char *said = "";
    for (size_t i = 0; i < COUNT(facts); i++) {
        const char *name = facts[i].name;
        const char *more =
            name ? fact_words(r, &facts[i], json_object_get(tree, name)) : row->reason;
        if (more[0])
            said = arena_printf(r->arena, "%s%s%s", said, said[0] ? " " : "", more);
    }
    json_decref(tree);
    return said;
}
