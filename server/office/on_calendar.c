/* Open and closed days, permissions to sign in outside the hours, and the reason somebody types who
 * signs in without one (002 §13). */
#include "office/calendar.h"

#include <string.h>
#include <time.h>

#include "door/next.h"
#include "door/session.h"
#include "office/on.h"
#include "page/parts.h"
#include "page/tree.h"
#include "text.h"
#include "words/say.h"

enum { FIRST_YEAR = 2022, LAST_YEAR = 2099, JAPAN_S = 9 * 3600 };

static const char *const weekdays[] = {N_("Monday"),   N_("Tuesday"), N_("Wednesday"),
                                       N_("Thursday"), N_("Friday"),  N_("Saturday"),
                                       N_("Sunday")};

/* What the schema says of a day (national_day, public_holiday, day_closed); the town's own words
 * are not translated. */
static const char *const holidays[] = {N_("New Year's Day"),
                                       N_("Coming of Age Day"),
                                       N_("National Foundation Day"),
                                       N_("Emperor's Birthday"),
                                       N_("Vernal Equinox Day"),
                                       N_("Showa Day"),
                                       N_("Constitution Memorial Day"),
                                       N_("Greenery Day"),
                                       N_("Children's Day"),
                                       N_("Marine Day"),
                                       N_("Mountain Day"),
                                       N_("Respect for the Aged Day"),
                                       N_("Autumnal Equinox Day"),
                                       N_("Sports Day"),
                                       N_("Culture Day"),
                                       N_("Labor Thanksgiving Day"),
                                       N_("Substitute holiday"),
                                       N_("National holiday between two holidays"),
                                       N_("Year-end and New Year")};

static const char *field(const struct req *r, const char *name) {
    const char *value = req_field(r, name);
    return value ? value : "";
}

static const char *trimmed(const struct req *r, const char *name) {
    return text_trim(r->arena, field(r, name));
}

static bool go(struct reply *out, const char *location) {
    out->location = location;
    return true;
}

static const char *day_words(const struct req *r, const struct calendar_day *d) {
    for (size_t i = 0; !d->own && i < COUNT(holidays); i++)
        if (strcmp(d->words, holidays[i]) == 0)
            return req_say(r, holidays[i]);
    return d->words;
}

/* ---- the reason at the door ---- */

static bool show_hours(struct req *r, struct reply *out) {
    out->page = "hours";
    out->tree = TREE(TEXT("next", next_of(r)), TEXT("reason", field(r, "reason")));
    return true;
}

bool on_hours_page(struct req *r, struct reply *out, struct fault *f) {
    (void)f;
    return strcmp(r->who.stage, "hours") == 0 ? show_hours(r, out) : go(out, "/");
}

bool on_hours_reason(struct req *r, struct reply *out, struct fault *f) {
    const char *fresh;
    const char *reason = trimmed(r, "reason");
    if (calendar_reason(r->db, r->arena, r->who.token, reason, r->network, &fresh, f)) {
        out->location = next_of(r);
        out->cookies[0] = session_set(r, fresh);
        return true;
    }
    if (f->kind != FAULT_INVALID)
        return false;
    show_hours(r, out);
    parts_error_fault(r, out->tree, f);
    out->status = 422;
    return true;
}

/* ---- days ---- */

/* By our own clock: nothing depends on it but which year is shown first. */
static int this_year(void) {
    time_t now = time(NULL) + JAPAN_S;
    struct tm parts;
    gmtime_r(&now, &parts);
    return parts.tm_year + 1900;
}

static json_t *days_tree(const struct req *r, const struct calendar_day *days, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(
            list, TREE(TEXT("day", days[i].day),
                       TEXT("weekday", req_say(r, weekdays[(days[i].weekday - 1) % 7])),
                       TEXT("words", day_words(r, &days[i])), TRUTH("open", days[i].open),
                       TRUTH("own", days[i].own),
                       TRUTH("can_remove", req_may(r, MAY_CALENDAR_UNSET) && days[i].own)));
    }
    return list;
}

static bool put_rule(struct req *r, json_t *tree, struct fault *f) {
    struct calendar_rule rule;
    if (!calendar_rule(r->db, r->arena, r->who.token, &rule, f))
        return false;
    json_t *words = TREE(TEXT("usual_from", rule.from), TEXT("usual_to", rule.to),
                         TRUTH("all_hours", rule.all_hours), TRUTH("enforced", rule.enforced),
                         TRUTH("can_act", req_may(r, MAY_CALENDAR_SET)));
    json_object_update(tree, words);
    json_decref(words);
    return true;
}

