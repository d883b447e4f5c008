/* What the keeper of the house does for the operation log: strangers' failures counted, the head
 * written down outside, checks that the console asked for, years that two persons have given up. */
#include "house/house_log.h"

#include <string.h>

#include "log.h"
#include "log/anchor.h"
#include "settings/conf.h"

#define CHECKED_AT_ONCE "20000" /* rows: a quarter of a second of the database */

bool house_log_strangers(struct db *db, struct fault *f) {
    return DB_RUN0(db, SQL_HOUSE_STRANGERS, NULL, f);
}

static bool mail(struct db *db, const char *line, struct fault *f) {
    return !*conf.anchor_mail || DB_RUN(db, SQL_HOUSE_ANCHOR_MAIL, NULL, f, conf.anchor_mail, line);
}

static const struct db_column ANCHOR[] = {
    DB_COLUMN(struct anchor, at),
    DB_COLUMN(struct anchor, seq),
    DB_COLUMN(struct anchor, hash),
    DB_COLUMN(struct anchor, count),
};

bool house_log_anchor(struct db *db, struct fault *f) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct anchor anchor;
    char line[ANCHOR_LINE_B];
    if (!*conf.anchor_dir)
        return true;
    if (!anchor_key_there(conf.anchor_key_file)) {
        log_warn("the operation log's head is not written down outside the database: make the key "
                 "(kairan anchor init)");
        return true;
    }
    return DB_ONE0(db, SQL_HOUSE_ANCHOR, a, ANCHOR, &anchor, f) &&
           anchor_write(conf.anchor_dir, conf.anchor_key_file, &anchor, line, f) &&
           mail(db, line, f);
}

bool house_log_check(struct db *db, bool *more, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_HOUSE_CHECK_LOG, &rows, f, CHECKED_AT_ONCE))
        return false;
    const char *said = db_text(&rows, 0, 0);
    if (strcmp(said, "more") == 0)
        *more = true;
    else if (*said && strcmp(said, "whole") != 0)
        log_error("the operation log is not whole (%s): change nothing, and run kairan verify-log",
                  said);
    return true;
}

bool house_log_purge(struct db *db, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN0(db, SQL_HOUSE_PURGE_LOG, &rows, f))
        return false;
    const char *year = db_text(&rows, 0, 0);
    if (*year && strcmp(year, "busy") != 0)
        log_info("the operation log of %s was dropped: its time is over", year);
    return true;
}
