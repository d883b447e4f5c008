/* How far this host's clock is from the database's. */
#include "db/drift.h"

#include <stdlib.h>
#include <time.h>

#include "log.h"
#include "words/say.h"

#define APART                                                                                      \
    N_("The clocks of this server and of the database are more than a minute apart. Ask the "      \
       "administrator of the host to set them right.")

static int64_t today_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool drift_measure(struct db *db, int64_t *ms, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    int64_t asked = today_ms();
    if (!DB_RUN0(db, SQL_DRIFT_CLOCK, &rows, f))
        return false;
    *ms = asked + (today_ms() - asked) / 2 - db_int(&rows, 0, 0);
    return true;
}

bool drift_bearable(struct db *db, struct fault *f) {
    int64_t ms;
    if (!drift_measure(db, &ms, f))
        return false;
    if (llabs(ms) > DRIFT_MOST_MS)
        return fault_detail(f, FAULT_CONFLICT, APART, "%lld ms", (long long)ms);
    if (llabs(ms) > DRIFT_TOLD_MS)
        log_warn("this host's clock is %lld ms from the database's", (long long)ms);
    return true;
}
