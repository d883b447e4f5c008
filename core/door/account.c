/* A person's own account, by the schema's functions. */
#include "door/account.h"

#include "text.h"

static const char *text(struct arena *a, const struct db_rows *rows, int i, int column) {
    return arena_strdup(a, db_text(rows, i, column));
}

bool account_read(struct db *db, struct arena *a, const char *token, struct account *out,
                  struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_ACCOUNT_READ, &rows, f, token))
        return false;
    *out = (struct account){
        .login = text(a, &rows, 0, 0),
        .mail = text(a, &rows, 0, 1),
        .lang = text(a, &rows, 0, 2),
        .set_on = text(a, &rows, 0, 3),
        .ends_on = text(a, &rows, 0, 4),
        .days_left = db_null(&rows, 0, 5) ? 0 : db_int(&rows, 0, 5),
        .tries = db_int(&rows, 0, 6),
    };
    return true;
}

bool account_posts(struct db *db, struct arena *a, const char *token, struct account_post **out,
                   size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_ACCOUNT_POSTS, &rows, f, token))
        return false;
    *count = (size_t)rows.count;
    *out = arena_array(a, *count + 1, sizeof **out);
    for (int i = 0; i < rows.count; i++) {
        (*out)[i] = (struct account_post){
            .role = text(a, &rows, i, 0),
            .department = text(a, &rows, i, 1),
            .department_en = text(a, &rows, i, 2),
            .from = text(a, &rows, i, 3),
            .to = text(a, &rows, i, 4),
            .now = db_bool(&rows, i, 5),
        };
    }
    return true;
}

bool account_delegations(struct db *db, struct arena *a, const char *token,
                         struct account_delegation **out, size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_ACCOUNT_DELEGATIONS, &rows, f, token))
        return false;
    *count = (size_t)rows.count;
    *out = arena_array(a, *count + 1, sizeof **out);
    for (int i = 0; i < rows.count; i++) {
        (*out)[i] = (struct account_delegation){
            .given = db_bool(&rows, i, 0),
            .other = text(a, &rows, i, 1),
            .department = text(a, &rows, i, 2),
            .department_en = text(a, &rows, i, 3),
            .from = text(a, &rows, i, 4),
            .until = text(a, &rows, i, 5),
            .reason = text(a, &rows, i, 6),
            .now = db_bool(&rows, i, 7),
        };
    }
    return true;
}

bool account_sessions(struct db *db, struct arena *a, const char *token,
                      struct account_session **out, size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_ACCOUNT_SESSIONS, &rows, f, token))
        return false;
    *count = (size_t)rows.count;
    *out = arena_array(a, *count + 1, sizeof **out);
    for (int i = 0; i < rows.count; i++) {
        (*out)[i] = (struct account_session){
            .id = db_int(&rows, i, 0),
            .here = db_bool(&rows, i, 1),
            .network = text(a, &rows, i, 2),
            .agent = text(a, &rows, i, 3),
            .made = text(a, &rows, i, 4),
            .seen = text(a, &rows, i, 5),
            .new_place = db_bool(&rows, i, 6),
            .role = text(a, &rows, i, 7),
            .department = text(a, &rows, i, 8),
            .department_en = text(a, &rows, i, 9),
        };
    }
    return true;
}

bool account_sign_ins(struct db *db, struct arena *a, const char *token, int most,
                      struct account_sign_in **out, size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_ACCOUNT_SIGN_INS, &rows, f, token, text_number(a, most)))
        return false;
    *count = (size_t)rows.count;
    *out = arena_array(a, *count + 1, sizeof **out);
    for (int i = 0; i < rows.count; i++) {
        (*out)[i] = (struct account_sign_in){
            .at = text(a, &rows, i, 0),
            .done = db_bool(&rows, i, 1),
            .network = text(a, &rows, i, 2),
        };
    }
    return true;
}

bool account_end_one(struct db *db, struct arena *a, const char *token, int64_t id,
                     const char *network, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_ACCOUNT_END_ONE, &rows, f, token, text_number(a, id), network);
}

bool account_end_others(struct db *db, const char *token, const char *network, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_ACCOUNT_END_OTHERS, &rows, f, token, network);
}

bool account_lang(struct db *db, const char *token, const char *lang, const char *network,
                  struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_ACCOUNT_LANG, &rows, f, token, lang, network);
}
