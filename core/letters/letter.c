/* Letters: claimed, composed, recorded. */
#include "letters/letter.h"

#include <string.h>

#include "buf.h"
#include "letters/letter_text.h"
#include "settings/conf.h"
#include "text.h"
#include "words/say.h"

/* Names as the database has them. */
static const char *const templates[] = {
    [LETTER_CONFIRM] = "confirm",
    [LETTER_LEAVE] = "leave",
    [LETTER_WARN] = "warn",
    [LETTER_PASSWORD_CHANGED] = "password-changed",
    [LETTER_PASSWORD_RESET] = "password-reset",
    [LETTER_PASSWORD_ENDS] = "password-ends",
    [LETTER_NEW_PLACE] = "new-place",
    [LETTER_FACTOR_SET] = "factor-set",
    [LETTER_FACTOR_RESET] = "factor-reset",
    [LETTER_FACTOR_CODES] = "factor-codes",
    [LETTER_FACTOR_RECOVERED] = "factor-recovered",
    [LETTER_SESSIONS_ENDED] = "sessions-ended",
    [LETTER_INSTRUCTION] = "instruction",
    [LETTER_FORM_ACCEPTED] = "form-accepted",
    [LETTER_FORM_REFUSED] = "form-refused",
    [LETTER_FORM_ASKED] = "form-asked",
    [LETTER_FORM_ASKED_OPEN] = "form-asked-open",
    [LETTER_FORM_CONFIRM] = "form-confirm",
    [LETTER_ANCHOR] = "anchor",
};
static_assert(COUNT(templates) == LETTER_LAST, "a name for each template");

static enum letter_template template_find(const char *name) {
    for (size_t i = 0; i < LETTER_LAST; i++)
        if (strcmp(templates[i], name) == 0)
            return (enum letter_template)i;
    return LETTER_LAST;
}

static void letter_take(struct arena *a, const struct db_rows *rows, int row, struct letter *out) {
    *out = (struct letter){
        .id = db_int(rows, row, 0),
        .token = db_int(rows, row, 1),
        .template = template_find(db_text(rows, row, 2)),
        .lang = arena_strdup(a, db_text(rows, row, 3)),
        .contact = db_null(rows, row, 4) ? 0 : db_int(rows, row, 4),
        .address = arena_strdup(a, db_text(rows, row, 5)),
        .secret = arena_strdup(a, db_text(rows, row, 6)),
        .attempt = (int)db_int(rows, row, 7),
        .expires_s = db_int(rows, row, 8),
    };
}

bool letter_claim(struct db *db, struct arena *a, const char *host, int slot, int most,
                  struct letter **out, size_t *count, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN(db, SQL_LETTER_CLAIM, &rows, f, host, arena_printf(a, "%d", slot),
                arena_printf(a, "%d", most), text_number(a, conf.letters_per_hour)))
        return false;
    *count = (size_t)rows.count;
    *out = arena_array(a, *count + 1, sizeof **out);
    for (int i = 0; i < rows.count; i++)
        letter_take(a, &rows, i, *out + i);
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

struct slot {
    const char *name, *value;
};

static bool is_staff(const struct letter *letter) {
    return letter->template >= LETTER_PASSWORD_CHANGED && letter->template <= LETTER_FORM_CONFIRM;
}

static bool is_about_form(const struct letter *letter) {
    return letter->template >= LETTER_FORM_ACCEPTED && letter->template <= LETTER_FORM_CONFIRM;
}

/* Whether it has a text, and what its link is made of. None of ours lacks them; one that does is
 * not to hold up the rest. */
static bool is_whole(const struct letter *letter, struct fault *f) {
    if (letter->template == LETTER_ANCHOR && letter->secret[0])
        return true;
    if (is_about_form(letter) && letter->secret[0] != '/')
        return fault_set(f, FAULT_INVALID, N_("The letter in the database is not whole."));
    bool whole = letter->template == LETTER_CONFIRM
                     ? letter->secret[0] && strlen(letter->secret) < LINK_RANDOM_B
                     : letter->template <LETTER_LAST && (letter->contact > 0 || is_staff(letter));
    return whole || fault_set(f, FAULT_INVALID, N_("The letter in the database is not whole."));
}

