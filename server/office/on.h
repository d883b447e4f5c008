/* Handlers of this room, for the table in route_table.c: people, posts, forms 1 to 3, the calendar.
 */
#ifndef SERVER_OFFICE_ON_H
#define SERVER_OFFICE_ON_H

#include "http/http.h"

/* on_apply.c: forms 1 to 3 without sign-in, and the links of their letters. */
handler on_apply;
handler on_apply_new;
handler on_apply_request;
handler on_apply_link;
handler on_apply_confirm;
handler on_apply_question;
handler on_apply_reply;

/* on_calendar.c */
handler on_hours_page;
handler on_hours_reason;
handler on_calendar;
handler on_calendar_set;
handler on_calendar_unset;
handler on_permits;
handler on_permit_add;
handler on_permit_end;

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

/* on_office.c */
handler on_office_page;
handler on_office_act;

/* on_people.c */
handler on_people;
handler on_person;
handler on_departments;
handler on_delegations;
handler on_instructions;

/* on_people_new.c */
handler on_people_new;
handler on_people_add;

#endif
