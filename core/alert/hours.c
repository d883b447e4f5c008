/* The night of routine alerts, as routine_hours() of the schema has it. */
#include "alert/hours.h"

#include "settings/conf.h"

enum { DAY_MIN = 24 * 60, JAPAN_MIN = 9 * 60 };

/* Minutes since midnight of "21:00"; conf has checked its form. */
static int64_t minutes(const char *clock) {
    return ((clock[0] - '0') * 10 + (clock[1] - '0')) * 60 + (clock[3] - '0') * 10 +
           (clock[4] - '0');
}

bool hours_routine(int64_t unix_s) {
    int64_t from = minutes(conf.quiet_from), to = minutes(conf.quiet_to);
    int64_t now = (unix_s / 60 + JAPAN_MIN) % DAY_MIN;
    return from <= to ? now < from || now >= to : now < from && now >= to;
}
