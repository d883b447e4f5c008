/* Growing text: the memory doubles up to the cap, and what would pass the cap is left out whole. */
#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

enum { FIRST_SIZE_B = 256 };

struct buf buf_init(size_t cap_b) {
    assert(cap_b < SIZE_MAX / 2);
    return (struct buf){.cap_b = cap_b};
}

void buf_done(struct buf *b) {
    free(b->data);
    *b = buf_init(b->cap_b);
}

void buf_clear(struct buf *b) {
    b->len_b = 0;
    b->over = false;
    if (b->data)
        b->data[0] = '\0';
}

/* Makes room for more_b bytes and the NUL; false (and over) past the cap. */
static bool reserve(struct buf *b, size_t more_b) {
    if (b->over || more_b > b->cap_b - b->len_b) {
        b->over = true;
        return false;
    }
    size_t need_b = b->len_b + more_b + 1;
    if (need_b <= b->size_b)
        return true;
    size_t size_b = b->size_b ? b->size_b : FIRST_SIZE_B;
    while (size_b < need_b)
        size_b *= 2;
    if (size_b > b->cap_b + 1)
        size_b = b->cap_b + 1;
    char *data = realloc(b->data, size_b);
    if (!data)
        arena_exhausted(size_b);
    b->data = data;
    b->size_b = size_b;
    return true;
}

void buf_add(struct buf *b, const void *data, size_t len_b) {
    if (!reserve(b, len_b))
        return;
    memcpy(b->data + b->len_b, data, len_b);
    b->len_b += len_b;
    b->data[b->len_b] = '\0';
}

void buf_prepend(struct buf *b, const void *data, size_t len_b) {
    if (!reserve(b, len_b))
        return;
    memmove(b->data + len_b, b->data, b->len_b);
    memcpy(b->data, data, len_b);
    b->len_b += len_b;
    b->data[b->len_b] = '\0';
}

void buf_str(struct buf *b, const char *s) {
    buf_add(b, s, strlen(s));
}

void buf_char(struct buf *b, char c) {
    buf_add(b, &c, 1);
}

void buf_int(struct buf *b, int64_t number) {
    char digits[24], *at = digits + sizeof digits;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0)
        *--at = '-';
    buf_add(b, at, (size_t)(digits + sizeof digits - at));
}

/* Most texts fit where there is room already and are formatted once. */
void buf_printf(struct buf *b, const char *fmt, ...) {
    size_t room_b = b->over || !b->data ? 0 : b->size_b - b->len_b;
    va_list args;
    va_start(args, fmt);
    int len_b = vsnprintf(room_b ? b->data + b->len_b : NULL, room_b, fmt, args);
    va_end(args);
    assert(len_b >= 0);
    if ((size_t)len_b >= room_b) {
        if (room_b)
            b->data[b->len_b] = '\0';
        if (!reserve(b, (size_t)len_b))
            return;
        va_start(args, fmt);
        vsnprintf(b->data + b->len_b, (size_t)len_b + 1, fmt, args);
        va_end(args);
    }
    b->len_b += (size_t)len_b;
}

void buf_drop(struct buf *b, size_t len_b) {
    if (!b->data)
        return;
    if (len_b > b->len_b)
        len_b = b->len_b;
    b->len_b -= len_b;
    memmove(b->data, b->data + len_b, b->len_b + 1);
}

const char *buf_text(const struct buf *b) {
    return b->data ? b->data : "";
}
