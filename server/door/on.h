/* Handlers of this room, for the table in route_table.c: signing in and out, passwords, second
 * factors, a person's own account. */
#ifndef SERVER_DOOR_ON_H
#define SERVER_DOOR_ON_H

#include "http/http.h"

/* on_account.c */
handler on_account;
handler on_account_lang;
handler on_session_end;
handler on_sessions_end;

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

/* on_password.c */
handler on_password_page;
handler on_password_change;

/* on_sign_in.c */
handler on_home;
handler on_sign_in_page;
handler on_sign_in;
handler on_posts;
handler on_post_choose;
handler on_sign_out;

#endif
