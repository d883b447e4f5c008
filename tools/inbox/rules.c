/* Rules of refusal, delay and drop: reading them and finding those that fit. */
#include "rules.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "text.h"

static const char *const act_names[] = {"refuse", "delay", "drop"};
static const char *const at_names[] = {"rcpt", "data", "dot", "reply"};
static_assert(COUNT(act_names) == RULE_ACT_LAST, "a name for every act");
static_assert(COUNT(at_names) == RULE_AT_LAST, "a name for every place");

const char *rule_act_name(enum rule_act act) {
    return act_names[act];
}

const char *rule_at_name(enum rule_at at) {
    return at_names[at];
}

static bool find_name(const char *const *names, size_t count, const char *s, size_t *out) {
    for (*out = 0; *out < count; ++*out)
        if (!strcmp(names[*out], s))
            return true;
    return false;
}

static bool domain_char(char c) {
    return isalnum((unsigned char)c) || c == '.' || c == '-' || c == '_';
}

static bool parse_domain(const char *s, char out[RULE_DOMAIN_B]) {
    size_t len = strlen(s);
    if (len == 0 || len >= RULE_DOMAIN_B)
        return false;
    bool any = !strcmp(s, "*");
    for (size_t i = 0; i <= len; i++) {
        if (s[i] && !any && !domain_char(s[i]))
            return false;
        out[i] = (char)tolower((unsigned char)s[i]);
    }
    return true;
}

/* Printable ASCII only: the text goes out as a reply line. */
static bool parse_text(const char *s, char out[RULE_TEXT_B]) {
    size_t len = strlen(s);
    if (len >= RULE_TEXT_B)
        return false;
    for (size_t i = 0; i < len; i++)
        if (s[i] < ' ' || s[i] > '~')
            return false;
    memcpy(out, s, len + 1);
    return true;
}

static bool parse_number(const char *s, int64_t fallback, int64_t min, int64_t max, int64_t *out) {
    if (!*s) {
        *out = fallback;
        return fallback >= min && fallback <= max;
    }
    return text_int(s, min, max, out);
}

static bool parse_refusal(const struct rule_form *form, struct rule *r, struct fault *f) {
    int64_t code;
    if (!parse_number(form->code, 450, 400, 599, &code))
        return fault_field(f, FAULT_INVALID, "code",
                           "コードは400から599までです / The code is 400 to 599");
    r->code = (int)code;
    if (!parse_text(form->text, r->text))
        return fault_field(f, FAULT_INVALID, "text",
                           "応答文は英数字と記号で200字までです / "
                           "The text is up to 200 printable ASCII characters");
    if (!*r->text)
        snprintf(r->text, sizeof r->text, "%s",
                 code < 500 ? "4.3.0 Try again later" : "5.7.1 Refused");
    return true;
}

static bool parse_delay(const struct rule_form *form, struct rule *r, struct fault *f) {
    int64_t delay_ms;
    if (!parse_number(form->delay_ms, 0, 1, RULE_DELAY_MAX_MS, &delay_ms))
        return fault_field(f, FAULT_INVALID, "delay_ms",
                           "遅れは1から3600000ミリ秒までです / The delay is 1 to 3600000 ms");
    r->delay_ms = (int)delay_ms;
    return true;
}

static bool parse_kind(const struct rule_form *form, struct rule *r, struct fault *f) {
    size_t act, at;
    if (!find_name(act_names, COUNT(act_names), form->act, &act))
        return fault_field(f, FAULT_INVALID, "act",
                           "動作は refuse・delay・drop のどれかです / "
                           "The act is refuse, delay or drop");
    if (!find_name(at_names, COUNT(at_names), *form->at ? form->at : "rcpt", &at) ||
        (at == RULE_REPLY && act != RULE_DROP))
        return fault_field(f, FAULT_INVALID, "at",
                           "場所は rcpt・data・dot、drop だけは reply も選べます / "
                           "The place is rcpt, data or dot; for drop also reply");
    r->act = (enum rule_act)act;
    r->at = (enum rule_at)at;
    return true;
}

bool rule_parse(const struct rule_form *form, struct rule *out, struct fault *f) {
    struct rule r = {0};
    if (!parse_domain(form->domain, r.domain))
        return fault_field(f, FAULT_INVALID, "domain",
                           "宛先のドメイン名、またはすべてなら * を入れてください / "
                           "Give a recipient domain, or * for all");
    if (!parse_kind(form, &r, f))
        return false;
    if (r.act == RULE_REFUSE && !parse_refusal(form, &r, f))
        return false;
    if (r.act == RULE_DELAY && !parse_delay(form, &r, f))
        return false;
    if (!parse_number(form->times, 0, 0, 1000000000, &r.times))
        return fault_field(f, FAULT_INVALID, "times",
                           "回数は0(いつも)以上です / The number of times is 0 (always) or more");
    *out = r;
    return true;
}

bool rules_add(struct rules *r, const struct rule *rule, uint64_t *id, struct fault *f) {
    if (r->count == RULES_MAX)
        return fault_set(f, FAULT_CONFLICT,
                         "規則は100件までです。どれかを消してください / "
                         "There are 100 rules already; remove one");
    r->list[r->count] = *rule;
    *id = r->list[r->count++].id = ++r->newest;
    return true;
}

bool rules_remove(struct rules *r, uint64_t id) {
    for (size_t i = 0; i < r->count; i++) {
        if (r->list[i].id != id)
            continue;
        r->count--;
        memmove(&r->list[i], &r->list[i + 1], (r->count - i) * sizeof r->list[0]);
        return true;
    }
    return false;
}

void rules_clear(struct rules *r) {
    r->count = 0;
}

static bool rule_fits(const struct rule *r, enum rule_at at, const char *domain) {
    if (r->at != at || (r->times && r->hits >= r->times))
        return false;
    return !strcmp(r->domain, "*") || !strcasecmp(r->domain, domain);
}

static struct verdict rule_verdict(const struct rule *r) {
    if (r->act == RULE_DELAY)
        return (struct verdict){.act = RULE_ACT_LAST, .delay_ms = r->delay_ms};
    return (struct verdict){.act = r->act, .code = r->code, .text = r->text};
}

struct verdict verdict_join(struct verdict a, struct verdict b) {
    struct verdict v = a.act != RULE_ACT_LAST ? a : b;
    v.delay_ms = a.delay_ms > b.delay_ms ? a.delay_ms : b.delay_ms;
    return v;
}

struct verdict rules_apply(struct rules *r, enum rule_at at, const char *domain) {
    struct verdict v = {.act = RULE_ACT_LAST};
    for (size_t i = 0; i < r->count; i++) {
        if (!rule_fits(&r->list[i], at, domain))
            continue;
        if (r->list[i].act != RULE_DELAY && v.act != RULE_ACT_LAST)
            continue;
        r->list[i].hits++;
        v = verdict_join(v, rule_verdict(&r->list[i]));
    }
    return v;
}
