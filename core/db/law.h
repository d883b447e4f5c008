/* The law of the database as its catalogue words it: functions, views, triggers, grants. `kairan
 * migrate` brings it there from the files (*.law.sql) and records its sum; the server says when it
 * is another one. */
#ifndef CORE_LAW_H
#define CORE_LAW_H

#include "db/db.h"

struct law_item {
    const char *kind; /* FUNCTION, VIEW, TRIGGER, GRANT */
    const char
        *name; /* "alert_approve(text,bigint)", "alert_check ON alert", "SELECT ON TABLE alert" */
    const char *whom; /* of a grant: the role */
    const char *def;  /* the statement that makes it; of a grant what follows the role */
};

struct law_items {
    struct law_item *all; /* by kind, name, whom once sealed */
    size_t count;
    const char *sha256; /* of all of them, once sealed */
};

/* Adds the rows of law_bodies or law_ties; copies live in the arena. */
NONNULL void law_items_add(struct arena *a, struct law_items *items, const PGresult *rows);

/* Sorts them and sums them up. */
NONNULL void law_items_seal(struct arena *a, struct law_items *items);

/* The order of items: less than, equal to, greater than 0. */
NONNULL int law_item_order(const struct law_item *x, const struct law_item *y);

/* *same: whether the law is as it was when `kairan migrate` loaded it; true when that was another
 * release, whose words may be others. The connection has the set "catalogue". */
MUST_USE NONNULL bool law_same(struct db *db, bool *same, struct fault *f);

#endif
