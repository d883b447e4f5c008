/* The last guard before the wire. */
#include "smtp/smtp_guard.h"

#include <string.h>

enum { ADDRESS_B = 320, WIRE_LINE_B = 998 };

bool smtp_address_ok(const char *address) {
    size_t n = 0;
    for (const unsigned char *s = (const unsigned char *)address; *s; s++, n++)
        if (*s < 0x21 || *s == 0x7F || *s == '<' || *s == '>')
            return false;
    return n > 0 && n <= ADDRESS_B;
}

bool smtp_bytes_ok(const char *bytes, size_t size_b) {
    const char *end = bytes + size_b;
    for (const char *line = bytes; line < end;) {
        const char *nl = memchr(line, '\n', (size_t)(end - line));
        if (!nl || nl == line || nl[-1] != '\r' || nl - 1 - line > WIRE_LINE_B || *line == '.')
            return false;
        size_t words_b = (size_t)(nl - 1 - line);
        if (memchr(line, '\r', words_b) || memchr(line, '\0', words_b))
            return false;
        line = nl + 1;
    }
    return size_b > 0;
}
