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

/* on_status.c */
handler on_health;
handler on_log;

#endif
