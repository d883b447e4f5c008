/* Pieces of result trees that the alert pages share (web/pages/alert_*.mustache say what they
 * need). */
#ifndef SERVER_ALERT_TREE_H
#define SERVER_ALERT_TREE_H

#include "alert/alert.h"
#include "http/http.h"
#include "words/prose.h"

/* Who acts, for core/alert. */
NONNULL struct alert_actor alert_actor_of(const struct req *r);

/* "/alerts/7", "/alerts/7/edit". */
NONNULL const char *alert_href(const struct req *r, int64_t id, const char *tail);

/* `alert` of parts/alert_head and parts/alert_facts, with approver and approved. */
NONNULL json_t *alert_tree(const struct req *r, const struct alert *alert);

/* `mail` of parts/phone: the mail as residents will read it. */
NONNULL json_t *alert_mail_tree(const struct req *r, const struct alert *alert);

/* `reach` of parts/reach. */
NONNULL json_t *alert_reach_tree(const struct req *r, const struct alert_reach *reach);

/* `title_report`, `body_report` of parts/prose_report. */
NONNULL json_t *alert_report_tree(const struct req *r, const struct prose *p);

#endif
