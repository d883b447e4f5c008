/* DKIM signatures. What is signed is read back from the finished mail, so that this file knows
 * nothing of how a mail is made, and what makes mails nothing of signatures.
 *
 * The whole body is hashed for each mail, though its greater part is the same for all recipients of
 * an alert: all that is done beside the RSA operation costs 4 microseconds, the operation 300. */
#include "mime/dkim.h"

#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "log.h"
#include "mime/encode.h"

enum { DIGEST_B = 32, BASE64_B = (DKIM_SIGNATURE_B + 2) / 3 * 4 + 1, HEAD_B = 4096 };

/* The signed headers, all of them oversigned. Lower case, as h= names them. */
static const char *const HEADERS[] = {
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "reply-to",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "auto-submitted",
};

struct dkim {
    char domain[256], selector[DKIM_SELECTOR_B];
    EVP_PKEY_CTX *rsa; /* padding and hash are set; one EVP_PKEY_sign after another */
    EVP_MD_CTX *hash;
    struct buf head;  /* the signature's header */
    struct buf canon; /* canonical bytes, to be hashed at one go */
};

/* A header field of the mail: name, colon, value, folds and all, without its last CRLF. */
struct field {
    const char *at;
    size_t len_b;
};

/* ---- open, close ---- */

struct dkim *dkim_new(const char *domain, const struct dkim_key *key) {
    struct dkim *d = calloc(1, sizeof *d);
    if (!d)
        abort();
    d->head = buf_init(HEAD_B);
    d->canon = buf_init(1 << 20);
    snprintf(d->domain, sizeof d->domain, "%s", domain);
    snprintf(d->selector, sizeof d->selector, "%s", key->selector);
    d->hash = EVP_MD_CTX_new();
    d->rsa = EVP_PKEY_CTX_new(key->pkey, NULL);
    if (!d->hash || !d->rsa || EVP_PKEY_sign_init(d->rsa) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(d->rsa, RSA_PKCS1_PADDING) != 1 ||
        EVP_PKEY_CTX_set_signature_md(d->rsa, EVP_sha256()) != 1 ||
        EVP_DigestInit_ex2(d->hash, EVP_sha256(), NULL) != 1)
        die("The signing library does not start.");
    return d;
}

void dkim_free(struct dkim **d) {
    if (!*d)
        return;
    EVP_PKEY_CTX_free((*d)->rsa);
    EVP_MD_CTX_free((*d)->hash);
    buf_done(&(*d)->head);
    buf_done(&(*d)->canon);
    free(*d);
    *d = NULL;
}

/* ---- canonical forms ---- */

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Words with one space between them, and one before the first if there are blanks and `lead`. */
static void add_words(struct buf *out, const char *p, const char *end, bool lead) {
    while (p < end) {
        const char *word = p;
        while (word < end && is_blank(*word))
            word++;
        const char *stop = word;
        while (stop < end && !is_blank(*stop))
            stop++;
        if (lead && p < word && word < stop)
            buf_char(out, ' ');
        buf_add(out, word, (size_t)(stop - word));
        lead = true;
        p = stop;
    }
}

/* A field in its relaxed form (RFC 6376 3.4.2), without its CRLF: its name is given in lower case,
 * folds and runs of blanks become one space, the colon's neighbours and the last blanks go. */
static void add_field(struct buf *out, const char *name, struct field field) {
    const char *colon = memchr(field.at, ':', field.len_b);
    buf_str(out, name);
    buf_char(out, ':');
    if (colon)
        add_words(out, colon + 1, field.at + field.len_b, false);
}

/* The body in its relaxed form (RFC 6376 3.4.4): runs of blanks are one and none ends a line, empty
 * lines at the end go, a last line without CRLF gets one. */
static void add_body(struct buf *out, const char *p, const char *end) {
    size_t kept_b = 0;
    while (p < end) {
        const char *lf = memchr(p, '\n', (size_t)(end - p)), *stop = lf ? lf : end;
        size_t before_b = out->len_b;
        add_words(out, p, stop, true);
        bool empty = out->len_b == before_b;
        buf_add(out, "\r\n", 2);
        kept_b = empty ? kept_b : out->len_b;
        p = lf ? lf + 1 : end;
    }
    out->len_b = kept_b;
}

/* ---- reading the mail ---- */

/* The place of a field's name in HEADERS; COUNT(HEADERS) when it is not signed. */
static size_t place_of(struct field field) {
    const char *colon = memchr(field.at, ':', field.len_b);
    size_t name_b = colon ? (size_t)(colon - field.at) : 0, i = 0;
    while (i < COUNT(HEADERS) &&
           (strlen(HEADERS[i]) != name_b || strncasecmp(HEADERS[i], field.at, name_b) != 0))
        i++;
    return i;
}

/* The field at p, which ends before the next line that does not begin with a blank. */
static struct field field_at(const char *p) {
    const char *end = strstr(p, "\r\n");
    while (end && (end[2] == ' ' || end[2] == '\t'))
        end = strstr(end + 2, "\r\n");
    return (struct field){p, end ? (size_t)(end - p) : 0};
}

