/* DKIM signatures: canonical forms by the RFC, every listed header oversigned, a mail signed with a
 * key of the repository against what python3-dkim has verified (tests/e2e/test_dkim.py does again).
 */
#include "check.h"

#include <openssl/pem.h>
#include <stdio.h>

#include "mail.h"
#include "mime/dkim.h"

enum { NOW_S = 1795339877 };

static struct dkim *signer_new(void) {
    struct dkim_key key = {.selector = "s1"};
    FILE *file = fopen("tests/data/dkim/test-key.pem", "re");
    assert_non_null(file);
    key.pkey = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    fclose(file);
    assert_non_null(key.pkey);
    struct dkim *d = dkim_new("city.kairan.example", &key);
    dkim_key_close(&key); /* the signer has its own reference */
    return d;
}

static char *sign(struct arena *a, const char *mail) {
    struct fault f = {0};
    struct dkim *d = signer_new();
    CLEANUP(buf_done) struct buf b = buf_init(1 << 20);
    buf_str(&b, mail);
    assert_true(dkim_sign(d, &b, NOW_S, &f));
    dkim_free(&d);
    return arena_strdup(a, buf_text(&b));
}

/* A tag's value in the signature, without folds; "" when it is not there. */
static char *tag(struct arena *a, const char *mail, const char *name) {
    char *value = mail_header(a, mail, "DKIM-Signature");
    char *at = strstr(arena_printf(a, "; %s", value), arena_printf(a, "; %s=", name));
    assert_non_null(at);
    CLEANUP(buf_done) struct buf out = buf_init(10000);
    for (at = strchr(at, '=') + 1; *at && *at != ';'; at++)
        if (*at != ' ')
            buf_char(&out, *at);
    return arena_strdup(a, buf_text(&out));
}

/* ---- the body ---- */

/* RFC 6376 3.4.4 and the example of 3.4.5. */
static const struct {
    const char *body, *canonical;
} bodies[] = {
    {" C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n"},
    {"", ""},
    {"\r\n", ""},
    {"\r\n\r\n\r\n", ""},
    {" \t\r\n \r\n", ""},
    {"a", "a\r\n"},
    {"a\r\n", "a\r\n"},
    {"a  ", "a\r\n"},
    {"\r\na\r\n\r\nb\r\n\r\n", "\r\na\r\n\r\nb\r\n"},
    {"a\t\tb  c\r\n", "a b c\r\n"},
    {"  \r\n  x\r\n", "\r\n x\r\n"},
};

static void bodies_are_hashed_in_their_relaxed_form(void **state) {
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    for (size_t i = 0; i < COUNT(bodies); i++) {
        unsigned char digest[32], text[45];
        char *mail = sign(a, arena_printf(a, "From: a@b.example\r\n\r\n%s", bodies[i].body));
        assert_int_equal(EVP_Digest(bodies[i].canonical, strlen(bodies[i].canonical), digest, NULL,
                                    EVP_sha256(), NULL),
                         1);
        EVP_EncodeBlock(text, digest, sizeof digest);
        if (strcmp(tag(a, mail, "bh"), (char *)text) != 0)
            ROW_FAIL(i, "\"%s\"", bodies[i].body);
    }
}

/* ---- the headers ---- */

static bool verifies(const char *signed_text, const char *base64) {
    unsigned char signature[512];
    FILE *file = fopen("tests/data/dkim/test-key.pem", "re");
    assert_non_null(file);
    EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    fclose(file);
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    size_t len_b = mail_unbase64(base64, strlen(base64), (char *)signature);
    assert_int_equal(EVP_DigestVerifyInit(md, NULL, EVP_sha256(), NULL, key), 1);
    bool good = EVP_DigestVerify(md, signature, len_b, (const unsigned char *)signed_text,
                                 strlen(signed_text)) == 1;
    EVP_MD_CTX_free(md);
    EVP_PKEY_free(key);
    return good;
}

/* RFC 6376 3.4.2, 3.7: written out by hand. */
static void headers_are_signed_in_their_relaxed_form(void **state) {
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    char *mail = sign(a, "Subject:=?UTF-8?B?44GC?=\r\n =?UTF-8?B?44GE?=\r\n"
                         "Content-Language: ja\r\n"
                         "FROM: \t A  <a@b.example> \t\r\n"
                         "List-Unsubscribe:\r\n\t<https://b.example/>\r\n\r\nx\r\n");
    const char *want = arena_printf(
        a,
        "from:A <a@b.example>\r\n"
        "subject:=?UTF-8?B?44GC?= =?UTF-8?B?44GE?=\r\n"
        "list-unsubscribe:<https://b.example/>\r\n"
        "dkim-signature:v=1; a=rsa-sha256; c=relaxed/relaxed; d=city.kairan.example; s=s1; "
        "t=1795339877; h=from:from:to:cc:subject:subject:date:reply-to:message-id:mime-version: "
        "content-type:content-transfer-encoding:list-id:list-unsubscribe: "
        "list-unsubscribe:list-unsubscribe-post:auto-submitted; bh=%s; b=",
        tag(a, mail, "bh"));
    assert_true(verifies(want, tag(a, mail, "b")));
    assert_false(verifies(arena_printf(a, "%s ", want), tag(a, mail, "b")));
}

