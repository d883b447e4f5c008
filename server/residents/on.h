/* Handlers of this room, for the table in route_table.c: the residents' face, files of residents,
 * suspended addresses. */
#ifndef SERVER_RESIDENTS_ON_H
#define SERVER_RESIDENTS_ON_H

#include "http/http.h"

/* on_import.c */
handler on_import_form;
handler on_import_stage;
handler on_import;
handler on_import_report;
handler on_import_apply;
handler on_import_discard;

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

/* on_suspension.c */
handler on_suspended;
handler on_suspended_resume;
handler on_bounces_count;
handler on_bounces_forgive;

#endif
