/* Fuzzes the signer: it is given our own mails only, but whatever it is given, it signs it and
 * leaves it whole behind its header, or refuses it and leaves it alone. Input: a mail. */
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "mime/dkim.h"

enum { MOST_B = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_b);

/* One key for all inputs: making one takes longer than a thousand signatures. */
static struct dkim *signer(void) {
    static struct dkim *d;
    if (d)
        return d;
    struct dkim_key key = {.selector = "s1", .pkey = EVP_RSA_gen(1024)};
    if (!key.pkey)
        abort();
    d = dkim_new("city.kairan.example", &key);
    dkim_key_close(&key);
    return d;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_b) {
    CLEANUP(buf_done) struct buf mail = buf_init(MOST_B);
    struct fault f = {0};
    if (size_b == 0 || size_b > MOST_B / 2 || memchr(data, '\0', size_b))
        return 0;
    buf_add(&mail, data, size_b);
    bool good = dkim_sign(signer(), &mail, 1795339877, &f);
    if (mail.len_b < size_b || memcmp(mail.data + mail.len_b - size_b, data, size_b) != 0)
        abort();
    if (good != (mail.len_b > size_b) || (good && strncmp(mail.data, "DKIM-Signature: ", 16) != 0))
        abort();
    return 0;
}
