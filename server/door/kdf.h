/* Password proofs by a helper process: half a second and 128 MB each, which no loop may wait for.
 * One helper a server process, at low priority; it does one proof at a time, the rest queue. */
#ifndef SERVER_KDF_H
#define SERVER_KDF_H

#include "fault.h"
#include "http/http.h"

/* Forks the helper. Call it before anything else is opened: the child keeps what is open. */
MUST_USE NONNULL bool kdf_open(struct fault *f);

/* Whether there is a helper (the public face has none), and its socket for the loop's poll. */
int kdf_socket(void);

/* Called with the ticket when its proof is there (f NULL) or cannot be had. */
typedef void kdf_done(void *ticket, const unsigned char *proof, const struct fault *f);

/* Queues one ask; RETRY when conf.password_queue are waiting already (unless it goes on with what
 * was let in), or there is no helper. May be called from kdf_done. */
MUST_USE NONNULL bool kdf_ask(const struct ask *ask, void *ticket, struct fault *f);

/* To be called when the socket is readable: takes one answer, starts the next. False when the
 * helper is gone: every ticket got RETRY, and the process should end (its master starts another).
 */
MUST_USE NONNULL bool kdf_take(kdf_done *done);

/* Ends the helper; every ticket gets RETRY. */
NONNULL void kdf_close(kdf_done *done);

#endif
