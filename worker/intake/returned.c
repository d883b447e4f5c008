/* Returned mail: its structure by GMime, standard reports and complaints field by field. */
#include "intake/returned.h"

#include <gmime/gmime.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "intake/returned_impl.h"
#include "text.h"

enum {
    DEPTH_MOST = 4,
    PARTS_MOST = 20, /* of one multipart */
    FIELD_B = 2000
};

static const char *const KINDS[] = {
    [RETURNED_POLICY] = "policy",
    [RETURNED_TEMPORARY] = "temporary",
    [RETURNED_PERMANENT] = "permanent",
    [RETURNED_COMPLAINT] = "complaint",
};
static_assert(COUNT(KINDS) == RETURNED_LAST, "a name for each kind");

const char *returned_kind_name(enum returned_kind kind) {
    return KINDS[kind];
}

void returned_init(void) {
    g_mime_init();
}

/* ---- fields of a report (RFC 3464 2.1, RFC 5965 3) ---- */

struct fields {
    const char *at;
    char name[64], value[FIELD_B + 1];
};

enum line { LINE_FIELD, LINE_BLANK, LINE_END };

static size_t line_length(const char *s) {
    return strcspn(s, "\n");
}

static bool is_blank(const char *line, size_t line_b) {
    return strspn(line, " \t\r") >= line_b;
}

/* Adds a line's text to the value, as far as it fits. */
static void value_add(struct fields *f, const char *text, size_t text_b) {
    size_t have_b = strlen(f->value);
    while (text_b > 0 && strchr(" \t\r", text[text_b - 1]))
        text_b--;
    if (have_b + text_b > FIELD_B)
        text_b = FIELD_B - have_b;
    memcpy(f->value + have_b, text, text_b);
    f->value[have_b + text_b] = '\0';
}

/* The next field, unfolded; a blank line ends a group of them. */
static enum line next_line(struct fields *f) {
    if (!*f->at)
        return LINE_END;
    size_t line_b = line_length(f->at), name_b = strcspn(f->at, ":\n");
    const char *line = f->at;
    f->at += line_b + (line[line_b] == '\n');
    f->name[0] = f->value[0] = '\0';
    if (is_blank(line, line_b))
        return LINE_BLANK;
    if (name_b >= line_b || name_b >= sizeof f->name)
        return LINE_FIELD; /* none of ours */
    memcpy(f->name, line, name_b);
    f->name[name_b] = '\0';
    line += name_b + 1;
    line_b -= name_b + 1;
    value_add(f, line + strspn(line, " \t"), line_b - strspn(line, " \t"));
    while ((*f->at == ' ' || *f->at == '\t') && !is_blank(f->at, line_length(f->at))) {
        line_b = line_length(f->at);
        value_add(f, f->at, line_b);
        f->at += line_b + (f->at[line_b] == '\n');
    }
    return LINE_FIELD;
}

/* ---- delivery status (RFC 3464) ---- */

struct group {
    char final[RETURNED_ADDRESS_B + 1], original[RETURNED_ADDRESS_B + 1];
    char action[16], status[RETURNED_STATUS_B], diagnostic[RETURNED_REPLY_B + 1];
};

/* A quoted local part without its quotes: our addresses are kept so. */
static void unquote(char *address) {
    char *to = address;
    if (*address != '"')
        return;
    const char *from = address + 1;
    for (; *from && *from != '"'; from++) {
        from += *from == '\\' && from[1];
        *to++ = *from;
    }
    memmove(to, from + (*from == '"'), strlen(from + (*from == '"')) + 1);
}

