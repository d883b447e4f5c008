/* Rows of the operation log in words of the request's language. The rows themselves stay as they
 * were stored: JSON has both. */
#ifndef SERVER_LOG_WORDS_H
#define SERVER_LOG_WORDS_H

#include "http/http.h"
#include "log/oplog.h"

/* Who acted: the name as it is now, else what was typed, else which program. */
NONNULL const char *log_person(const struct req *r, const struct oplog_row *row);

/* Department and role of the post. */
NONNULL const char *log_post(const struct req *r, const struct oplog_row *row);

/* An act that has no words is shown as its code. */
NONNULL const char *log_act(const struct req *r, const struct oplog_row *row);

/* What it was done to: "Alert 3". *href is its page, "" when it has none. */
NONNULL const char *log_object(const struct req *r, const struct oplog_row *row, const char **href);

/* What belongs to the act, or why it was refused, in words; a reason that a person typed stays as
 * typed. */
NONNULL const char *log_reason(const struct req *r, const struct oplog_row *row);

#endif
