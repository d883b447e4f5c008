/* Every handler by name, for the table in route.c. */
#ifndef SERVER_ON_H
#define SERVER_ON_H

#include "http.h"

/* on_staff.c */
handler on_home;
handler on_sign_in_page;
handler on_sign_in;
handler on_posts;
handler on_post_choose;
handler on_sign_out;

/* on_people.c, on_people_new.c, on_office.c */
handler on_people;
handler on_person;
handler on_departments;
handler on_delegations;
handler on_instructions;
handler on_people_new;
handler on_people_add;
handler on_office_page;
handler on_office_act;
/* on_form.c */
handler on_forms;
handler on_form;
handler on_form_print;
handler on_form_act;
handler on_form_accept;
handler on_form_new;
handler on_form_apply;
handler on_form_change_page;
handler on_form_change;

/* on_apply.c: forms 1 to 3 without sign-in, and the links of their letters. */
handler on_apply;
handler on_apply_new;
handler on_apply_request;
handler on_apply_link;
handler on_apply_confirm;
handler on_apply_question;
handler on_apply_reply;

/* on_factor.c */
handler on_factor_page;
handler on_factor_prove;
handler on_factor_setup;
handler on_factor_enrol;
handler on_factor_qr;
handler on_factor_confirm;
handler on_factor_renew;
handler on_factors;
handler on_factor_reset;

/* on_calendar.c */
handler on_hours_page;
handler on_hours_reason;
handler on_calendar;
handler on_calendar_set;
handler on_calendar_unset;
handler on_permits;
handler on_permit_add;
handler on_permit_end;
/* on_password.c */
handler on_password_page;
handler on_password_change;

/* on_account.c */
handler on_account;
handler on_account_lang;
handler on_session_end;
handler on_sessions_end;

/* Where a form of the door leads afterwards: its field `next`, a plain path of ours, never another
 * host; else "/". */
NONNULL const char *on_next(const struct req *r);

/* on_import.c */
handler on_import_form;
handler on_import_stage;
handler on_import;
handler on_import_report;
handler on_import_apply;
handler on_import_discard;

/* on_suspension.c */
handler on_suspended;
handler on_suspended_resume;
handler on_bounces_count;
handler on_bounces_forgive;

/* on_alert_write.c */
handler on_alert_new;
handler on_alert_create;
handler on_alert_edit;
handler on_alert_update;

/* on_alert.c */
handler on_alerts;
handler on_alert;
handler on_alert_submit;
handler on_alert_withdraw;
handler on_alert_discard;
handler on_alert_approve;
handler on_alert_return;
handler on_alert_stop;
handler on_alert_pause;
handler on_alert_resume;

/* on_report.c */
handler on_report;
handler on_report_list;
handler on_report_export;

/* on_sending.c */
handler on_sending;

/* on_status.c */
handler on_health;

/* on_log.c, on_log_care.c */
handler on_log;
handler on_log_file;
handler on_log_check;
handler on_log_check_start;
handler on_log_years;
handler on_log_year_request;
handler on_log_year_confirm;
handler on_log_year_withdraw;

/* on_inspection.c */
handler on_inspections;
handler on_inspection_open;
handler on_inspection;
handler on_inspection_save;
handler on_inspection_close;

/* on_usage.c */
handler on_usage;
handler on_usage_file;

/* on_resident.c: nobody signs in on that face; a GET changes nothing, and no answer tells whether
 * an address is known. Registering, or changing what an address receives: */
handler on_register_page;
handler on_register;
handler on_terms;
handler on_confirm_page;
handler on_confirm;
/* Leaving by address: a letter with the leave link goes there. */
handler on_leave_form;
handler on_leave_request;
/* Leaving by link. The POST is the button's and RFC 8058's one-click alike: the token is the proof,
 * so it is exempt from the form token, knows no cookie, and answers 200 without a redirect. */
handler on_leave_page;
handler on_leave;
/* "Still here", by the link of the warning that mails come back. */
handler on_stay_page;
handler on_stay;

#endif
