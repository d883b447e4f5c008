/* The hours in which routine alerts may leave (004 §13-2(1)). */
#ifndef CORE_HOURS_H
#define CORE_HOURS_H

#include "base.h"

/* Whether a routine alert may leave at this moment (Unix seconds), by conf.quiet_from and
 * conf.quiet_to in Japan time; equal bounds mean always. As routine_hours() of the schema. */
MUST_USE bool hours_routine(int64_t unix_s);

#endif
