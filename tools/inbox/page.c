/* The pages: list of mails, one mail, its source. */
#include "page.h"

#include <inttypes.h>
#include <string.h>

#include "html.h"
#include "show.h"

enum { SOURCE_MAX_B = 512 << 10 };

static void count(struct buf *out, const char *ja, const char *en, uint64_t n) {
    buf_printf(out, "<div><dt>%s <span lang=\"en\">%s</span></dt><dd>%" PRIu64 "</dd></div>", ja,
               en, n);
}

static void counts(struct buf *out, const struct store *s, const struct tally *t) {
    buf_str(out, "<dl class=\"counts\" id=\"counts\">");
    count(out, "受信", "taken", t->accepted);
    count(out, "拒否", "refused", t->refused);
    count(out, "遅延", "delayed", t->delayed);
    count(out, "切断", "dropped", t->dropped);
    count(out, "違反", "faulty", t->faulty);
    count(out, "保持", "kept", store_count(s));
    buf_str(out, "</dl>");
}

static void search_form(struct buf *out, const char *part) {
    buf_str(out, "<form class=\"search\" action=\"/\" method=\"get\" role=\"search\">"
                 "<label for=\"q\">宛先 <span lang=\"en\">Recipient</span></label>"
                 "<input id=\"q\" name=\"q\" type=\"search\" autocomplete=\"off\" "
                 "placeholder=\"name@city.example\" value=\"");
    html_text(out, part);
    buf_str(out, "\"><button>探す <span lang=\"en\">Search</span></button></form>");
}

static void rcpts(struct buf *out, const struct mail *m, size_t most) {
    const char *r = m->rcpts;
    for (size_t i = 0; i < m->rcpt_count && i < most; i++, r += strlen(r) + 1) {
        buf_str(out, "<span class=\"rcpt\">");
        html_text(out, r);
        buf_str(out, "</span> ");
    }
    if (m->rcpt_count > most)
        buf_printf(out, "<span class=\"more\">+%zu</span>", m->rcpt_count - most);
}

/* The first letter of a sender's name for the round mark. */
static void initial(struct buf *out, struct arena *a, const struct show *show) {
    const char *name = *show->from_name ? show->from_name : show->from_address;
    size_t n = *name ? 1 : 0;
    while (n && ((unsigned char)name[n] & 0xc0) == 0x80)
        n++;
    buf_str(out, "<span class=\"initial\" aria-hidden=\"true\">");
    html_text(out, n ? arena_strndup(a, name, n) : "?");
    buf_str(out, "</span>");
}

static void sender(struct buf *out, const struct show *show) {
    html_text(out, *show->from_name      ? show->from_name
                   : *show->from_address ? show->from_address
                                         : "(差出人なし / no sender)");
}

static void subject(struct buf *out, const struct show *show) {
    html_text(out, *show->subject ? show->subject : "(件名なし / no subject)");
}

static void row(struct buf *out, struct arena *a, const struct mail *m) {
    struct show show;
    show_read(a, m, &show);
    buf_printf(out, "<li><a class=\"row\" href=\"/mail/%" PRIu64 "\">", m->id);
    initial(out, a, &show);
    buf_str(out, "<span class=\"what\"><span class=\"line\"><b>");
    sender(out, &show);
    buf_str(out, "</b>");
    html_time(out, m->time_ms);
    buf_str(out, "</span><span class=\"subject\">");
    subject(out, &show);
    buf_str(out, "</span><span class=\"snippet\">");
    html_text(out, show_clean(a, show.body, strlen(show.body), 300, true));
    buf_str(out, "</span><span class=\"to\">");
    rcpts(out, m, 3);
    html_faults(out, m->faults);
    buf_str(out, "</span></span></a></li>");
}

static void older(struct buf *out, const struct store *s, const char *part, uint64_t last) {
    if (!last || !store_before(s, last, "", part))
        return;
    buf_str(out, "<p class=\"older\"><a href=\"/?q=");
    html_query(out, part);
    buf_printf(out, "&amp;before=%" PRIu64 "\">前のメール <span lang=\"en\">Older</span></a></p>",
               last);
}

/* Each row in an arena of its own: fifty big mails need the memory of one. */
static uint64_t rows(struct buf *out, struct arena *a, const struct store *s, const char *part,
                     uint64_t below) {
    const struct mail *m = store_before(s, below, "", part);
    uint64_t last = 0;
    for (size_t i = 0; m && i < PAGE_ROWS; i++, m = store_before(s, last, "", part)) {
        row(out, a, m);
        arena_reset(a);
        last = m->id;
    }
    return last;
}

void page_list(struct buf *out, const struct store *s, const struct tally *t, const char *part,
               uint64_t below) {
    CLEANUP(arena_free) struct arena *scratch = arena_new();
    html_top(out, "受信", "/");
    buf_str(out, "<h1>届いたメール <span lang=\"en\">Mails received</span></h1>");
    search_form(out, part);
    buf_printf(out, "<div id=\"live\" data-newest=\"%" PRIu64 "\"%s>", store_newest(s),
               below == UINT64_MAX ? " data-follow" : "");
    counts(out, s, t);
    buf_str(out, "<ul class=\"mails\">");
    uint64_t last = rows(out, scratch, s, part, below);
    buf_str(out, "</ul>");
    if (!last)
        buf_str(out, "<p class=\"empty\">メールはまだありません。<br><span lang=\"en\">"
                     "No mail yet.</span></p>");
    older(out, s, part, last);
    buf_str(out, "</div>");
    html_bottom(out);
}

