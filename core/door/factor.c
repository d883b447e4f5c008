/* The second factor, by the schema's functions. */
#include "door/factor.h"

#include <string.h>

#include "text.h"
#include "words/say.h"

#define WRONG N_("The code is wrong, or was used before. Type the one that is shown now.")

bool factor_info(struct db *db, struct arena *a, const char *token, struct factor_info *out,
                 struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_FACTOR_INFO, &rows, f, token))
        return false;
    *out = (struct factor_info){
        .held = db_bool(&rows, 0, 0),
        .since = arena_strdup(a, db_text(&rows, 0, 1)),
        .needed = db_bool(&rows, 0, 2),
        .recovery_left = db_int(&rows, 0, 3),
        .proved = db_bool(&rows, 0, 4),
        .wait_s = db_null(&rows, 0, 5) ? 0 : db_int(&rows, 0, 5),
    };
    return true;
}

bool factor_prove(struct db *db, struct arena *a, const char *token, const char *code,
                  const char *network, struct factor_proof *out, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_FACTOR_PROVE, &rows, f, token, code, network))
        return false;
    if (rows.count == 0)
        return fault_field(f, FAULT_INVALID, "code", WRONG);
    *out = (struct factor_proof){
        .token = arena_strdup(a, db_text(&rows, 0, 0)),
        .recovered = strcmp(db_text(&rows, 0, 1), "recovery") == 0,
        .left = db_int(&rows, 0, 2),
    };
    return true;
}

bool factor_enrol(struct db *db, const char *token, const char *network, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_FACTOR_ENROL, &rows, f, token, network);
}

bool factor_pending(struct db *db, struct arena *a, const char *token, struct factor_seed *out,
                    struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_FACTOR_PENDING, &rows, f, token))
        return false;
    *out = (struct factor_seed){.base32 = "", .login = ""};
    if (rows.count > 0) {
        out->base32 = arena_strdup(a, db_text(&rows, 0, 0));
        out->login = arena_strdup(a, db_text(&rows, 0, 1));
    }
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

bool factor_list(struct db *db, struct arena *a, const char *token, struct factor_row **out,
                 size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_FACTOR_LIST, &rows, f, token))
        return false;
    *count = (size_t)rows.count;
    *out = arena_array(a, *count + 1, sizeof **out);
    for (int i = 0; i < rows.count; i++)
        (*out)[i] = (struct factor_row){
            .person = db_int(&rows, i, 0),
            .login = arena_strdup(a, db_text(&rows, i, 1)),
            .name = arena_strdup(a, db_text(&rows, i, 2)),
            .needed = db_bool(&rows, i, 3),
            .held = db_bool(&rows, i, 4),
            .since = arena_strdup(a, db_text(&rows, i, 5)),
            .recovery_left = db_int(&rows, i, 6),
            .own = db_bool(&rows, i, 7),
        };
    return true;
}
