/* Mails, rules and counts as JSON trees for scripts. The caller owns what is returned. */
#ifndef INBOX_JSON_H
#define INBOX_JSON_H

#include <jansson.h>

#include "rules.h"
#include "show.h"
#include "store.h"
#include "tally.h"

/* {"id", "time_ms", "from", "to": […], "size", "faults": […]}: what needs no decoding. */
NONNULL json_t *json_envelope(const struct mail *m);

/* json_envelope with what a phone shows: "subject", "body", "headers": [[name, value] …], … */
NONNULL json_t *json_mail(const struct mail *m, const struct show *show);

/* {"rules": […]}, each as POST /rules takes it, with "id" and "hits". */
NONNULL json_t *json_rule(const struct rule *r);
NONNULL json_t *json_rules(const struct rules *r);

/* The counts, "newest" (id of the last mail), "kept" and "domains": {name: {…}}. */
NONNULL json_t *json_stats(const struct tally *t, const struct store *s);

#endif
