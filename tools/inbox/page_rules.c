/* The page of rules: those there are, and the form for a new one. */
#include <inttypes.h>
#include <string.h>

#include "html.h"
#include "page.h"

static const char *const act_words[] = {"拒否 / refuse", "遅延 / delay", "切断 / drop"};
static const char *const at_words[] = {
    "宛先を聞いたとき / at RCPT",
    "本文の前 / at DATA",
    "受信の終わり / at the final dot",
    "返事の代わり(切断だけ) / instead of the reply (drop)",
};
static_assert(COUNT(act_words) == RULE_ACT_LAST, "a word for every act");
static_assert(COUNT(at_words) == RULE_AT_LAST, "words for every place");

static void effect(struct buf *out, const struct rule *r) {
    html_text(out, act_words[r->act]);
    if (r->act == RULE_DELAY)
        buf_printf(out, " <b>%d ms</b>", r->delay_ms);
    if (r->act == RULE_REFUSE) {
        buf_printf(out, " <b>%d</b> ", r->code);
        html_text(out, r->text);
    }
}

static void row(struct buf *out, const struct rule *r) {
    buf_str(out, "<tr><th scope=\"row\">");
    html_text(out, r->domain);
    buf_str(out, "</th><td>");
    effect(out, r);
    buf_printf(out, "</td><td>%s</td><td class=\"number\">%" PRId64, at_words[r->at], r->hits);
    if (r->times)
        buf_printf(out, " / %" PRId64, r->times);
    buf_printf(out,
               "</td><td><form method=\"post\" action=\"/rules/%" PRIu64
               "/remove\"><button class=\"weak\">消す <span lang=\"en\">Remove</span></button>"
               "</form></td></tr>",
               r->id);
}

static void table(struct buf *out, const struct rules *r) {
    if (!r->count) {
        buf_str(out, "<p class=\"empty\">規則はありません。すべて受け取ります。<br>"
                     "<span lang=\"en\">No rules: every mail is taken.</span></p>");
        return;
    }
    buf_str(out, "<div class=\"scroll\" tabindex=\"0\"><table class=\"rules\"><thead><tr>"
                 "<th scope=\"col\">ドメイン <span lang=\"en\">Domain</span></th>"
                 "<th scope=\"col\">動作 <span lang=\"en\">Act</span></th>"
                 "<th scope=\"col\">場所 <span lang=\"en\">Where</span></th>"
                 "<th scope=\"col\">回数 <span lang=\"en\">Times</span></th>"
                 "<th scope=\"col\"></th></tr></thead><tbody>");
    for (size_t i = 0; i < r->count; i++)
        row(out, &r->list[i]);
    buf_str(out, "</tbody></table></div><form method=\"post\" action=\"/rules/clear\">"
                 "<button class=\"weak\">すべて消す <span lang=\"en\">Remove all</span></button>"
                 "</form>");
}

static const char *typed(const struct form *form, const char *name) {
    return form ? form_get(form, name) : "";
}

static void input(struct buf *out, const struct form *form, const char *name, const char *label,
                  const char *hint) {
    buf_printf(out,
               "<p><label for=\"%s\">%s</label><input id=\"%s\" name=\"%s\" autocomplete=\"off\" "
               "placeholder=\"%s\" value=\"",
               name, label, name, name, hint);
    html_text(out, typed(form, name));
    buf_str(out, "\"></p>");
}

static void option(struct buf *out, const char *value, const char *words, const char *chosen) {
    buf_printf(out, "<option value=\"%s\"%s>%s</option>", value,
               strcmp(value, chosen) != 0 ? "" : " selected", words);
}

static void choices(struct buf *out, const struct form *form) {
    buf_str(out, "<p><label for=\"act\">動作 <span lang=\"en\">Act</span></label>"
                 "<select id=\"act\" name=\"act\">");
    for (int i = 0; i < RULE_ACT_LAST; i++)
        option(out, rule_act_name((enum rule_act)i), act_words[i], typed(form, "act"));
    buf_str(out, "</select></p><p><label for=\"at\">場所 <span lang=\"en\">Where</span></label>"
                 "<select id=\"at\" name=\"at\">");
    for (int i = 0; i < RULE_AT_LAST; i++)
        option(out, rule_at_name((enum rule_at)i), at_words[i], typed(form, "at"));
    buf_str(out, "</select></p>");
}

void page_rules(struct buf *out, const struct rules *r, const struct form *form,
                const struct fault *f) {
    html_top(out, "障害の再現", "/rules");
    buf_str(out,
            "<h1>障害の再現 <span lang=\"en\">Faults on demand</span></h1>"
            "<p>宛先のドメインごとに、受け取りを拒み、遅らせ、切断できます。<br><span lang=\"en\">"
            "Refuse, delay or drop mail by recipient domain.</span></p>");
    if (f) {
        buf_str(out, "<p class=\"error\" role=\"alert\">");
        html_text(out, f->text);
        buf_str(out, "</p>");
    }
    table(out, r);
    buf_str(out, "<h2>規則を加える <span lang=\"en\">Add a rule</span></h2>"
                 "<form class=\"new\" method=\"post\" action=\"/rules\">");
    input(out, form, "domain", "ドメイン <span lang=\"en\">Domain</span>", "mail.example / *");
    choices(out, form);
    input(out, form, "code", "拒否のコード <span lang=\"en\">Code (refuse)</span>", "450");
    input(out, form, "text", "拒否の応答文 <span lang=\"en\">Text (refuse)</span>",
          "4.7.1 Try again later");
    input(out, form, "delay_ms", "遅れ(ミリ秒) <span lang=\"en\">Delay (ms)</span>", "2000");
    input(out, form, "times", "回数(0はいつも) <span lang=\"en\">Times (0: always)</span>", "0");
    buf_str(out, "<p><button>加える <span lang=\"en\">Add</span></button></p></form>");
    html_bottom(out);
}
