/* The table of routes. The first row that matches counts: write "/alerts/new" before
 * "/alerts/{id}". */
#include "route_table.h"

#include "alert/on.h"
#include "door/on.h"
#include "log/on.h"
#include "office/on.h"
#include "residents/on.h"
#include "sending/on.h"

/* A row of the staff face; further members may follow the handler. */
#define ROUTE(method_, path_, roles_, act_, handler_, ...)                                         \
    {                                                                                              \
        .face = FACE_STAFF, .method = method_, .path = path_, .roles = roles_, .act = ACT_##act_,  \
        .handler = handler_, __VA_ARGS__                                                           \
    }

/* Who may is said with the act (core/office/who_may.txt). */
#define READ(path_, act_, ...) ROUTE("GET", path_, MAY_##act_, act_, __VA_ARGS__)
#define ACT(path_, act_, ...)  ROUTE("POST", path_, MAY_##act_, act_, __VA_ARGS__)

/* A page or file that shows personal data of others. */
#define SHOWS(path_, act_, handler_) READ(path_, act_, handler_, .look = true)

/* A form and its act at one address. */
#define FORM(path_, act_, page_, handler_) READ(path_, act_, page_), ACT(path_, act_, handler_)
#define DESK(path_, act_)                  FORM(path_, act_, on_office_page, on_office_act)

/* Looks that are on nobody's record. */
#define PAGE(path_, roles_, ...) ROUTE("GET", path_, roles_, NONE, __VA_ARGS__)

/* A form for anybody on the staff network. */
#define OPEN(path_, act_, page_, handler_)                                                         \
    ROUTE("GET", path_, ROLE_NOBODY, act_, page_), ROUTE("POST", path_, ROLE_NOBODY, act_, handler_)

#define RESIDENTS(method_, path_, handler_, ...)                                                   \
    { .face = FACE_PUBLIC, .method = method_, .path = path_, .handler = handler_, __VA_ARGS__ }

