/* An alert's life, by the schema's functions. */
#include "alert/alert.h"

#include <stdlib.h>
#include <string.h>

#include "settings/conf.h"
#include "text.h"
#include "words/say.h"
#include "words/word.h"

static const char *truth(bool yes) {
    return yes ? "t" : "f";
}

/* ---- writing ---- */

static const struct db_column CHOICE[] = {
    DB_COLUMN(struct alert_choice, is_area),
    DB_COLUMN(struct alert_choice, id),
    DB_COLUMN(struct alert_choice, name),
    DB_COLUMN(struct alert_choice, name_en),
};

bool alert_choices(struct db *db, struct arena *a, const struct alert_actor *who,
                   struct alert_choice **out, size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_ALERT_CHOICES, a, CHOICE, out, count, f, who->token);
}

static const struct db_column REACH[] = {
    DB_COLUMN(struct alert_reach, mail),
    DB_COLUMN(struct alert_reach, sms),
};

bool alert_reach(struct db *db, struct arena *a, const struct alert_actor *who,
                 const struct alert_draft *draft, struct alert_reach *out, struct fault *f) {
    return DB_ONE(db, SQL_ALERT_REACH, a, REACH, out, f, who->token,
                  db_int_array(a, draft->categories, draft->category_count),
                  db_int_array(a, draft->areas, draft->area_count), truth(draft->everybody));
}

static bool save(struct db *db, struct arena *a, const struct alert_actor *who,
                 struct alert_draft *draft, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_ALERT_SAVE, &rows, f, who->token,
                draft->id ? text_number(a, draft->id) : NULL, text_number(a, draft->version),
                draft->title, draft->body,
                db_int_array(a, draft->categories, draft->category_count),
                db_int_array(a, draft->areas, draft->area_count), truth(draft->everybody),
                truth(draft->urgent), draft->urgent_reason, text_number(a, draft->valid_until),
                who->network))
        return false;
    draft->id = db_int(&rows, 0, 0);
    draft->version = db_int(&rows, 0, 1);
    return true;
}

bool alert_save(struct db *db, struct arena *a, const struct alert_actor *who,
                struct alert_draft *draft, bool submit, struct fault *f) {
    CLEANUP(db_tx_end) struct db_tx tx = {0};
    struct alert_draft saved = *draft;
    if (!db_begin(db, &tx, f) || !save(db, a, who, &saved, f) ||
        (submit && !alert_submit(db, a, who, saved.id, saved.version, f)) || !db_commit(&tx, f))
        return false;
    *draft = saved;
    return true;
}

/* ---- transitions ---- */

bool alert_submit(struct db *db, struct arena *a, const struct alert_actor *who, int64_t id,
                  int64_t version, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_ALERT_SUBMIT, &rows, f, who->token, text_number(a, id),
                  text_number(a, version), who->network);
}

bool alert_act(struct db *db, struct arena *a, const struct alert_actor *who, enum alert_act act,
               int64_t id, struct fault *f) {
    static const enum sql statements[] = {
        [ALERT_WITHDRAW] = SQL_ALERT_WITHDRAW, [ALERT_DISCARD] = SQL_ALERT_DISCARD,
        [ALERT_STOP] = SQL_ALERT_STOP,         [ALERT_PAUSE] = SQL_ALERT_PAUSE,
        [ALERT_RESUME] = SQL_ALERT_RESUME,
    };
    static_assert(COUNT(statements) == ALERT_ACT_LAST, "a statement for each act");
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, statements[act], &rows, f, who->token, text_number(a, id), who->network);
}

bool alert_return(struct db *db, struct arena *a, const struct alert_actor *who, int64_t id,
                  int64_t version, const char *reason, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_ALERT_RETURN, &rows, f, who->token, text_number(a, id),
                  text_number(a, version), reason, who->network);
}

bool alert_approve(struct db *db, struct arena *a, const struct alert_actor *who, int64_t id,
                   const char *fingerprint, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    unsigned char bytes[32];
    if (strlen(fingerprint) != 64 || !text_hex_decode(fingerprint, bytes, sizeof bytes)) {
        return fault_field(f, FAULT_INVALID, "fingerprint",
                           N_("The page did not say what it showed. Open the alert again."));
    }
    return DB_RUN(db, SQL_ALERT_APPROVE, &rows, f, who->token, text_number(a, id), fingerprint,
                  who->network);
}

/* ---- reading ---- */

static const struct db_column ROW[] = {
    DB_COLUMN(struct alert_row, id),
    DB_COLUMN_WORD(struct alert_row, state, alert_state_words),
    DB_COLUMN(struct alert_row, title),
    DB_COLUMN(struct alert_row, urgent),
    DB_COLUMN(struct alert_row, everybody),
    DB_COLUMN(struct alert_row, department),
    DB_COLUMN(struct alert_row, department_en),
    DB_COLUMN(struct alert_row, creator),
    DB_COLUMN(struct alert_row, changed),
};

