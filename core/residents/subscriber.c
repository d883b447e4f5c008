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

static const struct db_column CHOICE[] = {
    DB_COLUMN(struct choice, is_area),
    DB_COLUMN(struct choice, id),
    DB_COLUMN(struct choice, name),
    DB_COLUMN(struct choice, name_en),
};

bool subscriber_choices(struct db *db, struct arena *a, struct choice **out, size_t *count,
                        struct fault *f) {
    return DB_LIST0(db, SQL_SUBSCRIBER_CHOICES, a, CHOICE, out, count, f);
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

/* A choice of a confirmation link's; id 0: it has none. */
struct peeked {
    bool used;
    struct choice choice;
};
static const struct db_column PEEKED[] = {
    DB_COLUMN(struct peeked, used),
    DB_COLUMN_AS(struct peeked, choice.is_area, is_area),
    DB_COLUMN_FULL(struct peeked, choice.id, "id", .optional = true),
    DB_COLUMN_AS(struct peeked, choice.name, name),
    DB_COLUMN_AS(struct peeked, choice.name_en, name_en),
};

bool subscriber_peek(struct db *db, struct arena *a, const char *token, struct choice **out,
                     size_t *count, bool *used, struct fault *f) {
    struct peeked *peeked;
    size_t rows;
    if (!link_random_fits(token))
        return refuse_confirm(f);
    if (!DB_LIST(db, SQL_SUBSCRIBER_PEEK, a, PEEKED, &peeked, &rows, f, token))
        return false;
    if (rows == 0)
        return refuse_confirm(f);
    *used = peeked[0].used;
    *count = 0;
    *out = arena_array(a, rows, sizeof **out);
    for (size_t i = 0; i < rows; i++)
        if (peeked[i].choice.id)
            (*out)[(*count)++] = peeked[i].choice;
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
