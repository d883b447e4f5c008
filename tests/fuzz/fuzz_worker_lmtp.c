/* Fuzzes the LMTP conversation: any bytes, whole or in pieces, give the same answers and the same
 * mails, within their limits. */
#include <stdlib.h>
#include <string.h>

#include "intake/lmtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_b);

enum { KEEP_B = 300 };

static bool is_wanted(void *ctx, const char *address) {
    (void)ctx;
    if (strlen(address) >= LMTP_ADDRESS_B)
        abort();
    return strlen(address) % 2 == 0;
}

static void take(struct lmtp *s, struct buf *mails) {
    const struct lmtp_mail *mail = lmtp_mail(s);
    if (mail->count == 0 || mail->count > LMTP_RCPTS || mail->data_b > KEEP_B ||
        mail->data[mail->data_b] != '\0')
        abort();
    for (size_t i = 0; i < mail->count; i++)
        buf_printf(mails, "<%s>", mail->to[i]);
    buf_add(mails, mail->data, mail->data_b);
    lmtp_answer(s, mail->data_b % 2 == 0);
}

/* A whole client, in pieces. */
static void talk(const uint8_t *data, size_t size_b, size_t piece_b, struct buf *said,
                 struct buf *mails) {
    static const struct lmtp_rules rules = {
        .name = "x.example", .size_b = 500, .keep_b = KEEP_B, .wanted = is_wanted};
    struct lmtp *s = lmtp_new(&rules);
    enum lmtp_step step = LMTP_MORE;
    for (size_t at = 0; at < size_b && step != LMTP_OVER;) {
        size_t n = size_b - at < piece_b ? size_b - at : piece_b, used_b;
        step = lmtp_read(s, (const char *)data + at, n, &used_b);
        if (used_b > n || (step == LMTP_MORE && used_b != n))
            abort();
        at += used_b;
        if (step == LMTP_MAIL)
            take(s, mails);
    }
    buf_add(said, buf_text(lmtp_out(s)), lmtp_out(s)->len_b);
    lmtp_free(&s);
}

/* The first byte says how large the pieces are. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_b) {
    if (size_b < 2)
        return 0;
    CLEANUP(buf_done) struct buf said = buf_init(1 << 20), again = buf_init(1 << 20);
    CLEANUP(buf_done) struct buf mails = buf_init(1 << 24), mails_again = buf_init(1 << 24);
    talk(data + 1, size_b - 1, size_b, &said, &mails);
    talk(data + 1, size_b - 1, 1 + data[0] % 32, &again, &mails_again);
    if (said.len_b != again.len_b || memcmp(buf_text(&said), buf_text(&again), said.len_b) != 0 ||
        mails.len_b != mails_again.len_b ||
        memcmp(buf_text(&mails), buf_text(&mails_again), mails.len_b) != 0)
        abort();
    return 0;
}
