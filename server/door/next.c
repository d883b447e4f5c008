/* Where a form of the door leads afterwards. */
#include "door/next.h"

#include <string.h>

const char *next_of(const struct req *r) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-_";
    const char *next = req_field(r, "next");
    bool ours = next && next[0] == '/' && next[1] != '/' && next[strspn(next, plain)] == '\0';
    return ours ? next : "/";
}
