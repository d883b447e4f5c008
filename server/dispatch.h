/* From a judged request to a filled reply: route, session, role, form token, handler, page. */
#ifndef SERVER_DISPATCH_H
#define SERVER_DISPATCH_H

#include "http/talk.h"

/* Makes the fault, or the refusal, the answer. Always false, so that a step can end with it. */
NONNULL bool talk_fault(struct talk *t, const struct fault *f);
NONNULL bool talk_refuse(struct talk *t, enum refusal why);

/* Whether the request's body is to be read: it may come in by route, session and role,
 * or it may not but its answer is to give back what was typed. False: the answer is ready. */
MUST_USE NONNULL bool dispatch_admit(struct talk *t);

/* The body is here; fills the reply, or leaves reply.ask for a helper. */
NONNULL void dispatch_act(struct talk *t);

/* The helper has answered (f NULL), or could not. */
__attribute__((nonnull(1))) void dispatch_go_on(struct talk *t, const unsigned char *proof,
                                                const struct fault *f);

#endif
