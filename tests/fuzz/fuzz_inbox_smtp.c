/* Hostile SMTP clients and hostile mails: the conversation, then the pages of what it kept. */
#include <stdlib.h>

#include "page.h"
#include "show.h"
#include "talk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len_b);

static void add_rules(struct rules *r, unsigned bits) {
    for (unsigned i = 0; i < 6; i++) {
        struct rule rule = {.domain = "*", .code = 450, .text = "4.0.0 x", .delay_ms = 1};
        struct fault f;
        uint64_t id;
        rule.act = (enum rule_act)(i % RULE_ACT_LAST);
        rule.at = (enum rule_at)(i % RULE_REPLY);
        if (bits & (1U << i) && !rules_add(r, &rule, &id, &f))
            abort();
    }
}

static void talk_all(struct talk *t, const char *data, size_t len_b, size_t step_b) {
    for (size_t used = 0; used < len_b && !talk_over(t);) {
        size_t left = len_b - used;
        size_t n = talk_feed(t, data + used, left < step_b ? left : step_b);
        if (!n && !talk_pause_ms(t) && !talk_over(t))
            abort();
        used += n;
        if (talk_pause_ms(t))
            talk_resume(t);
    }
}

static void show_all(const struct store *s, const struct tally *t) {
    CLEANUP(buf_done) struct buf out = buf_init(64U << 20);
    for (const struct mail *m = store_before(s, UINT64_MAX, "", ""); m;
         m = store_before(s, m->id, "", "")) {
        CLEANUP(arena_free) struct arena *a = arena_new();
        page_mail(&out, a, m);
        page_source(&out, a, m);
    }
    page_list(&out, s, t, "x", UINT64_MAX);
}

/* The first byte chooses the rules, the second the size of the pieces; the rest is the client. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len_b) {
    struct rules rules = {0};
    struct tally tally = {0};
    if (len_b < 2)
        return 0;
    show_init();
    CLEANUP(store_free) struct store *store = store_new(4, 1 << 20);
    CLEANUP(talk_free)
    struct talk *t = talk_new(&(struct talk_world){store, &rules, &tally, NULL});
    add_rules(&rules, data[0]);
    talk_all(t, (const char *)data + 2, len_b - 2, data[1] + 1U);
    show_all(store, &tally);
    return 0;
}
