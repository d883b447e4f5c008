/* One mail on its way, and the links that mails go on. */
#ifndef WORKER_JOB_H
#define WORKER_JOB_H

#include "channel/channel.h"
#include "hand/chunk.h"
#include "lanes/lanes.h"

struct parcel;
struct sender;

struct job {
    bool busy;
    bool released; /* its text has left */
    int class;     /* ROUTINE or URGENT */
    struct lane *lane;
    int64_t left_ms;     /* when its text did */
    struct chunk *chunk; /* NULL: a letter */
    struct member *members[CHANNEL_RECIPIENTS];
    struct parcel *parcel;
    size_t leaving; /* recipients the text was released for */
    struct channel_load load;
};

/* A link and the mails on it. */
struct slot {
    struct sender *sender;
    struct relay *relay;
    struct channel_link *link;
    struct job jobs[2];
    struct job *current, *behind;
    int64_t idle_since_ms;
    size_t served; /* mails the relay answered for on this connection */
    bool ours;     /* we close it */
    bool used;     /* it had a mail */
    bool blamed;   /* why it ends was said of a mail */
};

#endif
