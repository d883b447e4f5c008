/* Decoding a mail for display with GMime. */
#include "show.h"

#include <gmime/gmime.h>
#include <string.h>
#include <strings.h>

#include "text.h"

enum { HEADERS_MAX = 200, VALUE_MAX_B = 4096, BODY_MAX_B = 256 << 10, PARTS_MAX = 200 };

static const struct {
    const char *name, *text;
} faults[] = {
    {"bare_cr", "LFのないCRがある / a CR without LF"},
    {"bare_lf", "CRのないLFがある / an LF without CR"},
    {"long_line", "998オクテットを超える行がある / a line over 998 octets"},
    {"nul", "値0のオクテットがある / a zero octet"},
    {"early", "354の前に本文が来た / text sent before our 354"},
    {"8bit", "8BITMIMEと言わずに8ビット / 8-bit octets without BODY=8BITMIME"},
};
static_assert(1U << (COUNT(faults) - 1) == MAIL_8BIT, "a name for every fault");

const char *show_fault_name(unsigned bit) {
    return bit < COUNT(faults) ? faults[bit].name : NULL;
}

const char *show_fault_text(unsigned bit) {
    return bit < COUNT(faults) ? faults[bit].text : NULL;
}

void show_init(void) {
    g_mime_init();
}

/* Overrides and isolates could make a hostile mail rewrite the page around it. */
static bool steers_text(int32_t cp) {
    return (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

static bool printable(int32_t cp, bool lines) {
    if (cp < 0x20)
        return (lines && cp == '\n') || cp == '\t';
    return cp < 0x7f || (cp > 0x9f && !steers_text(cp));
}

char *show_clean(struct arena *a, const char *s, size_t len_b, size_t cap_b, bool lines) {
    if (len_b > cap_b)
        len_b = cap_b;
    char *out = arena_alloc(a, len_b * 3 + 1), *to = out;
    for (const char *end = s + len_b; s < end;) {
        int32_t cp = text_utf8_next(&s, end);
        if (cp < 0)
            s++;
        if (cp == '\r' && lines)
            continue;
        to += text_utf8_put(cp >= 0 && printable(cp, lines) ? cp : 0xfffd, to);
    }
    *to = '\0';
    return out;
}

static char *clean_line(struct arena *a, const char *s) {
    return s ? show_clean(a, s, strlen(s), VALUE_MAX_B, false) : arena_strdup(a, "");
}

static bool url_char(char c) {
    return c > ' ' && c < 0x7f && !strchr("<>\"`{}|\\^", c);
}

size_t show_url_length(const char *s) {
    size_t scheme = !strncasecmp(s, "https://", 8) ? 8 : !strncasecmp(s, "http://", 7) ? 7 : 0;
    size_t n = scheme;
    while (scheme && url_char(s[n]))
        n++;
    while (n > scheme && strchr(".,;:!?)'", s[n - 1]))
        n--;
    return n > scheme ? n : 0;
}

/* The first web address in angle brackets (RFC 2369). */
static char *find_leave_url(struct arena *a, const char *value) {
    for (const char *s = value; (s = strchr(s, '<')); s++) {
        const char *end = strchr(s, '>');
        if (end && show_url_length(s + 1) == (size_t)(end - s - 1))
            return arena_strndup(a, s + 1, (size_t)(end - s - 1));
    }
    return arena_strdup(a, "");
}

static void add_headers(struct arena *a, GMimeObject *object, struct show *out) {
    GMimeHeaderList *list = g_mime_object_get_header_list(object);
    int count = g_mime_header_list_get_count(list);
    for (int i = 0; i < count && out->header_count < HEADERS_MAX; i++) {
        GMimeHeader *h = g_mime_header_list_get_header_at(list, i);
        struct show_header *to = &out->headers[out->header_count++];
        to->name = clean_line(a, g_mime_header_get_name(h));
        to->value = clean_line(a, g_mime_header_get_value(h));
    }
}

/* GMime keeps Content-* with the part, though they stand in the same header. */
static void read_headers(struct arena *a, GMimeMessage *mail, struct show *out) {
    GMimeObject *part = g_mime_message_get_mime_part(mail);
    out->headers = arena_array(a, HEADERS_MAX, sizeof *out->headers);
    add_headers(a, GMIME_OBJECT(mail), out);
    if (part)
        add_headers(a, part, out);
}

static const char *find_header(const struct show *show, const char *name) {
    for (size_t i = 0; i < show->header_count; i++)
        if (!strcasecmp(show->headers[i].name, name))
            return show->headers[i].value;
    return "";
}

static void read_sender(struct arena *a, GMimeMessage *mail, struct show *out) {
    InternetAddressList *list = g_mime_message_get_from(mail);
    InternetAddress *from = NULL;
    if (list && internet_address_list_length(list) > 0)
        from = internet_address_list_get_address(list, 0);
    out->from_name = clean_line(a, from ? internet_address_get_name(from) : NULL);
    out->from_address =
        clean_line(a, from && INTERNET_ADDRESS_IS_MAILBOX(from)
                          ? internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(from))
                          : NULL);
}

static bool part_is_text(GMimeObject *part, const char *subtype) {
    return GMIME_IS_TEXT_PART(part) &&
           g_mime_content_type_is_type(g_mime_object_get_content_type(part), "text", subtype);
}

/* The first text part of the subtype; the number of parts looked at is bounded. */
static GMimeTextPart *find_text(GMimeMessage *mail, const char *subtype) {
    GMimePartIter *iter = g_mime_part_iter_new(GMIME_OBJECT(mail));
    GMimeTextPart *found = NULL;
    int left = g_mime_part_iter_is_valid(iter) ? PARTS_MAX : 0;
    while (left-- > 0 && !found) {
        GMimeObject *part = g_mime_part_iter_get_current(iter);
        if (part_is_text(part, subtype))
            found = GMIME_TEXT_PART(part);
        else if (!g_mime_part_iter_next(iter))
            left = 0;
    }
    g_mime_part_iter_free(iter);
    return found;
}

static void read_body(struct arena *a, GMimeMessage *mail, struct show *out) {
    GMimeTextPart *part = find_text(mail, "plain");
    if (!part)
        part = find_text(mail, "*");
    out->body = "";
    if (!part)
        return;
    out->html = part_is_text(GMIME_OBJECT(part), "html");
    char *text = g_mime_text_part_get_text(part);
    if (text)
        out->body = show_clean(a, text, strlen(text), BODY_MAX_B, true);
    g_free(text);
}

static GMimeMessage *parse(const struct mail *m) {
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(m->raw, m->raw_b);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *mail = g_mime_parser_construct_message(parser, NULL);
    g_object_unref(parser);
    g_object_unref(stream);
    return mail;
}

void show_read(struct arena *a, const struct mail *m, struct show *out) {
    *out = (struct show){.from_name = "", .from_address = "", .body = ""};
    GMimeMessage *mail = parse(m);
    if (mail) {
        read_headers(a, mail, out);
        read_sender(a, mail, out);
        read_body(a, mail, out);
        g_object_unref(mail);
    }
    out->subject = find_header(out, "Subject");
    out->date = find_header(out, "Date");
    out->message_id = find_header(out, "Message-ID");
    out->leave_url = find_leave_url(a, find_header(out, "List-Unsubscribe"));
    out->one_click =
        !strcasecmp(find_header(out, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
}
