/* Handlers of this room, for the table in route_table.c: reports, the state of sending. */
#ifndef SERVER_SENDING_ON_H
#define SERVER_SENDING_ON_H

#include "http/http.h"

/* on_report.c */
handler on_report;
handler on_report_list;
handler on_report_export;

/* on_sending.c */
handler on_sending;

/* on_status.c */
handler on_health;

#endif
