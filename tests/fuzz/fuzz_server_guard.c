/* Fuzzes the judge of heads and the reader of cookies: what passes is what the rules say. Lines of
 * the input are: target, then "name:value" each, "Cookie" among them as it comes. */
#include <stdlib.h>
#include <string.h>

#include "door/session.h"
#include "http/guard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len_b);

static void must(bool ok) {
    if (!ok)
        abort();
}

static void take_line(struct heads *h, char *line) {
    char *colon = strchr(line, ':');
    if (!colon)
        return;
    *colon = '\0';
    guard_head(h, line, strlen(line), colon + 1, strlen(colon + 1));
}

static void check_passed(const char *uri, const struct heads *h, size_t length_b) {
    must(uri[0] == '/' && !strchr(uri, ' ') && !strstr(uri, "%00"));
    must(h->value[HEAD_HOST] && !h->value[HEAD_CODING] && !h->value[HEAD_PACKING]);
    must(length_b == 0 || h->value[HEAD_LENGTH]);
    for (size_t i = 0; i < HEAD_LAST; i++)
        must(!h->value[i] || !strpbrk(h->value[i], "\r\n\x7f"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len_b) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    char *rest = arena_strndup(a, (const char *)data, len_b);
    const char *uri = strsep(&rest, "\n");
    struct heads h = {0};
    while (rest)
        take_line(&h, strsep(&rest, "\n"));
    struct guard_line line = {"POST", uri, "HTTP/1.1",
                              strlen("POST  HTTP/1.1\r\n\r\n") + strlen(uri) + h.bytes_b};
    size_t length_b = 0;
    if (guard_request(&line, &h, &length_b) == REFUSE_NONE)
        check_passed(uri, &h, length_b);
    const char *value = NULL;
    if (session_cookie(a, h.value[HEAD_COOKIE], "kairan", &value) && value)
        must(strlen(value) <= SESSION_TOKEN_MOST_B && !strpbrk(value, "; =\""));
    return 0;
}
