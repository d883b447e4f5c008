/* What a mail is called: made of numbers alone, so that whoever writes it once more calls it the
 * same. */
#ifndef WORKER_MESSAGE_ID_H
#define WORKER_MESSAGE_ID_H

/* What a mail is called: made of numbers alone, so that whoever writes it once more calls it the
 * same. */
#include "base.h"

#include <stdint.h>

enum { MESSAGE_ID_B = 320 };

/* "a7.2.1234@domain" for version 2 of alert 7 to contact 1234: always the same, so that a mail
 * sent once more is known as the same mail (RFC 5322 3.6.4). Letters: kind 'l', the letter's id, 0,
 * 0. */
NONNULL void message_id(char out[MESSAGE_ID_B], char kind, int64_t number, int64_t version,
                        int64_t part, const char *domain);

/* "x7.2.55.ja@domain" for what a hand-over's Japanese readers get alike (express). With a date that
 * is the alert's own and a link that names nobody, its bytes are the same whenever it is written.
 */
NONNULL void message_id_express(char out[MESSAGE_ID_B], int64_t alert, int64_t version,
                                int64_t handover, const char *lang, const char *domain);

#endif