static const struct route routes[] = {
    /* on_sign_in.c */
    PAGE("/", ROLE_NOBODY, on_home),
    PAGE("/sign-in", ROLE_NOBODY, on_sign_in_page),
    ACT("/sign-in", SIGN_IN, on_sign_in),
    /* another post may ask for no factor */
    PAGE("/post", ROLE_SIGNED_IN, on_posts, .stages = STAGE_ENROL),
    ACT("/post", POST_CHOOSE, on_post_choose, .stages = STAGE_ENROL),
    ACT("/sign-out", SIGN_OUT, on_sign_out, .stages = STAGE_ANY),

    /* on_people.c, on_people_new.c, on_office.c */
    SHOWS("/staff", STAFF_READ, on_people),
    FORM("/staff/new", STAFF_REGISTER, on_people_new, on_people_add),
    FORM("/staff/guest", GUEST_REGISTER, on_people_new, on_people_add),
    READ("/staff/{id}", STAFF_READ, on_person), /* staff_read writes the row */
    ROUTE("GET", "/staff/{id}/change", MAY_STAFF_CHANGE, STAFF_READ, on_office_page, .look = true),
    ACT("/staff/{id}/change", STAFF_CHANGE, on_office_act),
    DESK("/staff/{id}/post", POST_ADD),
    DESK("/staff/{id}/suspend", STAFF_SUSPEND),
    DESK("/staff/{id}/lift", STAFF_LIFT),
    ROUTE("GET", "/staff/{id}/sessions", ROLE_ADMINISTRATOR, SESSION_END_ALL, on_office_page),
    ROUTE("POST", "/staff/{id}/sessions", ROLE_ADMINISTRATOR, SESSION_END_ALL, on_office_act),
    DESK("/staff/{id}/instruct", INSTRUCTION_GIVE),
    DESK("/staff/{id}/extend", GUEST_EXTEND),
    DESK("/staff/{id}/posts/{post}/end", POST_END),
    DESK("/staff/{id}/posts/{post}/transfer", STAFF_TRANSFER),
    DESK("/staff/{id}/posts/{post}/revoke", POST_REVOKE),
    READ("/departments", DEPARTMENT_READ, on_departments),
    DESK("/departments/add", DEPARTMENT_ADD),
    DESK("/departments/{id}/rename", DEPARTMENT_CHANGE),
    DESK("/departments/{id}/approver", APPROVER_CHANGE),

    /* on_form.c */
    SHOWS("/forms", FORM_READ, on_forms),
    FORM("/forms/new/1", FORM_APPLY, on_form_new, on_form_apply),
    FORM("/forms/new/2", FORM_APPLY, on_form_new, on_form_apply),
    FORM("/forms/new/3", FORM_APPLY, on_form_new, on_form_apply),
    READ("/forms/{id}", FORM_READ, on_form),
    READ("/forms/{id}/print", FORM_READ, on_form_print),
    FORM("/forms/{id}/change", FORM_APPLY, on_form_change_page, on_form_change),
    ACT("/forms/{id}/withdraw", FORM_WITHDRAW, on_form_act),
    ACT("/forms/{id}/ask", FORM_ASK, on_form_act),
    ACT("/forms/{id}/refuse", FORM_REFUSE, on_form_act),
    ACT("/forms/{id}/accept", FORM_ACCEPT, on_form_accept),

    /* on_apply.c: for anybody on the staff network */
    PAGE("/apply", ROLE_NOBODY, on_apply),
    OPEN("/apply/1", FORM_APPLY, on_apply_new, on_apply_request),
    OPEN("/apply/2", FORM_APPLY, on_apply_new, on_apply_request),
    OPEN("/apply/3", FORM_APPLY, on_apply_new, on_apply_request),
    OPEN("/apply/confirm/{token}", FORM_APPLY, on_apply_link, on_apply_confirm),
    OPEN("/apply/again/{token}", FORM_APPLY, on_apply_question, on_apply_reply),

    /* on_people.c, on_office.c */
    SHOWS("/delegations", DELEGATION_READ, on_delegations),
    DESK("/delegations/delegate", DELEGATION_MAKE),
    DESK("/delegations/{id}/call-off", DELEGATION_REVOKE),
    SHOWS("/instructions", INSTRUCTION_READ, on_instructions),
    DESK("/instructions/{id}/acknowledge", INSTRUCTION_SEE),
    DESK("/instructions/{id}/answer", INSTRUCTION_ANSWER),
    DESK("/lost-device", SESSION_END_ALL),

    /* on_password.c, on_account.c */
    PAGE("/password", ROLE_SIGNED_IN, on_password_page, .stages = STAGE_PASSWORD),
    ACT("/password", PASSWORD_CHANGE, on_password_change, .stages = STAGE_PASSWORD),
    READ("/me", ACCOUNT_READ, on_account),
    ACT("/me/language", ACCOUNT_LANG, on_account_lang),
    ACT("/me/sessions/end", SESSION_END, on_sessions_end),
    ACT("/me/sessions/{id}/end", SESSION_END, on_session_end),

    /* on_resident.c */
    RESIDENTS("GET", "/", on_register_page),
    RESIDENTS("GET", "/subscribe", on_register_page),
    RESIDENTS("POST", "/subscribe", on_register),
    RESIDENTS("GET", "/terms", on_terms),
    RESIDENTS("GET", "/confirm/{token}", on_confirm_page),
    RESIDENTS("POST", "/confirm/{token}", on_confirm),
    RESIDENTS("GET", "/leave", on_leave_form),
    RESIDENTS("POST", "/leave", on_leave_request),
    RESIDENTS("GET", "/leave/{token}", on_leave_page),
    RESIDENTS("POST", "/leave/{token}", on_leave, .csrf_exempt = true),
    RESIDENTS("GET", "/stay/{token}", on_stay_page),
    RESIDENTS("POST", "/stay/{token}", on_stay),

    /* on_factor.c */
    PAGE("/factor", ROLE_SIGNED_IN, on_factor_page, .stages = STAGE_FACTOR),
    ACT("/factor", FACTOR_PROVE, on_factor_prove, .stages = STAGE_FACTOR),
    PAGE("/factor/setup", ROLE_SIGNED_IN, on_factor_setup, .stages = STAGE_ENROL),
    ACT("/factor/setup/new", FACTOR_ENROL, on_factor_enrol, .stages = STAGE_ENROL),
    PAGE("/factor/qr.svg", ROLE_SIGNED_IN, on_factor_qr, .stages = STAGE_ENROL),
    ACT("/factor/setup/confirm", FACTOR_CONFIRM, on_factor_confirm, .stages = STAGE_ENROL),
    ACT("/factor/setup/codes", FACTOR_RENEW, on_factor_renew),
    SHOWS("/factors", FACTOR_READ, on_factors),
    ACT("/factors/reset", FACTOR_RESET, on_factor_reset),

    /* on_calendar.c */
    PAGE("/hours", ROLE_SIGNED_IN, on_hours_page, .stages = STAGE_HOURS),
    ACT("/hours", HOURS_EMERGENCY, on_hours_reason, .stages = STAGE_HOURS),
    READ("/calendar", CALENDAR_READ, on_calendar),
    ACT("/calendar", CALENDAR_SET, on_calendar_set),
    ACT("/calendar/remove", CALENDAR_UNSET, on_calendar_unset),
    SHOWS("/hours/permits", HOURS_READ, on_permits),
    ACT("/hours/permits", HOURS_PERMIT, on_permit_add),
    ACT("/hours/permits/{id}/end", HOURS_REVOKE, on_permit_end),

    /* on_import.c */
    READ("/import", IMPORT_READ, on_import_form),
    ACT("/import", IMPORT_STAGE, on_import_stage, .upload = true),
    SHOWS("/import/{id}", IMPORT_READ, on_import),
    SHOWS("/import/{id}/refused.csv", IMPORT_EXPORT, on_import_report),
    ACT("/import/{id}/apply", IMPORT_APPLY, on_import_apply),
    ACT("/import/{id}/discard", IMPORT_DISCARD, on_import_discard),

    /* on_suspension.c */
    SHOWS("/suspended", CONTACT_READ, on_suspended),
    ACT("/suspended/{id}/resume", CONTACT_RESUME, on_suspended_resume),
    ACT("/suspended/alerts/{id}/count", BOUNCE_COUNT, on_bounces_count),
    ACT("/suspended/alerts/{id}/forgive", BOUNCE_FORGIVE, on_bounces_forgive),

    /* on_alert.c, on_alert_write.c */
    PAGE("/alerts", ROLE_STAFF, on_alerts),
    READ("/alerts/new", ALERT_SAVE, on_alert_new),
    ACT("/alerts", ALERT_SAVE, on_alert_create),
    PAGE("/alerts/{id}", ROLE_STAFF, on_alert),
    READ("/alerts/{id}/edit", ALERT_SAVE, on_alert_edit),
    ACT("/alerts/{id}", ALERT_SAVE, on_alert_update),
    ACT("/alerts/{id}/submit", ALERT_SUBMIT, on_alert_submit),
    ACT("/alerts/{id}/withdraw", ALERT_WITHDRAW, on_alert_withdraw),
    ACT("/alerts/{id}/discard", ALERT_DISCARD, on_alert_discard),
    ACT("/alerts/{id}/approve", ALERT_APPROVE, on_alert_approve),
    ACT("/alerts/{id}/return", ALERT_RETURN, on_alert_return),
    ACT("/alerts/{id}/stop", ALERT_STOP, on_alert_stop),
    ACT("/alerts/{id}/pause", ALERT_PAUSE, on_alert_pause),
    ACT("/alerts/{id}/resume", ALERT_RESUME, on_alert_resume),

    /* on_report.c */
    READ("/alerts/{id}/report", REPORT_READ, on_report),
    SHOWS("/alerts/{id}/report.csv", REPORT_READ, on_report_list),
    ACT("/alerts/{id}/report.csv", REPORT_EXPORT, on_report_export),

    /* on_sending.c */
    READ("/sending", SENDING_READ, on_sending),

    /* on_status.c */
    PAGE("/health", ROLE_NOBODY, on_health, .no_db = true),
    RESIDENTS("GET", "/health", on_health, .no_db = true),

    /* on_inspection.c */
    READ("/inspections", LOG_READ, on_inspections),
    ACT("/inspections", INSPECTION_OPEN, on_inspection_open),
    READ("/inspections/{id}", LOG_READ, on_inspection),
    ACT("/inspections/{id}", INSPECTION_SAVE, on_inspection_save),
    ACT("/inspections/{id}/close", INSPECTION_CLOSE, on_inspection_close),

    /* on_usage.c */
    SHOWS("/usage", USAGE_READ, on_usage),
    ACT("/usage.csv", USAGE_EXPORT, on_usage_file),

    /* on_log.c, on_log_care.c */
    READ("/log", LOG_READ, on_log),
    ACT("/log.csv", LOG_EXPORT, on_log_file),
    READ("/log/verify", LOG_READ, on_log_check),
    ACT("/log/verify", LOG_VERIFY, on_log_check_start),
    READ("/log/years", LOG_READ, on_log_years),
    ACT("/log/years/{id}/request", LOG_PURGE_ASK, on_log_year_request),
    ACT("/log/years/{id}/confirm", LOG_PURGE_CONFIRM, on_log_year_confirm),
    ACT("/log/years/{id}/withdraw", LOG_PURGE_WITHDRAW, on_log_year_withdraw),
};

const struct route_table *route_table(void) {
    static const struct route_table table = {routes, COUNT(routes)};
    return &table;
}
