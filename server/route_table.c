/* The table of routes. The first row that matches counts: write "/alerts/new" before
 * "/alerts/{id}". */
#include "route_table.h"

#include "alert/on.h"
#include "door/on.h"
#include "log/on.h"
#include "office/on.h"
#include "residents/on.h"
#include "sending/on.h"

#define STAFF_ROUTE(method_, path_, roles_, act_, handler_)                                        \
    {                                                                                              \
        .face = FACE_STAFF, .method = method_, .path = path_, .roles = roles_, .act = act_,        \
        .handler = handler_                                                                        \
    }
#define READ(...) STAFF_ROUTE("GET", __VA_ARGS__)
#define ACT(...)  STAFF_ROUTE("POST", __VA_ARGS__)

/* A form and its act at one address. */
#define FORM(path_, roles_, act_, page_, handler_)                                                 \
    READ(path_, roles_, act_, page_), STAFF_ROUTE("POST", path_, roles_, act_, handler_)
#define DESK(...) FORM(__VA_ARGS__, on_office_page, on_office_act)

/* A page or file that shows personal data of others. */
#define SHOWS(path_, roles_, look_, handler_)                                                      \
    {                                                                                              \
        .face = FACE_STAFF, .method = "GET", .path = path_, .roles = roles_, .act = look_,         \
        .look = look_, .handler = handler_                                                         \
    }

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
    SHOWS("/staff", ROLE_ADMINISTRATOR | ROLE_AUDITOR, "staff.read", on_people),
    FORM("/staff/new", ROLE_ADMINISTRATOR, "staff.register", on_people_new, on_people_add),
    FORM("/staff/guest", ROLE_ADMINISTRATOR, "guest.register", on_people_new, on_people_add),
    READ("/staff/{id}", ROLE_ADMINISTRATOR | ROLE_AUDITOR, "staff.read",
         on_person), /* staff_read writes the row */
    SHOWS("/staff/{id}/change", ROLE_ADMINISTRATOR, "staff.read", on_office_page),
    ACT("/staff/{id}/change", ROLE_ADMINISTRATOR, "staff.change", on_office_act),
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
    SHOWS("/forms", ROLE_APPROVER | ROLE_ADMINISTRATOR | ROLE_AUDITOR, "form.read", on_forms),
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

    /* on_apply.c: for anybody on the staff network */
    READ("/apply", ROLE_NOBODY, NULL, on_apply),
    FORM("/apply/1", ROLE_NOBODY, "form.apply", on_apply_new, on_apply_request),
    FORM("/apply/2", ROLE_NOBODY, "form.apply", on_apply_new, on_apply_request),
    FORM("/apply/3", ROLE_NOBODY, "form.apply", on_apply_new, on_apply_request),
    FORM("/apply/confirm/{token}", ROLE_NOBODY, "form.apply", on_apply_link, on_apply_confirm),
    FORM("/apply/again/{token}", ROLE_NOBODY, "form.apply", on_apply_question, on_apply_reply),

    /* on_people.c, on_office.c */
    SHOWS("/delegations", ROLE_APPROVER | ROLE_DELEGATE | ROLE_ADMINISTRATOR | ROLE_AUDITOR,
          "delegation.read", on_delegations),
    DESK("/delegations/delegate", ROLE_APPROVER | ROLE_ADMINISTRATOR, "delegation.make"),
    DESK("/delegations/{id}/call-off", ROLE_APPROVER | ROLE_ADMINISTRATOR, "delegation.revoke"),
    SHOWS("/instructions", ROLE_APPROVER | ROLE_ADMINISTRATOR | ROLE_AUDITOR, "instruction.read",
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
    READ("/me", ROLE_SIGNED_IN, "account.read", on_account),
    ACT("/me/language", ROLE_SIGNED_IN, "account.lang", on_account_lang),
    ACT("/me/sessions/end", ROLE_SIGNED_IN, "session.end", on_sessions_end),
    ACT("/me/sessions/{id}/end", ROLE_SIGNED_IN, "session.end", on_session_end),

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
    ACT("/factor/setup/codes", ROLE_SIGNED_IN, "factor.renew", on_factor_renew),
    SHOWS("/factors", ROLE_ADMINISTRATOR | ROLE_AUDITOR, "factor.read", on_factors),
    ACT("/factors/reset", ROLE_ADMINISTRATOR, "factor.reset", on_factor_reset),

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
    READ("/calendar", ROLE_ADMINISTRATOR | ROLE_AUDITOR, "calendar.read", on_calendar),
    ACT("/calendar", ROLE_ADMINISTRATOR, "calendar.set", on_calendar_set),
    ACT("/calendar/remove", ROLE_ADMINISTRATOR, "calendar.unset", on_calendar_unset),
    SHOWS("/hours/permits", ROLE_ADMINISTRATOR | ROLE_AUDITOR, "hours.read", on_permits),
    ACT("/hours/permits", ROLE_ADMINISTRATOR, "hours.permit", on_permit_add),
    ACT("/hours/permits/{id}/end", ROLE_ADMINISTRATOR, "hours.revoke", on_permit_end),

    /* on_import.c */
    READ("/import", ROLE_ADMINISTRATOR, "import.read", on_import_form),
    {.face = FACE_STAFF,
     .method = "POST",
     .path = "/import",
     .roles = ROLE_ADMINISTRATOR,
     .upload = true,
     .act = "import.stage",
     .handler = on_import_stage},
    SHOWS("/import/{id}", ROLE_ADMINISTRATOR, "import.read", on_import),
    SHOWS("/import/{id}/refused.csv", ROLE_ADMINISTRATOR, "import.export", on_import_report),
    ACT("/import/{id}/apply", ROLE_ADMINISTRATOR, "import.apply", on_import_apply),
    ACT("/import/{id}/discard", ROLE_ADMINISTRATOR, "import.discard", on_import_discard),

    /* on_suspension.c */
    SHOWS("/suspended", ROLE_ADMINISTRATOR | ROLE_AUDITOR, "contact.read", on_suspended),
    ACT("/suspended/{id}/resume", ROLE_ADMINISTRATOR, "contact.resume", on_suspended_resume),
    ACT("/suspended/alerts/{id}/count", ROLE_ADMINISTRATOR, "bounce.count", on_bounces_count),
    ACT("/suspended/alerts/{id}/forgive", ROLE_ADMINISTRATOR, "bounce.forgive", on_bounces_forgive),

    /* on_alert.c, on_alert_write.c */
    {.face = FACE_STAFF,
     .method = "GET",
     .path = "/alerts",
     .roles = ROLE_STAFF,
     .handler = on_alerts},
    READ("/alerts/new", ROLE_DRAFTER, "alert.save", on_alert_new),
    ACT("/alerts", ROLE_DRAFTER, "alert.save", on_alert_create),
    {.face = FACE_STAFF,
     .method = "GET",
     .path = "/alerts/{id}",
     .roles = ROLE_STAFF,
     .handler = on_alert},
    READ("/alerts/{id}/edit", ROLE_DRAFTER, "alert.save", on_alert_edit),
    ACT("/alerts/{id}", ROLE_DRAFTER, "alert.save", on_alert_update),
    ACT("/alerts/{id}/submit", ROLE_DRAFTER, "alert.submit", on_alert_submit),
    ACT("/alerts/{id}/withdraw", ROLE_DRAFTER, "alert.withdraw", on_alert_withdraw),
    ACT("/alerts/{id}/discard", ROLE_DRAFTER, "alert.discard", on_alert_discard),
    ACT("/alerts/{id}/approve", ROLE_APPROVER | ROLE_DELEGATE, "alert.approve", on_alert_approve),
    ACT("/alerts/{id}/return", ROLE_APPROVER | ROLE_DELEGATE, "alert.return", on_alert_return),
    ACT("/alerts/{id}/stop", ROLE_DESK | ROLE_ADMINISTRATOR, "alert.stop", on_alert_stop),
    ACT("/alerts/{id}/pause", ROLE_DESK | ROLE_ADMINISTRATOR, "alert.pause", on_alert_pause),
    ACT("/alerts/{id}/resume", ROLE_APPROVER | ROLE_DELEGATE, "alert.resume", on_alert_resume),

    /* on_report.c */
    READ("/alerts/{id}/report", ROLE_STAFF, "report.read", on_report),
    SHOWS("/alerts/{id}/report.csv", ROLE_STAFF, "report.read", on_report_list),
    ACT("/alerts/{id}/report.csv", ROLE_ADMINISTRATOR, "report.export", on_report_export),

    /* on_sending.c */
    READ("/sending", ROLE_STAFF, "sending.read", on_sending),

    /* on_status.c */
    {.face = FACE_STAFF, .method = "GET", .path = "/health", .no_db = true, .handler = on_health},
    {.face = FACE_PUBLIC, .method = "GET", .path = "/health", .no_db = true, .handler = on_health},

    /* on_inspection.c */
    READ("/inspections", ROLE_ADMINISTRATOR | ROLE_AUDITOR, "log.read", on_inspections),
    ACT("/inspections", ROLE_ADMINISTRATOR | ROLE_AUDITOR, "inspection.open", on_inspection_open),
    READ("/inspections/{id}", ROLE_ADMINISTRATOR | ROLE_AUDITOR, "log.read", on_inspection),
    ACT("/inspections/{id}", ROLE_ADMINISTRATOR | ROLE_AUDITOR, "inspection.save",
        on_inspection_save),
    ACT("/inspections/{id}/close", ROLE_ADMINISTRATOR | ROLE_AUDITOR, "inspection.close",
        on_inspection_close),

    /* on_usage.c */
    SHOWS("/usage", ROLE_APPROVER | ROLE_DELEGATE | ROLE_ADMINISTRATOR | ROLE_AUDITOR, "usage.read",
          on_usage),
    ACT("/usage.csv", ROLE_APPROVER | ROLE_DELEGATE | ROLE_ADMINISTRATOR | ROLE_AUDITOR,
        "usage.export", on_usage_file),

    /* on_log.c, on_log_care.c */
    READ("/log", ROLE_ADMINISTRATOR | ROLE_AUDITOR, "log.read", on_log),
    ACT("/log.csv", ROLE_ADMINISTRATOR | ROLE_AUDITOR, "log.export", on_log_file),
    READ("/log/verify", ROLE_ADMINISTRATOR | ROLE_AUDITOR, "log.read", on_log_check),
    ACT("/log/verify", ROLE_ADMINISTRATOR | ROLE_AUDITOR, "log.verify", on_log_check_start),
    READ("/log/years", ROLE_ADMINISTRATOR | ROLE_AUDITOR, "log.read", on_log_years),
    ACT("/log/years/{id}/request", ROLE_ADMINISTRATOR, "log.purge-ask", on_log_year_request),
    ACT("/log/years/{id}/confirm", ROLE_ADMINISTRATOR | ROLE_AUDITOR, "log.purge-confirm",
        on_log_year_confirm),
    ACT("/log/years/{id}/withdraw", ROLE_ADMINISTRATOR | ROLE_AUDITOR, "log.purge-withdraw",
        on_log_year_withdraw),
};

const struct route_table *route_table(void) {
    static const struct route_table table = {routes, COUNT(routes)};
    return &table;
}
