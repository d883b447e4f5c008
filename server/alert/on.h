/* Handlers of this room, for the table in route_table.c: writing alerts, and what is done with
 * them. */
#ifndef SERVER_ALERT_ON_H
#define SERVER_ALERT_ON_H

#include "http/http.h"

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

/* on_alert_write.c */
handler on_alert_new;
handler on_alert_create;
handler on_alert_edit;
handler on_alert_update;

#endif
