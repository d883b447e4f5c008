/* Pieces of HTML: escaping, links, frame. */
#include "html.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "show.h"
#include "text.h"

static const char *escape_of(char c) {
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void html_text(struct buf *out, const char *s) {
    while (*s) {
        size_t run = strcspn(s, "&<>\"'");
        buf_add(out, s, run);
        s += run;
        if (*s)
            buf_str(out, escape_of(*s++));
    }
}

void html_linked(struct buf *out, struct arena *a, const char *s) {
    while (*s) {
        size_t n = show_url_length(s);
        size_t run = n ? n : 1 + strcspn(s + 1, "hH");
        const char *piece = arena_strndup(a, s, run);
        if (n) {
            buf_str(out, "<a rel=\"noreferrer noopener\" target=\"_blank\" href=\"");
            html_text(out, piece);
            buf_str(out, "\">");
        }
        html_text(out, piece);
        buf_str(out, n ? "</a>" : "");
        s += run;
    }
}

void html_query(struct buf *out, const char *s) {
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (isalnum(c) || strchr("-._~", c))
            buf_char(out, *s);
        else
            buf_printf(out, "%%%02X", c);
    }
}

void html_time(struct buf *out, int64_t time_ms) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    const char *local = text_local_format(a, time_ms / 1000);
    buf_printf(out, "<time>%.2s/%.2s %s:%02d</time>", local + 5, local + 8, local + 11,
               (int)(time_ms / 1000 % 60));
}

void html_faults(struct buf *out, unsigned faults) {
    for (unsigned bit = 0; show_fault_text(bit); bit++) {
        if (!(faults & (1U << bit)))
            continue;
        buf_str(out, "<span class=\"fault\">");
        html_text(out, show_fault_text(bit));
        buf_str(out, "</span> ");
    }
}

static void tab(struct buf *out, const char *path, const char *here, const char *ja,
                const char *en) {
    buf_printf(out, "<a href=\"%s\"%s>%s <span lang=\"en\">%s</span></a>", path,
               strcmp(path, here) != 0 ? "" : " aria-current=\"page\"", ja, en);
}

void html_top(struct buf *out, const char *title, const char *here) {
    buf_str(out, "<!DOCTYPE html>\n<html lang=\"ja\"><head><meta charset=\"utf-8\">"
                 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                 "<link rel=\"icon\" href=\"/icon.svg\"><link rel=\"stylesheet\" "
                 "href=\"/inbox.css\"><script src=\"/inbox.js\" defer></script><title>");
    html_text(out, title);
    buf_str(out, " – デモ受信箱</title></head><body><header><a class=\"brand\" href=\"/\">"
                 "<img src=\"/icon.svg\" alt=\"\" width=\"32\" height=\"32\"><span>デモ受信箱 "
                 "<span lang=\"en\">Demo inbox</span></span></a><nav aria-label=\"ページ\">");
    tab(out, "/", here, "受信", "Mails");
    tab(out, "/rules", here, "障害の再現", "Faults");
    buf_str(out, "</nav></header><main>");
}

void html_bottom(struct buf *out) {
    buf_str(out,
            "</main><footer><p>住民の携帯電話に届くメールを見るための道具です。"
            "このコンピューターの中だけで動きます。<br><span lang=\"en\">Shows what residents' "
            "phones would receive. Works inside this computer only.</span></p></footer>"
            "</body></html>\n");
}
