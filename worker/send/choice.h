/* Which mail goes next: urgent alerts, then letters, then routine ones; within a class that of the
 * lane that has the fewest connections, so that all lanes with work share alike. */
#ifndef WORKER_CHOICE_H
#define WORKER_CHOICE_H

#include "send/job.h"
#include "send/sender.h"

/* The mail that goes next on a free connection; NULL: none may. */
NONNULL struct job *choice_next(struct sender *s, struct slot *slot, int64_t now_ms);
/* The next mail of the same lane and class, behind the text that leaves now; NULL: none, or the
 * connection should be another's. */
NONNULL struct job *choice_behind(struct sender *s, struct slot *slot, int64_t now_ms);
/* What a connection is for, in order. */
enum { FOR_URGENT, FOR_LETTERS, FOR_ROUTINE, PURPOSES };
/* Mails for a relay that could begin now, had they connections. */
NONNULL size_t choice_unmet(struct sender *s, const struct relay *r, int purpose, int64_t now_ms);

#endif
