/* The operation log in words: acts, objects and reasons as the acts' functions store them. */
#include "log/log_words.h"

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

/* ---- reasons ---- */

/* What an act's function writes: a key and a value. A person's own words are none, whatever they
 * say. */
static const struct fact {
    const char *act, *key, *said;
    size_t most_b; /* of the value that is shown; 0: all */
} facts[] = {
    {"alert.save", "version ", N_("Version {n}"), 0},
    {"alert.approve", "fingerprint ", N_("Fingerprint {n}"), 12},
    {"alert.stop", "alert ", N_("Corrected or cancelled by alert {n}"), 0},
    {"form.apply", "open ", N_("{n}, without signing in"), 0},
    {"factor.recover", "left ", N_("{n} recovery codes left"), 0},
    {"calendar.set", "closed: ", N_("Closed: {n}"), 0},
    {"calendar.set", "open: ", N_("Open: {n}"), 0},
    {"session.end-all", "", N_("{n} sessions"), 0},
    {"clock.back", "seconds ", N_("By {n} seconds"), 0},
};

static const char *after(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0 ? text + strlen(start) : NULL;
}

/* NULL: the reason is no fact of the act. */
static const char *fact_words(const struct req *r, const char *act, const char *reason) {
    for (size_t i = 0; i < COUNT(facts); i++) {
        const char *value = after(reason, facts[i].key);
        if (value && strcmp(facts[i].act, act) == 0) {
            size_t most_b = facts[i].most_b ? facts[i].most_b : strlen(value);
            return fill(r, facts[i].said, arena_strndup(r->arena, value, most_b));
        }
    }
    return NULL;
}

/* Why an act was refused: a code, a count, or the sentence that the person got. */
static const char *refusal_words(const struct req *r, const char *reason) {
    const char *code = find(refusals, COUNT(refusals), reason);
    const char *times = after(reason, "repeated ");
    return times ? fill(r, N_("{n} more times within the hour"), times)
                 : req_say(r, code ? code : reason);
}

/* "2: text": the cause by its number, and what was written. */
static const char *cause_words(const struct req *r, bool of_drafter, const char *text) {
    size_t number = (size_t)(text[0] - '1');
    size_t count = of_drafter ? COUNT(office_drafter_causes) : COUNT(office_causes);
    const char *const *causes = of_drafter ? office_drafter_causes : office_causes;
    return number < count ? arena_printf(r->arena, "%s%s", req_say(r, causes[number]), text + 1)
                          : text;
}

static bool begins_with_cause(const char *act) {
    return strcmp(act, "staff.suspend") == 0 || strcmp(act, "post.revoke") == 0 ||
           strcmp(act, "instruction.give") == 0;
}

/* Acts whose reason names posts: "drafter 防災課 2027-04-01 00:00 –". */
static bool names_posts(const char *act) {
    static const char *const those[] = {"staff.register", "staff.transfer", "post.add",
                                        "post.end",       "post.revoke",    "approver.change",
                                        "guest.register", "delegation.make"};
    for (size_t i = 0; i < COUNT(those); i++)
        if (strcmp(act, those[i]) == 0)
            return true;
    return false;
}

/* Roles among the words, in the request's language. */
static const char *roles_said(const struct req *r, const char *text) {
    const char *said = "";
    for (const char *at = text; *at;) {
        size_t word_b = strcspn(at, " ");
        const char *word = arena_strndup(r->arena, at, word_b);
        const char *role = parts_role(r, word);
        said = arena_printf(r->arena, "%s%s%s", said, said[0] ? " " : "", role[0] ? role : word);
        at += word_b + strspn(at + word_b, " ");
    }
    return said;
}

const char *log_reason(const struct req *r, const struct oplog_row *row) {
    const char *reason = row->reason, *rest;
    if (!reason[0])
        return "";
    if (!row->done)
        return refusal_words(r, reason);
    const char *said = fact_words(r, row->act, reason);
    if (said)
        return said;
    if (strcmp(row->act, "staff.add") == 0 && parts_role(r, reason)[0])
        return parts_role(r, reason);
    if (begins_with_cause(row->act) && (rest = after(reason, "cause ")))
        reason = cause_words(r, strcmp(row->act, "instruction.give") == 0, rest);
    return names_posts(row->act) ? roles_said(r, reason) : reason;
}