static void leave(struct buf *out, const struct show *show) {
    if (!*show->leave_url)
        return;
    buf_str(out, "<p class=\"leave\"><a rel=\"noreferrer noopener\" target=\"_blank\" href=\"");
    html_text(out, show->leave_url);
    buf_str(out, "\">配信停止 <span lang=\"en\">Unsubscribe</span></a></p>");
}

static void phone(struct buf *out, struct arena *a, const struct mail *m, const struct show *show) {
    buf_str(out, "<article class=\"phone\"><h1>");
    subject(out, show);
    buf_str(out, "</h1><div class=\"who\">");
    initial(out, a, show);
    buf_str(out, "<div class=\"names\"><b>");
    sender(out, show);
    buf_str(out, "</b><span>");
    html_text(out, show->from_address);
    buf_str(out, "</span></div>");
    html_time(out, m->time_ms);
    buf_str(out, "</div>");
    leave(out, show);
    if (show->html)
        buf_str(out, "<p class=\"fault\">HTMLだけのメール(ソース) / HTML only: its source</p>");
    buf_str(out, "<div class=\"body\">");
    html_linked(out, a, show->body);
    buf_str(out, "</div></article>");
}

static void term(struct buf *out, const char *ja, const char *en) {
    buf_printf(out, "<dt>%s <span lang=\"en\">%s</span></dt><dd>", ja, en);
}

static void envelope(struct buf *out, const struct mail *m) {
    buf_str(out, "<h2>封筒 <span lang=\"en\">Envelope</span></h2><dl class=\"facts\">");
    term(out, "差出人", "MAIL FROM");
    buf_str(out, "&lt;");
    html_text(out, m->from);
    buf_str(out, "&gt;</dd>");
    term(out, "宛先", "RCPT TO");
    rcpts(out, m, 100);
    buf_str(out, "</dd>");
    term(out, "大きさ", "Size");
    buf_printf(out, "%zu B</dd>", m->raw_b);
    term(out, "違反", "Faults");
    buf_str(out, m->faults ? "" : "なし / none");
    html_faults(out, m->faults);
    buf_str(out, "</dd></dl>");
}

static void headers(struct buf *out, const struct show *show) {
    buf_str(out, "<h2>ヘッダー <span lang=\"en\">Header</span></h2><div class=\"scroll\" "
                 "tabindex=\"0\"><table><tbody>");
    for (size_t i = 0; i < show->header_count; i++) {
        buf_str(out, "<tr><th scope=\"row\">");
        html_text(out, show->headers[i].name);
        buf_str(out, "</th><td>");
        html_text(out, show->headers[i].value);
        buf_str(out, "</td></tr>");
    }
    buf_str(out, "</tbody></table></div>");
}

void page_mail(struct buf *out, struct arena *a, const struct mail *m) {
    struct show show;
    show_read(a, m, &show);
    html_top(out, show.subject, "");
    buf_str(out, "<p class=\"back\"><a href=\"/\">← 一覧 <span lang=\"en\">All mails</span></a></p>"
                 "<div class=\"beside\">");
    phone(out, a, m, &show);
    buf_str(out, "<section class=\"inside\" aria-label=\"詳細\">");
    envelope(out, m);
    headers(out, &show);
    buf_printf(out,
               "<p class=\"acts\"><a href=\"/mail/%" PRIu64
               "/source\">ソース <span lang=\"en\">Source</span></a> <a href=\"/mails/%" PRIu64
               "/raw\">保存 <span lang=\"en\">Download</span></a> <a href=\"/mails/%" PRIu64
               "\">JSON</a></p></section></div>",
               m->id, m->id, m->id);
    html_bottom(out);
}

static void control(struct buf *out, struct arena *a, unsigned char c) {
    buf_str(out, "<span class=\"control\">");
    buf_str(out, c == '\r' ? "CR" : c == '\n' ? "LF" : arena_printf(a, "%02X", c));
    buf_str(out, "</span>");
}

/* One piece of source: CR LF as a line end, other controls as marks, text as text. */
static size_t source_piece(struct buf *out, struct arena *a, const char *s, size_t len_b) {
    if (*s == '\r' && len_b > 1 && s[1] == '\n') {
        buf_char(out, '\n');
        return 2;
    }
    if ((unsigned char)*s < ' ' && *s != '\t') {
        control(out, a, (unsigned char)*s);
        return 1;
    }
    size_t n = 0;
    while (n < len_b && ((unsigned char)s[n] >= ' ' || s[n] == '\t'))
        n++;
    html_text(out, show_clean(a, s, n, n, false));
    return n;
}

void page_source(struct buf *out, struct arena *a, const struct mail *m) {
    size_t len_b = m->raw_b < SOURCE_MAX_B ? m->raw_b : SOURCE_MAX_B;
    html_top(out, "ソース", "");
    buf_printf(out,
               "<p class=\"back\"><a href=\"/mail/%" PRIu64
               "\">← メール <span lang=\"en\">The mail</span></a></p>"
               "<h1>ソース <span lang=\"en\">Source</span></h1><p>",
               m->id);
    html_faults(out, m->faults);
    buf_str(out, "</p><pre class=\"source\" tabindex=\"0\">");
    for (size_t used = 0; used < len_b;)
        used += source_piece(out, a, m->raw + used, len_b - used);
    buf_str(out, "</pre>");
    html_bottom(out);
}

void page_note(struct buf *out, const char *text) {
    html_top(out, "お知らせ", "");
    buf_str(out, "<p class=\"empty\">");
    html_text(out, text);
    buf_str(out,
            "</p><p class=\"back\"><a href=\"/\">← 一覧 <span lang=\"en\">All mails</span></a>");
    buf_str(out, "</p>");
    html_bottom(out);
}
