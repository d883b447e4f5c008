/* The settings of access, to the database. */
#include "door/access.h"

#include <string.h>

#include "settings/conf.h"
#include "text.h"

static const char *roles(void) {
    if (strcmp(conf.second_factor_roles, "auto") != 0)
        return conf.second_factor_roles;
    return conf.profile == PROFILE_DEMO ? "" : "administrator,approver";
}

void access_settings(struct arena *a, const char *out[ACCESS_RULES]) {
    out[0] = roles();
    out[1] = text_number(a, conf.second_factor_minutes);
    out[2] = conf.usual_from;
    out[3] = conf.usual_to;
    out[4] = conf.operating_hours == SWITCH_ON ? "true" : "false";
}

bool access_keep(struct db *db, bool *more, struct fault *f) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    const char *rule[ACCESS_RULES];
    access_settings(a, rule);
    if (!db_run(db, SQL_ACCESS_KEEP, rule, ACCESS_RULES, &rows, f))
        return false;
    *more = db_bool(&rows, 0, 0);
    return true;
}
