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

static const char *kept(struct arena *a, const struct db_rows *rows, int row, const char *column) {
    return arena_strdup(a, db_text(rows, row, db_col(rows, column)));
}

/* ---- writing ---- */

bool alert_choices(struct db *db, struct arena *a, const struct alert_actor *who,
                   struct alert_choice **out, size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_ALERT_CHOICES, &rows, f, who->token))
        return false;
    *count = (size_t)rows.count;
    *out = arena_array(a, *count + 1, sizeof **out);
    for (int i = 0; i < rows.count; i++) {
        (*out)[i] = (struct alert_choice){.is_area = strcmp(db_text(&rows, i, 0), "area") == 0,
                                          .id = db_int(&rows, i, 1),
                                          .name = arena_strdup(a, db_text(&rows, i, 2)),
                                          .name_en = arena_strdup(a, db_text(&rows, i, 3))};
    }
    return true;
}

bool alert_reach(struct db *db, struct arena *a, const struct alert_actor *who,
                 const struct alert_draft *draft, struct alert_reach *out, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_ALERT_REACH, &rows, f, who->token,
                db_int_array(a, draft->categories, draft->category_count),
                db_int_array(a, draft->areas, draft->area_count), truth(draft->everybody)))
        return false;
    *out = (struct alert_reach){.mail = db_int(&rows, 0, 0), .sms = db_int(&rows, 0, 1)};
    return true;
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

bool alert_list(struct db *db, struct arena *a, const struct alert_actor *who, int64_t before,
                int most, struct alert_row **out, size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_ALERT_LIST, &rows, f, who->token, before ? text_number(a, before) : NULL,
                text_number(a, most)))
        return false;
    *count = (size_t)rows.count;
    *out = arena_array(a, *count + 1, sizeof **out);
    for (int i = 0; i < rows.count; i++) {
        (*out)[i] = (struct alert_row){.id = db_int(&rows, i, 0),
                                       .state = word_of(alert_state_words, db_text(&rows, i, 1)),
                                       .title = arena_strdup(a, db_text(&rows, i, 2)),
                                       .urgent = db_bool(&rows, i, 3),
                                       .everybody = db_bool(&rows, i, 4),
                                       .department = arena_strdup(a, db_text(&rows, i, 5)),
                                       .department_en = arena_strdup(a, db_text(&rows, i, 6)),
                                       .creator = arena_strdup(a, db_text(&rows, i, 7)),
                                       .changed = arena_strdup(a, db_text(&rows, i, 8))};
    }
    return true;
}

static char **names(struct arena *a, const struct db_rows *rows, const char *column) {
    size_t count;
    return db_texts(a, rows, 0, db_col(rows, column), &count);
}

static int64_t int_of(const struct db_rows *rows, const char *column) {
    int col = db_col(rows, column);
    return db_null(rows, 0, col) ? 0 : db_int(rows, 0, col);
}

static void fill_choices(struct arena *a, const struct db_rows *rows, struct alert *out) {
    out->categories = db_ints(a, rows, 0, db_col(rows, "categories"), &out->category_count);
    out->areas = db_ints(a, rows, 0, db_col(rows, "areas"), &out->area_count);
    out->category_names = names(a, rows, "category_names");
    out->area_names = names(a, rows, "area_names");
    out->category_names_en = names(a, rows, "category_names_en");
    out->area_names_en = names(a, rows, "area_names_en");
    out->everybody = db_bool(rows, 0, db_col(rows, "everybody"));
    out->urgent = db_bool(rows, 0, db_col(rows, "urgent"));
    out->own = db_bool(rows, 0, db_col(rows, "own"));
    out->version = int_of(rows, "version");
    out->department = int_of(rows, "department");
    out->valid_until = int_of(rows, "valid_until");
    out->returned_version = int_of(rows, "returned_version");
}

