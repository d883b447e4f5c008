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

static const struct db_column DUTY[] = {
    DB_COLUMN(struct account_duty, kind),
    DB_COLUMN(struct account_duty, role),
    DB_COLUMN(struct account_duty, other),
    DB_COLUMN(struct account_duty, department),
    DB_COLUMN(struct account_duty, department_en),
    DB_COLUMN(struct account_duty, from),
    DB_COLUMN(struct account_duty, to),
    DB_COLUMN(struct account_duty, reason),
    DB_COLUMN(struct account_duty, now),
};

bool account_duties(struct db *db, struct arena *a, const char *token, struct account_duty **out,
                    size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_ACCOUNT_DUTIES, a, DUTY, out, count, f, token);
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
