/* How long to wait before somebody is tried again: the ladder of delays after temporary refusals.
 */
#ifndef CORE_LADDER_H
#define CORE_LADDER_H

#include "base.h"

/* Seconds to wait after the attempt-th temporary refusal (from 1), by conf.retry_delays_s; the last
 * rung repeats. */
int64_t ladder_delay_s(int attempt);

#endif
