/* The channel mail: alerts and letters as mails, handed to the relays that the settings name, by
 * SMTP.
 */
#ifndef WORKER_MAIL_H
#define WORKER_MAIL_H

#include "channel/kind.h"

/* Its check: the key that signs, the relays' passwords and authorities. */
extern const struct channel_kind MAIL;

#endif
