/* Strictness: which request lines and headers pass, and why others do not. */
#include "check.h"

#include "http/guard.h"

/* Judges a head written as "Name: value" lines; the size is what those add up to, plus `hidden`. */
static enum refusal judge(const char *method, const char *uri, const char *lines, int hidden,
                          size_t *length_b) {
    struct heads h = {0};
    static char copy[4096];
    size_t head_b = strlen(method) + strlen(uri) + strlen("  HTTP/1.1\r\n\r\n");
    assert_true(strlen(lines) < sizeof copy);
    memcpy(copy, lines, strlen(lines) + 1);
    for (char *line = copy; *line;) {
        char *end = strchr(line, '\n');
        char *colon = strchr(line, ':');
        assert_true(end && colon && colon < end);
        *end = *colon = '\0';
        char *value = colon + 1 + (colon[1] == ' ');
        head_b += (size_t)(end - line) + 2;
        guard_head(&h, line, strlen(line), value, strlen(value));
        line = end + 1;
    }
    struct guard_line line = {method, uri, "HTTP/1.1", head_b + (size_t)hidden};
    return guard_request(&line, &h, length_b);
}

#define HOST "Host: a.example\n"

static void rows_judged(void **state) {
    (void)state;
    static const struct {
        const char *method, *uri, *lines;
        enum refusal refusal;
        size_t length_b;
    } rows[] = {
        {"GET", "/", HOST, REFUSE_NONE, 0},
        {"HEAD", "/a?b=%20", HOST, REFUSE_NONE, 0},
        {"POST", "/", HOST "Content-Length: 12\n", REFUSE_NONE, 12},
        {"POST", "/", HOST, REFUSE_NONE, 0},
        {"GET", "/", HOST "Content-Length: 0\n", REFUSE_NONE, 0},
        {"GET", "/", HOST "Accept: a\nAccept: b\n", REFUSE_NONE, 0},
        {"GET", "/", HOST "X-Empty:\nX-Blank: \n", REFUSE_NONE, 0},
        {"GET", "/", HOST "X-Tab: a\tb\n", REFUSE_NONE, 0},
        {"TRACE", "/", HOST, REFUSE_METHOD, 0},
        {"OPTIONS", "*", HOST, REFUSE_METHOD, 0},
        {"get", "/", HOST, REFUSE_METHOD, 0},
        {"", "/", HOST, REFUSE_METHOD, 0},
        {"GET", "", HOST, REFUSE_URI, 0},
        {"GET", "http://a.example/", HOST, REFUSE_URI, 0},
        {"GET", "/a b", HOST, REFUSE_URI, 0},
        {"GET", "/\x7f", HOST, REFUSE_URI, 0},
        {"GET", "/\xe3\x81\x82", HOST, REFUSE_URI, 0},
        {"GET", "/j%00admin", HOST, REFUSE_URI, 0},
        {"GET", "/?a=1%00b", HOST, REFUSE_URI, 0},
        {"GET", "/", "", REFUSE_HOST, 0},
        {"GET", "/", "Host:\n", REFUSE_HOST, 0},
        {"GET", "/", HOST HOST, REFUSE_HEADER_TWICE, 0},
        {"GET", "/", HOST "host: b.example\n", REFUSE_HEADER_TWICE, 0},
        {"GET", "/", HOST "Cookie: a=1\nCookie: b=1\n", REFUSE_HEADER_TWICE, 0},
        {"POST", "/", HOST "Content-Length: 3\nContent-Length: 5\n", REFUSE_HEADER_TWICE, 0},
        {"POST", "/", HOST "Content-Length: 3\nContent-Length: 3\n", REFUSE_HEADER_TWICE, 0},
        {"GET", "/", HOST "X-A : 1\n", REFUSE_HEADER_NAME, 0},
        {"GET", "/", HOST ": 1\n", REFUSE_HEADER_NAME, 0},
        {"GET", "/", HOST "X-A\xc3: 1\n", REFUSE_HEADER_NAME, 0},
        {"GET", "/", HOST "X-A: 1\r2\n", REFUSE_HEADER_TEXT, 0},
        {"GET", "/", HOST "X-A: \x01\n", REFUSE_HEADER_TEXT, 0},
        {"POST", "/", HOST "Transfer-Encoding: chunked\n", REFUSE_CHUNKED, 0},
        {"POST", "/", HOST "Transfer-Encoding: xchunked\n", REFUSE_CODING, 0},
        {"POST", "/", HOST "Transfer-Encoding: chunked\nContent-Length: 3\n", REFUSE_CODING, 0},
        {"POST", "/", HOST "Transfer-Encoding: gzip, chunked\n", REFUSE_CODING, 0},
        {"POST", "/", HOST "Content-Length: +3\n", REFUSE_LENGTH, 0},
        {"POST", "/", HOST "Content-Length: 03\n", REFUSE_LENGTH, 0},
        {"POST", "/", HOST "Content-Length: -1\n", REFUSE_LENGTH, 0},
        {"POST", "/", HOST "Content-Length: 3, 3\n", REFUSE_LENGTH, 0},
        {"POST", "/", HOST "Content-Length: 99999999999999999999\n", REFUSE_LENGTH, 0},
        {"POST", "/", HOST "Content-Length:\n", REFUSE_LENGTH, 0},
        {"GET", "/", HOST "Content-Length: 1\n", REFUSE_BODY, 0},
        {"POST", "/", HOST "Content-Encoding: gzip\n", REFUSE_TYPE, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t length_b = 0;
        enum refusal got = judge(rows[i].method, rows[i].uri, rows[i].lines, 0, &length_b);
        if (got != rows[i].refusal || length_b != rows[i].length_b)
            ROW_FAIL(i, "'%s' instead of '%s'", guard_why(got), guard_why(rows[i].refusal));
    }
}

/* A bare LF, a second space, a NUL and what follows it: the sizes differ. */
static void hidden_bytes(void **state) {
    (void)state;
    static const int hidden[] = {-2, -1, 1, 2, 100};
    size_t length_b;
    for (size_t i = 0; i < COUNT(hidden); i++)
        assert_int_equal(judge("GET", "/", HOST, hidden[i], &length_b), REFUSE_SIZE);
}

static void each_refusal_has_words(void **state) {
    (void)state;
    for (enum refusal r = REFUSE_NONE + 1; r < REFUSE_LAST; r++) {
        assert_in_range(guard_status(r), 400, 499);
        assert_true(guard_text(r)[0] && guard_why(r)[0]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_judged),
        cmocka_unit_test(hidden_bytes),
        cmocka_unit_test(each_refusal_has_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
