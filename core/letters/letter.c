/* Letters: claimed, composed, recorded. */
#include "letters/letter.h"

#include <string.h>

#include "buf.h"
#include "letters/letter_text.h"
#include "settings/conf.h"
#include "text.h"
#include "words/say.h"

static const struct db_column LETTER[] = {
    DB_COLUMN(struct letter, id),
    DB_COLUMN(struct letter, token),
    DB_COLUMN(struct letter, template),
    DB_COLUMN(struct letter, lang),
    DB_COLUMN_OR(struct letter, contact, 0),
    DB_COLUMN(struct letter, address),
    DB_COLUMN(struct letter, secret),
    DB_COLUMN(struct letter, attempt),
    DB_COLUMN(struct letter, expires_s),
};

bool letter_claim(struct db *db, struct arena *a, const char *host, int slot, int most,
                  struct letter **out, size_t *count, struct fault *f) {
    if (!DB_LIST(db, SQL_LETTER_CLAIM, a, LETTER, out, count, f, host, arena_printf(a, "%d", slot),
                 arena_printf(a, "%d", most), text_number(a, conf.letters_per_hour)))
        return false;
    for (size_t i = 0; i < *count; i++)
        (*out)[i].kind = letter_kind_find((*out)[i].template);
    return true;
}

bool letter_record(struct db *db, const struct letter *letter, const char *result,
                   const char *reply, int delay_s, struct fault *f) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_LETTER_RECORD, &rows, f, text_number(a, letter->id),
                  text_number(a, letter->token), result, reply, arena_printf(a, "%d", delay_s));
}

bool letter_release(struct db *db, const char *host, int slot, struct fault *f) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN(db, SQL_LETTER_RELEASE, &rows, f, host, arena_printf(a, "%d", slot));
}

bool letter_sweep(struct db *db, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    return DB_RUN0(db, SQL_LETTER_SWEEP, &rows, f);
}

/* ---- the text ---- */

/* Whether it has a text, and what its link is made of. None of ours lacks them; one that does is
 * not to hold up the rest. */
static bool is_whole(const struct letter *letter) {
    if (!letter->kind)
        return false;
    switch (letter->kind->link) {
    case LETTER_SECRET:
        return letter->secret[0] && strlen(letter->secret) < LINK_RANDOM_B;
    case LETTER_MINTED:
        return letter->contact > 0;
    case LETTER_FORM:
        return letter->secret[0] == '/';
    case LETTER_LINE:
        return letter->secret[0];
    case LETTER_PAGE:
        break;
    }
    return true;
}

/* The text with its slots filled. */
static const char *fill(struct arena *a, const char *text, const char *const *values) {
    CLEANUP(buf_done) struct buf out = buf_init(16 * 1024);
    for (size_t plain_b, slot_b; *text; text += plain_b + slot_b) {
        plain_b = strcspn(text, "{");
        slot_b = 0;
        buf_add(&out, text, plain_b);
        if (text[plain_b])
            buf_str(&out, values[letter_slot_at(text + plain_b, &slot_b)]);
    }
    assert(!out.over);
    return arena_strdup(a, buf_text(&out));
}

/* "2026-11-22 18:30", in Japan time. */
static const char *until(struct arena *a, int64_t expires_s, bool english) {
    char *text = text_local_format(a, expires_s);
    char *between = strchr(text, 'T');
    if (between)
        *between = ' ';
    return english ? arena_printf(a, "%s (Japan time)", text) : text;
}

/* The n-th line of a form's letter, "" when it has none. */
static const char *line_of(struct arena *a, const char *lines, int n) {
    for (; n > 0 && *lines; n--) {
        lines += strcspn(lines, "\n");
        lines += *lines == '\n';
    }
    return arena_strndup(a, lines, strcspn(lines, "\n"));
}

/* An administrator's words, all lines after the second: each set in, so that none passes for the
 * letter's own, and without controls, which no mail takes. */
static const char *said_of(struct arena *a, const char *lines) {
    CLEANUP(buf_done) struct buf out = buf_init(16 * 1024);
    for (int n = 0; n < 2 && *lines; n++) {
        lines += strcspn(lines, "\n");
        lines += *lines == '\n';
    }
    buf_str(&out, "  ");
    for (; *lines; lines++)
        if (*lines == '\n')
            buf_str(&out, "\n  ");
        else if (*lines != '\r')
            buf_char(&out, (unsigned char)*lines < 0x20 ? ' ' : *lines);
    assert(!out.over);
    return arena_strdup(a, buf_text(&out));
}

/* A page of the residents' face, with its token. */
static bool link_resident(struct arena *a, const struct letter *letter, struct link_keys *keys,
                          const char **out, struct fault *f) {
    const struct letter_kind *kind = letter->kind;
    char minted[LINK_B], page[LINK_PAGE_B];
    bool mints = kind->link == LETTER_MINTED;
    if (mints && !link_mint(keys, kind->purpose, letter->contact, minted, f))
        return false;
    link_page(kind->path, mints ? minted : letter->secret, letter->lang, page);
    *out = arena_strdup(a, page);
    return true;
}

/* The page the letter leads to, in its reader's language; of an anchor, its line. */
static bool link_of(struct arena *a, const struct letter *letter, struct link_keys *keys,
                    const char **out, struct fault *f) {
    switch (letter->kind->link) {
    case LETTER_SECRET:
    case LETTER_MINTED:
        return link_resident(a, letter, keys, out, f);
    case LETTER_PAGE:
        *out = arena_printf(a, "%s%s", conf.staff_url, letter->kind->path);
        break;
    case LETTER_FORM:
        *out = arena_printf(a, "%s%s%s", conf.staff_url, line_of(a, letter->secret, 0),
                            strcmp(letter->lang, "en") == 0 ? "?lang=en" : "");
        break;
    case LETTER_LINE:
        *out = letter->secret;
        break;
    }
    return true;
}

bool letter_compose(struct arena *a, const struct letter *letter, struct link_keys *keys,
                    struct letter_mail *out, struct fault *f) {
    if (!is_whole(letter))
        return fault_set(f, FAULT_INVALID, N_("The letter in the database is not whole."));
    bool english = strcmp(letter->lang, "en") == 0;
    bool form = letter->kind->link == LETTER_FORM;
    const char *values[LETTER_SLOT_LAST] = {
        [LETTER_SLOT_TOWN] = english ? conf.town_name_en : conf.town_name,
        [LETTER_SLOT_UNTIL] = until(a, letter->expires_s, english),
        [LETTER_SLOT_NUMBER] = form ? line_of(a, letter->secret, 1) : "",
        [LETTER_SLOT_SAID] = form ? said_of(a, letter->secret) : "",
    };
    if (!link_of(a, letter, keys, &values[LETTER_SLOT_LINK], f))
        return false;
    const struct letter_text *text = letter_text(letter->kind, letter->lang);
    *out = (struct letter_mail){
        .from_name = values[LETTER_SLOT_TOWN],
        .from_address = arena_printf(a, "kairan@%s", conf.domain),
        .subject = fill(a, text->subject, values),
        .body = fill(a, text->body, values),
    };
    return true;
}
