/* Residents coming and going by themselves, by the database's functions. */
#include "residents/subscriber.h"

#include <string.h>

#include "settings/conf.h"
#include "text.h"
#include "tokens/link.h"

/* As the database says it of tokens that have the right form. */
static bool refuse_confirm(struct fault *f) {
    return fault_set(f, FAULT_MISSING, "This link is not valid any more. Please sign up again.");
}

/* Columns from `col`: kind, id, name, name_en. */
static struct choice choice_of(struct arena *a, const struct db_rows *rows, int row, int col) {
    return (struct choice){
        .is_area = strcmp(db_text(rows, row, col), "area") == 0,
        .id = db_int(rows, row, col + 1),
        .name = arena_strdup(a, db_text(rows, row, col + 2)),
        .name_en = arena_strdup(a, db_text(rows, row, col + 3)),
    };
}

bool subscriber_choices(struct db *db, struct arena *a, struct choice **out, size_t *count,
                        struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN0(db, SQL_SUBSCRIBER_CHOICES, &rows, f))
        return false;
    *count = (size_t)rows.count;
    *out = arena_array(a, *count + 1, sizeof **out);
    for (int i = 0; i < rows.count; i++)
        (*out)[i] = choice_of(a, &rows, i, 0);
    return true;
}

bool subscriber_request(struct db *db, struct arena *a, const struct subscriber_wish *wish,
                        const char *network, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    char token[LINK_RANDOM_B];
    link_random(token);
    return DB_RUN(db, SQL_SUBSCRIBER_REQUEST, &rows, f, wish->address, wish->lang,
                  db_int_array(a, wish->categories, wish->category_count),
                  db_int_array(a, wish->areas, wish->area_count), wish->terms_version, token,
                  network, text_number(a, conf.confirm_hours),
                  text_number(a, conf.signup_mails_per_address_day),
                  text_number(a, conf.signup_tries_per_network_hour));
}

bool subscriber_peek(struct db *db, struct arena *a, const char *token, struct choice **out,
                     size_t *count, bool *used, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!link_random_fits(token))
        return refuse_confirm(f);
    if (!DB_RUN(db, SQL_SUBSCRIBER_PEEK, &rows, f, token))
        return false;
    if (rows.count == 0)
        return refuse_confirm(f);
    *used = db_bool(&rows, 0, 0);
    *count = 0;
    *out = arena_array(a, (size_t)rows.count, sizeof **out);
    for (int i = 0; i < rows.count; i++)
        if (!db_null(&rows, i, 1))
            (*out)[(*count)++] = choice_of(a, &rows, i, 1);
    return true;
}

bool subscriber_confirm(struct db *db, const char *token, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!link_random_fits(token))
        return refuse_confirm(f);
    return DB_RUN(db, SQL_SUBSCRIBER_CONFIRM, &rows, f, token);
}

bool subscriber_leave_request(struct db *db, struct arena *a, const char *address, const char *lang,
                              const char *network, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_SUBSCRIBER_LEAVE_REQUEST, &rows, f, address, lang, network,
                  text_number(a, conf.signup_mails_per_address_day),
                  text_number(a, conf.signup_tries_per_network_hour));
}

bool subscriber_leave_peek(struct db *db, const char *token, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_SUBSCRIBER_LEAVE_PEEK, &rows, f, token))
        return false;
    if (rows.count == 1 && db_bool(&rows, 0, 0))
        return true;
    return fault_set(f, FAULT_MISSING,
                     "This link is not valid. Please use the link of a newer mail.");
}

bool subscriber_leave(struct db *db, const char *token, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_SUBSCRIBER_LEAVE, &rows, f, token);
}

bool subscriber_stay_peek(struct db *db, const char *token, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_SUBSCRIBER_STAY_PEEK, &rows, f, token))
        return false;
    if (rows.count == 1 && db_bool(&rows, 0, 0))
        return true;
    return fault_set(f, FAULT_MISSING,
                     "This link is not valid. Please sign up again to receive alerts.");
}

bool subscriber_stay(struct db *db, const char *token, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_SUBSCRIBER_STAY, &rows, f, token);
}
