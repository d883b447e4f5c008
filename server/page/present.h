/* A reply's tree to HTML (web/pages) or JSON, chosen by Accept.
 *
 * Every page's tree is completed here with the frame the layout needs, under the key "frame":
 *   town, lang, other_lang, face_staff, face_public, demo, path, csrf, signed_in, person, role
 * (msgid translated), department, acting, acting_for, acting_until (of a delegate), roles as truths
 * (is_drafter, is_approver, is_administrator, …), nonce-free: no inline script or style. Names used
 * by templates that the tree lacks are errors (500 in tests), never empty spots.
 *
 * Forms show errors the same way everywhere: tree["errors"] is a list of
 * {field, text} and tree["has_errors"] says whether it has any (both are there on every page);
 * parts/errors.mustache prints the summary with links to #field. */
#ifndef SERVER_PRESENT_H
#define SERVER_PRESENT_H

#include "http/http.h"

/* Loads all pages and parts of conf.web_dir once; BROKEN names the file and what is wrong. */
MUST_USE NONNULL bool present_open(struct fault *f);

void present_close(void);

/* Fills out->bytes, out->type from out->page and out->tree. */
MUST_USE NONNULL bool present_reply(struct req *r, struct reply *out, struct fault *f);

/* The error page (or JSON {"error":{kind,field,text,id}}) for a fault; it gives back what was
 * typed. */
NONNULL void present_fault(struct req *r, const struct fault *fault, struct reply *out);

#endif