/* Finds the signed fields, and where the body begins; NULL: not a mail of ours. */
static const char *read_head(const char *mail, struct field found[COUNT(HEADERS)]) {
    const char *p = mail;
    while (p[0] != '\r' || p[1] != '\n') {
        struct field field = field_at(p);
        if (field.len_b == 0)
            return NULL;
        size_t place = place_of(field);
        if (place < COUNT(HEADERS)) {
            if (found[place].at)
                return NULL;
            found[place] = field;
        }
        p += field.len_b + 2;
    }
    return p + 2;
}

/* ---- the signature's header ---- */

/* A value in base64, folded: behind " bh=" and " b=" a piece ends within ENCODE_LINE. */
static void add_base64(struct buf *out, const unsigned char *data, size_t len_b) {
    enum { PIECE = 72 };
    char text[BASE64_B];
    int text_b = EVP_EncodeBlock((unsigned char *)text, data, (int)len_b);
    for (int at = 0; at < text_b; at += PIECE) {
        if (at > 0)
            buf_str(out, "\r\n ");
        buf_add(out, text + at, (size_t)(text_b - at < PIECE ? text_b - at : PIECE));
    }
}

static void add_name(struct buf *out, const char *name, size_t *col) {
    if (*col > 3)
        buf_char(out, ':');
    if (*col + 1 + strlen(name) + 1 > ENCODE_LINE) {
        buf_str(out, "\r\n ");
        *col = 1;
    }
    buf_str(out, name);
    *col += 1 + strlen(name);
}

/* h=: each header as often as it is there, and once more. */
static void add_names(struct buf *out, const struct field found[COUNT(HEADERS)]) {
    size_t col = 3;
    buf_str(out, " h=");
    for (size_t i = 0; i < COUNT(HEADERS); i++) {
        if (found[i].at)
            add_name(out, HEADERS[i], &col);
        add_name(out, HEADERS[i], &col);
    }
    buf_str(out, ";\r\n");
}

/* All of the header but the value of b=. */
static void add_head(struct dkim *d, const struct field found[COUNT(HEADERS)],
                     const unsigned char body[DIGEST_B], int64_t date_s) {
    buf_clear(&d->head);
    buf_printf(&d->head,
               "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"
               " d=%s;\r\n"
               " s=%s; t=%lld;\r\n",
               d->domain, d->selector, (long long)date_s);
    add_names(&d->head, found);
    buf_str(&d->head, " bh=");
    add_base64(&d->head, body, DIGEST_B);
    buf_str(&d->head, ";\r\n b=");
}

/* ---- signing ---- */

static bool hash(struct dkim *d, unsigned char out[DIGEST_B]) {
    return !d->canon.over && EVP_DigestInit_ex2(d->hash, NULL, NULL) == 1 &&
           EVP_DigestUpdate(d->hash, buf_text(&d->canon), d->canon.len_b) == 1 &&
           EVP_DigestFinal_ex(d->hash, out, NULL) == 1;
}

static bool hash_body(struct dkim *d, const char *body, const char *end,
                      unsigned char out[DIGEST_B]) {
    buf_clear(&d->canon);
    add_body(&d->canon, body, end);
    return hash(d, out);
}

/* RFC 6376 3.7: the fields in the order of h=, each with CRLF, then this header, b= empty, without.
 */
static bool hash_head(struct dkim *d, const struct field found[COUNT(HEADERS)],
                      unsigned char out[DIGEST_B]) {
    buf_clear(&d->canon);
    for (size_t i = 0; i < COUNT(HEADERS); i++)
        if (found[i].at) {
            add_field(&d->canon, HEADERS[i], found[i]);
            buf_add(&d->canon, "\r\n", 2);
        }
    add_field(&d->canon, "dkim-signature", (struct field){d->head.data, d->head.len_b});
    return hash(d, out);
}

/* A signature that does not come about is the library's failure; a mail must not pay for it. */
static void add_signature(struct dkim *d, const unsigned char digest[DIGEST_B]) {
    unsigned char signature[DKIM_SIGNATURE_B];
    size_t len_b = sizeof signature;
    if (EVP_PKEY_sign(d->rsa, signature, &len_b, digest, DIGEST_B) != 1)
        die("The signing library does not sign.");
    add_base64(&d->head, signature, len_b);
    buf_str(&d->head, "\r\n");
}

bool dkim_sign(struct dkim *d, struct buf *mail, int64_t date_s, struct fault *f) {
    struct field found[COUNT(HEADERS)] = {0};
    unsigned char digest[DIGEST_B];
    const char *body = read_head(buf_text(mail), found);
    if (!body || !hash_body(d, body, mail->data + mail->len_b, digest))
        return fault_set(f, FAULT_BROKEN, "The mail cannot be signed.");
    add_head(d, found, digest, date_s);
    if (!hash_head(d, found, digest) || d->head.over)
        return fault_set(f, FAULT_BROKEN, "The mail cannot be signed.");
    add_signature(d, digest);
    buf_prepend(mail, buf_text(&d->head), d->head.len_b);
    return !mail->over || fault_set(f, FAULT_BROKEN, "The mail is larger than its buffer.");
}
