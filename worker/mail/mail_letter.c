/* A letter as a mail. */
#include <time.h>

#include "mail/mail_impl.h"
#include "mime/message_id.h"
#include "mime/mime.h"
#include "settings/conf.h"
#include "tokens/verp.h"

bool mail_write_letter(struct mail *m, struct arena *a, const struct letter *letter,
                       struct channel_load *out, struct fault *f) {
    struct letter_mail mail;
    struct mime *mime = NULL;
    char id[MESSAGE_ID_B];
    if (!letter_compose(a, letter, m->keys, &mail, f))
        return false;
    struct mime_text text = {.from_name = mail.from_name,
                             .from_address = mail.from_address,
                             .subject = mail.subject,
                             .body = mail.body,
                             .lang = letter->lang};
    if (!mime_prepare(a, &text, &mime, f))
        return false;
    message_id(id, 'l', letter->id, 0, 0, conf.domain);
    struct verp from = {.kind = VERP_LETTER, .part = letter->id};
    if (!verp_address(m->verp_keys, &from, time(NULL), out->from, f))
        return false;
    struct mime_to to = {
        .address = letter->address, .message_id = id, .date_s = time(NULL), .one_click = false};
    buf_clear(&out->bytes);
    if (!mime_write(mime, &to, &out->bytes, f) ||
        !signer_sign(m->signer, &out->bytes, to.date_s, f))
        return false;
    out->text = out->bytes.data;
    out->text_b = out->bytes.len_b;
    return true;
}
