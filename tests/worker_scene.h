/* What is left of a sender that a test set up by hand, for scenes of worker/send: its journal `j`
 * in a folder of its own, a broadcast and a chunk of it. */
#ifndef TESTS_WORKER_SCENE_H
#define TESTS_WORKER_SCENE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "hand/broadcast.h"
#include "hand/record.h"
#include "journal/journal.h"
#include "send/sender.h"

static inline void scene_done(struct sender *s, const char *dir, struct broadcast *b,
                              struct chunk *c) {
    char path[96];
    journal_close(&s->journal);
    for (const char *const *name = (const char *const[]){"j", "j.boot", NULL}; *name; name++) {
        snprintf(path, sizeof path, "%s/%s", dir, *name);
        unlink(path);
    }
    rmdir(dir);
    b->noting = b->notes_count;
    if (b->notes)
        record_done(&s->hand, b);
    free(b->notes);
    arena_free(&c->arena);
}

#endif
