/* The clock for deadlines and waits. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base.h"

/* Milliseconds of CLOCK_MONOTONIC: never the time of day. */
int64_t clock_ms(void);

#endif
