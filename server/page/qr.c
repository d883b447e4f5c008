/* A QR code as SVG: one path of rows of dark modules. */
#include "page/qr.h"

#include <qrencode.h>
#include <string.h>

#include "buf.h"
#include "words/say.h"

enum { QUIET = 4, SVG_CAP_B = 128 << 10 };

static void code_free(QRcode **code) {
    QRcode_free(*code);
}

/* Runs of dark modules of one row. */
static void add_row(struct buf *out, const QRcode *code, int y) {
    for (int x = 0; x < code->width; x++) {
        int from = x;
        while (x < code->width && (code->data[y * code->width + x] & 1))
            x++;
        if (x > from)
            buf_printf(out, "M%d %dh%dv1h-%dz", from + QUIET, y + QUIET, x - from, x - from);
    }
}

bool qr_svg(struct arena *a, const char *text, const char **out, struct fault *f) {
    CLEANUP(code_free)
    QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    CLEANUP(buf_done) struct buf svg = buf_init(SVG_CAP_B);
    if (!code)
        return fault_set(f, FAULT_BROKEN, N_("The QR code could not be made."));
    int side = code->width + 2 * QUIET;
    buf_printf(&svg,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
               "shape-rendering=\"crispEdges\"><rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>"
               "<path fill=\"#000\" d=\"",
               side, side, side, side);
    for (int y = 0; y < code->width; y++)
        add_row(&svg, code, y);
    buf_str(&svg, "\"/></svg>");
    *out = arena_strdup(a, buf_text(&svg));
    return !svg.over || fault_set(f, FAULT_BROKEN, N_("The QR code could not be made."));
}

/* Percent-encoded but for RFC 3986's unreserved. */
static const char *encoded(struct arena *a, const char *text) {
    CLEANUP(buf_done) struct buf out = buf_init(1024);
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    for (const char *p = text; *p; p++)
        if (strchr(plain, *p))
            buf_char(&out, *p);
        else
            buf_printf(&out, "%%%02X", (unsigned)(unsigned char)*p);
    return arena_strdup(a, buf_text(&out));
}

const char *qr_otpauth(struct arena *a, const char *issuer, const char *login, const char *seed) {
    const char *town = encoded(a, issuer);
    return arena_printf(
        a, "otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1&digits=6&period=30", town,
        encoded(a, login), seed, town);
}
