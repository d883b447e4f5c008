/* The table of routes, and how a path finds its row. The first row that matches counts: write
 * "/alerts/new" before "/alerts/{id}". */
#include "route.h"

#include <string.h>

#include "on.h"
#include "say.h"

enum { ARGS_MOST = 4 };

#define STAFF_ROUTE(method_, path_, roles_, act_, handler_)                                        \
    {                                                                                              \
        .face = FACE_STAFF, .method = method_, .path = path_, .roles = roles_, .act = act_,        \
        .handler = handler_                                                                        \
    }
#define READ(...) STAFF_ROUTE("GET", __VA_ARGS__)

/* A form and its act at one address. */
#define FORM(path_, roles_, act_, page_, handler_)                                                 \
    READ(path_, roles_, act_, page_), STAFF_ROUTE("POST", path_, roles_, act_, handler_)
#define DESK(...) FORM(__VA_ARGS__, on_office_page, on_office_act)

static const struct route routes[] = {
    /* on_staff.c */
    {.face = FACE_STAFF, .method = "GET", .path = "/", .handler = on_home},
    {.face = FACE_STAFF, .method = "GET", .path = "/sign-in", .handler = on_sign_in_page},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/sign-in",
     .act = "sign-in",
     .handler = on_sign_in},
    {.face = FACE_STAFF,
     .method = "GET",
     .path = "/post",
     .roles = ROLE_SIGNED_IN,
     .stages = STAGE_ENROL, /* another post may ask for none */
     .handler = on_posts},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/post",
     .roles = ROLE_SIGNED_IN,
     .stages = STAGE_ENROL, /* another post may ask for none */
     .act = "post.choose",
     .handler = on_post_choose},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/sign-out",
     .roles = ROLE_SIGNED_IN,
     .stages = STAGE_ANY,
     .act = "sign-out",
     .handler = on_sign_out},

    /* on_people.c, on_people_new.c, on_office.c */
    READ("/staff", ROLE_ADMINISTRATOR | ROLE_AUDITOR, "staff.read", on_people),
    FORM("/staff/new", ROLE_ADMINISTRATOR, "staff.register", on_people_new, on_people_add),
    FORM("/staff/guest", ROLE_ADMINISTRATOR, "guest.register", on_people_new, on_people_add),
    READ("/staff/{id}", ROLE_ADMINISTRATOR | ROLE_AUDITOR, "staff.read", on_person),
    DESK("/staff/{id}/change", ROLE_ADMINISTRATOR, "staff.change"),
    DESK("/staff/{id}/post", ROLE_ADMINISTRATOR, "post.add"),
    DESK("/staff/{id}/suspend", ROLE_ADMINISTRATOR, "staff.suspend"),
    DESK("/staff/{id}/lift", ROLE_ADMINISTRATOR, "staff.lift"),
    DESK("/staff/{id}/sessions", ROLE_ADMINISTRATOR, "session.end-all"),
    DESK("/staff/{id}/instruct", ROLE_ADMINISTRATOR, "instruction.give"),
    DESK("/staff/{id}/extend", ROLE_ADMINISTRATOR, "guest.extend"),
    DESK("/staff/{id}/posts/{post}/end", ROLE_ADMINISTRATOR, "post.end"),
    DESK("/staff/{id}/posts/{post}/transfer", ROLE_ADMINISTRATOR, "staff.transfer"),
    DESK("/staff/{id}/posts/{post}/revoke", ROLE_ADMINISTRATOR, "post.revoke"),
    READ("/departments", ROLE_ADMINISTRATOR | ROLE_AUDITOR, "department.read", on_departments),
    DESK("/departments/add", ROLE_ADMINISTRATOR, "department.add"),
    DESK("/departments/{id}/rename", ROLE_ADMINISTRATOR, "department.change"),
    DESK("/departments/{id}/approver", ROLE_ADMINISTRATOR, "approver.change"),
    /* on_form.c */
    READ("/forms", ROLE_APPROVER | ROLE_ADMINISTRATOR | ROLE_AUDITOR, "form.read", on_forms),
    FORM("/forms/new/1", ROLE_APPROVER, "form.apply", on_form_new, on_form_apply),
    FORM("/forms/new/2", ROLE_APPROVER, "form.apply", on_form_new, on_form_apply),
    FORM("/forms/new/3", ROLE_APPROVER, "form.apply", on_form_new, on_form_apply),
    READ("/forms/{id}", ROLE_APPROVER | ROLE_ADMINISTRATOR | ROLE_AUDITOR, "form.read", on_form),
    READ("/forms/{id}/print", ROLE_APPROVER | ROLE_ADMINISTRATOR | ROLE_AUDITOR, "form.read",
         on_form_print),
    FORM("/forms/{id}/change", ROLE_APPROVER, "form.apply", on_form_change_page, on_form_change),
    STAFF_ROUTE("POST", "/forms/{id}/withdraw", ROLE_APPROVER, "form.withdraw", on_form_act),
    STAFF_ROUTE("POST", "/forms/{id}/ask", ROLE_ADMINISTRATOR, "form.ask", on_form_act),
    STAFF_ROUTE("POST", "/forms/{id}/refuse", ROLE_ADMINISTRATOR, "form.refuse", on_form_act),
    STAFF_ROUTE("POST", "/forms/{id}/accept", ROLE_ADMINISTRATOR, "form.accept", on_form_accept),

    /* on_people.c, on_office.c */
    READ("/delegations", ROLE_APPROVER | ROLE_DELEGATE | ROLE_ADMINISTRATOR | ROLE_AUDITOR,
         "delegation.read", on_delegations),
    DESK("/delegations/delegate", ROLE_APPROVER | ROLE_ADMINISTRATOR, "delegation.make"),
    DESK("/delegations/{id}/call-off", ROLE_APPROVER | ROLE_ADMINISTRATOR, "delegation.revoke"),
    READ("/instructions", ROLE_APPROVER | ROLE_ADMINISTRATOR | ROLE_AUDITOR, "instruction.read",
         on_instructions),
    DESK("/instructions/{id}/acknowledge", ROLE_APPROVER, "instruction.see"),
    DESK("/instructions/{id}/answer", ROLE_APPROVER, "instruction.answer"),
    DESK("/lost-device", ROLE_SIGNED_IN, "session.end-all"),
    /* on_password.c, on_account.c */
    {.face = FACE_STAFF,
     .method = "GET",
     .path = "/password",
     .roles = ROLE_SIGNED_IN,
     .stages = STAGE_PASSWORD,
     .handler = on_password_page},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/password",
     .roles = ROLE_SIGNED_IN,
     .stages = STAGE_PASSWORD,
     .act = "password.change",
     .handler = on_password_change},
    {.face = FACE_STAFF,
     .method = "GET",
     .path = "/me",
     .roles = ROLE_SIGNED_IN,
     .act = "account.read",
     .handler = on_account},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/me/language",
     .roles = ROLE_SIGNED_IN,
     .act = "account.lang",
     .handler = on_account_lang},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/me/sessions/end",
     .roles = ROLE_SIGNED_IN,
     .act = "session.end",
     .handler = on_sessions_end},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/me/sessions/{id}/end",
     .roles = ROLE_SIGNED_IN,
     .act = "session.end",
     .handler = on_session_end},

    /* on_resident.c */
    {.face = FACE_PUBLIC, .method = "GET", .path = "/", .handler = on_register_page},
    {.face = FACE_PUBLIC, .method = "GET", .path = "/subscribe", .handler = on_register_page},
    {.face = FACE_PUBLIC, .method = "POST", .path = "/subscribe", .handler = on_register},
    {.face = FACE_PUBLIC, .method = "GET", .path = "/terms", .handler = on_terms},
    {.face = FACE_PUBLIC, .method = "GET", .path = "/confirm/{token}", .handler = on_confirm_page},
    {.face = FACE_PUBLIC, .method = "POST", .path = "/confirm/{token}", .handler = on_confirm},
    {.face = FACE_PUBLIC, .method = "GET", .path = "/leave", .handler = on_leave_form},
    {.face = FACE_PUBLIC, .method = "POST", .path = "/leave", .handler = on_leave_request},
    {.face = FACE_PUBLIC, .method = "GET", .path = "/leave/{token}", .handler = on_leave_page},
    {.face = FACE_PUBLIC,
     .method = "POST",
     .path = "/leave/{token}",
     .csrf_exempt = true,
     .handler = on_leave},
    {.face = FACE_PUBLIC, .method = "GET", .path = "/stay/{token}", .handler = on_stay_page},
    {.face = FACE_PUBLIC, .method = "POST", .path = "/stay/{token}", .handler = on_stay},

    /* on_factor.c */
    {.face = FACE_STAFF,
     .method = "GET",
     .path = "/factor",
     .roles = ROLE_SIGNED_IN,
     .stages = STAGE_FACTOR,
     .handler = on_factor_page},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/factor",
     .roles = ROLE_SIGNED_IN,
     .stages = STAGE_FACTOR,
     .act = "factor.prove",
     .handler = on_factor_prove},
    {.face = FACE_STAFF,
     .method = "GET",
     .path = "/factor/setup",
     .roles = ROLE_SIGNED_IN,
     .stages = STAGE_ENROL,
     .handler = on_factor_setup},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/factor/setup/new",
     .roles = ROLE_SIGNED_IN,
     .stages = STAGE_ENROL,
     .act = "factor.enrol",
     .handler = on_factor_enrol},
    {.face = FACE_STAFF,
     .method = "GET",
     .path = "/factor/qr.svg",
     .roles = ROLE_SIGNED_IN,
     .stages = STAGE_ENROL,
     .handler = on_factor_qr},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/factor/setup/confirm",
     .roles = ROLE_SIGNED_IN,
     .stages = STAGE_ENROL,
     .act = "factor.confirm",
     .handler = on_factor_confirm},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/factor/setup/codes",
     .roles = ROLE_SIGNED_IN,
     .act = "factor.renew",
     .handler = on_factor_renew},
    {.face = FACE_STAFF,
     .method = "GET",
     .path = "/factors",
     .roles = ROLE_ADMINISTRATOR | ROLE_AUDITOR,
     .act = "factor.read",
     .handler = on_factors},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/factors/reset",
     .roles = ROLE_ADMINISTRATOR,
     .act = "factor.reset",
     .handler = on_factor_reset},

    /* on_calendar.c */
    {.face = FACE_STAFF,
     .method = "GET",
     .path = "/hours",
     .roles = ROLE_SIGNED_IN,
     .stages = STAGE_HOURS,
     .handler = on_hours_page},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/hours",
     .roles = ROLE_SIGNED_IN,
     .stages = STAGE_HOURS,
     .act = "hours.emergency",
     .handler = on_hours_reason},
    {.face = FACE_STAFF,
     .method = "GET",
     .path = "/calendar",
     .roles = ROLE_ADMINISTRATOR | ROLE_AUDITOR,
     .act = "calendar.read",
     .handler = on_calendar},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/calendar",
     .roles = ROLE_ADMINISTRATOR,
     .act = "calendar.set",
     .handler = on_calendar_set},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/calendar/remove",
     .roles = ROLE_ADMINISTRATOR,
     .act = "calendar.unset",
     .handler = on_calendar_unset},
    {.face = FACE_STAFF,
     .method = "GET",
     .path = "/hours/permits",
     .roles = ROLE_ADMINISTRATOR | ROLE_AUDITOR,
     .act = "hours.read",
     .handler = on_permits},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/hours/permits",
     .roles = ROLE_ADMINISTRATOR,
     .act = "hours.permit",
     .handler = on_permit_add},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/hours/permits/{id}/end",
     .roles = ROLE_ADMINISTRATOR,
     .act = "hours.revoke",
     .handler = on_permit_end},

    /* on_import.c */
    {.face = FACE_STAFF,
     .method = "GET",
     .path = "/import",
     .roles = ROLE_ADMINISTRATOR,
     .act = "import.read",
     .handler = on_import_form},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/import",
     .roles = ROLE_ADMINISTRATOR,
     .upload = true,
     .act = "import.stage",
     .handler = on_import_stage},
    {.face = FACE_STAFF,
     .method = "GET",
     .path = "/import/{id}",
     .roles = ROLE_ADMINISTRATOR,
     .act = "import.read",
     .handler = on_import},
    {.face = FACE_STAFF,
     .method = "GET",
     .path = "/import/{id}/refused.csv",
     .roles = ROLE_ADMINISTRATOR,
     .act = "import.read",
     .handler = on_import_report},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/import/{id}/apply",
     .roles = ROLE_ADMINISTRATOR,
     .act = "import.apply",
     .handler = on_import_apply},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/import/{id}/discard",
     .roles = ROLE_ADMINISTRATOR,
     .act = "import.discard",
     .handler = on_import_discard},

    /* on_suspension.c */
    {.face = FACE_STAFF,
     .method = "GET",
     .path = "/suspended",
     .roles = ROLE_ADMINISTRATOR | ROLE_AUDITOR,
     .act = "contact.read",
     .handler = on_suspended},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/suspended/{id}/resume",
     .roles = ROLE_ADMINISTRATOR,
     .act = "contact.resume",
     .handler = on_suspended_resume},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/suspended/alerts/{id}/count",
     .roles = ROLE_ADMINISTRATOR,
     .act = "bounce.count",
     .handler = on_bounces_count},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/suspended/alerts/{id}/forgive",
     .roles = ROLE_ADMINISTRATOR,
     .act = "bounce.forgive",
     .handler = on_bounces_forgive},

    /* on_alert.c, on_alert_write.c */
    {.face = FACE_STAFF,
     .method = "GET",
     .path = "/alerts",
     .roles = ROLE_STAFF,
     .handler = on_alerts},
    {.face = FACE_STAFF,
     .method = "GET",
     .path = "/alerts/new",
     .roles = ROLE_DRAFTER,
     .act = "alert.save",
     .handler = on_alert_new},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/alerts",
     .roles = ROLE_DRAFTER,
     .act = "alert.save",
     .handler = on_alert_create},
    {.face = FACE_STAFF,
     .method = "GET",
     .path = "/alerts/{id}",
     .roles = ROLE_STAFF,
     .handler = on_alert},
    {.face = FACE_STAFF,
     .method = "GET",
     .path = "/alerts/{id}/edit",
     .roles = ROLE_DRAFTER,
     .act = "alert.save",
     .handler = on_alert_edit},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/alerts/{id}",
     .roles = ROLE_DRAFTER,
     .act = "alert.save",
     .handler = on_alert_update},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/alerts/{id}/submit",
     .roles = ROLE_DRAFTER,
     .act = "alert.submit",
     .handler = on_alert_submit},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/alerts/{id}/withdraw",
     .roles = ROLE_DRAFTER,
     .act = "alert.withdraw",
     .handler = on_alert_withdraw},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/alerts/{id}/discard",
     .roles = ROLE_DRAFTER,
     .act = "alert.discard",
     .handler = on_alert_discard},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/alerts/{id}/approve",
     .roles = ROLE_APPROVER | ROLE_DELEGATE,
     .act = "alert.approve",
     .handler = on_alert_approve},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/alerts/{id}/return",
     .roles = ROLE_APPROVER | ROLE_DELEGATE,
     .act = "alert.return",
     .handler = on_alert_return},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/alerts/{id}/stop",
     .roles = ROLE_DESK | ROLE_ADMINISTRATOR,
     .act = "alert.stop",
     .handler = on_alert_stop},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/alerts/{id}/pause",
     .roles = ROLE_DESK | ROLE_ADMINISTRATOR,
     .act = "alert.pause",
     .handler = on_alert_pause},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/alerts/{id}/resume",
     .roles = ROLE_APPROVER | ROLE_DELEGATE,
     .act = "alert.resume",
     .handler = on_alert_resume},

    /* on_report.c */
    {.face = FACE_STAFF,
     .method = "GET",
     .path = "/alerts/{id}/report",
     .roles = ROLE_STAFF,
     .act = "report.read",
     .handler = on_report},
    {.face = FACE_STAFF,
     .method = "GET",
     .path = "/alerts/{id}/report.csv",
     .roles = ROLE_STAFF,
     .act = "report.read",
     .handler = on_report_list},
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/alerts/{id}/report.csv",
     .roles = ROLE_ADMINISTRATOR,
     .act = "report.export",
     .handler = on_report_export},

    /* on_sending.c */
    {.face = FACE_STAFF,
     .method = "GET",
     .path = "/sending",
     .roles = ROLE_STAFF,
     .act = "sending.read",
     .handler = on_sending},

    /* on_status.c */
    {.face = FACE_STAFF, .method = "GET", .path = "/health", .no_db = true, .handler = on_health},
    {.face = FACE_PUBLIC, .method = "GET", .path = "/health", .no_db = true, .handler = on_health},
    {.face = FACE_STAFF,
     .method = "GET",
     .path = "/log",
     .roles = ROLE_ADMINISTRATOR | ROLE_AUDITOR,
     .act = "log.read",
     .handler = on_log},
};