static bool show_calendar(struct req *r, struct reply *out, struct fault *f) {
    int64_t year = this_year();
    struct calendar_day *days;
    size_t count;
    if ((req_field(r, "year") && !req_int(r, "year", FIRST_YEAR, LAST_YEAR, &year, f)) ||
        !calendar_days(r->db, r->arena, r->who.token, (int)year, &days, &count, f))
        return false;
    out->page = "calendar";
    out->tree =
        TREE(NUMBER("year", year), NUMBER("year_before", (json_int_t)year - 1),
             NUMBER("year_after", (json_int_t)year + 1), TRUTH("has_before", year > FIRST_YEAR),
             TRUTH("has_after", year < LAST_YEAR), NODE("days", days_tree(r, days, count)),
             TEXT("day", field(r, "day")), TEXT("note", field(r, "note")),
             TRUTH("opens", strcmp(field(r, "kind"), "open") == 0));
    return put_rule(r, out->tree, f);
}

bool on_calendar(struct req *r, struct reply *out, struct fault *f) {
    return show_calendar(r, out, f);
}

/* "2026-11-28", as <input type=date> sends it. */
static bool day_of(const struct req *r, const char **day, struct fault *f) {
    int64_t any;
    *day = trimmed(r, "day");
    return (strlen(*day) == 10 &&
            text_local_time(arena_printf(r->arena, "%sT00:00", *day), &any)) ||
           fault_field(f, FAULT_INVALID, "day", N_("Choose a day, or type it as 2026-11-28."));
}

static bool calendar_refused(struct req *r, struct reply *out, struct fault *f) {
    struct fault shown = {0};
    if (f->kind != FAULT_INVALID || !show_calendar(r, out, &shown))
        return false;
    parts_error_fault(r, out->tree, f);
    out->status = 422;
    return true;
}

bool on_calendar_set(struct req *r, struct reply *out, struct fault *f) {
    const char *day;
    bool open = strcmp(field(r, "kind"), "open") == 0;
    bool chosen =
        open || strcmp(field(r, "kind"), "closed") == 0 ||
        fault_field(f, FAULT_INVALID, "kind", N_("Choose whether the day is open or closed."));
    if (!chosen || !day_of(r, &day, f) ||
        !calendar_set(r->db, r->who.token, day, open, trimmed(r, "note"), r->network, f))
        return calendar_refused(r, out, f);
    return go(out, arena_printf(r->arena, "/calendar?year=%.4s", day));
}

bool on_calendar_unset(struct req *r, struct reply *out, struct fault *f) {
    const char *day;
    if (!day_of(r, &day, f) || !calendar_unset(r->db, r->who.token, day, r->network, f))
        return calendar_refused(r, out, f);
    return go(out, arena_printf(r->arena, "/calendar?year=%.4s", day));
}

/* ---- permissions ---- */

static json_t *permits_tree(const struct calendar_permit *permits, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list,
                              TREE(NUMBER("id", permits[i].id), TEXT("login", permits[i].login),
                                   TEXT("name", permits[i].name), TEXT("from", permits[i].from),
                                   TEXT("to", permits[i].to), TEXT("reason", permits[i].reason),
                                   TEXT("granter", permits[i].granter)));
    }
    return list;
}

static bool show_permits(struct req *r, struct reply *out, struct fault *f) {
    struct calendar_permit *permits;
    size_t count;
    if (!calendar_permits(r->db, r->arena, r->who.token, &permits, &count, f))
        return false;
    out->page = "hours_permits";
    out->tree = TREE(NODE("permits", permits_tree(permits, count)), TRUTH("has_permits", count > 0),
                     TEXT("login", field(r, "login")), TEXT("from", field(r, "from")),
                     TEXT("to", field(r, "to")), TEXT("reason", field(r, "reason")));
    return put_rule(r, out->tree, f);
}

bool on_permits(struct req *r, struct reply *out, struct fault *f) {
    return show_permits(r, out, f);
}

static bool moment_of(const struct req *r, const char *name, const char **out, struct fault *f) {
    int64_t any;
    *out = trimmed(r, name);
    return text_local_time(*out, &any) ||
           fault_field(f, FAULT_INVALID, name,
                       N_("Choose a day and a time, or type them as 2026-11-28T17:00."));
}

bool on_permit_add(struct req *r, struct reply *out, struct fault *f) {
    struct fault shown = {0};
    struct calendar_permit_new p = {.login = trimmed(r, "login"), .reason = trimmed(r, "reason")};
    if (moment_of(r, "from", &p.from, f) && moment_of(r, "to", &p.to, f) &&
        calendar_permit_add(r->db, r->who.token, &p, r->network, f))
        return go(out, "/hours/permits");
    if (f->kind != FAULT_INVALID || !show_permits(r, out, &shown))
        return false;
    parts_error_fault(r, out->tree, f);
    out->status = 422;
    return true;
}

bool on_permit_end(struct req *r, struct reply *out, struct fault *f) {
    int64_t id;
    if (!req_arg_int(r, 0, &id, f) ||
        !calendar_permit_end(r->db, r->arena, r->who.token, id, r->network, f))
        return false;
    return go(out, "/hours/permits");
}
