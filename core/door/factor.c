/* The second factor, by the schema's functions. */
#include "door/factor.h"

#include "text.h"
#include "words/say.h"

#define WRONG N_("The code is wrong, or was used before. Type the one that is shown now.")

static const struct db_column INFO[] = {
    DB_COLUMN(struct factor_info, held),   DB_COLUMN(struct factor_info, since),
    DB_COLUMN(struct factor_info, needed), DB_COLUMN(struct factor_info, recovery_left),
    DB_COLUMN(struct factor_info, proved), DB_COLUMN_OR(struct factor_info, wait_s, 0),
};

bool factor_info(struct db *db, struct arena *a, const char *token, struct factor_info *out,
                 struct fault *f) {
    return DB_ONE(db, SQL_FACTOR_INFO, a, INFO, out, f, token);
}

static const struct db_column PROOF[] = {
    DB_COLUMN(struct factor_proof, token),
    DB_COLUMN(struct factor_proof, recovered),
    DB_COLUMN(struct factor_proof, left),
};

bool factor_prove(struct db *db, struct arena *a, const char *token, const char *code,
                  const char *network, struct factor_proof *out, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_FACTOR_PROVE, &rows, f, token, code, network))
        return false;
    if (rows.count == 0)
        return fault_field(f, FAULT_INVALID, "code", WRONG);
    *out = *DB_STRUCTS(a, &rows, PROOF, struct factor_proof);
    return true;
}

bool factor_enrol(struct db *db, const char *token, const char *network, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_FACTOR_ENROL, &rows, f, token, network);
}

static const struct db_column SEED[] = {
    DB_COLUMN(struct factor_seed, base32),
    DB_COLUMN(struct factor_seed, login),
};

bool factor_pending(struct db *db, struct arena *a, const char *token, struct factor_seed *out,
                    struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_FACTOR_PENDING, &rows, f, token))
        return false;
    struct factor_seed none = {.base32 = "", .login = ""};
    *out = rows.count > 0 ? *DB_STRUCTS(a, &rows, SEED, struct factor_seed) : none;
    return true;
}

bool factor_confirm(struct db *db, struct arena *a, const char *token, const char *code,
                    const char *network, const char **fresh, struct factor_codes *out,
                    struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_FACTOR_CONFIRM, &rows, f, token, code, network))
        return false;
    if (rows.count == 0)
        return fault_field(f, FAULT_INVALID, "code", WRONG);
    *fresh = arena_strdup(a, db_text(&rows, 0, 0));
    out->codes = db_texts(a, &rows, 0, 1, &out->count);
    return true;
}

bool factor_renew(struct db *db, struct arena *a, const char *token, const char *network,
                  struct factor_codes *out, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_FACTOR_RENEW, &rows, f, token, network))
        return false;
    out->codes = db_texts(a, &rows, 0, 0, &out->count);
    return true;
}

bool factor_reset(struct db *db, struct arena *a, const char *token, int64_t person,
                  const char *reason, const char *network, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_FACTOR_RESET, &rows, f, token, text_number(a, person), reason, network);
}

static const struct db_column ROW[] = {
    DB_COLUMN(struct factor_row, person),        DB_COLUMN(struct factor_row, login),
    DB_COLUMN(struct factor_row, name),          DB_COLUMN(struct factor_row, needed),
    DB_COLUMN(struct factor_row, held),          DB_COLUMN(struct factor_row, since),
    DB_COLUMN(struct factor_row, recovery_left), DB_COLUMN(struct factor_row, own),
};

bool factor_list(struct db *db, struct arena *a, const char *token, struct factor_row **out,
                 size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_FACTOR_LIST, a, ROW, out, count, f, token);
}