static const char *const WHOLE =
    "From: a@b.example\r\nTo: c@d.example\r\nSubject: s\r\nDate: Sun, 22 Nov 2026 18:31:17 "
    "+0900\r\n"
    "Message-ID: <1@b.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n"
    "Content-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\nList-Id: "
    "<b.example>\r\n"
    "List-Unsubscribe: <https://b.example/>\r\n"
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\neA==\r\n";

static void each_header_is_named_once_more_than_it_is_there(void **state) {
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    assert_string_equal(tag(a, sign(a, WHOLE), "h"),
                        "from:from:to:to:cc:subject:subject:date:date:reply-to:"
                        "message-id:message-id:mime-version:mime-version:"
                        "content-type:content-type:content-transfer-encoding:"
                        "content-transfer-encoding:list-id:list-id:"
                        "list-unsubscribe:list-unsubscribe:list-unsubscribe-post:"
                        "list-unsubscribe-post:auto-submitted:auto-submitted");
}

static void the_signature_comes_first_and_the_mail_stays(void **state) {
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    char *mail = sign(a, WHOLE);
    assert_memory_equal(mail, "DKIM-Signature: ", 16);
    size_t head_b = strlen(mail) - strlen(WHOLE);
    assert_string_equal(mail + head_b, WHOLE);
    for (char *p = mail; p < mail + head_b; p = strstr(p, "\r\n") + 2)
        assert_true(strstr(p, "\r\n") - p <= 76);
    assert_null(strstr(mail, "l="));
    assert_string_equal(tag(a, mail, "a"), "rsa-sha256");
    assert_string_equal(tag(a, mail, "c"), "relaxed/relaxed");
    assert_string_equal(mail, sign(a, WHOLE)); /* the same second, the same bytes */
}

/* What an independent verifier has accepted. */
static void the_mail_of_the_repository_is_signed_as_ever(void **state) {
    (void)state;
    CLEANUP(arena_free) struct arena *a = arena_new();
    CLEANUP(buf_done) struct buf golden = buf_init(100000);
    char line[1000];
    FILE *file = fopen("tests/data/dkim/signed.eml", "re");
    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        buf_str(&golden, line);
    fclose(file);
    const char *from = strstr(buf_text(&golden), "\r\nFrom:");
    assert_non_null(from);
    assert_string_equal(sign(a, from + 2), buf_text(&golden));
}

/* ---- what is refused ---- */

static const char *const NONE[] = {
    "",
    "From: a@b.example",
    "From: a@b.example\r\n",
    "From: a@b.example\r\nx",
    "From: a@b.example\r\n folded",
    "From: a@b.example\r\nFrom: c@d.example\r\n\r\nx\r\n",
    "Subject: a\r\nTo: b@c.example\r\nSUBJECT: d\r\n\r\nx\r\n",
    "\n\nx",
};

static void what_is_no_mail_of_ours_stays_unsigned(void **state) {
    (void)state;
    struct dkim *d = signer_new();
    for (size_t i = 0; i < COUNT(NONE); i++) {
        struct fault f = {0};
        CLEANUP(buf_done) struct buf b = buf_init(10000);
        buf_str(&b, NONE[i]);
        if (dkim_sign(d, &b, NOW_S, &f))
            ROW_FAIL(i, "\"%s\" was signed", NONE[i]);
        assert_int_equal(f.kind, FAULT_BROKEN);
        assert_string_equal(buf_text(&b), NONE[i]);
    }
    dkim_free(&d);
}

static void a_mail_too_large_for_its_buffer_stays_unsigned(void **state) {
    (void)state;
    struct fault f = {0};
    struct dkim *d = signer_new();
    CLEANUP(buf_done) struct buf b = buf_init(strlen(WHOLE) + 100);
    buf_str(&b, WHOLE);
    assert_false(dkim_sign(d, &b, NOW_S, &f));
    assert_int_equal(f.kind, FAULT_BROKEN);
    assert_string_equal(buf_text(&b), WHOLE);
    dkim_free(&d);
    dkim_free(&d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_are_hashed_in_their_relaxed_form),
        cmocka_unit_test(headers_are_signed_in_their_relaxed_form),
        cmocka_unit_test(each_header_is_named_once_more_than_it_is_there),
        cmocka_unit_test(the_signature_comes_first_and_the_mail_stays),
        cmocka_unit_test(the_mail_of_the_repository_is_signed_as_ever),
        cmocka_unit_test(what_is_no_mail_of_ours_stays_unsigned),
        cmocka_unit_test(a_mail_too_large_for_its_buffer_stays_unsigned),
    };
    return cmocka_run_group_tests_name("dkim", tests, NULL, NULL);
}
