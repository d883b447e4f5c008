/* A text that the relay refuses. The next recipient would hear the same, so nobody's delivery ends
 * by it: members are set aside, accused. Once the relay takes the text from somebody, those accused
 * are the cause themselves (a filter of their own) and end as refused. When it is not taken, the
 * database, which hears all senders, pauses the alert: a person decides how to go on. */
#ifndef WORKER_ACCUSE_H
#define WORKER_ACCUSE_H

#include "channel/answer.h"
#include "db/db.h"
#include "hand/broadcast.h"
#include "hand/chunk.h"
#include "hand/hand.h"

/* The relay refused the text at this member. */
NONNULL void accuse_note(struct chunk *c, struct member *m, const char *relay,
                         const struct answer *answer);
/* It was taken: those whom it was refused for are the cause themselves. */
NONNULL void accuse_lift(struct hand *h, struct broadcast *b);
/* The alert was paused: all may be tried again when it is resumed. */
NONNULL void accuse_drop(struct hand *h, struct broadcast *b);
/* The broadcast that the database should be asked about; NULL: none. */
NONNULL struct broadcast *accuse_due(struct hand *h);
NONNULL bool accuse_send(struct db *db, struct broadcast *b, struct fault *f);
NONNULL void accuse_done(struct hand *h, struct broadcast *b, const struct db_rows *rows);

#endif
