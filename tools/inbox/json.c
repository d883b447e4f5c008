/* Trees of JSON for the inbox's scripts. */
#include "json.h"

#include <string.h>

static json_t *fault_list(unsigned faults) {
    json_t *list = json_array();
    for (unsigned bit = 0; show_fault_name(bit); bit++)
        if (faults & (1U << bit))
            json_array_append_new(list, json_string(show_fault_name(bit)));
    return list;
}

static json_t *rcpt_list(const struct mail *m) {
    json_t *list = json_array();
    for (const char *r = m->rcpts; r < m->rcpts + m->rcpts_b; r += strlen(r) + 1)
        json_array_append_new(list, json_string(r));
    return list;
}

static json_t *header_list(const struct show *show) {
    json_t *list = json_array();
    for (size_t i = 0; i < show->header_count; i++)
        json_array_append_new(list,
                              json_pack("[ss]", show->headers[i].name, show->headers[i].value));
    return list;
}

json_t *json_envelope(const struct mail *m) {
    return json_pack("{sI sI ss so sI so}", "id", (json_int_t)m->id, "time_ms",
                     (json_int_t)m->time_ms, "from", m->from, "to", rcpt_list(m), "size",
                     (json_int_t)m->raw_b, "faults", fault_list(m->faults));
}

json_t *json_mail(const struct mail *m, const struct show *show) {
    json_t *tree = json_envelope(m);
    json_t *shown =
        json_pack("{ss ss ss ss ss ss sb ss sb so}", "from_name", show->from_name, "from_address",
                  show->from_address, "subject", show->subject, "date", show->date, "message_id",
                  show->message_id, "body", show->body, "html", show->html, "leave_url",
                  show->leave_url, "one_click", show->one_click, "headers", header_list(show));
    json_object_update(tree, shown);
    json_decref(shown);
    return tree;
}

json_t *json_rule(const struct rule *r) {
    json_t *tree = json_pack("{sI ss ss ss sI sI}", "id", (json_int_t)r->id, "domain", r->domain,
                             "act", rule_act_name(r->act), "at", rule_at_name(r->at), "times",
                             (json_int_t)r->times, "hits", (json_int_t)r->hits);
    if (r->act == RULE_DELAY)
        json_object_set_new(tree, "delay_ms", json_integer(r->delay_ms));
    if (r->act == RULE_REFUSE) {
        json_object_set_new(tree, "code", json_integer(r->code));
        json_object_set_new(tree, "text", json_string(r->text));
    }
    return tree;
}

json_t *json_rules(const struct rules *r) {
    json_t *list = json_array();
    for (size_t i = 0; i < r->count; i++)
        json_array_append_new(list, json_rule(&r->list[i]));
    return json_pack("{so}", "rules", list);
}

static json_t *domain_counts(const struct tally_domain *d) {
    return json_pack("{sI sI sI}", "accepted", (json_int_t)d->accepted, "refused",
                     (json_int_t)d->refused, "dropped", (json_int_t)d->dropped);
}

static json_t *domain_table(const struct tally *t) {
    json_t *table = json_object();
    for (size_t i = 0; i < TALLY_DOMAINS; i++)
        if (*t->domains[i].name)
            json_object_set_new(table, t->domains[i].name, domain_counts(&t->domains[i]));
    json_object_set_new(table, "(other)", domain_counts(&t->other));
    return table;
}

json_t *json_stats(const struct tally *t, const struct store *s) {
    return json_pack("{sI sI sI sI sI sI sI sI sI sI sI so}", "newest", (json_int_t)store_newest(s),
                     "kept", (json_int_t)store_count(s), "accepted", (json_int_t)t->accepted,
                     "refused", (json_int_t)t->refused, "delayed", (json_int_t)t->delayed,
                     "dropped", (json_int_t)t->dropped, "faulty", (json_int_t)t->faulty, "bytes",
                     (json_int_t)t->bytes, "connections", (json_int_t)t->connections, "commands",
                     (json_int_t)t->commands, "bad_commands", (json_int_t)t->bad_commands,
                     "domains", domain_table(t));
}
