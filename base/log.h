/* One line per event on standard error: level, program, process, request or job id, sentence.
 * Control bytes in data are written escaped, so that no input can forge a line. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG, LOG_LEVEL_LAST };

/* Program and role for the prefix ("kairan-worker", "send 0"); strings are copied. */
NONNULL void log_open(const char *program, const char *role, enum log_level least);

/* Request or job id for the prefix until the next call; "" for none. */
NONNULL void log_job(const char *id);

void log_error(const char *fmt, ...) PRINTF(1, 2);
void log_warn(const char *fmt, ...) PRINTF(1, 2);
void log_info(const char *fmt, ...) PRINTF(1, 2);
void log_debug(const char *fmt, ...) PRINTF(1, 2);

/* Says what the operator must do and ends the process with status 1. */
NORETURN void die(const char *fmt, ...) PRINTF(1, 2);

#endif
