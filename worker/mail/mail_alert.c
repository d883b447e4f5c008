/* An alert as mails: encoded once for each of its texts, written out for each recipient. */
#include <string.h>
#include <time.h>

#include "letters/letter_text.h"
#include "mail/mail_impl.h"
#include "mime/message_id.h"
#include "mime/mime.h"
#include "settings/conf.h"
#include "tokens/verp.h"

static struct mime_text text_of(struct arena *a, const struct delivery_broadcast *what,
                                const struct delivery_text *t) {
    const char *town = strcmp(t->lang, "ja") == 0 ? conf.town_name : conf.town_name_en;
    return (struct mime_text){
        .from_name = arena_printf(a, "%s %s", town, what->department),
        .from_address = arena_printf(a, "%s@%s", what->sender, conf.domain),
        .subject = t->title,
        .body = t->body,
        .footer = letter_footer(t->lang),
        .list_id = arena_printf(a, "alert.%s", conf.domain),
        .list_name = town,
        .lang = t->lang,
    };
}

/* What is prepared is one struct mime a text. */
bool mail_prepare(struct channel *c, struct arena *a, const struct delivery_broadcast *what,
                  void **out, struct fault *f) {
    (void)c;
    struct mime **mimes = arena_array(a, what->count, sizeof *mimes);
    for (size_t i = 0; i < what->count; i++) {
        struct mime_text text = text_of(a, what, &what->texts[i]);
        if (!mime_prepare(a, &text, &mimes[i], f))
            return false;
    }
    *out = mimes;
    return true;
}

bool mail_write_own(struct mail *m, const struct channel_alert *alert, struct channel_load *out,
                    struct fault *f) {
    const struct delivery_broadcast *what = alert->what;
    char id[MESSAGE_ID_B], link[LINK_B], url[LINK_PAGE_B];
    struct verp from = {.kind = VERP_ALERT, .alert = what->alert, .part = alert->contact};
    if (!link_mint(m->keys, LINK_LEAVE, alert->contact, link, f) ||
        !verp_address(m->verp_keys, &from, time(NULL), out->from, f))
        return false;
    message_id(id, 'a', what->alert, what->version, alert->contact, conf.domain);
    link_page("/leave", link, alert->lang, url);
    struct mime_to to = {.address = out->to[0],
                         .message_id = id,
                         .date_s = time(NULL),
                         .link = url,
                         .one_click = true};
    struct mime *const *mimes = alert->prepared;
    buf_clear(&out->bytes);
    if (!mime_write(mimes[alert->text], &to, &out->bytes, f) ||
        !signer_sign(m->signer, &out->bytes, to.date_s, f))
        return false;
    out->text = out->bytes.data;
    out->text_b = out->bytes.len_b;
    return true;
}