const struct route *route_table(size_t *count) {
    *count = COUNT(routes);
    return routes;
}

/* In the order of the bits. */
static const char *const role_names[] = {"drafter", "approver", "delegate", "administrator",
                                         "auditor"};

unsigned route_role(const char *name) {
    for (unsigned i = 0; i < COUNT(role_names); i++) {
        if (strcmp(name, role_names[i]) == 0) {
            return 1U << i;
        }
    }
    return ROLE_NOBODY;
}

static const struct route_stage stages[] = {
    {"password", "/password", N_("Please change your password first."), STAGE_PASSWORD},
    {"factor", "/factor", N_("Please type the code of your second factor first."), STAGE_FACTOR},
    {"hours", "/hours", N_("Please say first why you sign in outside the hours."), STAGE_HOURS},
    {"enrol", "/factor/setup", N_("Please set up your second factor first."), STAGE_ENROL},
};

const struct route_stage *route_stage(const char *name) {
    for (size_t i = 0; i < COUNT(stages); i++) {
        if (strcmp(name, stages[i].name) == 0) {
            return &stages[i];
        }
    }
    return NULL;
}

/* ---- printing ---- */

static void print_roles(FILE *out, unsigned roles) {
    const char *gap = "";
    if (roles == ROLE_NOBODY || roles == ROLE_SIGNED_IN) {
        fputs(roles == ROLE_NOBODY ? "anybody" : "signed-in", out);
    }
    for (unsigned i = 0; i < COUNT(role_names); i++) {
        if (roles & (1U << i)) {
            fprintf(out, "%s%s", gap, role_names[i]);
            gap = ",";
        }
    }
}

