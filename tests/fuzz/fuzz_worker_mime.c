/* Fuzzes the mail builder: whatever is put in, a mail comes out that keeps the rules of the wire,
 * or a fault. Input: NUL-separated parts (subject, body, name, footer, address, link). */
#include <stdlib.h>
#include <string.h>

#include "mime/mime.h"

enum { PARTS = 6 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_b);

/* Only CRLF line ends, printable ASCII, no line that begins with a dot, none over 998. */
static void check_wire(const char *p, size_t len_b) {
    size_t line_b = 0;
    for (size_t i = 0; i < len_b; i++) {
        if (p[i] == '\r') {
            if (i + 1 == len_b || p[++i] != '\n')
                abort();
            line_b = 0;
            continue;
        }
        if (p[i] < ' ' || p[i] > '~' || (line_b == 0 && p[i] == '.') || ++line_b > 998)
            abort();
    }
    if (line_b != 0)
        abort();
}

/* Nothing put in may have become a header of its own. */
static void check_heads(const char *mail, bool express) {
    static const char *const once[] = {"\r\nSubject:", "\r\nTo:", "\r\nMessage-ID:", "\r\nDate:"};
    const char *end = strstr(mail, "\r\n\r\n");
    if (end == NULL || strncmp(mail, "From: ", 6) != 0)
        abort();
    for (size_t i = 0; i < COUNT(once); i++) {
        const char *first = strstr(mail, once[i]);
        const char *second = first ? strstr(first + 1, once[i]) : NULL;
        if (first == NULL || first > end || (second && second < end))
            abort();
    }
    const char *bcc = strstr(mail, "\r\nBcc:"), *post = strstr(mail, "\r\nList-Unsubscribe-Post:");
    if ((bcc && bcc < end) || (express && post && post < end))
        abort();
}

static void try_mail(struct arena *a, char *const part[PARTS]) {
    struct mime_text text = {
        .from_name = part[2],
        .from_address = "office@city.kairan.example",
        .subject = part[0],
        .body = part[1],
        .footer = *part[3] ? part[3] : NULL,
        .list_id = "alert.city.kairan.example",
        .list_name = part[2],
        .lang = "ja",
    };
    struct mime_to to = {
        .address = *part[4] ? part[4] : NULL,
        .message_id = "a1.1.1@city.kairan.example",
        .link = arena_printf(a, "https://%s", part[5]),
        .one_click = *part[4] != '\0',
    };
    struct mime *m;
    struct fault f = {0};
    CLEANUP(buf_done) struct buf out = buf_init(MIME_MAIL_B);
    if (!mime_prepare(a, &text, &m, &f) || !mime_write(m, &to, &out, &f))
        return;
    check_wire(buf_text(&out), out.len_b);
    check_heads(buf_text(&out), to.address == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_b) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    char *copy = arena_alloc(a, size_b + 1), *end = copy + size_b;
    if (size_b > 0)
        memcpy(copy, data, size_b);
    char *part[PARTS];
    for (size_t i = 0; i < PARTS; i++) {
        part[i] = copy;
        copy += copy < end ? strlen(copy) + (copy + strlen(copy) < end) : 0;
    }
    try_mail(a, part);
    return 0;
}
