/* The bytes of one mail: what is shared encoded once, a recipient's own parts spliced in.
 *
 * The leave link at the body's end is what makes a body the recipient's own. Everything before it
 * is encoded in advance: quoted-printable as whole lines; base64 as whole lines of 57 bytes, and
 * the bytes left over (`carry`) are encoded together with the link. So a recipient costs one or
 * two hundred bytes of encoding however long the text is. */
#include "mime/mime.h"

#include <stdio.h>
#include <string.h>

#include "mime/encode.h"
#include "mime/message_id.h"
#include "text.h"

enum { LINK_B = 900, BODY_B = MIME_MAIL_B / 2, HEAD_B = 16 * 1024 };

struct mime {
    const char *head; /* the shared headers */
    size_t head_b;
    const char *body; /* encoded, whole lines */
    size_t body_b;
    char carry[ENCODE_BASE64_STEP]; /* not yet encoded: base64 only */
    size_t carry_b;
    bool base64, wants_link;
    int64_t date_s; /* what `date` says: mails of one second share it */
    char date[40];
};

/* ---- what may go into a mail ---- */

/* Valid UTF-8, no control characters (C0, DEL) but line feeds where there are lines. */
static bool text_fits(const char *s, bool lines) {
    if (!text_utf8_valid(s, strlen(s)))
        return false;
    for (const char *p = s; *p; p++)
        if (((unsigned char)*p < 0x20 && !(lines && *p == '\n')) || *p == 0x7F)
            return false;
    return true;
}

/* All of s from the set that RFC 5322's dot-atoms, "@" and RFC 3066 tags need; not empty. */
static bool token_fits(const char *s, size_t most_b) {
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.@+");
    return n > 0 && n <= most_b && s[n] == '\0';
}

/* A URL that stands between < and > and in a body line: printable ASCII without <>" and blanks. */
static bool link_fits(const char *s) {
    if (strncmp(s, "https://", 8) != 0 && strncmp(s, "http://", 7) != 0)
        return false;
    for (const char *p = s; *p; p++)
        if (*p <= ' ' || *p > '~' || *p == '<' || *p == '>' || *p == '"')
            return false;
    return strlen(s) <= LINK_B;
}

static bool refuse(struct fault *f, const char *field) {
    return fault_field(f, FAULT_INVALID, field, "This part cannot be sent by mail.");
}

static bool text_check(const struct mime_text *text, struct fault *f) {
    if (!text_fits(text->from_name, false) || *text->from_name == '\0')
        return refuse(f, "from_name");
    if (!encode_address_fits(text->from_address))
        return refuse(f, "from_address");
    if (!text_fits(text->subject, false) || *text->subject == '\0')
        return refuse(f, "subject");
    if (!text_fits(text->body, true))
        return refuse(f, "body");
    if (text->footer && !text_fits(text->footer, true))
        return refuse(f, "footer");
    if (text->list_id && (!token_fits(text->list_id, 200) || strchr(text->list_id, '@')))
        return refuse(f, "list_id");
    if (text->list_id && (!text_fits(text->list_name, false) || *text->list_name == '\0'))
        return refuse(f, "list_name");
    return token_fits(text->lang, 35) || refuse(f, "lang");
}

static bool to_check(const struct mime *m, const struct mime_to *to, struct fault *f) {
    if (to->address && !encode_address_fits(to->address))
        return refuse(f, "address");
    if (!token_fits(to->message_id, MESSAGE_ID_B) || strchr(to->message_id, '@') == NULL)
        return refuse(f, "message_id");
    if (to->link ? !link_fits(to->link) : m->wants_link || to->one_click)
        return refuse(f, "link");
    return true;
}

/* ---- once per alert ---- */

/* "name: phrase <" or with a fold before the bracket, so that `rest_b` more and a ">" fit. */
static void add_phrase(struct buf *out, const char *name, const char *phrase, size_t rest_b) {
    size_t col = strlen(name) + 2;
    buf_printf(out, "%s: ", name);
    encode_phrase(out, phrase, &col);
    buf_str(out, col + rest_b + 5 <= ENCODE_LINE ? " <" : "\r\n <");
}

static void add_from(struct buf *out, const struct mime_text *text) {
    add_phrase(out, "From", text->from_name, strlen(text->from_address));
    encode_address(out, text->from_address);
    buf_str(out, ">\r\n");
}

/* RFC 2919 3; RFC 2369 3.4. */
static void add_list(struct buf *out, const struct mime_text *text) {
    add_phrase(out, "List-Id", text->list_name, strlen(text->list_id));
    buf_printf(out, "%s>\r\nList-Post: NO\r\n", text->list_id);
}

