/* Pieces of result trees that the alert pages share. */
#include "alert/alert_tree.h"

#include <string.h>

#include "letters/letter_text.h"
#include "page/parts.h"
#include "page/tree.h"
#include "settings/conf.h"
#include "text.h"
#include "words/say.h"

struct alert_actor alert_actor_of(const struct req *r) {
    return (struct alert_actor){.token = r->who.token, .network = r->network};
}

const char *alert_href(const struct req *r, int64_t id, const char *tail) {
    return arena_printf(r->arena, "/alerts/%lld%s", (long long)id, tail);
}

/* ---- an alert ---- */

static bool in_english(const struct req *r) {
    return strcmp(r->lang, "en") == 0;
}

static const char *department_of(const struct req *r, const struct alert *alert) {
    return in_english(r) && alert->department_name_en[0] ? alert->department_name_en
                                                         : alert->department_name;
}

static json_t *name_list(char **names) {
    json_t *list = json_array();
    for (; *names; names++)
        json_array_append_new(list, TREE(TEXT("name", *names)));
    return list;
}

/* "2026-11-22T18:30" for people. */
static const char *spaced(char *time) {
    char *t = strchr(time, 'T');
    if (t)
        *t = ' ';
    return time;
}

json_t *alert_tree(const struct req *r, const struct alert *alert) {
    json_t *tree =
        TREE(NUMBER("id", alert->id), TEXT("title", alert->title), TEXT("body", alert->body),
             TEXT("state", alert_state_words[alert->state].code),
             TEXT("state_label", req_say(r, alert_state_words[alert->state].said)),
             TRUTH("urgent", alert->urgent), TRUTH("drill", false),
             TEXT("department", department_of(r, alert)), TEXT("author", alert->creator),
             NUMBER("version", alert->version), TEXT("changed", alert->changed),
             TRUTH("everywhere", alert->area_count == 0), TRUTH("everybody", alert->everybody),
             TEXT("urgent_reason", alert->urgent_reason),
             TEXT("valid_until", spaced(text_local_format(r->arena, alert->valid_until))),
             TEXT("approver", alert->approver), TEXT("approved", alert->approved));
    bool english = in_english(r);
    TREE_PUT(
        tree,
        NODE("categories", name_list(english ? alert->category_names_en : alert->category_names)),
        NODE("areas", name_list(english ? alert->area_names_en : alert->area_names)));
    return tree;
}

json_t *alert_mail_tree(const struct req *r, const struct alert *alert) {
    const char *from = arena_printf(r->arena, "%s %s <%s@%s>", conf.town_name,
                                    alert->department_name, alert->sender_local, conf.domain);
    /* A mail that several get alike has a link that names nobody. */
    bool express = alert->urgent && conf.express_recipients > 1;
    const char *foot = arena_printf(r->arena, "%s%s/leave%s", letter_footer("ja"), conf.public_url,
                                    express ? "" : "/…");
    return TREE(TEXT("from", from), TEXT("subject", alert->title), TEXT("body", alert->body),
                TEXT("foot", text_trim(r->arena, foot)));
}

json_t *alert_reach_tree(const struct req *r, const struct alert_reach *reach) {
    return TREE(TEXT("mail", parts_number(r->arena, reach->mail)),
                TEXT("sms", parts_number(r->arena, reach->sms)), TRUTH("has_sms", reach->sms > 0));
}

/* ---- what the text rules say ---- */

/* What cannot be seen, by a sign. */
static const char *visible(const char *text) {
    return strcmp(text, "\n") == 0 ? "⏎" : strcmp(text, " ") == 0 ? "␣" : text;
}

static void add_mark(json_t *marks, bool bad, const char *text, size_t len_b) {
    if (len_b)
        json_array_append_new(marks, TREE(TRUTH("bad", bad), TEXT_OF("text", text, len_b)));
}

/* The whole text in pieces, good and bad in turn. */
static json_t *marks_tree(const struct prose *p) {
    json_t *marks = json_array();
    size_t at_b = 0;
    for (size_t i = 0; i < p->bad_count; i++) {
        const struct prose_bad *bad = &p->bad[i];
        add_mark(marks, false, p->text + at_b, bad->at_b - at_b);
        add_mark(marks, true, visible(bad->text), strlen(visible(bad->text)));
        at_b = bad->at_b + strlen(bad->text);
    }
    add_mark(marks, false, p->text + at_b, strlen(p->text) - at_b);
    return marks;
}

static json_t *cures_tree(const struct req *r, const struct prose *p) {
    json_t *cures = json_array();
    for (size_t i = 0; i < p->bad_count; i++) {
        const struct prose_bad *bad = &p->bad[i];
        const char *from = arena_printf(r->arena, "%s %s", visible(bad->text), bad->code);
        json_array_append_new(cures,
                              TREE(TEXT("at", parts_number(r->arena, (int64_t)bad->at + 1)),
                                   TEXT("from", from), TRUTH("has_cure", bad->cure[0] != '\0'),
                                   TEXT("cure", visible(bad->cure))));
    }
    return cures;
}

json_t *alert_report_tree(const struct req *r, const struct prose *p) {
    return TREE(TRUTH("has_bad", p->bad_count > 0),
                TEXT("found", parts_number(r->arena, (int64_t)p->bad_count)),
                NODE("marks", marks_tree(p)), NODE("cures", cures_tree(r, p)),
                TRUTH("cured_long", p->cured_count > p->most),
                TEXT("cured_count", parts_number(r->arena, (int64_t)p->cured_count)),
                NUMBER("most", p->most));
}
