/* Forms 1 to 3, by the schema's functions. */
#include "office/forms.h"

#include <string.h>

#include "settings/conf.h"
#include "text.h"
#include "tokens/link.h"
#include "words/address.h"
#include "words/say.h"

static bool first(struct arena *a, const struct db_rows *rows, const char **json) {
    *json = arena_strdup(a, db_text(rows, 0, 0));
    return true;
}

static const char *text(const char *value) {
    return value ? value : "";
}

bool forms_list(struct db *db, struct arena *a, const char *token, bool open, int64_t before,
                int most, const char **json, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_FORMS_LIST, &rows, f, token, open ? "true" : "false",
                  text_number(a, before), text_number(a, most)) &&
           first(a, &rows, json);
}

bool forms_read(struct db *db, struct arena *a, const char *token, const char *id,
                const char *network, const char **json, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_FORMS_READ, &rows, f, token, id, network) && first(a, &rows, json);
}

bool forms_choices(struct db *db, struct arena *a, const char *token, const char *kind,
                   const char **json, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_FORMS_CHOICES, &rows, f, token, kind) && first(a, &rows, json);
}

bool forms_apply(struct db *db, const char *token, const char *kind, const struct people_form *p,
                 const char *network, int64_t *id, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_FORMS_APPLY, &rows, f, token, kind, text(p->login), text(p->name),
                text(p->mail), text(p->role), p->post, p->staff, p->from, p->until, text(p->reason),
                network))
        return false;
    *id = db_int(&rows, 0, 0);
    return true;
}

bool forms_again(struct db *db, const char *token, const char *version, const struct people_form *p,
                 const char *network, struct fault *f) {
    return DB_RUN(db, SQL_FORMS_AGAIN, NULL, f, token, p->id, version, text(p->login),
                  text(p->name), text(p->mail), text(p->role), p->post, p->staff, p->from, p->until,
                  text(p->reason), network);
}

bool forms_withdraw(struct db *db, const char *token, const char *id, const char *version,
                    const char *reason, const char *network, struct fault *f) {
    (void)reason;
    return DB_RUN(db, SQL_FORMS_WITHDRAW, NULL, f, token, id, version, network);
}

bool forms_ask(struct db *db, const char *token, const char *id, const char *version,
               const char *reason, const char *network, struct fault *f) {
    return DB_RUN(db, SQL_FORMS_ASK, NULL, f, token, id, version, reason, network);
}

bool forms_refuse(struct db *db, const char *token, const char *id, const char *version,
                  const char *reason, const char *network, struct fault *f) {
    return DB_RUN(db, SQL_FORMS_REFUSE, NULL, f, token, id, version, reason, network);
}

bool forms_accept(struct db *db, const char *token, const char *version,
                  const struct people_form *p, const struct people_secret *secret,
                  const char *network, bool *fresh, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_FORMS_ACCEPT, &rows, f, token, p->id, version, text(p->note), secret->salt,
                secret->cost, secret->verifier, network))
        return false;
    *fresh = strcmp(db_text(&rows, 0, 0), "t") == 0;
    return true;
}

/* ---- without sign-in ---- */

bool forms_open(void) {
    return *conf.staff_mail_domains != '\0';
}

bool forms_departments(struct db *db, struct arena *a, const char **json, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN0(db, SQL_FORMS_DEPARTMENTS, &rows, f) && first(a, &rows, json);
}

/* The address in the form that letters are sent to. */
static bool read_mail(struct arena *a, const char *typed, const char **out, struct fault *f) {
    struct address address = {0};
    struct fault why = {0};
    if (!address_parse(a, text(typed), "", &address, &why))
        return fault_field(f, why.kind, "head_mail", why.text);
    *out = address.send;
    return true;
}

bool forms_request(struct db *db, struct arena *a, const char *kind, const struct people_form *p,
                   const char *lang, const char *network, struct fault *f) {
    const char *mail = NULL;
    return read_mail(a, p->head_mail, &mail, f) &&
           DB_RUN(db, SQL_FORMS_REQUEST, NULL, f, kind, p->department, text(p->head), mail, lang,
                  text(p->login), text(p->name), text(p->mail), text(p->role), p->from, p->until,
                  text(p->reason), conf.staff_mail_domains,
                  text_number(a, conf.apply_mails_per_address_hour),
                  text_number(a, conf.apply_tries_per_network_hour), network);
}

/* As the database says it of links that have the right form. */
static bool fits(const char *link, struct fault *f) {
    return link_random_fits(link) ||
           fault_set(f, FAULT_MISSING, N_("This link is not valid any more. Please apply again."));
}

bool forms_peek(struct db *db, struct arena *a, const char *link, const char **json,
                struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return fits(link, f) && DB_RUN(db, SQL_FORMS_PEEK, &rows, f, link) && first(a, &rows, json);
}

bool forms_confirm(struct db *db, struct arena *a, const char *link, const char *network,
                   const char **json, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return fits(link, f) && DB_RUN(db, SQL_FORMS_CONFIRM, &rows, f, link, network) &&
           first(a, &rows, json);
}

bool forms_question(struct db *db, struct arena *a, const char *link, const char **json,
                    struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return fits(link, f) && DB_RUN(db, SQL_FORMS_QUESTION, &rows, f, link) && first(a, &rows, json);
}

bool forms_reply(struct db *db, struct arena *a, const char *link, const struct people_form *p,
                 const char *network, const char **json, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return fits(link, f) &&
           DB_RUN(db, SQL_FORMS_REPLY, &rows, f, link, text(p->login), text(p->name), text(p->mail),
                  text(p->role), p->from, p->until, text(p->reason), network) &&
           first(a, &rows, json);
}