bool alert_list(struct db *db, struct arena *a, const struct alert_actor *who, int64_t before,
                int most, struct alert_row **out, size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_ALERT_LIST, a, ROW, out, count, f, who->token,
                   before ? text_number(a, before) : NULL, text_number(a, most));
}

static const struct db_column ALERT[] = {
    DB_COLUMN_WORD(struct alert, state, alert_state_words),
    DB_COLUMN_COUNTED(struct alert, categories, category_count),
    DB_COLUMN_COUNTED(struct alert, areas, area_count),
    DB_COLUMN_OR(struct alert, version, 0),
    DB_COLUMN_OR(struct alert, department, 0),
    DB_COLUMN(struct alert, department_name),
    DB_COLUMN(struct alert, department_name_en),
    DB_COLUMN(struct alert, sender_local),
    DB_COLUMN(struct alert, creator),
    DB_COLUMN(struct alert, submitter),
    DB_COLUMN(struct alert, changed),
    DB_COLUMN(struct alert, category_names),
    DB_COLUMN(struct alert, area_names),
    DB_COLUMN(struct alert, category_names_en),
    DB_COLUMN(struct alert, area_names_en),
    DB_COLUMN(struct alert, everybody),
    DB_COLUMN(struct alert, urgent),
    DB_COLUMN(struct alert, urgent_reason),
    DB_COLUMN_OR(struct alert, valid_until, 0),
    DB_COLUMN(struct alert, fingerprint),
    DB_COLUMN(struct alert, approver),
    DB_COLUMN(struct alert, approved),
    DB_COLUMN(struct alert, title),
    DB_COLUMN(struct alert, body),
    DB_COLUMN(struct alert, returned_by),
    DB_COLUMN(struct alert, returned_reason),
    DB_COLUMN(struct alert, returned_at),
    DB_COLUMN_OR(struct alert, returned_version, 0),
    DB_COLUMN(struct alert, own),
};

bool alert_read(struct db *db, struct arena *a, const struct alert_actor *who, int64_t id,
                struct alert *out, struct fault *f) {
    if (!DB_ONE(db, SQL_ALERT_READ, a, ALERT, out, f, who->token, text_number(a, id)))
        return false;
    out->id = id;
    return true;
}

bool alert_text(struct db *db, struct arena *a, const struct alert_actor *who, int64_t id,
                int64_t version, const char **title, const char **body, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_ALERT_TEXT, &rows, f, who->token, text_number(a, id),
                text_number(a, version)))
        return false;
    *title = rows.count ? arena_strdup(a, db_text(&rows, 0, db_col(&rows, "title"))) : "";
    *body = rows.count ? arena_strdup(a, db_text(&rows, 0, db_col(&rows, "body"))) : "";
    return true;
}

/* ---- progress ---- */

/* The pace since the start, and how long the rest takes at it. */
static void reckon(struct alert_progress *p) {
    double seconds = strtod(p->run_s, NULL); /* our own SQL's numeric */
    int64_t done = p->total - p->waiting;
    p->rate = seconds > 0.5 ? (int64_t)((double)done / seconds) : done;
    p->remaining_s = p->rate > 0 ? (p->waiting + p->rate - 1) / p->rate : -1;
}

static const struct db_column PROGRESS[] = {
    DB_COLUMN_OR(struct alert_progress, total, 0),
    DB_COLUMN_OR(struct alert_progress, accepted, 0),
    DB_COLUMN_OR(struct alert_progress, refused, 0),
    DB_COLUMN_OR(struct alert_progress, expired, 0),
    DB_COLUMN_OR(struct alert_progress, cancelled, 0),
    DB_COLUMN_OR(struct alert_progress, unknown, 0),
    DB_COLUMN(struct alert_progress, run_s),
    DB_COLUMN(struct alert_progress, started),
    DB_COLUMN(struct alert_progress, ended),
    DB_COLUMN(struct alert_progress, halted),
    DB_COLUMN(struct alert_progress, trouble),
    DB_COLUMN(struct alert_progress, routine),
};

bool alert_progress(struct db *db, struct arena *a, const struct alert_actor *who, int64_t id,
                    struct alert_progress *out, struct fault *f) {
    if (!DB_ONE(db, SQL_ALERT_PROGRESS, a, PROGRESS, out, f, who->token, text_number(a, id),
                conf.quiet_from, conf.quiet_to))
        return false;
    out->waiting =
        out->total - out->accepted - out->refused - out->expired - out->cancelled - out->unknown;
    reckon(out);
    return true;
}

static const struct db_column REFUSAL[] = {
    DB_COLUMN(struct alert_refusal, address), DB_COLUMN(struct alert_refusal, result),
    DB_COLUMN(struct alert_refusal, code),    DB_COLUMN(struct alert_refusal, reply),
    DB_COLUMN(struct alert_refusal, at),
};

bool alert_refusals(struct db *db, struct arena *a, const struct alert_actor *who, int64_t id,
                    int most, struct alert_refusal **out, size_t *count, struct fault *f) {
    return DB_LIST(db, SQL_ALERT_REFUSALS, a, REFUSAL, out, count, f, who->token,
                   text_number(a, id), text_number(a, most));
}