static int hex_digit(char c) {
    const char *digits = "0123456789ABCDEF", *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* xtext (RFC 3461 4) as it was; what is none stays. */
static void unxtext(char *s) {
    char *to = s;
    for (const char *from = s; *from; from++) {
        int high = *from == '+' ? hex_digit(from[1]) : -1;
        int low = high >= 2 ? hex_digit(from[2]) : -1;
        *to++ = low >= 0 ? (char)(high * 16 + low) : *from;
        from += low >= 0 ? 2 : 0;
    }
    *to = '\0';
}

/* "rfc822; <taro@resident.example>" without its type and brackets. */
static void take_address(const char *value, char out[RETURNED_ADDRESS_B + 1]) {
    const char *semicolon = strchr(value, ';');
    value = semicolon ? semicolon + 1 : value;
    value += strspn(value, " \t<");
    snprintf(out, RETURNED_ADDRESS_B + 1, "%s", value);
    out[strcspn(out, "\t>")] = '\0';
    for (size_t n = strlen(out); n > 0 && out[n - 1] == ' '; n--)
        out[n - 1] = '\0';
    unquote(out);
}

static void take_field(const struct fields *f, struct group *g) {
    if (strcasecmp(f->name, "Final-Recipient") == 0) {
        take_address(f->value, g->final);
    } else if (strcasecmp(f->name, "Original-Recipient") == 0) {
        take_address(f->value, g->original);
        unxtext(g->original);
    } else if (strcasecmp(f->name, "Action") == 0) {
        snprintf(g->action, sizeof g->action, "%.*s", (int)strcspn(f->value, " \t("), f->value);
    } else if (strcasecmp(f->name, "Status") == 0) {
        if (!returned_status_find(f->value, g->status))
            g->status[0] = '\0';
    } else if (strcasecmp(f->name, "Diagnostic-Code") == 0) {
        snprintf(g->diagnostic, sizeof g->diagnostic, "%.*s", RETURNED_REPLY_B, f->value);
    }
}

/* One recipient's group of fields. A server that says no more than "5.0.0" may say more in its
 * words; one that changed the address on the way may name the first one. */
static void take_group(struct arena *a, const struct group *g, struct returned *out) {
    char status[RETURNED_STATUS_B];
    bool vague = !g->status[0] || strcmp(g->status + 1, ".0.0") == 0;
    snprintf(status, sizeof status, "%s", g->status);
    if (strcasecmp(g->action, "failed") != 0 ||
        (vague && !returned_status_guess(g->diagnostic, status) && !g->status[0]))
        return;
    if (g->status[0] && status[0] != g->status[0])
        snprintf(status, sizeof status, "%s", g->status); /* its class is what it decided */
    enum returned_kind kind = returned_status_kind(status);
    const char *words = g->diagnostic[0] ? g->diagnostic : status;
    returned_add(a, out, kind, status, g->final, words);
    if (g->original[0] && strcasecmp(g->original, g->final) != 0)
        returned_add(a, out, kind, status, g->original, words);
}

static void read_status(struct arena *a, const char *text, struct returned *out) {
    struct fields f = {.at = text};
    struct group g = {0};
    for (enum line line = LINE_FIELD; line != LINE_END;) {
        line = next_line(&f);
        if (line == LINE_FIELD) {
            take_field(&f, &g);
            continue;
        }
        take_group(a, &g, out);
        g = (struct group){0};
    }
}

/* ---- complaints (RFC 5965) ---- */

/* The token in "<bounce+…@…>"; "" when there is none. */
static void take_token(struct arena *a, const char *value, char token[VERP_B]) {
    value += strspn(value, " \t<");
    const char *address = arena_strndup(a, value, strcspn(value, " \t\r\n>"));
    if (!verp_find(address, token))
        token[0] = '\0';
}

/* "not-spam" takes a complaint back, "fraud" and "virus" say nothing of what the reader wants. */
static bool is_complaint(const char *type) {
    return strcasecmp(type, "abuse") == 0 || strcasecmp(type, "opt-out") == 0;
}

static void read_feedback(struct arena *a, const char *text, struct returned *out) {
    struct fields f = {.at = text};
    char address[RETURNED_ADDRESS_B + 1] = "";
    bool complaint = false;
    while (next_line(&f) != LINE_END)
        if (strcasecmp(f.name, "Feedback-Type") == 0)
            complaint = is_complaint(f.value);
        else if (strcasecmp(f.name, "Original-Rcpt-To") == 0)
            take_address(f.value, address);
        else if (strcasecmp(f.name, "Original-Mail-From") == 0)
            take_token(a, f.value, out->token);
    if (complaint)
        returned_add(a, out, RETURNED_COMPLAINT, "", address, "");
}

/* The returned mail's own header names its envelope sender where the report does not. */
static void read_original(struct arena *a, const char *header, struct returned *out) {
    struct fields f = {.at = header};
    while (!out->token[0] && next_line(&f) == LINE_FIELD)
        if (strcasecmp(f.name, "Return-Path") == 0)
            take_token(a, f.value, out->token);
}

/* ---- structure ---- */

static void object_drop(GObject **object) {
    if (*object)
        g_object_unref(*object);
}

/* A part's content, decoded, NULs aside. */
static const char *content_of(struct arena *a, GMimeObject *part) {
    GMimeDataWrapper *content =
        GMIME_IS_PART(part) ? g_mime_part_get_content(GMIME_PART(part)) : NULL;
    if (!content)
        return "";
    CLEANUP(object_drop) GObject *stream = G_OBJECT(g_mime_stream_mem_new());
    g_mime_data_wrapper_write_to_stream(content, GMIME_STREAM(stream));
    GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    char *text = arena_alloc(a, bytes->len + 1), *to = text;
    for (guint i = 0; i < bytes->len; i++)
        if (bytes->data[i])
            *to++ = (char)bytes->data[i];
    *to = '\0';
    return text;
}

static bool is_type(GMimeObject *part, const char *type, const char *subtype) {
    GMimeContentType *is = part ? g_mime_object_get_content_type(part) : NULL;
    return is && g_mime_content_type_is_type(is, type, subtype);
}

static void read_part(struct arena *a, GMimeObject *part, struct returned *out) {
    if (is_type(part, "message", "delivery-status") ||
        is_type(part, "message", "global-delivery-status")) {
        read_status(a, content_of(a, part), out);
    } else if (is_type(part, "message", "feedback-report")) {
        read_feedback(a, content_of(a, part), out);
    } else if (is_type(part, "text", "rfc822-headers")) {
        read_original(a, content_of(a, part), out);
    } else if (GMIME_IS_MESSAGE_PART(part)) {
        GMimeMessage *mail = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
        const char *path =
            mail ? g_mime_object_get_header(GMIME_OBJECT(mail), "Return-Path") : NULL;
        if (path && !out->token[0])
            take_token(a, path, out->token);
    }
}

/* The multipart/report of a mail: itself, or in one that a gateway wrapped around it. NULL: none.
 */
static GMimeMultipart *find_report(GMimeObject *part, int depth) {
    if (depth == DEPTH_MOST || !GMIME_IS_MULTIPART(part))
        return NULL;
    if (is_type(part, "multipart", "report"))
        return GMIME_MULTIPART(part);
    int count = g_mime_multipart_get_count(GMIME_MULTIPART(part));
    for (int i = 0; i < count && i < PARTS_MOST; i++) {
        GMimeMultipart *found =
            find_report(g_mime_multipart_get_part(GMIME_MULTIPART(part), i), depth + 1);
        if (found)
            return found;
    }
    return NULL;
}

static void read_report(struct arena *a, GMimeMultipart *report, struct returned *out) {
    int count = g_mime_multipart_get_count(report);
    for (int i = 0; i < count && i < PARTS_MOST; i++)
        read_part(a, g_mime_multipart_get_part(report, i), out);
}

/* The first text for people, to a depth. */
static GMimeTextPart *find_text(GMimeObject *part, int depth) {
    if (GMIME_IS_TEXT_PART(part))
        return is_type(part, "text", "plain") ? GMIME_TEXT_PART(part) : NULL;
    if (depth == DEPTH_MOST || !GMIME_IS_MULTIPART(part))
        return NULL;
    GMimeTextPart *found = NULL;
    int count = g_mime_multipart_get_count(GMIME_MULTIPART(part));
    for (int i = 0; i < count && i < PARTS_MOST && !found; i++)
        found = find_text(g_mime_multipart_get_part(GMIME_MULTIPART(part), i), depth + 1);
    return found;
}

/* ---- a mail that is no standard report ---- */

static const char *header(GMimeMessage *mail, const char *name) {
    const char *value = g_mime_object_get_header(GMIME_OBJECT(mail), name);
    return value ? value : "";
}

/* RFC 3834 5, and what servers wrote before it. */
static bool is_automatic(GMimeMessage *mail) {
    static const char *const NAMES[] = {"X-Autoreply", "X-Autorespond", "X-Autoresponder",
                                        "X-Auto-Response", "X-Autogenerated"};
    static const char *const SUBJECTS[] = {
        "Auto:", "Automatic reply", "Autoreply", "Out of office", "自動返信", "自動応答", "不在"};
    const char *said = header(mail, "Auto-Submitted"), *subject = g_mime_message_get_subject(mail);
    if (strncasecmp(said, "auto-", 5) == 0 ||
        strcasecmp(header(mail, "Precedence"), "auto_reply") == 0)
        return true;
    for (size_t i = 0; i < COUNT(NAMES); i++)
        if (header(mail, NAMES[i])[0])
            return true;
    for (size_t i = 0; subject && i < COUNT(SUBJECTS); i++)
        if (strncasecmp(subject, SUBJECTS[i], strlen(SUBJECTS[i])) == 0)
            return true;
    return false;
}

/* Whether a mail server wrote it: from nobody, or from the names that servers give themselves. */
static bool is_from_server(GMimeMessage *mail, bool null_sender) {
    const char *from = header(mail, "From");
    return null_sender || strcasestr(from, "mailer-daemon@") || strcasestr(from, "postmaster@");
}

static void read_words(struct arena *a, GMimeMessage *mail, bool null_sender,
                       struct returned *out) {
    GMimeObject *body = g_mime_message_get_mime_part(mail);
    GMimeTextPart *part = body ? find_text(body, 0) : NULL;
    char *text = part ? g_mime_text_part_get_text(part) : NULL;
    if (text && is_from_server(mail, null_sender))
        returned_text_read(a, text, is_automatic(mail), header(mail, "X-Failed-Recipients"), out);
    g_free(text);
}

void returned_read(struct arena *a, const char *mail, size_t mail_b, bool null_sender,
                   struct returned *out) {
    *out = (struct returned){.list = arena_array(a, RETURNED_MOST, sizeof *out->list)};
    size_t read_b = mail_b < RETURNED_READ_B ? mail_b : RETURNED_READ_B;
    CLEANUP(object_drop)
    GObject *stream = G_OBJECT(g_mime_stream_mem_new_with_buffer(mail, read_b));
    CLEANUP(object_drop)
    GObject *parser = G_OBJECT(g_mime_parser_new_with_stream(GMIME_STREAM(stream)));
    CLEANUP(object_drop)
    GObject *message = G_OBJECT(g_mime_parser_construct_message(GMIME_PARSER(parser), NULL));
    if (!message)
        return;
    GMimeMultipart *report = find_report(g_mime_message_get_mime_part(GMIME_MESSAGE(message)), 0);
    if (report)
        read_report(a, report, out);
    else
        read_words(a, GMIME_MESSAGE(message), null_sender, out);
}
