/* Handlers of this room, for the table in route_table.c: the operation log, inspections, the usage
 * report. */
#ifndef SERVER_LOG_ON_H
#define SERVER_LOG_ON_H

#include "http/http.h"

/* on_inspection.c */
handler on_inspections;
handler on_inspection_open;
handler on_inspection;
handler on_inspection_save;
handler on_inspection_close;

/* on_log.c */
handler on_log;
handler on_log_file;

/* on_log_care.c */
handler on_log_check;
handler on_log_check_start;
handler on_log_years;
handler on_log_year_request;
handler on_log_year_confirm;
handler on_log_year_withdraw;

/* on_usage.c */
handler on_usage;
handler on_usage_file;

#endif