static void print_stages(FILE *out, unsigned bits) {
    const char *gap = "";
    for (size_t i = 0; i < COUNT(stages); i++) {
        if (bits & stages[i].bit) {
            fprintf(out, "%s%s", gap, stages[i].name);
            gap = ",";
        }
    }
}

void route_print(FILE *out) {
    for (size_t i = 0; i < COUNT(routes); i++) {
        const struct route *r = &routes[i];
        bool token = strcmp(r->method, "POST") == 0 && !r->csrf_exempt;
        fprintf(out, "%s\t%s\t%s\t", r->face == FACE_STAFF ? "staff" : "public", r->method,
                r->path);
        print_roles(out, r->roles);
        fprintf(out, "\t%s\t%s\t", r->act ? r->act : "", token ? "form-token" : "no-form-token");
        print_stages(out, r->stages);
        fputc('\n', out);
    }
}

/* ---- finding ---- */

/* Length of the segment at s: up to the next slash or the end. */
static size_t segment_b(const char *s) {
    return strcspn(s, "/");
}

/* One segment of a pattern against one of a path; {…} takes any that is not empty. */
static bool segment_match(const char *pattern, size_t pattern_b, const char *path, size_t path_b,
                          bool *open) {
    *open = pattern_b > 2 && pattern[0] == '{' && pattern[pattern_b - 1] == '}';
    if (*open) {
        return path_b > 0;
    }
    return pattern_b == path_b && memcmp(pattern, path, path_b) == 0;
}

