/* The channel mail: alerts and letters as mails, handed to the relays that the settings name, by
 * SMTP.
 */
#ifndef WORKER_MAIL_H
#define WORKER_MAIL_H

#include "channel/channel.h"

/* NULL: the settings' passwords cannot be used. */
MUST_USE NONNULL struct channel *mail_open(struct fault *f);

/* Whether the settings of mail can be used on this host: the key that signs, the relays' passwords
 * and authorities. For the master, before the start. False: INVALID, its field the setting. */
MUST_USE NONNULL bool mail_check(struct fault *f);

#endif