bool alert_read(struct db *db, struct arena *a, const struct alert_actor *who, int64_t id,
                struct alert *out, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_ALERT_READ, &rows, f, who->token, text_number(a, id)))
        return false;
    const struct {
        const char *column, **to;
    } texts[] = {
        {"department_name", &out->department_name},
        {"department_name_en", &out->department_name_en},
        {"sender_local", &out->sender_local},
        {"creator", &out->creator},
        {"submitter", &out->submitter},
        {"changed", &out->changed},
        {"urgent_reason", &out->urgent_reason},
        {"fingerprint", &out->fingerprint},
        {"approver", &out->approver},
        {"approved", &out->approved},
        {"title", &out->title},
        {"body", &out->body},
        {"returned_by", &out->returned_by},
        {"returned_reason", &out->returned_reason},
        {"returned_at", &out->returned_at},
    };
    const char *state = db_text(&rows, 0, db_col(&rows, "state"));
    *out = (struct alert){.id = id, .state = word_of(alert_state_words, state)};
    for (size_t i = 0; i < COUNT(texts); i++)
        *texts[i].to = kept(a, &rows, 0, texts[i].column);
    fill_choices(a, &rows, out);
    return true;
}

bool alert_text(struct db *db, struct arena *a, const struct alert_actor *who, int64_t id,
                int64_t version, const char **title, const char **body, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_ALERT_TEXT, &rows, f, who->token, text_number(a, id),
                text_number(a, version)))
        return false;
    *title = rows.count ? kept(a, &rows, 0, "title") : "";
    *body = rows.count ? kept(a, &rows, 0, "body") : "";
    return true;
}

/* ---- progress ---- */

/* The pace since the start, and how long the rest takes at it. */
static void reckon(struct alert_progress *p, const char *run_s) {
    double seconds = strtod(run_s, NULL); /* our own SQL's numeric */
    int64_t done = p->total - p->waiting;
    p->rate = seconds > 0.5 ? (int64_t)((double)done / seconds) : done;
    p->remaining_s = p->rate > 0 ? (p->waiting + p->rate - 1) / p->rate : -1;
}

bool alert_progress(struct db *db, struct arena *a, const struct alert_actor *who, int64_t id,
                    struct alert_progress *out, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_ALERT_PROGRESS, &rows, f, who->token, text_number(a, id), conf.quiet_from,
                conf.quiet_to))
        return false;
    *out = (struct alert_progress){.total = int_of(&rows, "total"),
                                   .accepted = int_of(&rows, "accepted"),
                                   .refused = int_of(&rows, "refused"),
                                   .expired = int_of(&rows, "expired"),
                                   .cancelled = int_of(&rows, "cancelled"),
                                   .unknown = int_of(&rows, "unknown"),
                                   .started = kept(a, &rows, 0, "started"),
                                   .ended = kept(a, &rows, 0, "ended"),
                                   .halted = kept(a, &rows, 0, "halted"),
                                   .trouble = kept(a, &rows, 0, "relay_trouble"),
                                   .routine = db_bool(&rows, 0, db_col(&rows, "routine"))};
    out->waiting =
        out->total - out->accepted - out->refused - out->expired - out->cancelled - out->unknown;
    reckon(out, kept(a, &rows, 0, "run_s"));
    return true;
}

bool alert_refusals(struct db *db, struct arena *a, const struct alert_actor *who, int64_t id,
                    int most, struct alert_refusal **out, size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_ALERT_REFUSALS, &rows, f, who->token, text_number(a, id),
                text_number(a, most)))
        return false;
    *count = (size_t)rows.count;
    *out = arena_array(a, *count + 1, sizeof **out);
    for (int i = 0; i < rows.count; i++) {
        (*out)[i] = (struct alert_refusal){.address = arena_strdup(a, db_text(&rows, i, 0)),
                                           .result = arena_strdup(a, db_text(&rows, i, 1)),
                                           .code = db_int(&rows, i, 2),
                                           .reply = arena_strdup(a, db_text(&rows, i, 3)),
                                           .at = arena_strdup(a, db_text(&rows, i, 4))};
    }
    return true;
}