static void add_head(struct buf *out, const struct mime_text *text, bool base64) {
    size_t col = strlen("Subject: ");
    add_from(out, text);
    buf_str(out, "Subject: ");
    encode_words(out, text->subject, &col);
    buf_printf(out,
               "\r\nMIME-Version: 1.0\r\n"
               "Content-Type: text/plain; charset=UTF-8\r\n"
               "Content-Transfer-Encoding: %s\r\n"
               "Content-Language: %s\r\n"
               "Auto-Submitted: auto-generated\r\n", /* RFC 3834 5 */
               base64 ? "base64" : "quoted-printable", text->lang);
    if (text->list_id)
        add_list(out, text);
}

static size_t base64_size_b(size_t len_b) {
    return (len_b + 2) / 3 * 4 + (len_b + ENCODE_BASE64_STEP - 1) / ENCODE_BASE64_STEP * 2;
}

/* Encodes the canonical text by whichever is shorter. A mail without a link has no tail: all of it
 * is encoded here. */
static void add_body(struct mime *m, struct buf *out, const struct buf *plain) {
    encode_quoted(out, buf_text(plain), plain->len_b);
    m->base64 = base64_size_b(plain->len_b) < out->len_b;
    if (!m->base64)
        return;
    m->carry_b = m->wants_link ? plain->len_b % ENCODE_BASE64_STEP : 0;
    size_t whole_b = plain->len_b - m->carry_b;
    memcpy(m->carry, buf_text(plain) + whole_b, m->carry_b);
    buf_clear(out);
    encode_base64(out, buf_text(plain), whole_b);
}

bool mime_prepare(struct arena *a, const struct mime_text *text, struct mime **out,
                  struct fault *f) {
    if (!text_check(text, f))
        return false;
    CLEANUP(buf_done) struct buf plain = buf_init(BODY_B / 3);
    CLEANUP(buf_done) struct buf body = buf_init(BODY_B * 2);
    CLEANUP(buf_done) struct buf head = buf_init(HEAD_B);
    struct mime *m = arena_alloc(a, sizeof *m);
    m->wants_link = text->footer != NULL;
    m->date_s = -1;
    encode_canonical(&plain, text->body);
    if (text->footer)
        encode_canonical(&plain, text->footer);
    add_body(m, &body, &plain);
    add_head(&head, text, m->base64);
    if (plain.over || body.over || head.over)
        return refuse(f, "body");
    m->body = arena_memdup(a, buf_text(&body), body.len_b);
    m->body_b = body.len_b;
    m->head = arena_memdup(a, buf_text(&head), head.len_b);
    m->head_b = head.len_b;
    *out = m;
    return true;
}

/* ---- once per recipient ---- */

/* "name: value", on a line of its own after a fold when it would be too long otherwise. */
static void add_folded(struct buf *out, const char *name, size_t value_b) {
    buf_str(out, name);
    buf_str(out, strlen(name) + 1 + value_b > ENCODE_LINE ? "\r\n " : " ");
}

static void add_own_head(struct mime *m, struct buf *out, const struct mime_to *to) {
    if (to->date_s != m->date_s)
        encode_date(m->date, m->date_s = to->date_s);
    buf_str(out, "Date: ");
    buf_str(out, m->date);
    buf_str(out, "\r\n");
    if (to->address) {
        add_folded(out, "To:", strlen(to->address) + 2);
        encode_address(out, to->address);
    } else {
        buf_str(out, "To: undisclosed-recipients:;"); /* RFC 5322 A.1.3 */
    }
    buf_str(out, "\r\n");
    add_folded(out, "Message-ID:", strlen(to->message_id) + 2);
    buf_char(out, '<');
    buf_str(out, to->message_id);
    buf_str(out, ">\r\n");
}

/* RFC 2369 3.2 and RFC 8058 3.1: the second header only where the URL names the recipient. */
static void add_unsubscribe(struct buf *out, const struct mime_to *to) {
    add_folded(out, "List-Unsubscribe:", strlen(to->link) + 2);
    buf_char(out, '<');
    buf_str(out, to->link);
    buf_str(out, ">\r\n");
    if (to->one_click)
        buf_str(out, "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
}

/* The carry and the link, the body's last line. */
static void add_tail(const struct mime *m, struct buf *out, const char *link) {
    char tail[ENCODE_BASE64_STEP + LINK_B + 2];
    size_t link_b = strlen(link), at = m->carry_b;
    memcpy(tail, m->carry, at);
    memcpy(tail + at, link, link_b);
    memcpy(tail + at + link_b, "\r\n", 2);
    (m->base64 ? encode_base64 : encode_quoted)(out, tail, at + link_b + 2);
}

bool mime_write(struct mime *m, const struct mime_to *to, struct buf *out, struct fault *f) {
    if (!to_check(m, to, f))
        return false;
    buf_add(out, m->head, m->head_b);
    add_own_head(m, out, to);
    if (to->link)
        add_unsubscribe(out, to);
    buf_add(out, "\r\n", 2);
    buf_add(out, m->body, m->body_b);
    if (m->wants_link)
        add_tail(m, out, to->link);
    if (out->over)
        return fault_set(f, FAULT_BROKEN, "The mail is larger than its buffer.");
    return true;
}
