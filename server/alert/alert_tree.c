/* Pieces of result trees that the alert pages share. */
#include "alert/alert_tree.h"

#include <string.h>

#include "letters/letter_text.h"
#include "page/parts.h"
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
        json_array_append_new(list, json_pack("{s:s}", "name", *names));
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
    json_t *tree = json_pack(
        "{s:I, s:s, s:s, s:s, s:s, s:b, s:b, s:s, s:s, s:I, s:s, s:b, s:b, s:s, s:s, s:s, s:s}",
        "id", (json_int_t)alert->id, "title", alert->title, "body", alert->body, "state",
        alert_state_words[alert->state].code, "state_label",
        req_say(r, alert_state_words[alert->state].said), "urgent", alert->urgent, "drill", false,
        "department", department_of(r, alert), "author", alert->creator, "version",
        (json_int_t)alert->version, "changed", alert->changed, "everywhere", alert->area_count == 0,
        "everybody", alert->everybody, "urgent_reason", alert->urgent_reason, "valid_until",
        spaced(text_local_format(r->arena, alert->valid_until)), "approver", alert->approver,
        "approved", alert->approved);
    bool english = in_english(r);
    json_object_set_new(tree, "categories",
                        name_list(english ? alert->category_names_en : alert->category_names));
    json_object_set_new(tree, "areas",
                        name_list(english ? alert->area_names_en : alert->area_names));
    return tree;
}

json_t *alert_mail_tree(const struct req *r, const struct alert *alert) {
    const char *from = arena_printf(r->arena, "%s %s <%s@%s>", conf.town_name,
                                    alert->department_name, alert->sender_local, conf.domain);
    /* A mail that several get alike has a link that names nobody. */
    bool express = alert->urgent && conf.express_recipients > 1;
    const char *foot = arena_printf(r->arena, "%s%s/leave%s", letter_footer("ja"), conf.public_url,
                                    express ? "" : "/…");
    return json_pack("{s:s, s:s, s:s, s:s}", "from", from, "subject", alert->title, "body",
                     alert->body, "foot", text_trim(r->arena, foot));
}

json_t *alert_reach_tree(const struct req *r, const struct alert_reach *reach) {
    return json_pack("{s:s, s:s, s:b}", "mail", parts_number(r->arena, reach->mail), "sms",
                     parts_number(r->arena, reach->sms), "has_sms", reach->sms > 0);
}

/* ---- what the text rules say ---- */

/* What cannot be seen, by a sign. */
static const char *visible(const char *text) {
    return strcmp(text, "\n") == 0 ? "⏎" : strcmp(text, " ") == 0 ? "␣" : text;
}

static void add_mark(json_t *marks, bool bad, const char *text, size_t len_b) {
    if (len_b)
        json_array_append_new(marks, json_pack("{s:b, s:s%}", "bad", bad, "text", text, len_b));
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
        json_array_append_new(cures, json_pack("{s:s, s:s, s:b, s:s}", "at",
                                               parts_number(r->arena, (int64_t)bad->at + 1), "from",
                                               from, "has_cure", bad->cure[0] != '\0', "cure",
                                               visible(bad->cure)));
    }
    return cures;
}

json_t *alert_report_tree(const struct req *r, const struct prose *p) {
    return json_pack("{s:b, s:s, s:o, s:o, s:b, s:s, s:I}", "has_bad", p->bad_count > 0, "found",
                     parts_number(r->arena, (int64_t)p->bad_count), "marks", marks_tree(p), "cures",
                     cures_tree(r, p), "cured_long", p->cured_count > p->most, "cured_count",
                     parts_number(r->arena, (int64_t)p->cured_count), "most", (json_int_t)p->most);
}
