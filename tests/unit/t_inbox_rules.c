/* Rules of refusal, delay and drop: what may be entered and what then happens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "rules.h"

static const struct rule_form empty = {"", "", "", "", "", "", ""};

static struct rule_form form_of(const char *domain, const char *act, const char *at) {
    struct rule_form form = empty;
    form.domain = domain;
    form.act = act;
    form.at = at;
    return form;
}

static uint64_t add(struct rules *r, struct rule_form form) {
    struct rule rule;
    struct fault f = {0};
    uint64_t id = 0;
    assert_true(rule_parse(&form, &rule, &f));
    assert_true(rules_add(r, &rule, &id, &f));
    return id;
}

static void refuses_what_is_wrong(void **state) {
    static const struct {
        struct rule_form form;
        const char *field;
    } cases[] = {
        {{"", "refuse", "rcpt", "450", "", "", ""}, "domain"},
        {{"a b", "refuse", "rcpt", "450", "", "", ""}, "domain"},
        {{"**", "refuse", "rcpt", "450", "", "", ""}, "domain"},
        {{"<x>", "drop", "dot", "", "", "", ""}, "domain"},
        {{"*", "", "rcpt", "450", "", "", ""}, "act"},
        {{"*", "Refuse", "rcpt", "450", "", "", ""}, "act"},
        {{"*", "refuse", "mail", "450", "", "", ""}, "at"},
        {{"*", "refuse", "reply", "450", "", "", ""}, "at"},
        {{"*", "delay", "reply", "", "", "10", ""}, "at"},
        {{"*", "refuse", "rcpt", "250", "", "", ""}, "code"},
        {{"*", "refuse", "rcpt", "600", "", "", ""}, "code"},
        {{"*", "refuse", "rcpt", "4x0", "", "", ""}, "code"},
        {{"*", "refuse", "rcpt", "450", "a\r\n250 b", "", ""}, "text"},
        {{"*", "refuse", "rcpt", "450", "拒否", "", ""}, "text"},
        {{"*", "delay", "dot", "", "", "", ""}, "delay_ms"},
        {{"*", "delay", "dot", "", "", "0", ""}, "delay_ms"},
        {{"*", "delay", "dot", "", "", "3600001", ""}, "delay_ms"},
        {{"*", "drop", "dot", "", "", "", "-1"}, "times"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rule rule = {.id = 77};
        struct fault f = {0};
        assert_false(rule_parse(&cases[i].form, &rule, &f));
        assert_string_equal(f.field, cases[i].field);
        assert_int_equal(f.kind, FAULT_INVALID);
        assert_int_equal(rule.id, 77);
    }
}

static void refuses_long_names(void **state) {
    char domain[300];
    struct rule rule;
    struct fault f = {0};
    (void)state;
    memset(domain, 'a', sizeof domain);
    domain[256] = '\0';
    struct rule_form form = form_of(domain, "drop", "dot");
    assert_false(rule_parse(&form, &rule, &f));
    domain[255] = '\0';
    assert_true(rule_parse(&form, &rule, &f));
    assert_int_equal(strlen(rule.domain), 255);
}

static void fills_in_what_is_left_out(void **state) {
    struct rule rule;
    struct fault f = {0};
    struct rule_form form = form_of("Mail.Example", "refuse", "");
    (void)state;
    assert_true(rule_parse(&form, &rule, &f));
    assert_string_equal(rule.domain, "mail.example");
    assert_int_equal(rule.at, RULE_RCPT);
    assert_int_equal(rule.code, 450);
    assert_string_equal(rule.text, "4.3.0 Try again later");
    form.code = "550";
    assert_true(rule_parse(&form, &rule, &f));
    assert_string_equal(rule.text, "5.7.1 Refused");
}

static void fits_domain_and_place(void **state) {
    struct rules r = {0};
    (void)state;
    add(&r, form_of("mail.example", "refuse", "dot"));
    assert_int_equal(rules_apply(&r, RULE_DOT, "MAIL.example").act, RULE_REFUSE);
    assert_int_equal(rules_apply(&r, RULE_RCPT, "mail.example").act, RULE_ACT_LAST);
    assert_int_equal(rules_apply(&r, RULE_DOT, "x.mail.example").act, RULE_ACT_LAST);
    add(&r, form_of("*", "drop", "rcpt"));
    assert_int_equal(rules_apply(&r, RULE_RCPT, "anything.example").act, RULE_DROP);
    assert_int_equal(r.list[0].hits, 1);
}

static void joins_delays_with_the_first_end(void **state) {
    struct rules r = {0};
    struct rule_form form = form_of("*", "delay", "rcpt");
    (void)state;
    form.delay_ms = "20";
    add(&r, form);
    add(&r, form_of("*", "drop", "rcpt"));
    add(&r, form_of("*", "refuse", "rcpt"));
    form.delay_ms = "30";
    add(&r, form);
    struct verdict v = rules_apply(&r, RULE_RCPT, "a.example");
    assert_int_equal(v.act, RULE_DROP);
    assert_int_equal(v.delay_ms, 30);
    assert_int_equal(r.list[2].hits, 0);
}

static void works_only_so_often(void **state) {
    struct rules r = {0};
    struct rule_form form = form_of("*", "drop", "data");
    (void)state;
    form.times = "2";
    add(&r, form);
    assert_int_equal(rules_apply(&r, RULE_DATA, "a.example").act, RULE_DROP);
    assert_int_equal(rules_apply(&r, RULE_DATA, "a.example").act, RULE_DROP);
    assert_int_equal(rules_apply(&r, RULE_DATA, "a.example").act, RULE_ACT_LAST);
}

static void removes_by_number(void **state) {
    struct rules r = {0};
    (void)state;
    uint64_t first = add(&r, form_of("a.example", "drop", "dot"));
    uint64_t second = add(&r, form_of("b.example", "drop", "dot"));
    assert_true(rules_remove(&r, first));
    assert_false(rules_remove(&r, first));
    assert_int_equal(r.count, 1);
    assert_int_equal(r.list[0].id, second);
    assert_true(add(&r, form_of("c.example", "drop", "dot")) > second);
}

static void holds_a_hundred(void **state) {
    struct rules r = {0};
    struct rule rule;
    struct fault f = {0};
    struct rule_form form = form_of("a.example", "drop", "dot");
    uint64_t id;
    (void)state;
    for (int i = 0; i < RULES_MAX; i++)
        add(&r, form);
    assert_true(rule_parse(&form, &rule, &f));
    assert_false(rules_add(&r, &rule, &id, &f));
    assert_int_equal(f.kind, FAULT_CONFLICT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_is_wrong),
        cmocka_unit_test(refuses_long_names),
        cmocka_unit_test(fills_in_what_is_left_out),
        cmocka_unit_test(fits_domain_and_place),
        cmocka_unit_test(works_only_so_often),
        cmocka_unit_test(joins_delays_with_the_first_end),
        cmocka_unit_test(removes_by_number),
        cmocka_unit_test(holds_a_hundred),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
