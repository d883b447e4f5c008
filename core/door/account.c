/* A person's own account, by the schema's functions. */
#include "door/account.h"

#include "text.h"

static const struct db_column ACCOUNT[] = {
    DB_COLUMN(struct account, login),   DB_COLUMN(struct account, mail),
    DB_COLUMN(struct account, lang),    DB_COLUMN(struct account, set_on),
    DB_COLUMN(struct account, ends_on), DB_COLUMN_OR(struct account, days_left, 0),
    DB_COLUMN(struct account, tries),
};

bool account_read(struct db *db, struct arena *a, const char *token, struct account *out,
                  struct fault *f) {
    return DB_ONE(db, SQL_ACCOUNT_READ, a, ACCOUNT, out, f, token);
}

static const struct db_column POST[] = {
    DB_COLUMN(struct account_post, role),
    DB_COLUMN(struct account_post, department),
    DB_COLUMN(struct account_post, department_en),
    DB_COLUMN(struct account_post, from),
    DB_COLUMN(struct account_post, to),
    DB_COLUMN(struct account_post, now),
};

bool account_posts(struct db *db, struct arena *a, const char *token, struct account_post **out,
                   size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_ACCOUNT_POSTS, a, POST, out, count, f, token);
}

static const struct db_column DELEGATION[] = {
    DB_COLUMN(struct account_delegation, given),
    DB_COLUMN(struct account_delegation, other),
    DB_COLUMN(struct account_delegation, department),
    DB_COLUMN(struct account_delegation, department_en),
    DB_COLUMN(struct account_delegation, from),
    DB_COLUMN(struct account_delegation, until),
    DB_COLUMN(struct account_delegation, reason),
    DB_COLUMN(struct account_delegation, now),
};

bool account_delegations(struct db *db, struct arena *a, const char *token,
                         struct account_delegation **out, size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_ACCOUNT_DELEGATIONS, a, DELEGATION, out, count, f, token);
}

static const struct db_column SESSION[] = {
    DB_COLUMN(struct account_session, id),         DB_COLUMN(struct account_session, here),
    DB_COLUMN(struct account_session, network),    DB_COLUMN(struct account_session, agent),
    DB_COLUMN(struct account_session, made),       DB_COLUMN(struct account_session, seen),
    DB_COLUMN(struct account_session, new_place),  DB_COLUMN(struct account_session, role),
    DB_COLUMN(struct account_session, department), DB_COLUMN(struct account_session, department_en),
};

bool account_sessions(struct db *db, struct arena *a, const char *token,
                      struct account_session **out, size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_ACCOUNT_SESSIONS, a, SESSION, out, count, f, token);
}

static const struct db_column SIGN_IN[] = {
    DB_COLUMN(struct account_sign_in, at),
    DB_COLUMN(struct account_sign_in, done),
    DB_COLUMN(struct account_sign_in, network),
};

bool account_sign_ins(struct db *db, struct arena *a, const char *token, int most,
                      struct account_sign_in **out, size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_ACCOUNT_SIGN_INS, a, SIGN_IN, out, count, f, token,
                   text_number(a, most));
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
