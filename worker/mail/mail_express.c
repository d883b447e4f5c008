/* Express hand-over of urgent alerts (design section 5): one mail for many, the same bytes for all
 * readers of a language, so that it is written (and signed) once for each hand-over. It names
 * nobody; who it is for stands in the envelope alone.
 *
 * Who is in doubt gets the very same mail again, whoever sends it: Message-ID, date and link come
 * from the alert and the chunk's hand-over, which a chunk made of those left keeps. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "mail/mail_impl.h"
#include "mime/message_id.h"
#include "mime/mime.h"
#include "settings/conf.h"
#include "tokens/verp.h"

/* The mail to a hand-over's readers of one language. Lives in the chunk's arena. */
struct express {
    struct express *next;
    size_t text; /* of the broadcast */
    const char *bytes;
    size_t size_b;
};

/* Once for each hand-over and language. */
static struct express *compose(struct mail *m, const struct channel_alert *alert, struct fault *f) {
    const struct delivery_broadcast *what = alert->what;
    struct mime *const *mimes = alert->prepared;
    const char *lang = what->texts[alert->text].lang;
    char id[MESSAGE_ID_B], url[LINK_PAGE_B];
    message_id_express(id, what->alert, what->version, alert->handover, lang, conf.domain);
    snprintf(url, sizeof url, "%s/leave%s", conf.public_url,
             strcmp(lang, "en") == 0 ? "?lang=en" : "");
    struct mime_to to = {
        .message_id = id, .date_s = what->approved_ms / 1000, .link = url, .one_click = false};
    CLEANUP(buf_done) struct buf bytes = buf_init(MIME_MAIL_B);
    if (!mime_write(mimes[alert->text], &to, &bytes, f) ||
        !signer_sign(m->signer, &bytes, to.date_s, f))
        return NULL;
    struct express *e = arena_alloc(alert->arena, sizeof *e);
    *e = (struct express){.next = *alert->kept,
                          .text = alert->text,
                          .bytes = arena_memdup(alert->arena, buf_text(&bytes), bytes.len_b),
                          .size_b = bytes.len_b};
    return e;
}

bool mail_write_express(struct mail *m, const struct channel_alert *alert, struct channel_load *out,
                        struct fault *f) {
    struct verp from = {.kind = VERP_EXPRESS, .alert = alert->what->alert, .part = alert->handover};
    struct express *e = *alert->kept;
    while (e && e->text != alert->text)
        e = e->next;
    if (!e) {
        if (!(e = compose(m, alert, f)))
            return false;
        *alert->kept = e;
    }
    out->text = e->bytes;
    out->text_b = e->size_b;
    return verp_address(m->verp_keys, &from, time(NULL), out->from, f);
}