/* The fixed text with its slots filled. */
static const char *fill(struct arena *a, const char *text, const struct slot *slots, size_t count) {
    CLEANUP(buf_done) struct buf out = buf_init(16 * 1024);
    while (*text) {
        size_t plain_b = strcspn(text, "{"), i = 0;
        buf_add(&out, text, plain_b);
        text += plain_b;
        while (i < count && strncmp(text, slots[i].name, strlen(slots[i].name)) != 0)
            i++;
        if (i < count) {
            buf_str(&out, slots[i].value);
            text += strlen(slots[i].name);
        } else if (*text) {
            buf_char(&out, *text++);
        }
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
    for (; *lines; lines++) {
        if (*lines == '\n')
            buf_str(&out, "\n  ");
        else if (*lines != '\r')
            buf_char(&out, (unsigned char)*lines < 0x20 ? ' ' : *lines);
    }
    assert(!out.over);
    return arena_strdup(a, buf_text(&out));
}

/* The page the letter leads to, in its reader's language; of an anchor, its line. */
static bool link_of(struct arena *a, const struct letter *letter, struct link_keys *keys,
                    const char **out, struct fault *f) {
    static const struct {
        const char *path;
        enum link_purpose purpose; /* 0: the link is the letter's secret */
    } LINKS[LETTER_LAST] = {[LETTER_CONFIRM] = {"/confirm", 0},
                            [LETTER_LEAVE] = {"/leave", LINK_LEAVE},
                            [LETTER_WARN] = {"/stay", LINK_STAY},
                            [LETTER_PASSWORD_CHANGED] = {"/me", 0},
                            [LETTER_PASSWORD_RESET] = {"/me", 0},
                            [LETTER_PASSWORD_ENDS] = {"/me", 0},
                            [LETTER_NEW_PLACE] = {"/me", 0},
                            [LETTER_FACTOR_SET] = {"/me", 0},
                            [LETTER_FACTOR_RESET] = {"/me", 0},
                            [LETTER_FACTOR_CODES] = {"/me", 0},
                            [LETTER_FACTOR_RECOVERED] = {"/me", 0},
                            [LETTER_SESSIONS_ENDED] = {"/me", 0},
                            [LETTER_INSTRUCTION] = {"/instructions", 0},
                            [LETTER_ANCHOR] = {"", 0}};
    char token[LINK_B], page[LINK_PAGE_B];
    if (letter->template == LETTER_ANCHOR) {
        *out = letter->secret;
        return true;
    }
    if (is_about_form(letter)) {
        *out = arena_printf(a, "%s%s%s", conf.staff_url, line_of(a, letter->secret, 0),
                            strcmp(letter->lang, "en") == 0 ? "?lang=en" : "");
        return true;
    }
    if (is_staff(letter)) {
        *out = arena_printf(a, "%s%s", conf.staff_url, LINKS[letter->template].path);
        return true;
    }
    enum link_purpose purpose = LINKS[letter->template].purpose;
    if (purpose && !link_mint(keys, purpose, letter->contact, token, f))
        return false;
    link_page(LINKS[letter->template].path, purpose ? token : letter->secret, letter->lang, page);
    *out = arena_strdup(a, page);
    return true;
}

bool letter_compose(struct arena *a, const struct letter *letter, struct link_keys *keys,
                    struct letter_mail *out, struct fault *f) {
    if (!is_whole(letter, f))
        return false;
    bool english = strcmp(letter->lang, "en") == 0;
    const struct letter_text *text = letter_text(letter->template, letter->lang);
    struct slot slots[] = {
        {"{town}", english ? conf.town_name_en : conf.town_name},
        {"{link}", ""},
        {"{until}", until(a, letter->expires_s, english)},
        {"{number}", is_about_form(letter) ? line_of(a, letter->secret, 1) : ""},
        {"{said}", is_about_form(letter) ? said_of(a, letter->secret) : ""},
    };
    if (!link_of(a, letter, keys, &slots[1].value, f))
        return false;
    *out = (struct letter_mail){
        .from_name = slots[0].value,
        .from_address = arena_printf(a, "kairan@%s", conf.domain),
        .subject = fill(a, text->subject, slots, COUNT(slots)),
        .body = fill(a, text->body, slots, COUNT(slots)),
    };
    return true;
}