/* Whether the path has the pattern's form; the {…} values go to args. */
static bool match(struct arena *a, const char *pattern, const char *path, const char **args) {
    size_t n = 0;
    for (;;) {
        size_t pattern_b = segment_b(pattern);
        size_t path_b = segment_b(path);
        bool open;
        if (!segment_match(pattern, pattern_b, path, path_b, &open)) {
            return false;
        }
        if (open && n < ARGS_MOST) {
            args[n++] = arena_strndup(a, path, path_b);
        }
        pattern += pattern_b;
        path += path_b;
        if (!*pattern || !*path) {
            return !*pattern && !*path;
        }
        pattern++;
        path++;
    }
}

/* GET serves HEAD too, so both are named. */
static const char *allow_add(struct arena *a, const char *allow, const char *method) {
    const char *name = strcmp(method, "GET") == 0 ? "GET, HEAD" : method;
    return allow ? arena_printf(a, "%s, %s", allow, name) : name;
}

bool route_find(struct arena *a, enum face face, const char *method, const char *path,
                const struct route **out, const char *const **args, const char **allow,
                struct fault *f) {
    const char **values = arena_array(a, ARGS_MOST + 1, sizeof *values);
    const char *others = NULL;
    for (size_t i = 0; i < COUNT(routes); i++) {
        if (routes[i].face != face || !match(a, routes[i].path, path, values)) {
            continue;
        }
        if (strcmp(routes[i].method, method) == 0) {
            *out = &routes[i];
            *args = values;
            return true;
        }
        others = allow_add(a, others, routes[i].method);
    }
    *allow = others;
    return others ? fault_set(f, FAULT_INVALID, N_("This page does not accept that method."))
                  : fault_set(f, FAULT_MISSING, N_("There is no such page."));
}
